"""One hostile connection, in a process of attackers."""

import asyncio
import json
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from ..raw_websocket import CLOSE, TEXT, frame, handshake

# Seconds. An attacker waits no longer for anything; generous, for it is only spent when something is wrong.
PATIENCE = 60


class Target(NamedTuple):
    """Where the server is."""

    host: str
    port: int


class Attacker:
    """A socket without manners: what it sends, and whether it reads, is up to the attack."""

    def __init__(self, sock: socket.socket):
        self.socket = sock
        self.buffer = b""
        self.upgrade_head = b""
        """The server's answer to the handshake."""
        self.loop = asyncio.get_running_loop()

    @classmethod
    async def connect(cls, target: Target, receive_buffer: int | None = None) -> "Attacker":
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        attacker = cls(sock)
        async with asyncio.timeout(PATIENCE):
            await attacker.loop.sock_connect(sock, target)
        return attacker

    @classmethod
    async def upgraded(
        cls, target: Target, path: str = "/ws", receive_buffer: int | None = None, **fields: str
    ) -> "Attacker":
        """An open WebSocket; its handshake with these fields besides."""
        attacker = await cls.connect(target, receive_buffer)
        request = handshake(path, "localhost")
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        await attacker.send(request[:-2] + more.encode() + b"\r\n")
        head = await attacker.until(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(f"not upgraded: {head!r:.200}")
        attacker.upgrade_head = head
        return attacker

    # -- Sending

    async def send(self, data: bytes) -> bool:
        """False if the server has ended the connection."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.loop.sock_sendall(self.socket, data)
        except (ConnectionResetError, BrokenPipeError):
            return False
        return True

    async def drip(self, data: bytes, pause: float) -> bool:
        """A byte at a time, until the server has had enough."""
        for index in range(len(data)):
            if not await self.send(data[index : index + 1]):
                return False
            await asyncio.sleep(pause)
        return True

    async def command(self, **members: object) -> bool:
        """One of the native door's."""
        return await self.send(frame(TEXT, json.dumps(members).encode()))

    @asynccontextmanager
    async def sending(self, data: bytes, pause: float | None = None) -> AsyncIterator[None]:
        """Sends meanwhile, a byte at a time if there is a pause between them, and no more behind it."""
        task = asyncio.create_task(self.send(data) if pause is None else self.drip(data, pause))
        try:
            yield
        finally:
            task.cancel()
            # It must be over before the descriptor can be another connection's.
            await asyncio.gather(task, return_exceptions=True)

    def stuff(self, data: bytes) -> int:
        """Sends what the socket takes at once; how much that was."""
        try:
            return self.socket.send(data)
        except (BlockingIOError, ConnectionResetError, BrokenPipeError):
            return 0

    # -- Receiving

    async def more(self) -> bytes:
        """What comes next; nothing at the end of the stream."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.loop.sock_recv(self.socket, 262144)
        except ConnectionResetError:
            return b""

    async def until(self, end: bytes) -> bytes:
        """All up to and with this; less if the stream ends before."""
        while end not in self.buffer:
            data = await self.more()
            if not data:
                taken, self.buffer = self.buffer, b""
                return taken
            self.buffer += data
        taken, self.buffer = self.buffer.split(end, 1)
        return taken + end

    async def responses(self) -> AsyncIterator[tuple[int, bytes]]:
        """Status and body of each response, to the end of the stream."""
        while head := await self.until(b"\r\n\r\n"):
            if not (line := re.match(rb"HTTP/1\.1 (\d{3}) ", head)):
                raise ConnectionError(f"no response: {head!r:.200}")
            length = re.search(rb"(?i)\r\nContent-Length: (\d+)\r\n", head)
            wanted = int(length[1]) if length else 0
            while len(self.buffer) < wanted:
                data = await self.more()
                if not data:
                    raise ConnectionError("the connection ended inside a response")
                self.buffer += data
            body, self.buffer = self.buffer[:wanted], self.buffer[wanted:]
            yield int(line[1]), body

    async def response(self) -> tuple[int, bytes]:
        """The next response; status 0 if the stream ends instead."""
        async for status, body in self.responses():
            return status, body
        return 0, b""

    async def frames(self) -> AsyncIterator[tuple[int, bytes]]:
        """Opcode and payload of each frame, to the end of the stream."""
        view, position = self.buffer, 0
        while True:
            while len(view) - position >= 2:
                length, start = view[position + 1], position + 2
                if length == 126:
                    length, start = int.from_bytes(view[start : start + 2]), start + 2
                elif length == 127:
                    length, start = int.from_bytes(view[start : start + 8]), start + 8
                if len(view) < start + length:
                    break
                opcode, payload = view[position] & 0x0F, view[start : start + length]
                position = start + length
                self.buffer = b""
                yield opcode, payload
            data = await self.more()
            if not data:
                return
            view, position = view[position:] + data, 0

    async def closing(self) -> str:
        """Reads to the end of the stream: the code of the close frame, or "none"."""
        code = "none"
        async for opcode, payload in self.frames():
            if opcode == CLOSE and len(payload) >= 2:
                code = str(int.from_bytes(payload[:2]))
        return code

    async def status(self) -> str:
        """Reads to the end of the stream: the last response's status, or "none"."""
        last = "none"
        async for status, _ in self.responses():
            last = str(status)
        return last

    # -- Ending

    def reset(self) -> None:
        """Ends it without a word: a reset, not an end of the stream."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()
