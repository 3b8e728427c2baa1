"""A client of the plain door."""

from typing import Any
from urllib.parse import quote, urlencode

from .waiting import DEADLINE
from .websocket_client import WebSocketClient


class PlainClient(WebSocketClient):
    """Speaks section "Plain WebSocket" of PROTOCOL.md."""

    def __init__(self, ws_url: str, channel: str, unix_path: str | None = None, **query: str):
        path = f"/channels/{quote(channel, safe='')}/socket"
        super().__init__(f"{ws_url}{path}" + (f"?{urlencode(query)}" if query else ""), unix_path)

    def send(self, message: Any) -> None:
        """Sends a string as text, bytes as binary, an iterator of either in fragments."""
        self.socket.send(message)

    def receive(self, timeout: float = DEADLINE) -> str | bytes:
        return self.next(timeout)

    def echo(self, message: str | bytes) -> None:
        """Sends a message and gets it back."""
        self.send(message)
        got = self.receive()
        assert type(got) is type(message) and got == message, f"{got!r:.80} instead of {message!r:.80}"
