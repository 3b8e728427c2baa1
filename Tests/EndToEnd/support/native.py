"""A client of the native door."""

import json
import ssl
from collections.abc import Iterator
from typing import Any

from .waiting import DEADLINE
from .websocket_client import WebSocketClient


class NativeClient(WebSocketClient):
    """Speaks section "Native WebSocket" of PROTOCOL.md. `welcome` is the first frame."""

    def __init__(
        self, ws_url: str, unix_path: str | None = None, path: str = "/ws", tls: ssl.SSLContext | None = None
    ):
        super().__init__(ws_url + path, unix_path, tls)
        self.welcome = self.receive()
        self._ref = 0

    # -- Frames

    def send(self, frame: dict[str, Any] | str) -> None:
        self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    def receive_text(self, timeout: float = DEADLINE) -> str:
        frame = self.next(timeout)
        assert isinstance(frame, str), "a binary frame on the native door"
        return frame

    def receive(self, timeout: float = DEADLINE) -> dict[str, Any]:
        return json.loads(self.receive_text(timeout))

    def has_nothing(self) -> bool:
        """Whether nothing is on its way: what was sent before this ping's pong would be here by now."""
        reply = self.request({"type": "ping"})
        return reply["type"] == "pong"

    def request(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Sends a command with a `ref`; the next frame must be its reply."""
        self._ref += 1
        self.send(frame | {"ref": self._ref})
        reply = self.receive()
        assert reply.pop("ref", None) == self._ref, f"not the reply to {frame}: {reply}"
        return reply

    # -- Commands

    def subscribe(self, channel: str) -> None:
        reply = self.request({"type": "subscribe", "channel": channel})
        assert reply == {"type": "subscribed", "channel": channel, "recovered": False}

    def subscribe_pattern(self, pattern: str) -> None:
        reply = self.request({"type": "subscribe", "pattern": pattern})
        assert reply == {"type": "subscribed", "pattern": pattern, "recovered": False}

    def publish(self, channel: str, data: Any, **members: Any) -> None:
        """Publishes and waits for the reply; it must be the next frame, so not on a channel subscribed to."""
        reply = self.request({"type": "publish", "channel": channel, "data": data} | members)
        assert reply == {"type": "published"}

    def messages(self, count: int, timeout: float = DEADLINE) -> list[dict[str, Any]]:
        """The next `count` messages; frames of other types are passed over."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            frame = self.receive(timeout)
            if frame["type"] == "message":
                found.append(frame)
        return found

    def data(self, count: int, timeout: float = DEADLINE) -> list[Any]:
        """The data of the next `count` messages."""
        return [message["data"] for message in self.messages(count, timeout)]

    def until(self, data: Any, timeout: float = DEADLINE) -> Iterator[dict[str, Any]]:
        """The messages up to the one with this data, which is the last."""
        while True:
            (message,) = self.messages(1, timeout)
            yield message
            if message["data"] == data:
                return
