"""The commands of `roost`, run as a shell would."""

import os
import signal
import subprocess
import threading
from queue import Empty, Queue

from .daemon import BINARY, clean_environment
from .waiting import DEADLINE


def run(
    *arguments: str,
    input: bytes | str | None = None,
    environment: dict[str, str] | None = None,
    timeout: float = 30,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end. Output is text; undecodable bytes are kept as surrogates."""
    data = input.encode() if isinstance(input, str) else input
    options = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    result = subprocess.run(
        [str(BINARY), *arguments],
        capture_output=True,
        timeout=timeout,
        env=clean_environment(**(environment or {})),
        **options,
    )
    return subprocess.CompletedProcess(
        result.args,
        result.returncode,
        result.stdout.decode(errors="surrogateescape"),
        result.stderr.decode(errors="surrogateescape"),
    )


class RunningCommand:
    """A command that goes on; its lines are read as they come."""

    def __init__(self, *arguments: str, environment: dict[str, str] | None = None, stdin: bool = False):
        self.process = subprocess.Popen(
            [str(BINARY), *arguments],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(**(environment or {})),
        )
        self._queues: dict[str, Queue[str]] = {"stdout": Queue(), "stderr": Queue()}
        self._threads = [
            threading.Thread(target=self._read, args=(name,), daemon=True) for name in self._queues
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, name: str) -> None:
        stream = getattr(self.process, name)
        for line in iter(stream.readline, b""):
            self._queues[name].put(line.decode(errors="surrogateescape").removesuffix("\n"))
        stream.close()

    def line(self, timeout: float = DEADLINE) -> str:
        """The next line of its standard output."""
        try:
            return self._queues["stdout"].get(timeout=timeout)
        except Empty:
            raise AssertionError(f"no output within {timeout} s; errors: {self.errors()}") from None

    def lines(self, count: int) -> list[str]:
        return [self.line() for _ in range(count)]

    def rest(self) -> list[str]:
        """The lines of its standard output that have not been asked for, so far."""
        queue = self._queues["stdout"]
        return [queue.get_nowait() for _ in range(queue.qsize())]

    def errors(self) -> list[str]:
        """The lines of its standard error so far."""
        queue = self._queues["stderr"]
        return [queue.get_nowait() for _ in range(queue.qsize())]

    def write(self, data: bytes | str) -> None:
        self.process.stdin.write(data.encode() if isinstance(data, str) else data)
        self.process.stdin.flush()

    def end(self, number: int = signal.SIGINT, timeout: float = DEADLINE) -> int:
        """Sends a signal; its exit code."""
        os.kill(self.process.pid, number)
        return self.wait(timeout)

    def wait(self, timeout: float = DEADLINE) -> int:
        code = self.process.wait(timeout)
        for thread in self._threads:
            thread.join(timeout)
        return code

    def close(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
