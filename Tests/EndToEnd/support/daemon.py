"""The daemon under test, as a user would start it."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import httpx

from .waiting import DEADLINE, wait_until

REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("TEST_BINARY", REPOSITORY / ".build" / "debug" / "roost"))
PUBLIC = REPOSITORY / "Public"


def clean_environment(**settings: str) -> dict[str, str]:
    """This process's environment without settings of the daemon's, and with those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROOST_")}
    return kept | settings


class Roost:
    """One `roost serve`. Its log is its standard error, in a file."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        redis_url: str | None = None,
        workers: int = 2,
        public: Path | None = PUBLIC,
        listen: tuple[str, ...] = ("127.0.0.1:0",),
        config: str | None = None,
        environment: dict[str, str] | None = None,
    ):
        self.folder = folder
        self.arguments = list(arguments)
        self.redis_url = redis_url
        self.workers = workers
        self.public = public
        self.listen = listen
        self.environment = environment or {}
        self.config_path: Path | None = None
        if config is not None:
            self.config_path = folder / "roost.yaml"
            self.config_path.write_text(config)
        self.log_path = folder / "roost.log"
        self.addresses: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        # The exit code that `finish` wants to see, unless the test has ended the process itself.
        self._was_killed = False

    # -- Starting and stopping

    @property
    def command(self) -> list[str]:
        listen = self.addresses or self.listen
        return [
            str(BINARY),
            "serve",
            *(["--config", str(self.config_path)] if self.config_path else []),
            *[part for address in listen for part in ("--listen", self._listen_point(address))],
            *(["--redis", self.redis_url] if self.redis_url else []),
            "--workers",
            str(self.workers),
            *(["--public", str(self.public)] if self.public else []),
            *self.arguments,
        ]

    @staticmethod
    def _listen_point(address: str) -> str:
        """What `--listen` takes for an address that the log has named."""
        return address.removeprefix("http://").replace("https://", "tls:")

    def start(self) -> "Roost":
        """Starts it, on the same addresses as the last time, and waits until it is ready."""
        assert self.process is None or self.process.poll() is not None, "it runs already"
        self._was_killed = False
        self._log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                # A slow machine is no storm. Those that make one say otherwise.
                env=clean_environment(**{"ROOST_LIMITS_HANDSHAKE_LAG": "none"} | self.environment),
            )
        self.addresses = wait_until(self._listening, "roost listens")
        wait_until(self.is_ready, "roost is ready")
        return self

    def _listening(self) -> list[str]:
        """The addresses that this run's log names, once all are there."""
        self.check()
        lines = self.log.splitlines()
        found = [
            m[1] for line in lines if (m := re.search(r'\blistening\b.*?\baddress"?[=:]"?([^\s"]+)', line))
        ]
        return found if len(found) == len(self.listen) else []

    def is_ready(self) -> bool:
        self.check()
        return self.readiness() == 200

    def readiness(self) -> int:
        """The status of /readyz: the node's, whichever worker answers."""
        with httpx.Client(transport=self.transport(), timeout=DEADLINE, trust_env=False) as client:
            return client.get(f"{self.http_base}/readyz").status_code

    def stop(self, within: float = DEADLINE) -> None:
        """Asks it to end, as a service manager would; it must say that all is well."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(within)
        assert code == 0, f"exit code {code} after SIGTERM\n{self.log_tail}"

    def kill(self) -> None:
        """Ends it as a power failure would."""
        assert self.process
        self._was_killed = True
        self.process.kill()
        self.process.wait()

    def check(self) -> None:
        """It must not have ended by itself."""
        assert self.process is not None
        code = self.process.poll()
        assert code is None or self._was_killed, f"roost has ended, exit code {code}\n{self.log_tail}"

    def finish(self) -> None:
        """The end of a test: it must have survived, and must end in order."""
        if self.process is None or self._was_killed:
            return
        if self.process.poll() is None:
            try:
                self.stop()
            finally:
                if self.process.poll() is None:
                    self.process.kill()
                    self.process.wait()
        else:
            assert self.process.returncode == 0, f"exit code {self.process.returncode}\n{self.log_tail}"

    # -- Where it is

    @property
    def url(self) -> str:
        """Its first address over TCP, `http://127.0.0.1:PORT`."""
        return next(address for address in self.addresses if address.startswith("http://"))

    @property
    def http_base(self) -> str:
        return next((a for a in self.addresses if a.startswith("http://")), "http://localhost")

    @property
    def ws_url(self) -> str:
        return self.url.replace("http://", "ws://", 1)

    @property
    def https_url(self) -> str:
        """Its first address with TLS, by the name that certificates of the tests are for: `https://localhost:PORT`."""
        return f"https://localhost:{self.https_port}"

    @property
    def https_port(self) -> int:
        return int(next(a for a in self.addresses if a.startswith("https://")).rsplit(":", 1)[1])

    @property
    def wss_url(self) -> str:
        return self.https_url.replace("https://", "wss://", 1)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://").rsplit(":", 1)[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def transport(self) -> httpx.HTTPTransport:
        """How httpx reaches its first address."""
        first = self.addresses[0]
        return httpx.HTTPTransport(uds=first.removeprefix("unix:") if first.startswith("unix:") else None)

    # -- What it says and uses

    @property
    def log(self) -> str:
        """Its standard error since the last start."""
        with open(self.log_path, "rb") as file:
            file.seek(self._log_start)
            return file.read().decode(errors="replace")

    @property
    def log_tail(self) -> str:
        return "\n".join(["--- the end of its log:", *self.log.splitlines()[-30:]])

    @property
    def resident_bytes(self) -> int:
        return self._memory("VmRSS")

    @property
    def most_resident_bytes(self) -> int:
        """The most since it was started, or since clear_refs was written to (proc(5))."""
        return self._memory("VmHWM")

    def _memory(self, name: str) -> int:
        """0 under a sanitizer: it keeps what was freed for a while, so that memory says nothing."""
        if "SANITIZER_REPORTS" in os.environ:
            return 0
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024

    @property
    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def waiting_seconds(self) -> float:
        """For how long its threads could have run and had to wait for a core, all together."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[1]) for task in tasks) / 1e9

    def settle(self) -> float:
        """CPU seconds used in the last of the intervals, once one was quiet: it has nothing left to do."""
        before = self.cpu_seconds
        while True:
            time.sleep(0.2)
            now = self.cpu_seconds
            if now - before < 0.02:
                return now - before
            before = now
