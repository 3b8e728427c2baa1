"""WebSocket frame by frame (RFC 6455 section 5.2), for what a well-behaved client would never send."""

import base64
import os
import ssl
import struct

from .raw_http import RawHTTP

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def handshake(path: str, host: str = "localhost", **changed: str | None) -> bytes:
    """An opening handshake. Fields are replaced by name, with `_` for `-`; None leaves one out."""
    fields = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
    }
    for name, value in changed.items():
        key = next(
            (key for key in fields if key.lower() == name.replace("_", "-").lower()), name.replace("_", "-")
        )
        if value is None:
            del fields[key]
        else:
            fields[key] = value
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode()


def frame(
    opcode: int,
    payload: bytes = b"",
    final: bool = True,
    masked: bool = True,
    reserved: int = 0,
    length: int | None = None,
    wide: int = 0,
) -> bytes:
    """A client's frame. `length` lies about the payload's; `wide` (2 or 8) takes more bytes than needed."""
    length = len(payload) if length is None else length
    first = (0x80 if final else 0) | reserved << 4 | opcode
    mask_bit = 0x80 if masked else 0
    if wide == 8 or (not wide and length > 0xFFFF):
        head = struct.pack(">BBQ", first, mask_bit | 127, length)
    elif wide == 2 or (not wide and length > 125):
        head = struct.pack(">BBH", first, mask_bit | 126, length)
    else:
        head = struct.pack(">BB", first, mask_bit | length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    repeated = (key * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return head + key + mixed.to_bytes(len(payload), "big")


class RawWebSocket(RawHTTP):
    """Opens at once; `send` takes bytes of any kind."""

    def __init__(
        self, host: str, port: int, path: str, receive_buffer: int | None = None, tls: ssl.SSLContext | None = None
    ):
        super().__init__(host, port, tls)
        if receive_buffer:
            import socket

            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.send(handshake(path, f"{host}:{port}"))
        response = self.response()
        assert response.status == 101, response

    def _take(self, count: int) -> bytes:
        while len(self.rest) < count:
            data = self.more()
            assert data, f"the connection ended inside a frame: {self.rest!r:.100}"
            self.rest += data
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """The server's next frame: its opcode and payload. It must be whole and unmasked."""
        first, second = self._take(2)
        assert first & 0x70 == 0, "reserved bits are set"
        assert first & 0x80, "the server fragments"
        assert not second & 0x80, "the server masks"
        length = second
        if second == 126:
            (length,) = struct.unpack(">H", self._take(2))
            assert length > 125
        elif second == 127:
            (length,) = struct.unpack(">Q", self._take(8))
            assert length > 0xFFFF
        return first & 0x0F, self._take(length)

    def closing(self) -> tuple[int | None, str]:
        """Reads up to the server's close frame and the end of the stream behind it; code and reason."""
        while True:
            opcode, payload = self.frame()
            if opcode == CLOSE:
                break
        assert self.is_closed(), "something follows the close frame"
        if not payload:
            return None, ""
        return struct.unpack(">H", payload[:2])[0], payload[2:].decode()


def close_payload(code: int, reason: bytes = b"") -> bytes:
    return struct.pack(">H", code) + reason
