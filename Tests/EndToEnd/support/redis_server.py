"""A private Redis: a real redis-server of the test's own."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import redis

from .waiting import wait_until


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    """Listens on 127.0.0.1 and on a unix socket, keeps nothing on disk."""

    def __init__(
        self, folder: Path, *options: str, password: str | None = None, configuration: Path | None = None
    ):
        """With a `configuration` it is a Sentinel, which reads that file and writes to it."""
        self.folder = folder
        self.port = free_port()
        self.password = password
        self.options = options
        self.configuration = configuration
        self.unix_path = str(folder / "redis.sock")
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[redis.Redis] = []
        self.start()

    @property
    def url(self) -> str:
        credentials = f":{self.password}@" if self.password else ""
        return f"redis://{credentials}127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it (again, on the same port) and returns when it answers."""
        command = [
            "redis-server",
            *([str(self.configuration), "--sentinel"] if self.configuration else []),
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--dir",
            str(self.folder),
            "--loglevel",
            "warning",
            *([] if self.configuration else ["--unixsocket", self.unix_path, "--save", "", "--appendonly", "no"]),
            *(["--requirepass", self.password] if self.password else []),
            *self.options,
        ]
        log = open(self.folder / "redis.log", "ab")  # noqa: SIM115
        with log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_until(self._answers, "redis-server answers")

    def _answers(self) -> bool:
        assert self.process and self.process.poll() is None, (self.folder / "redis.log").read_text()
        try:
            with redis.Redis(port=self.port, password=self.password) as client:
                return client.ping()
        except redis.ConnectionError:
            return False

    def stop(self) -> None:
        """Ends it as a crash would: at once, every connection reset or closed."""
        if self.process is None:
            return
        self.resume()
        self.process.kill()
        self.process.wait()
        self.process = None

    def pause(self) -> None:
        """Stops it from doing anything, its connections staying open."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        os.kill(self.process.pid, signal.SIGCONT)

    def client(self) -> redis.Redis:
        """A redis-py client; closed with the server."""
        client = redis.Redis(port=self.port, password=self.password)
        self._clients.append(client)
        return client

    def cli(self, *arguments: str, input: bytes | None = None) -> str:
        """What redis-cli prints for a command."""
        credentials = ["-a", self.password, "--no-auth-warning"] if self.password else []
        result = subprocess.run(
            ["redis-cli", "-p", str(self.port), *credentials, *arguments],
            input=input,
            capture_output=True,
            timeout=20,
            check=True,
        )
        return result.stdout.decode()

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.stop()
