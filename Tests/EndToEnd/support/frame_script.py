"""The documents' blocks of frames, played against a daemon."""

import json
from typing import Any

from websockets.exceptions import ConnectionClosed

from .native import NativeClient
from .terminal import Terminal, steps


def is_frame(expected: dict[str, Any], shown: dict[str, Any]) -> bool:
    """Whether a frame is as the document says: … stands for any text or its rest, any time for any other."""
    if set(expected) != set(shown):
        return False
    for key, value in expected.items():
        if value == ["…"]:
            if not isinstance(shown[key], list) or not shown[key]:
                return False
        elif isinstance(value, str) and value.endswith("…"):
            start = value[:-1]
            if not isinstance(shown[key], str) or len(shown[key]) < len(value) or not shown[key].startswith(start):
                return False
        elif key == "time":
            if not isinstance(shown[key], int):
                return False
        elif shown[key] != value:
            return False
    return True


class FrameScript:
    """Plays the lines of a block: → is sent and ← comes, ⇐ in any order among its like; `← close 1007` is the end of
    the connection; `$ …` is run in a terminal, and its output does not matter.

    … in the id of a frame that is sent, and in a command, stands for the id that came last.
    """

    def __init__(self, client: NativeClient, terminal: Terminal):
        self.client, self.terminal = client, terminal
        self.in_any_order: list[dict[str, Any]] = []
        self.is_over = False

    def play(self, block: str) -> None:
        for line in block.splitlines():
            arrow, rest = line[0], line[2:]
            if arrow != "⇐":
                self._receive_in_any_order()
            if arrow == "→":
                self.client.send(rest.replace('"id":"…"', f'"id":"{self.terminal.last_id}"'))
            elif arrow == "⇐":
                self.in_any_order.append(json.loads(rest))
            elif rest.startswith("close "):
                self._ends_with(int(rest.removeprefix("close ")))
            elif arrow == "←":
                expected = json.loads(rest)
                shown = self.client.welcome if expected["type"] == "welcome" else self._receive()
                assert is_frame(expected, shown), f"{shown} instead of {expected}"
            else:
                (step,) = steps(line)
                self.terminal.take(type(step)(step.command, ["…"]))
        self._receive_in_any_order()
        assert self.is_over or self.client.has_nothing()

    def _receive(self) -> dict[str, Any]:
        shown = self.client.receive()
        self.terminal.last_id = shown.get("id", self.terminal.last_id)
        return shown

    def _receive_in_any_order(self) -> None:
        while self.in_any_order:
            shown = self._receive()
            match = next((frame for frame in self.in_any_order if is_frame(frame, shown)), None)
            assert match, f"{shown} is none of {self.in_any_order}"
            self.in_any_order.remove(match)

    def _ends_with(self, code: int) -> None:
        self.is_over = True
        try:
            more = self.client.next()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None and closed.rcvd.code == code, closed
        else:
            raise AssertionError(f"{more!r} instead of the end")
