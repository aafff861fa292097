"""One process of one function: a warm execution environment, as Lambda would call it."""

from __future__ import annotations

import json
import select
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_INIT_SECONDS = 10.0  # Lambda's limit for the import phase, which does not count against the timeout
_LINES_KEPT = 40


class FunctionError(Exception):
    """The invocation failed the way Lambda would report it: `payload` has errorType and errorMessage."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__(f"{payload.get('errorType')}: {payload.get('errorMessage')}")
        self.payload = payload

    @property
    def trace(self) -> str:
        """The handler's traceback, or the message if there is none."""
        return "".join(self.payload.get("stackTrace", [])) or str(self)


class FunctionProcess:
    """Starts the bootstrap, sends it events, kills it when an event takes longer than allowed.

    `function` is what the bootstrap needs to know (code, handler, name, arn, memory), `environment` the
    process's whole environment, `printed` receives every line the handler writes.
    """

    def __init__(
        self, function: Mapping[str, Any], environment: Mapping[str, str], printed: Callable[[str], None]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_BOOTSTRAP)],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the stack, which lets invocations finish
        )
        self._printed = printed
        self._tail: deque[str] = deque(maxlen=_LINES_KEPT)
        self._printer = threading.Thread(target=self._follow_output, daemon=True)
        self._printer.start()
        try:
            self._send(function)
            self._receive(time.monotonic() + _INIT_SECONDS, "Init")
        except BaseException:
            self.stop()
            raise

    def invoke(
        self, invocation: Mapping[str, Any], seconds: float, fate_of: Callable[[Mapping[str, Any]], Any] | None = None
    ) -> Any:
        """The handler's answer. Raises FunctionError; afterwards `alive` says whether the process survived it.

        A watched process asks `fate_of` what becomes of each of its calls to AWS.
        """
        self._send(invocation)
        deadline, allowed = time.monotonic() + seconds, f"{seconds:.2f} seconds"
        while "call" in (frame := self._receive(deadline, allowed)):
            self._send({"fate": fate_of(frame["call"]) if fate_of else None})
        return frame.get("result")

    @property
    def alive(self) -> bool:
        """Whether it can take another event."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process at once. An event in it is lost, so let it finish first."""
        self._process.kill()
        self._process.wait()
        self._printer.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()

    def _send(self, frame: Mapping[str, Any]) -> None:
        body = json.dumps(frame).encode()
        remaining = memoryview(struct.pack(">I", len(body)) + body)
        try:
            while remaining:
                remaining = remaining[self._process.stdin.write(remaining) :]  # type: ignore[union-attr]
        except BrokenPipeError:
            pass  # the process is gone: reading its answer says so, with its last words

    def _receive(self, deadline: float, allowed: str) -> dict[str, Any]:
        header = self._read(4, deadline, allowed)
        (length,) = struct.unpack(">I", header)
        frame: dict[str, Any] = json.loads(self._read(length, deadline, allowed))
        if "error" in frame:
            raise FunctionError(frame["error"])
        return frame

    def _read(self, size: int, deadline: float, allowed: str) -> bytes:
        stdout = self._process.stdout
        if stdout is None:
            raise ValueError("a function's process always has its output piped")
        received = b""
        while len(received) < size:
            readable, _, _ = select.select([stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not readable:
                self._process.kill()
                self._process.wait()
                raise FunctionError(
                    {"errorType": "Sandbox.Timedout", "errorMessage": f"Task timed out after {allowed}"}
                )
            chunk = stdout.read(size - len(received))
            if not chunk:
                self._process.wait()
                self._printer.join()
                raise FunctionError(
                    {
                        "errorType": "Runtime.ExitError",
                        "errorMessage": f"The process ended with status {self._process.returncode}",
                        "stackTrace": list(self._tail),
                    }
                )
            received += chunk
        return received

    def _follow_output(self) -> None:
        if self._process.stderr is None:
            raise ValueError("a function's process always has its errors piped")
        for line in self._process.stderr:
            text = line.decode(errors="replace")
            self._tail.append(text)
            self._printed(text.rstrip("\n"))
