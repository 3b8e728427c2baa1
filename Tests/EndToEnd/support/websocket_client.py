"""What clients of both WebSocket doors share: a connection of the `websockets` library."""

import ssl
from contextlib import ExitStack

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect, unix_connect

from .waiting import DEADLINE


class WebSocketClient:
    """One connection without compression, limits, pings of its own, and proxies."""

    def __init__(self, url: str, unix_path: str | None = None, tls: ssl.SSLContext | None = None):
        options = {
            "compression": None,
            "max_size": None,
            "max_queue": None,
            "ping_interval": None,
            "open_timeout": DEADLINE,
            "close_timeout": 5,
        }
        self._stack = ExitStack()
        self.socket = self._stack.enter_context(
            unix_connect(unix_path, url, **options) if unix_path else connect(url, proxy=None, ssl=tls, **options)
        )

    def next(self, timeout: float = DEADLINE) -> str | bytes:
        """The next message."""
        try:
            return self.socket.recv(timeout=timeout)
        except TimeoutError:
            raise AssertionError(f"no message within {timeout} s") from None

    def closing(self, timeout: float = DEADLINE) -> tuple[int, str]:
        """Reads until the server closes; the code and the reason it gives."""
        try:
            while True:
                self.next(timeout)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "the connection ended without a close frame"
            return closed.rcvd.code, closed.rcvd.reason

    def close(self) -> None:
        """Closes, with the handshake of RFC 6455."""
        self._stack.close()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
