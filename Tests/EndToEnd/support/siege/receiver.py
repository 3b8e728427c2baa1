"""One subscriber among the bystanders: checks what it is sent, and when it came."""

import json
import re
import selectors
import socket
import struct
from collections.abc import Iterator

from ..raw_websocket import CLOSE, PING, PONG, TEXT, frame, handshake

# The socket option, and the name of what it adds to each read (linux/include/uapi/asm-generic/socket.h).
SO_TIMESTAMPNS = 35


class Receiver:
    """A socket and what has come of it. Subclasses know how a door says a number."""

    def __init__(self, host: str, port: int, greeting: bytes):
        self.socket = socket.create_connection((host, port), timeout=15)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.buffer = b""
        self.socket.sendall(greeting)
        self.skip_until(b"\r\n\r\n")
        self.expected = 0
        """The number that comes next."""
        self.faults: list[str] = []
        self.is_over = False
        """The connection has ended."""

    def skip_until(self, end: bytes) -> None:
        """Reads up to this; what follows stays."""
        while end not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError(f"a bystander was refused: {self.buffer!r:.200}")
            self.buffer += data
        self.buffer = self.buffer.split(end, 1)[1]

    def watch(self, selector: selectors.BaseSelector) -> None:
        self.socket.setblocking(False)
        selector.register(self.socket, selectors.EVENT_READ, self)

    def receive(self) -> tuple[int, list[int]]:
        """Reads once: when the kernel had the bytes (ns since 1970), and the numbers in them.

        If several have come since the last read, the time is that of the last one.
        """
        try:
            data, extra, _, _ = self.socket.recvmsg(65536, 128)
        except BlockingIOError:
            return 0, []
        except OSError as error:
            data, extra = b"", []
            self.faults.append(f"disconnected: {error}")
        if not data:
            self.is_over = True
            return 0, []
        arrived = 0
        for level, kind, value in extra:
            if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                seconds, nanoseconds = struct.unpack("qq", value)
                arrived = seconds * 1_000_000_000 + nanoseconds
        self.buffer += data
        numbers = list(self.numbers())
        for number in numbers:
            self.check(number)
        return arrived, numbers

    def check(self, number: int) -> None:
        """Numbers must come one after the other, each once."""
        if number > self.expected:
            self.faults.append(f"lost {self.expected} to {number - 1}")
        elif number < self.expected:
            self.faults.append(f"{number} again, or late: {self.expected} was next")
        self.expected = max(self.expected, number + 1)

    def numbers(self) -> Iterator[int]:
        """Takes what is whole out of the buffer."""
        raise NotImplementedError


class WebSocketReceiver(Receiver):
    """The native door; also counts what is answered to a publisher."""

    def __init__(self, host: str, port: int, channel: str | None):
        super().__init__(host, port, handshake("/ws", f"{host}:{port}"))
        self.acknowledged = 0
        if channel:
            self.send({"type": "subscribe", "channel": channel})
            self.skip_until(b'"recovered":false}')

    def send(self, command: dict) -> None:
        self.socket.sendall(frame(TEXT, json.dumps(command).encode()))

    def numbers(self) -> Iterator[int]:
        for opcode, payload in self.frames():
            if opcode == CLOSE:
                self.faults.append(f"closed: {payload[:2].hex()} {payload[2:].decode()}")
            elif opcode == PING:
                self.socket.sendall(frame(PONG, payload))
            elif opcode == TEXT:
                said = json.loads(payload)
                match said["type"]:
                    case "message":
                        yield said["data"]
                    case "published":
                        self.acknowledged += 1
                    case "error":
                        self.faults.append(f"an error: {said}")

    def frames(self) -> Iterator[tuple[int, bytes]]:
        while len(self.buffer) >= 2:
            length, start = self.buffer[1], 2
            if length == 126:
                if len(self.buffer) < 4:
                    return
                length, start = int.from_bytes(self.buffer[2:4]), 4
            if len(self.buffer) < start + length:
                return
            opcode, payload = self.buffer[0] & 0x0F, self.buffer[start : start + length]
            self.buffer = self.buffer[start + length :]
            yield opcode, payload


class EventStreamReceiver(Receiver):
    """An event stream of bare texts."""

    def __init__(self, host: str, port: int, channel: str):
        super().__init__(
            host,
            port,
            f"GET /channels/{channel}/events?format=text HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        )

    def numbers(self) -> Iterator[int]:
        events = self.buffer.split(b"\n\n")
        self.buffer = events.pop()
        for event in events:
            if found := re.match(rb"data: (\d+)$", event):
                yield int(found[1])
            elif not event.startswith((b"retry:", b":")):
                self.faults.append(f"an unknown event: {event!r:.100}")
