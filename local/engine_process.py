"""Runs in the engine's own virtual environment: serves until standard input closes.

The stack holds the other end of standard input. However the stack ends, even killed, the pipe closes and the
engine stops cleanly, which is when it saves its data.
"""

import os
import signal
import sys
import threading

from ministack.app import main  # type: ignore[import-not-found] # lives in the engine's environment only


def _stop_with_the_stack() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=_stop_with_the_stack, daemon=True).start()
sys.argv = ["ministack"]
main()
