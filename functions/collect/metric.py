"""Counts in CloudWatch's embedded metric format, which is a line of the log: no call, no permission.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import os
from datetime import datetime


def count(metric: str, now: datetime, **dimensions: str) -> None:
    """Count one more in a metric of this function, as a whole and by what the dimensions say."""
    line = {
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Hearback",
                    "Dimensions": [["FunctionName"], ["FunctionName", *dimensions]],
                    "Metrics": [{"Name": metric, "Unit": "Count"}],
                }
            ],
        },
        "FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        **dimensions,
        metric: 1,
    }
    print(json.dumps(line), flush=True)
