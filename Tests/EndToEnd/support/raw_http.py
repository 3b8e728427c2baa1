"""HTTP byte by byte, for what a well-behaved client would never send."""

import json
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any

from .waiting import DEADLINE


@dataclass
class Response:
    version: str
    status: int
    reason: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} stands {len(values)} times"
        return values[0] if values else None

    @property
    def json(self) -> Any:
        assert self.header("content-type") == "application/json", self
        return json.loads(self.body)

    def is_error(self, status: int, code: str) -> "Response":
        """Asserts the status and the JSON error; the message must say something."""
        assert self.status == status, self
        error = self.json["error"]
        assert error["code"] == code and len(error["message"]) > 10, self
        assert set(self.json) == {"error"} and set(error) == {"code", "message"}, self
        return self


class RawHTTP:
    """One connection. Reads are exact: what is left over stays for the next response.

    With TLS the end must be said (close_notify): one that is not is an `ssl.SSLEOFError`.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None):
        self.socket = socket.create_connection((host, port), timeout=DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname=host, suppress_ragged_eofs=False)
        self.rest = b""

    def send(self, data: bytes | str) -> "RawHTTP":
        self.socket.sendall(data.encode() if isinstance(data, str) else data)
        return self

    def more(self) -> bytes:
        """What comes next; nothing at the end of the stream."""
        try:
            data = self.socket.recv(65536)
        except TimeoutError:
            raise AssertionError(f"no answer within {DEADLINE} s; so far: {self.rest!r:.200}") from None
        except ConnectionResetError:
            data = b""
        return data

    def _line(self) -> bytes:
        while b"\r\n" not in self.rest:
            data = self.more()
            assert data, f"the connection ended inside a response: {self.rest!r:.200}"
            self.rest += data
        line, self.rest = self.rest.split(b"\r\n", 1)
        assert b"\n" not in line and b"\r" not in line, line
        return line

    def response(self, to: str = "GET") -> Response:
        """The next response; `to` is the method it answers, for HEAD has no body."""
        version, status, reason = self._line().decode().split(" ", 2)
        response = Response(version, int(status), reason)
        while line := self._line().decode():
            name, value = line.split(":", 1)
            assert name == name.strip() and name, line
            response.fields.append((name, value.strip()))
        if to == "HEAD" or response.status < 200 or response.status in (204, 304):
            return response
        length = int(response.header("content-length"))
        while len(self.rest) < length:
            data = self.more()
            assert data, f"the connection ended inside a body: {response}"
            self.rest += data
        response.body, self.rest = self.rest[:length], self.rest[length:]
        return response

    def receive_until(self, end: bytes) -> bytes:
        """All that comes, up to and with this."""
        while end not in self.rest:
            data = self.more()
            assert data, f"the connection ended before {end!r}: {self.rest!r:.200}"
            self.rest += data
        taken, self.rest = self.rest.split(end, 1)
        return taken + end

    def is_closed(self) -> bool:
        """Waits for the server's end of the stream; True if nothing but that comes."""
        while data := self.more():
            self.rest += data
        return self.rest == b""

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "RawHTTP":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
