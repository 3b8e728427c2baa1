"""What a node counts, and clients of Socket.IO by their packets."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.sync.client import connect

from .daemon import Roost
from .waiting import DEADLINE, wait_until


def get(daemon: Roost, path: str, **request: Any) -> httpx.Response:
    """A request on a connection of its own, which any worker may get."""
    return httpx.request(request.pop("method", "GET"), daemon.url + path, trust_env=False, timeout=DEADLINE, **request)


def metrics(daemon: Roost, **request: Any) -> dict[str, int]:
    """The samples of `/metrics`."""
    response = get(daemon, "/metrics", **request)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.text.endswith("\n")
    return {name: int(value) for name, value in re.findall(r"^([^#\s]+) (\d+)$", response.text, re.MULTILINE)}


def counts(daemon: Roost) -> dict[str, int]:
    """By limit, how often it was run into."""
    found = {}
    for name, value in metrics(daemon).items():
        if match := re.fullmatch(r'roost_limit_exceeded_total\{limit="(\w+)"\}', name):
            found[match[1]] = value
    return found


@contextmanager
def counted(daemon: Roost, limit: str, times: int = 1) -> Iterator[None]:
    """What happens here runs into this limit so often, and into no other."""
    before = counts(daemon)
    assert limit in before
    yield
    expected = before | {limit: before[limit] + times}
    wait_until(lambda: counts(daemon)[limit] >= expected[limit], f"{limit} is counted")
    assert counts(daemon) == expected


class SocketIOClient:
    """Connected to the namespace /, over Engine.IO's WebSocket. `error` says why not, if so."""

    def __init__(self, daemon: Roost, headers: dict[str, str] | None = None, **auth: Any):
        self.socket = connect(
            f"{daemon.ws_url}/socket.io/?EIO=4&transport=websocket", proxy=None, compression=None,
            additional_headers=headers or {}, legacy=True,
        )
        self.error: dict[str, Any] | None = None
        assert self._receive().startswith("0{")
        self.socket.send("40" + json.dumps(auth))
        answer = self._receive()
        if answer.startswith("44"):
            self.error = json.loads(answer[2:])["data"]
        else:
            assert answer.startswith("40{"), answer

    def _receive(self) -> str:
        while (packet := self.socket.recv(DEADLINE)) == "2":
            self.socket.send("3")
        assert isinstance(packet, str)
        return packet

    def emit(self, *event: Any) -> dict[str, Any]:
        """Emits, and waits for the acknowledgement."""
        self.socket.send("427" + json.dumps(event))
        while not (packet := self._receive()).startswith("437"):
            pass
        (answer,) = json.loads(packet[3:])
        return answer

    def complaint(self, *event: Any) -> dict[str, Any]:
        """Emits without an acknowledgement, and waits for the error."""
        self.socket.send("42" + json.dumps(event))
        while not (packet := self._receive()).startswith('42["roost:error"'):
            pass
        return json.loads(packet[2:])[1]

    def close(self) -> None:
        self.socket.close()


Trial = Callable[[], dict[str, Any] | None]
"""Does something once; the error's code and message, or None."""


def http_error(response: httpx.Response) -> dict[str, Any] | None:
    if response.status_code < 300:
        return None
    error = response.json()["error"]
    if response.status_code in (429, 503):
        assert int(response.headers["retry-after"]) >= 1, response.headers
    assert (response.status_code == 429) == (error["code"] == "rate_limited")
    return error
