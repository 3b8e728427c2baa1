"""What the daemon uses: memory, descriptors, processor."""

import threading
from dataclasses import dataclass
from pathlib import Path

from ..daemon import Roost


@dataclass
class Usage:
    """At one moment. Memory is what is resident, in bytes."""

    resident: int
    files: int
    cpu_seconds: float
    waiting_seconds: float
    """For how long it had to wait for a core: what the machine's other load adds to delays."""

    @classmethod
    def of(cls, daemon: Roost) -> "Usage":
        return cls(daemon.resident_bytes, daemon.open_files, daemon.cpu_seconds, daemon.waiting_seconds)


class Meter:
    """Watches a daemon from when it is made until `stop`: the most that it has used."""

    def __init__(self, daemon: Roost):
        self.daemon = daemon
        self.before = Usage.of(daemon)
        self.peak = Usage.of(daemon)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        # From here on the kernel notes the highest value anew (proc(5), clear_refs).
        Path(f"/proc/{daemon.pid}/clear_refs").write_text("5")
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            try:
                self.peak.files = max(self.peak.files, self.daemon.open_files)
            except OSError:
                return  # it has ended, which the test sees

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self.peak.resident = max(self.before.resident, self.daemon.most_resident_bytes)
