"""Every limit at every door: the error names it, its counter moves, and nobody else is affected."""

import json
import signal
import socket
import time
from contextlib import ExitStack

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from support import access, cli
from support.daemon import Roost
from support.events import EventStream
from support.limits import SocketIOClient, counted, counts, get, http_error, metrics
from support.native import NativeClient
from support.plain import PlainClient
from support.raw_http import RawHTTP
from support.raw_websocket import CLOSE, TEXT, close_payload, frame, handshake
from support.waiting import DEADLINE, wait_until


def limits(start_roost, **values: object) -> Roost:
    """A server with these limits, and four workers to share them."""
    environment = {f"ROOST_LIMITS_{name.upper()}": str(value) for name, value in values.items()}
    return start_roost(workers=4, environment=environment)


@pytest.fixture
def sockets(closing: ExitStack):
    """Opens WebSockets and the like of one user, by every door that stays open; closed at the end."""

    def native(daemon: Roost, user: str):
        client = NativeClient(daemon.ws_url, path=f"/ws?user={user}")
        closing.callback(client.close)
        return client

    def plain(daemon: Roost, user: str):
        client = PlainClient(daemon.ws_url, "c", user=user)
        closing.callback(client.close)
        return client

    def events(daemon: Roost, user: str):
        stream = EventStream(daemon, f"/channels/c/events?user={user}")
        closing.callback(stream.close)
        assert stream.status == 200
        return stream

    def socket_io(daemon: Roost, user: str):
        client = SocketIOClient(daemon, user=user)
        closing.callback(client.close)
        assert client.error is None
        return client

    return [native, plain, events, socket_io]


# -- Metrics


def test_metrics(memory_roost, native):
    for words in "HELP", "TYPE":
        assert f"# {words} roost_limit_exceeded_total " in get(memory_roost, "/metrics").text
    found = metrics(memory_roost)
    version = native(memory_roost).welcome["version"]
    assert found[f'roost_info{{version="{version}"}}'] == 1
    before = metrics(memory_roost)["roost_connections"]
    clients = [native(memory_roost) for _ in range(5)]
    wait_until(lambda: metrics(memory_roost)["roost_connections"] == before + 5, "they are counted")
    for client in clients:
        client.close()
    wait_until(lambda: metrics(memory_roost)["roost_connections"] == before, "they are gone")
    with RawHTTP(memory_roost.host, memory_roost.port) as http:
        response = http.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n").response("HEAD")
        assert response.status == 200 and int(response.header("content-length")) > 100


def test_every_limit_has_a_setting_and_a_counter(memory_roost):
    settings = set(
        line.split(" ")[0].removeprefix("limits.")
        for line in cli.run("check").stdout.splitlines()
        if line.startswith("limits.")
    )
    # Nothing is cut off by it: between requests there is nothing.
    assert set(counts(memory_roost)) == settings - {"idle_timeout"}


# -- Sizes


def test_message_size(start_roost, native, raw_websocket, channel):
    roost = limits(start_roost, message_size="2KiB")
    witness = native(roost)
    witness.subscribe(channel)
    large, named = "x" * 3_000, "limits.message_size: "
    for path in "/ws", f"/channels/{channel}/socket":
        with counted(roost, "message_size"):
            client = raw_websocket(roost, path)
            client.send(frame(TEXT, large.encode()))
            code, reason = client.closing()
            assert code == 1009 and reason == named + "a message may have at most 2048 bytes"
    for path in f"/channels/{channel}/messages", "/users/bob/notifications", f"/queues/{channel}/jobs":
        with counted(roost, "message_size"):
            response = get(roost, path, method="POST", content=large)
            assert response.status_code == 413
            assert response.json()["error"] == {
                "code": "too_large",
                "message": named + "the request body may have at most 2048 bytes",
            }
    client = SocketIOClient(roost)
    with counted(roost, "message_size"):
        error = client.emit("message", large)["error"]
        assert error == {"code": "too_large", "message": named + "a message may have at most 2048 bytes"}
    with counted(roost, "message_size"):
        assert client.complaint("message", large)["message"].startswith(named)
    client.emit("publish", {"channel": channel, "data": "small"})
    assert witness.data(1) == ["small"]
    client.close()


def test_request_head(start_roost):
    roost = limits(start_roost, request_head="1KiB")
    for request, status in (
        ("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x" * 2_000, 431),
        ("GET /" + "x" * 2_000, 414),
    ):
        with counted(roost, "request_head"), RawHTTP(roost.host, roost.port) as http:
            error = http.send(request).response().is_error(status, "too_large").json["error"]
            assert error["message"].startswith("limits.request_head: ") and "1024 bytes" in error["message"]


def test_subscriptions(start_roost, native):
    roost = limits(start_roost, subscriptions_per_connection=2)
    words = "limits.subscriptions_per_connection: a connection may have at most 2 subscriptions"
    client = native(roost)
    for name in "ab":
        client.subscribe(name)
    with counted(roost, "subscriptions_per_connection"):
        reply = client.request({"type": "subscribe", "channel": "c"})
        assert reply == {"type": "error", "code": "limit_exceeded", "message": words}
    with counted(roost, "subscriptions_per_connection"):
        response = get(roost, "/events?channel=a&channel=b&channel=c")
        assert response.json()["error"] == {"code": "limit_exceeded", "message": words}
    relay = SocketIOClient(roost)
    assert "error" not in relay.emit("subscribe", "b")
    with counted(roost, "subscriptions_per_connection"):
        assert relay.emit("subscribe", "c")["error"] == {"code": "limit_exceeded", "message": words}
    relay.close()
    for name in "ab":
        assert client.request({"type": "work", "queue": name, "credit": 1})["type"] == "working"
    with counted(roost, "subscriptions_per_connection"):
        reply = client.request({"type": "work", "queue": "c", "credit": 1})
        assert reply["code"] == "limit_exceeded" and "at most 2 queues" in reply["message"]


def test_unsent_bytes(start_roost, raw_websocket, native, channel):
    roost = limits(start_roost, unsent_bytes="64KiB")
    reader, publisher = native(roost), native(roost)
    reader.subscribe(channel)
    slow = raw_websocket(roost, "/ws")
    slow.frame()
    slow.send(frame(TEXT, json.dumps({"type": "subscribe", "channel": channel}).encode()))
    assert b"subscribed" in slow.frame()[1]
    with counted(roost, "unsent_bytes"):
        number = 0
        while not counts(roost)["unsent_bytes"]:
            for _ in range(50):
                publisher.publish(channel, [number, "x" * 30_000])
                assert reader.data(1)[0][0] == number
                number += 1
    while (got := slow.frame())[0] != CLOSE:
        pass
    assert got[1] == close_payload(4002, b"limits.unsent_bytes: more than 65536 bytes were waiting to be read")


# -- Time


def test_slow_heads_and_bodies(start_roost):
    roost = limits(start_roost, handshake_timeout="200ms")
    for slow in (
        "GET / HTTP/1.1\r\nHost:",
        "POST /channels/c/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhel",
    ):
        with counted(roost, "handshake_timeout"), RawHTTP(roost.host, roost.port) as http:
            error = http.send(slow).response().is_error(408, "timeout").json["error"]
            assert error["message"] == "limits.handshake_timeout: the request did not arrive within 200 ms"
    with counted(roost, "handshake_timeout"), RawHTTP(roost.host, roost.port) as http:
        assert http.is_closed(), "who says nothing is told nothing"


# -- Connections


REQUEST = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def test_who_is_turned_away_can_read_why(start_roost):
    """Also if the request was sent at once: the answer must not be lost to a reset."""
    roost = start_roost(workers=1, environment={"ROOST_LIMITS_CONNECTIONS": "3"})
    with ExitStack() as stack:
        clients = [stack.enter_context(RawHTTP(roost.host, roost.port)) for _ in range(3)]
        for client in clients:
            client.send(REQUEST)
            assert client.response().status == 200
        for _ in range(30):
            with RawHTTP(roost.host, roost.port) as http:
                try:
                    http.send(REQUEST + "x" * 5_000)
                except (BrokenPipeError, ConnectionResetError):
                    raise AssertionError("it was reset") from None
                error = http.response().is_error(503, "limit_exceeded")
                assert error.json["error"]["message"].startswith("limits.connections: ")
                assert int(error.header("retry-after")) >= 1
        clients[0].send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        body = clients[0].response().body.decode()
        assert 'roost_limit_exceeded_total{limit="connections"} 30' in body
    wait_until(lambda: roost.open_files < 40, "those that were turned away are closed")


def test_a_crowd_of_refused_is_bounded(start_roost):
    roost = start_roost(workers=1, environment={"ROOST_LIMITS_CONNECTIONS": "1"})
    with RawHTTP(roost.host, roost.port) as only, ExitStack() as stack:
        assert only.send(REQUEST).response().status == 200
        for _ in range(800):
            stack.enter_context(RawHTTP(roost.host, roost.port))
        assert only.send(REQUEST).response().status == 200, "who is in is served"
        # They keep their ends open, and are let go of all the same.
        wait_until(lambda: roost.open_files < 40, "none lingers for long")


def test_connections_per_address(start_roost, tmp_path):
    path = tmp_path / "roost.sock"
    roost = start_roost(
        workers=4,
        listen=("127.0.0.1:0", f"unix:{path}"),
        environment={"ROOST_LIMITS_CONNECTIONS_PER_ADDRESS": "5"},
    )
    local = httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://localhost")

    def refusals() -> int:
        text = local.get("/metrics").text
        return int(text.split('{limit="connections_per_address"} ')[1].split("\n")[0])

    with ExitStack() as stack:
        clients = []
        # A connection that has just ended may count for a moment.
        while len(clients) < 5:
            client = RawHTTP(roost.host, roost.port)
            if client.send(REQUEST).response().status == 200:
                clients.append(stack.enter_context(client))
        before = refusals()
        for _ in range(20):
            with RawHTTP(roost.host, roost.port) as http:
                response = http.send(REQUEST).response().is_error(429, "limit_exceeded")
                assert response.json["error"]["message"] == (
                    "limits.connections_per_address: an address may have at most 5 connections at a time"
                )
                assert int(response.header("retry-after")) >= 1
        assert refusals() == before + 20
        # Another address, and none at all.
        other = stack.enter_context(socket.create_connection((roost.host, roost.port), source_address=("127.0.0.2", 0)))
        other.sendall(REQUEST.encode())
        assert other.recv(100).startswith(b"HTTP/1.1 200 ")
        assert [local.get("/healthz").status_code for _ in range(10)] == [200] * 10
        clients[0].close()

        def comes_in() -> bool:
            with RawHTTP(roost.host, roost.port) as http:
                return http.send(REQUEST).response().status == 200

        wait_until(comes_in, "there is room again")
    local.close()


def test_a_connection_that_goes_from_worker_to_worker_counts_once(start_roost, tmp_path):
    path = tmp_path / "roost.sock"
    roost = start_roost(
        workers=4,
        listen=("127.0.0.1:0", f"unix:{path}"),
        environment={"ROOST_LIMITS_CONNECTIONS_PER_ADDRESS": "1"},
    )
    # Sessions of Socket.IO are of one worker each; their requests may come to any.
    sessions = []
    for _ in range(12):
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://localhost") as client:
            answer = client.get("/socket.io/?EIO=4&transport=polling").text
            sessions.append(json.loads(answer[1:])["sid"])

    def first() -> RawHTTP | None:
        client = RawHTTP(roost.host, roost.port)
        if client.send(REQUEST).response().status == 200:
            return client
        client.close()
        return None

    with wait_until(first, "there is room") as only:
        for sid in sessions:
            url = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
            only.send(f"POST {url} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n40")
            assert only.response().status == 200
            with RawHTTP(roost.host, roost.port) as other:
                other.send(REQUEST).response().is_error(429, "limit_exceeded")
    wait_until(first, "it has gone").close()


def test_connections_per_user(start_roost, sockets):
    roost = limits(start_roost, connections_per_user=4)
    words = "limits.connections_per_user: a user may have at most 4 connections at a time"
    opened = [open_one(roost, "alice") for open_one in sockets]
    for path in "/ws?user=alice", "/channels/c/socket?user=alice":
        with counted(roost, "connections_per_user"):
            with pytest.raises(InvalidStatus) as refused:
                connect(roost.ws_url + path, proxy=None, legacy=True).close()
            response = refused.value.response
            assert response.status_code == 429 and int(response.headers["retry-after"]) >= 1
            assert json.loads(response.body)["error"] == {"code": "limit_exceeded", "message": words}
    with counted(roost, "connections_per_user"):
        response = get(roost, "/events?channel=c&user=alice")
        assert response.status_code == 429 and response.json()["error"]["message"] == words
    with counted(roost, "connections_per_user"):
        client = SocketIOClient(roost, user="alice")
        assert client.error == {"code": "limit_exceeded", "message": words}
        client.close()
    # Others are not affected, nor are requests, nor those without a name.
    for open_one in sockets:
        open_one(roost, "bob")
    for _ in range(6):
        NativeClient(roost.ws_url).close()
    assert get(roost, "/channels/c/messages?user=alice", method="POST", content="x").status_code == 200
    # Whichever of them ends makes room for another.
    for index, client in enumerate(opened):
        client.close()

        def comes_in() -> bool:
            try:
                sockets[index](roost, "alice")
                return True
            except (InvalidStatus, AssertionError):
                return False

        wait_until(comes_in, f"there is room again, {index}")


def test_a_socket_io_client_in_two_namespaces_is_one_connection(start_roost):
    roost = start_roost(
        environment={"ROOST_LIMITS_CONNECTIONS_PER_USER": "1", "ROOST_SOCKETIO_NAMESPACES": "/other"}
    )
    client = SocketIOClient(roost, user="alice")
    client.socket.send('40/other,{"user":"alice"}')
    assert client.socket.recv(DEADLINE).startswith("40/other,{")
    second = SocketIOClient(roost, user="alice")
    assert second.error["code"] == "limit_exceeded"
    client.socket.send("41")
    # It is still in the other namespace.
    assert SocketIOClient(roost, user="alice").error is not None
    client.close()
    second.close()
    wait_until(lambda: SocketIOClient(roost, user="alice").error is None, "it has ended")


# -- Rates


def post(roost: Roost, path: str, **request):
    return lambda: http_error(get(roost, path, method="POST", content="x", **request))


def publishers(roost: Roost, user: str, closing: ExitStack):
    """Ways to publish one thing, by each door that has errors; none has a connection with another."""
    native = NativeClient(roost.ws_url, path=f"/ws?user={user}")
    relay = SocketIOClient(roost, user=user)
    closing.callback(native.close)
    closing.callback(relay.close)

    def command(**members):
        def trial():
            reply = native.request(members)
            return {key: reply[key] for key in ("code", "message")} if reply["type"] == "error" else None

        return trial

    return {
        "native": command(type="publish", channel="c", data=1),
        "push": command(type="push", queue="q", data=1),
        "message": post(roost, f"/channels/c/messages?user={user}"),
        "notification": post(roost, f"/users/bob/notifications?user={user}"),
        "job": post(roost, f"/queues/q/jobs?user={user}"),
        "Socket.IO": lambda: relay.emit("message", "x").get("error"),
    }


@pytest.mark.parametrize("limit", ["publish_rate_per_user", "publish_rate_per_address"])
def test_a_publish_rate_holds_for_all_doors_together(start_roost, closing, limit):
    roost = limits(start_roost, **{limit: "4/h burst 6"})
    trials = publishers(roost, "alice", closing)
    assert len(trials) == 6
    for door, trial in trials.items():
        assert trial() is None, door
    for door, trial in trials.items():
        with counted(roost, limit):
            assert trial() == {"code": "rate_limited", "message": f"limits.{limit}: more than 4 messages an hour"}, door
    # Somebody else; but not somewhere else.
    others = publishers(roost, "bob", closing)
    for door, trial in others.items():
        assert (trial() is None) == (limit == "publish_rate_per_user"), door
    # Coming back changes nothing.
    for door, trial in publishers(roost, "alice", closing).items():
        assert trial() is not None, door


def test_a_publish_rate_per_connection(start_roost, closing):
    roost = limits(start_roost, publish_rate_per_connection="1/h burst 2")
    for _ in range(3):
        trials = publishers(roost, "alice", closing)
        for door in "message", "notification", "job":
            assert all(trials[door]() is None for _ in range(3)), "requests have no connection"
        assert trials["native"]() is None and trials["push"]() is None
        for door in "native", "push":
            with counted(roost, "publish_rate_per_connection"):
                assert "1 message an hour" in trials[door]()["message"]
        assert trials["Socket.IO"]() is None and trials["Socket.IO"]() is None
        with counted(roost, "publish_rate_per_connection"):
            assert trials["Socket.IO"]()["code"] == "rate_limited"


def test_what_is_refused_is_not_done_at_all(start_roost, native):
    roost = start_roost(
        workers=4,
        config="channels: [{match: '*', history: {}}]",
        environment={"ROOST_LIMITS_PUBLISH_RATE_PER_USER": "1/h burst 3"},
    )
    listener = native(roost)
    listener.subscribe_pattern("*")
    for number in range(10):
        get(roost, "/channels/c/messages?user=alice", method="POST", content=str(number))
        get(roost, "/queues/q/jobs?user=alice", method="POST", content=str(number))
    assert [m["data"] for m in get(roost, "/channels/c/messages").json()["messages"]] == ["0", "1"]
    assert get(roost, "/queues/q").json()["waiting"] == 1
    assert listener.data(2) == ["0", "1"] and listener.has_nothing()


def test_a_plain_socket_is_slowed_down_and_loses_nothing(start_roost, raw_websocket, plain, channel):
    roost = limits(start_roost, publish_rate_per_connection="20/s burst 2")
    witness = plain(roost, channel)
    client = raw_websocket(roost, f"/channels/{channel}/socket?echo=false")
    # All at once, and the end with it.
    numbers = [str(number) for number in range(12)]
    client.send(b"".join(frame(TEXT, number.encode()) for number in numbers) + frame(CLOSE, close_payload(1000)))
    assert [witness.receive() for _ in numbers] == numbers
    assert client.closing() == (1000, "")
    assert counts(roost)["publish_rate_per_connection"] >= 1
    witness.echo("others are not affected")


def test_a_plain_socket_that_is_held_gets_what_others_say(start_roost, raw_websocket, plain, channel):
    roost = start_roost(config="limits: {publish_rate_per_connection: 1/h burst 3}")
    other = plain(roost, channel)
    held = raw_websocket(roost, f"/channels/{channel}/socket?echo=false")
    held.send(b"".join(frame(TEXT, b"%d" % number) for number in range(5)))
    assert [other.receive() for _ in range(3)] == ["0", "1", "2"]
    wait_until(lambda: counts(roost)["publish_rate_per_connection"] == 1, "it is held")
    other.echo("hello")
    assert held.frame() == (TEXT, b"hello")
    # It is let go when the rate is taken away.
    roost.config_path.write_text("log: {level: info}")
    roost.process.send_signal(signal.SIGHUP)
    assert [other.receive() for _ in range(2)] == ["3", "4"]
    assert counts(roost)["publish_rate_per_connection"] == 1, "it was held once"


def test_holders_of_api_keys_are_not_limited(start_roost):
    made = cli.run("token", "--api-key", "backend", "--publish", "*", "--queues", "*", "--inbox", "*").stdout
    key, line = made.split("\n", 1)
    config = access.configuration("anonymous: {publish: '*'}", f"api_keys:\n    {line.strip()}")
    roost = start_roost(
        workers=4,
        config=config,
        environment={
            f"ROOST_LIMITS_{name}": "1/h"
            for name in ("PUBLISH_RATE_PER_ADDRESS", "PUBLISH_RATE_PER_CONNECTION", "REQUEST_RATE_PER_ADDRESS")
        },
    )
    key_fields = {"Authorization": f"Bearer {key.strip()}"}
    for path in "/channels/c/messages", "/queues/q/jobs", "/users/u/notifications":
        for _ in range(5):
            response = get(roost, path, method="POST", content="x", headers=key_fields)
            assert response.status_code == 200, response.text
    with connect(f"{roost.ws_url}/ws", proxy=None, additional_headers=key_fields) as client:
        client.recv(DEADLINE)
        for _ in range(5):
            client.send(json.dumps({"type": "publish", "channel": "c", "data": 1}))
            assert json.loads(client.recv(DEADLINE))["type"] == "published"
    # Not even by a key that is none.
    bad = {"Authorization": "Bearer roost_" + "A" * 43}
    statuses = {get(roost, "/channels/c/messages", method="POST", content="x", headers=bad).status_code for _ in range(5)}
    assert 429 in statuses


def test_requests_per_address(start_roost):
    roost = limits(start_roost, request_rate_per_address="1/h burst 1000")
    words = "limits.request_rate_per_address: more than 1 request an hour"
    with RawHTTP(roost.host, roost.port) as http:
        for _ in range(1_000):
            if (response := http.send(REQUEST).response()).status != 200:
                break
        # It goes on on the same connection.
        for _ in range(3):
            response = http.send(REQUEST).response().is_error(429, "rate_limited")
            assert response.json["error"]["message"] == words
            assert 3_000 < int(response.header("retry-after")) <= 3_600
    for path in "/ws", "/channels/c/socket", "/socket.io/?EIO=4&transport=websocket":
        with RawHTTP(roost.host, roost.port) as http:
            http.send(handshake(path)).response().is_error(429, "rate_limited")
    for path in "/events?channel=c", "/channels/c/messages", "/socket.io/?EIO=4&transport=polling", "/nothing":
        assert http_error(get(roost, path))["message"] == words
    with socket.create_connection((roost.host, roost.port), source_address=("127.0.0.3", 0)) as other:
        other.sendall(REQUEST.encode())
        assert other.recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_body_of_a_refused_request_is_read_over(start_roost):
    roost = limits(start_roost, publish_rate_per_address="1/h")
    request = "POST /channels/c/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    with RawHTTP(roost.host, roost.port) as http:
        http.send(request * 3 + REQUEST)
        assert [http.response().status for _ in range(4)] == [200, 429, 429, 200]


def test_a_rate_brings_more_with_time(start_roost, native):
    roost = limits(start_roost, publish_rate_per_connection="20/s burst 1")
    client = native(roost)
    published = 0
    started = time.monotonic()
    while published < 10:
        reply = client.request({"type": "publish", "channel": "c", "data": 1})
        published += reply["type"] == "published"
    assert time.monotonic() - started > 0.4, "not faster than the rate"


# -- SIGHUP


def test_reloading_changes_limits_of_open_connections(start_roost, closing, sockets):
    roost = start_roost(workers=4, config="log: {level: info}")

    def configure(**values):
        roost.config_path.write_text(json.dumps({"limits": values}))
        before = roost.log.count("configured anew")
        roost.process.send_signal(signal.SIGHUP)
        wait_until(lambda: roost.log.count("configured anew") > before, "it is configured anew")

    trials = publishers(roost, "alice", closing)
    for trial in trials.values():
        assert all(trial() is None for _ in range(5))
    configure(publish_rate_per_user="1/h burst 2")
    for door, trial in trials.items():
        wait_until(lambda: trial() is not None, f"{door} has the rate")
    configure(publish_rate_per_user="1000/s burst 1000", connections_per_user=1)
    for door, trial in trials.items():
        wait_until(lambda: trial() is None, f"{door} has the other rate")
    # Those that were open before do not count.
    sockets[0](roost, "alice")

    def is_refused() -> bool:
        try:
            NativeClient(roost.ws_url, path="/ws?user=alice").close()
            return False
        except InvalidStatus as refusal:
            return refusal.response.status_code == 429

    wait_until(is_refused, "there may be one")
    configure()
    wait_until(lambda: not is_refused(), "there may be any number")
    for trial in trials.values():
        assert all(trial() is None for _ in range(5))


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("LIMITS_PUBLISH_RATE_PER_USER", "10", "is not a number, /, and s, m or h; accepted: none, or a rate"),
        ("LIMITS_PUBLISH_RATE_PER_USER", "10/d", "has the time 'd'"),
        ("LIMITS_PUBLISH_RATE_PER_USER", "0/s", "is less than 1"),
        ("LIMITS_REQUEST_RATE_PER_ADDRESS", "10/s burst", "behind the rate"),
        ("LIMITS_CONNECTIONS_PER_USER", "0", "is less than 1; accepted: none, or a whole number"),
        ("LIMITS_HANDSHAKE_LAG", "50", "has no unit; accepted: none, or"),
        ("HTTP_TRUSTED_PROXIES", "10.0.0.1/8", "has bits set behind those that count"),
        ("HTTP_TRUSTED_PROXIES", "proxy.example.com", "has no IP address; accepted"),
    ],
)
def test_mistakes_are_named(setting, value, says):
    result = cli.run("check", environment={f"ROOST_{setting}": value})
    assert result.returncode == 2
    assert says in result.stderr, result.stderr
