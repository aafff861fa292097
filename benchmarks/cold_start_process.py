"""A fresh execution environment, up to its first answer: imports a handler, gives it one event, says when it was done.

Run as `python -I cold_start_process.py HANDLER FOLDER...` with the event on standard input, by the interpreter
the layer was built for. Prints `time.monotonic_ns()` at the answer, then the answer as JSON. Then it ends as an
environment does, without Python's own clearing up, which nobody waits for and which would count as CPU time.
"""

import importlib
import json
import os
import sys
import time


class LambdaContext:
    """As much of Lambda's context object as a handler may ask for."""

    function_name = "cold-start"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:cold-start"
    memory_limit_in_mb = "512"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def main() -> None:
    reference, *folders = sys.argv[1:]
    event = json.load(sys.stdin)
    sys.path[:0] = folders
    module, _, name = reference.rpartition(".")
    answer = getattr(importlib.import_module(module), name)(event, LambdaContext())
    answered = time.monotonic_ns()
    print()  # handlers log to standard output; the last line is ours
    print(answered, json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
