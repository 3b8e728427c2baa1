"""A client of roost.js in Node: a script that prints a line of JSON for each thing that happens."""

import json
import shutil
import subprocess
import threading
from queue import Empty, Queue
from typing import Any

from .daemon import PUBLIC
from .waiting import DEADLINE

FLAG = "--experimental-websocket"


def find_node() -> str | None:
    """A Node that has a WebSocket, perhaps behind the flag."""
    path = shutil.which("node")
    works = path and subprocess.run([path, FLAG, "-e", "WebSocket"], capture_output=True).returncode == 0
    return path if works else None


NODE = find_node()

PRELUDE = f"""
import {{ Roost, backoff }} from "{(PUBLIC / "roost.js").as_uri()}";
const say = (value) => console.log(JSON.stringify(value ?? null));
const [url, channel] = process.argv.slice(2);
// As when the network comes back: a test does not wait for the next try.
const hurry = (roost) => roost.addEventListener("state", ({{ detail }}) => {{
  if (detail.state === "waiting") setTimeout(() => roost.connect(), 200);
  // Node 20 does not always tell that a server has gone away before its first answer.
  if (detail.state === "connecting") setTimeout(() => roost.state === "connecting" && roost.connect({{}}), 3000);
}});
"""


class NodeScript:
    """Runs until it ends by itself or is closed."""

    def __init__(self, folder: Any, script: str, *arguments: str):
        path = folder / "script.mjs"
        path.write_text(PRELUDE + script)
        self._process = subprocess.Popen(
            [NODE, "--no-warnings", FLAG, str(path), *arguments],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        self._lines: Queue[str] = Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)

    def next(self) -> Any:
        """What it says next."""
        try:
            line = self._lines.get(timeout=DEADLINE)
        except Empty:
            raise AssertionError(f"the script says nothing for {DEADLINE} s") from None
        try:
            return json.loads(line)
        except ValueError:
            raise AssertionError("".join([line, *(self._lines.get() for _ in range(self._lines.qsize()))])) from None

    def next_ones(self, count: int) -> list[Any]:
        return [self.next() for _ in range(count)]

    @property
    def is_silent(self) -> bool:
        return self._lines.empty()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join(DEADLINE)
        self._process.stdout.close()
