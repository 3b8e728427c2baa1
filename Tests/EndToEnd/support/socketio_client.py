"""A client of Socket.IO: python-socketio, which is not ours."""

import asyncio
import threading
from collections.abc import Coroutine
from queue import Empty, Queue
from typing import Any

import socketio

from .daemon import Roost
from .waiting import DEADLINE, wait_until


class Loop:
    """An event loop on a thread of its own, so that tests need not be coroutines."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(2 * DEADLINE)

    def close(self) -> None:
        async def settle() -> None:
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        self.run(settle())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(DEADLINE)
        self.loop.close()


class SocketIOClient:
    """Connected, once it has been made, to the namespaces named.

    python-socketio's asynchronous client: the other hands each message to a thread of its own, and so loses their order.
    """

    def __init__(
        self,
        loop: Loop,
        daemon: Roost,
        transports: list[str] | None = None,
        namespaces: tuple[str, ...] = ("/",),
        auth: dict[str, Any] | None = None,
        query: str = "",
        secure: bool = False,
    ):
        self._loop = loop
        self._queues: dict[str, Queue[tuple[str, tuple]]] = {name: Queue() for name in namespaces}
        self.disconnects: Queue[str] = Queue()
        """The namespaces that have been left, or have gone."""
        self.client = socketio.AsyncClient(reconnection=False, ssl_verify=False)
        for name in namespaces:
            self._listen(name)
        loop.run(
            self.client.connect(
                (daemon.https_url if secure else daemon.url) + query,
                auth=auth,
                transports=transports,
                namespaces=list(namespaces),
                wait_timeout=DEADLINE,
            )
        )

    def _listen(self, namespace: str) -> None:
        async def received(event: str, *arguments: Any) -> None:
            self._queues[namespace].put((event, arguments))

        async def gone(*_: Any) -> None:
            self.disconnects.put(namespace)

        self.client.on("*", received, namespace=namespace)
        self.client.on("disconnect", gone, namespace=namespace)

    @property
    def transport(self) -> str:
        return self.client.transport()

    def id(self, namespace: str = "/") -> str:
        return self.client.get_sid(namespace)

    # -- Speaking

    def emit(self, event: str, *arguments: Any, namespace: str = "/") -> None:
        self._loop.run(self.client.emit(event, arguments, namespace=namespace))

    def call(self, event: str, *arguments: Any, namespace: str = "/") -> Any:
        """Emits an event; its acknowledgement."""
        return self._loop.run(self.client.call(event, arguments, namespace=namespace, timeout=DEADLINE))

    def subscribe(self, channel: str, namespace: str = "/", **options: Any) -> dict[str, Any]:
        answer = self.call("subscribe", channel, *([options] if options else []), namespace=namespace)
        assert answer["channel"] == channel, answer
        return answer

    # -- Hearing

    def event(self, namespace: str = "/") -> tuple[str, tuple]:
        """The next event: its name and arguments."""
        try:
            return self._queues[namespace].get(timeout=DEADLINE)
        except Empty:
            raise AssertionError(f"no event within {DEADLINE} s") from None

    def message(self, event: str = "message", namespace: str = "/") -> tuple[Any, dict[str, Any]]:
        """The next event, which must be a message: its data, and what is said about it."""
        name, arguments = self.event(namespace)
        assert name == event and len(arguments) == 2, (name, arguments)
        return arguments

    def data(self, count: int, namespace: str = "/") -> list[Any]:
        """The data of the next messages."""
        return [self.message(namespace=namespace)[0] for _ in range(count)]

    def own(self, name: str) -> dict[str, Any]:
        """The next event, which must be this one of the server's own."""
        event, arguments = self.event()
        assert event == f"roost:{name}" and len(arguments) == 1, (event, arguments)
        return arguments[0]

    def has_nothing(self, namespace: str = "/") -> bool:
        """Whether nothing is on its way: what was sent before this answer would be here by now."""
        self.call("unsubscribe", "nothing", namespace=namespace)
        return self._queues[namespace].empty()

    def until_upgraded(self) -> None:
        wait_until(lambda: self.transport == "websocket", "the client has gone over to a WebSocket")

    def close(self) -> None:
        self._loop.run(self.client.disconnect())
