"""Measures in CloudWatch's embedded metric format, which is a line of the log: no call, no permission.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from datetime import datetime


def measure(metric: str, value: int, now: datetime, dimension: tuple[str, str], **said: int) -> None:
    """Write down a count by one dimension, its name and its value; what else is `said` stands in the log only."""
    name, of = dimension
    line = {
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {"Namespace": "Hearback", "Dimensions": [[name]], "Metrics": [{"Name": metric, "Unit": "Count"}]}
            ],
        },
        name: of,
        metric: value,
        **said,
    }
    print(json.dumps(line), flush=True)
