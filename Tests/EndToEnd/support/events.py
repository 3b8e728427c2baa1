"""Clients of event streams: `httpx-sse`, which is not ours."""

import json
import threading
from contextlib import ExitStack
from queue import Queue
from typing import Any

import httpx
from httpx_sse import ServerSentEvent, connect_sse

from support.daemon import Roost
from support.waiting import DEADLINE, wait_until


class EventStream:
    """One stream, read on a thread of its own. Open, with its channels confirmed, once it has been made."""

    def __init__(self, daemon: Roost, path: str, params: Any = None, headers: dict[str, str] | None = None):
        self.queue: Queue[ServerSentEvent] = Queue()
        self.ended = threading.Event()
        self.last_id = ""
        """What a browser would send as Last-Event-ID."""
        self._stack = ExitStack()
        client = self._stack.enter_context(
            httpx.Client(transport=daemon.transport(), base_url=daemon.http_base, timeout=DEADLINE, trust_env=False)
        )
        self.source = self._stack.enter_context(
            connect_sse(client, "GET", path, params=params, headers=headers or {})
        )
        self.status = self.source.response.status_code
        self.headers = self.source.response.headers
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for event in self.source.iter_sse():
                self.last_id = event.id
                if event.data:
                    self.queue.put(event)
        except (httpx.HTTPError, RuntimeError):
            pass  # closed here, or cut off
        finally:
            self.ended.set()

    def event(self) -> ServerSentEvent:
        """The next event."""
        return self.queue.get(timeout=DEADLINE)

    def message(self) -> dict:
        """The next event, a whole message."""
        event = self.event()
        assert not event.event.startswith("roost:"), event
        return json.loads(event.data)

    def data(self, count: int) -> list:
        """The data of the next messages."""
        return [self.message()["data"] for _ in range(count)]

    def own(self, name: str) -> dict:
        """The next event, which must be this one of the server's own."""
        event = self.event()
        assert event.event == f"roost:{name}", event
        return json.loads(event.data)

    def settled(self) -> str:
        """Waits until the stream has said where it is; that."""
        return wait_until(lambda: self.last_id, "the stream has an id")

    def close(self) -> None:
        # Closing the socket under the reading thread ends its wait.
        stream = self.source.response.extensions.get("network_stream")
        if stream and (sock := stream.get_extra_info("socket")):
            try:
                sock.shutdown(2)
            except OSError:
                pass
        self._thread.join(DEADLINE)
        self._stack.close()
