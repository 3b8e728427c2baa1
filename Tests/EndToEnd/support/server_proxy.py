"""A proxy before a Roost server, with TLS if asked for, whose connections a test can cut, refuse or make deaf."""

import asyncio
import ssl
import threading
from concurrent.futures import Future

from .authority import Certificate
from .waiting import DEADLINE


class ServerProxy:
    """Listens on a port of its own, on a thread of its own."""

    def __init__(self, port: int, certificate: Certificate | None = None):
        self._target = port
        self._scheme = "https" if certificate else "http"
        self._tls = self._context(certificate) if certificate else None
        # The names that clients asked for (SNI), None where they asked for none.
        self.names: list[str | None] = []
        # What came first on each connection: the head of a request.
        self.heads: list[bytes] = []
        # What the server has said to all clients, TLS taken off.
        self.answers = b""
        # What the server says is dropped: it has done what it was asked, but the client does not hear.
        self.is_deaf = False
        # New connections are closed at once.
        self.refuses = False
        self._lines: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def url(self, host: str = "localhost") -> str:
        return f"{self._scheme}://{host}:{self.port}"

    def cut(self) -> None:
        """Ends every connection; new ones are taken unless `refuses`."""

        async def cancel() -> None:
            lines = list(self._lines)
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)

        self._call(cancel())

    def close(self) -> None:
        self._server.close()
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)
        self._loop.close()

    def _call(self, coroutine):
        future: Future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        return future.result(DEADLINE)

    def _context(self, certificate: Certificate) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key)
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        return context

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._lines.add(task)
        other: asyncio.StreamWriter | None = None
        try:
            if self.refuses:
                return
            from_server, other = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_requests(reader, other))
                group.create_task(self._pass_answers(from_server, writer))
        except (asyncio.CancelledError, ExceptionGroup, OSError):
            pass
        finally:
            self._lines.discard(task)
            for side in (writer, other):
                if side:
                    side.transport.abort()

    async def _pass_requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_first = True
        while data := await reader.read(65536):
            if is_first:
                self.heads.append(data)
            is_first = False
            writer.write(data)
            await writer.drain()
        raise ConnectionError("the client has ended")

    async def _pass_answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if self.is_deaf:
                continue
            writer.write(data)
            await writer.drain()
            self.answers += data
        # What was said last goes out.
        writer.close()
        await writer.wait_closed()
        raise ConnectionError("the server has ended")
