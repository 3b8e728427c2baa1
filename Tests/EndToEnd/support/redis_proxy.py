"""A TCP proxy before Redis, whose lines a test can cut or let fall silent."""

import asyncio


class RedisProxy:
    """Listens on a port of its own; use within one event loop."""

    def __init__(self, port: int):
        self._target = port
        self._lines: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._passes = asyncio.Event()
        self._passes.set()

    async def start(self) -> "RedisProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    @property
    def url(self) -> str:
        assert self._server
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Ends every connection; new ones are taken."""
        for line in self._lines:
            line.cancel()

    def fall_silent(self) -> None:
        """Connections stand, and new ones are taken, but no byte passes until `speak`. Those that stand now never
        speak again: what was on its way is lost with them."""
        self._passes.clear()
        self._silenced = set(self._lines)

    def speak(self) -> None:
        for line in self._silenced:
            line.cancel()
        self._passes.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._lines.add(task)
        other: asyncio.StreamWriter | None = None
        try:
            from_redis, other = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(reader, other))
                group.create_task(self._pass(from_redis, writer))
        except (asyncio.CancelledError, ExceptionGroup, OSError):
            pass
        finally:
            self._lines.discard(task)
            for side in (writer, other):
                if side:
                    side.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._passes.wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionError("one side has ended")

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut()
        while self._lines:
            await asyncio.sleep(0.01)
