"""The doors of a server, and what one can do at each: the rows of test_access_matrix.py.

A trial does one thing with a token, or without one, and says what came of it: "allowed", "unauthorized" or "forbidden".
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from .daemon import Roost
from .waiting import DEADLINE

CODES = {401: "unauthorized", 403: "forbidden"}

Trial = Callable[[Roost, str | None], str]


@dataclass(frozen=True)
class Row:
    name: str
    trial: Trial
    needs: tuple[str, ...] = ()
    """The operations that must be permitted."""
    is_for_administrators: bool = False
    is_public: bool = False
    """Nobody is asked for a token."""


class Refused(Exception):
    """The server has let nobody in, with this code."""


class InURL(str):
    """A token that is shown as `?token=`, as browsers must; others are in the header `Authorization`."""


def fields(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token is not None and not isinstance(token, InURL) else {}


def located(path: str, token: str | None) -> str:
    if not isinstance(token, InURL):
        return path
    return f"{path}{'&' if '?' in path else '?'}token={token}"


def judge(response: httpx.Response) -> str:
    code = CODES.get(response.status_code)
    if code is None:
        assert response.status_code < 300 or response.status_code in (404, 409), response.text
        return "allowed"
    assert response.json()["error"]["code"] == code, response.text
    assert ("www-authenticate" in response.headers) == (code == "unauthorized")
    return code


def http(method: str, path: str, **request: Any) -> Trial:
    def trial(daemon: Roost, token: str | None) -> str:
        with httpx.Client(timeout=DEADLINE, trust_env=False) as client:
            with client.stream(method, daemon.url + located(path, token), headers=fields(token), **request) as response:
                if response.headers.get("content-type") != "text/event-stream":
                    response.read()
                return judge(response)

    return trial


@contextmanager
def websocket(daemon: Roost, path: str, token: str | None) -> Iterator[ClientConnection]:
    url = daemon.ws_url + located(path, token)
    try:
        with connect(url, proxy=None, compression=None, additional_headers=fields(token)) as socket:
            yield socket
    except InvalidStatus as refusal:
        code = CODES[refusal.response.status_code]
        assert json.loads(refusal.response.body)["error"]["code"] == code
        raise Refused(code) from None


def socket_trial(body: Callable[[Roost, str | None], str]) -> Trial:
    def trial(daemon: Roost, token: str | None) -> str:
        try:
            return body(daemon, token)
        except Refused as refused:
            return str(refused)

    return trial


def native(harmless: str | None = None, **frame: Any) -> Trial:
    """A command of the native door; an error with the code `harmless` is none that is meant here."""

    @socket_trial
    def trial(daemon: Roost, token: str | None) -> str:
        with websocket(daemon, "/ws", token) as socket:
            assert json.loads(socket.recv(DEADLINE))["type"] == "welcome"
            own = {"token": token} if frame["type"] == "authenticate" else {}
            socket.send(json.dumps(frame | own | {"ref": 7}))
            while (answer := json.loads(socket.recv(DEADLINE))).get("ref") != 7:
                pass
            code = answer.get("code")
            return verdict(None if code == harmless else code)

    return trial


def verdict(code: str | None) -> str:
    """What an error's code means here; `None`: there was none."""
    assert code in (None, "unauthorized", "forbidden", "not_found", "lease_lost"), code
    return code if code in CODES.values() else "allowed"


@socket_trial
def plain_listen(daemon: Roost, token: str | None) -> str:
    with websocket(daemon, "/channels/a/socket", token):
        return "allowed"


@socket_trial
def plain_publish(daemon: Roost, token: str | None) -> str:
    with websocket(daemon, "/channels/a/socket", token) as socket:
        socket.send("hello")
        try:
            assert socket.recv(DEADLINE) == "hello"
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == 1008, closed
            return "forbidden"
        return "allowed"


def socket_io(*event: Any) -> Trial:
    """Connects to the namespace and emits an event, over Engine.IO's WebSocket."""

    def trial(daemon: Roost, token: str | None) -> str:
        # In the URL it counts for all namespaces; what is said to one counts first.
        url_token = token if isinstance(token, InURL) else None
        with websocket(daemon, "/socket.io/?EIO=4&transport=websocket", url_token) as socket:
            assert socket.recv(DEADLINE).startswith("0{")
            socket.send("40" + json.dumps({"token": token} if token and not url_token else {}))
            answer = socket.recv(DEADLINE)
            if answer.startswith("44"):
                return verdict(json.loads(answer[2:])["data"]["code"])
            assert answer.startswith("40"), answer
            if not event:
                return "allowed"
            socket.send("420" + json.dumps(event))
            while not (answer := socket.recv(DEADLINE)).startswith("430"):
                pass
            (result,) = json.loads(answer[3:])
            return verdict(result.get("error", {}).get("code"))

    return trial


ROUTES: dict[str, list[Row]] = {
    # By the cases of Route.
    "nativeSocket": [],  # NATIVE has its commands.
    "plainSocket": [
        Row("listen", plain_listen, ("subscribe",)),
        Row("publish", plain_publish, ("subscribe", "publish")),
    ],
    "socketIO": [],  # SOCKET_IO has its events.
    "messages": [
        Row("publish", http("POST", "/channels/a/messages", content="x"), ("publish",)),
        Row("history", http("GET", "/channels/a/messages"), ("history",)),
        Row("wait", http("GET", "/channels/a/messages?since=1-none&wait=50ms"), ("history",)),
    ],
    "channelEvents": [Row("events", http("GET", "/channels/a/events"), ("subscribe",))],
    "events": [Row("events", http("GET", "/events?channel=a&channel=b"), ("subscribe",))],
    "stop": [Row("stop", http("POST", "/channels/unused/stop"), is_for_administrators=True)],
    "queue": [],  # RESOURCES has what is below it.
    "presence": [Row("presence", http("GET", "/channels/a/presence"), ("presence",))],
    "notifications": [
        Row("notify", http("POST", "/users/bob/notifications", content="x"), ("inbox",)),
        Row("read", http("GET", "/users/bob/notifications"), ("inbox",)),
    ],
    "acknowledgement": [Row("ack", http("POST", "/users/bob/notifications/1-none/ack"), ("inbox",))],
    "health": [Row("health", http("GET", "/healthz"), is_public=True)],
    "readiness": [Row("readiness", http("GET", "/readyz"), is_public=True)],
    "metrics": [Row("metrics", http("GET", "/metrics"), is_for_administrators=True)],
    "file": [Row("file", http("GET", "/"), is_public=True)],
}

JOB = "/queues/a/jobs/1-1"

RESOURCES: dict[str, list[Row]] = {
    # By the cases of QueueResource.
    "status": [Row("status", http("GET", "/queues/a"), ("queues",))],
    "jobs": [Row("push", http("POST", "/queues/a/jobs", content="x"), ("queues",))],
    "lease": [Row("lease", http("POST", "/queues/a/lease"), ("queues",))],
    "job": [Row("done", http("DELETE", JOB), ("queues",))],
    "retry": [Row("retry", http("POST", f"{JOB}/retry"), ("queues",))],
    "renew": [Row("renew", http("POST", f"{JOB}/renew"), ("queues",))],
}

NATIVE: dict[str, list[Row]] = {
    # By the cases of NativeCommand, QueueCommand and InboxCommand.
    "subscribe": [
        Row("channel", native(type="subscribe", channel="a"), ("subscribe",)),
        Row("since", native(type="subscribe", channel="a", since="1-none"), ("subscribe",)),
        Row("pattern", native(type="subscribe", pattern="a"), ("subscribe",)),
    ],
    "unsubscribe": [Row("unsubscribe", native(type="unsubscribe", channel="a"))],
    "publish": [Row("publish", native(type="publish", channel="a", data=1), ("publish",))],
    "history": [Row("history", native(type="history", channel="a"), ("history",))],
    "presence": [Row("presence", native(type="presence", channel="a"), ("presence",))],
    "ping": [Row("ping", native(type="ping"))],
    "authenticate": [Row("authenticate", native(type="authenticate"))],
    "queue.push": [Row("push", native(type="push", queue="a", data=1), ("queues",))],
    "queue.work": [Row("work", native(type="work", queue="b", credit=1), ("queues",))],
    "queue.done": [Row("done", native(type="done", queue="a", id="1-1"), ("queues",))],
    "queue.retry": [Row("retry", native(type="retry", queue="a", id="1-1"), ("queues",))],
    "queue.renew": [Row("renew", native(type="renew", queue="a", id="1-1"), ("queues",))],
    # One's own inbox needs no permission, and no other can be asked for.
    "inbox.open": [Row("inbox", native(type="inbox"))],
    "inbox.acknowledge": [Row("ack", native("bad_request", type="ack", id="1-none"))],
}

SOCKET_IO: dict[str, list[Row]] = {
    # By the cases of RelayCommand.
    "connect": [Row("connect", socket_io())],
    "subscribe": [
        Row("channel", socket_io("subscribe", "a"), ("subscribe",)),
        Row("pattern", socket_io("subscribe", {"pattern": "a"}), ("subscribe",)),
    ],
    "unsubscribe": [Row("unsubscribe", socket_io("unsubscribe", "a"))],
    "publish": [
        Row("publish", socket_io("publish", {"channel": "a", "data": 1}), ("publish",)),
        # The default channel.
        Row("event", socket_io("message", "x"), ("publish",)),
    ],
}

DOORS = {"http": ROUTES, "queues": RESOURCES, "native": NATIVE, "socket.io": SOCKET_IO}
