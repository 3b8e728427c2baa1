"""Back ends in Python that emit through Redis: PROTOCOL.md, "Emitters"."""

import json
import pickle
import subprocess
import sys
import uuid
from typing import Any

import pytest
import socketio

from support.daemon import REPOSITORY, clean_environment
from support.documents import blocks
from support.events import EventStream
from support.socketio_client import Loop, SocketIOClient
from support.waiting import DEADLINE, wait_until

RULES = """
channels:
  - match: "kept-*"
    history: {size: 10, ttl: 1h}
socketio:
  namespaces: [/admin]
"""


@pytest.fixture(scope="module")
def loop():
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def nodes(start_roost, redis):
    """Two nodes of two workers."""
    return start_roost(redis_url=redis.url, config=RULES), start_roost(redis_url=redis.url, config=RULES)


@pytest.fixture
def roost(nodes):
    return nodes[0]


@pytest.fixture
def client(closing, loop):
    def connect(daemon, **options) -> SocketIOClient:
        opened = SocketIOClient(loop, daemon, ["websocket"], **options)
        closing.callback(opened.close)
        return opened

    return connect


@pytest.fixture
def emitter(redis):
    """python-socketio's, as a back end has it that only emits."""
    return socketio.RedisManager(redis.url, write_only=True)


@pytest.fixture
def settle(redis):
    """Waits until a client has heard all that was emitted before."""

    def until_heard(one: SocketIOClient, namespace: str = "/") -> list[tuple[str, tuple]]:
        token = uuid.uuid4().hex
        message = {"method": "emit", "event": "settled", "data": [token], "namespace": "/", "room": None}
        redis.client().publish("socketio", json.dumps(message))
        heard = []
        while True:
            event, arguments = one.event(namespace)
            if event != "settled":
                heard.append((event, arguments))
            elif arguments[0] == token:
                return heard

    return until_heard


def test_the_documented_program(roost, redis, closing):
    """PROTOCOL.md's, as it is written there but for the port."""
    (written,) = blocks((REPOSITORY / "PROTOCOL.md").read_text(), "python")
    events = EventStream(roost, "/channels/sport/events")
    closing.callback(events.close)
    program = written.replace(":6379", f":{redis.port}")
    subprocess.run([sys.executable, "-c", program], env=clean_environment(), timeout=DEADLINE, check=True)
    message = events.message()
    assert (message["channel"], message["event"], message["data"]) == ("sport", "news", {"a": 1})


def test_everyone_on_every_worker_of_every_node_hears_it_once(
    nodes, emitter, client, native, plain, closing, settle, channel
):
    plains = [plain(node, channel) for node in nodes]
    for index, one in enumerate(plains):
        one.send(f"{index}")
        while one.receive() != f"{index}":
            pass
    plains[0].send("both are there")
    for one in plains:
        while one.receive() != "both are there":
            pass
    clients = [client(node) for node in nodes for _ in range(4)]
    natives = [native(node) for node in nodes for _ in range(4)]
    for one in (*clients, *natives):
        one.subscribe(channel)
    stream = EventStream(nodes[0], f"/channels/{channel}/events")
    closing.callback(stream.close)

    emitter.emit("score", {"home": 2}, room=channel)
    emitter.emit("message", "hi", room=channel)
    emitter.emit("to all", 1)
    for one in clients:
        heard = settle(one)
        assert [(event, arguments[0], arguments[1]["channel"]) for event, arguments in heard] == [
            ("score", {"home": 2}, channel),
            ("message", "hi", channel),
            ("to all", 1, "chat"),
        ]
        assert all(arguments[1].keys() == {"channel", "time"} for _, arguments in heard)
    for one in natives:
        frames = [one.receive() for _ in range(2)]
        assert [(frame["event"], frame["data"]) for frame in frames] == [("score", {"home": 2}), ("message", "hi")]
        assert all(frame.keys() == {"type", "channel", "event", "time", "data"} for frame in frames)
        assert one.has_nothing()
    for one in plains:
        assert [one.receive() for _ in range(2)] == ['{"home": 2}', "hi"]
    assert stream.data(2) == [{"home": 2}, "hi"]


@pytest.mark.parametrize(
    ("given", "heard"),
    [
        (None, None),
        ("text", "text"),
        ({"a": [1, None, True, 1.5, "ü"]}, {"a": [1, None, True, 1.5, "ü"]}),
        (("several", 2, {"x": 3}), ["several", 2, {"x": 3}]),
        (["a", "list"], ["a", "list"]),
        ((), None),
        (b"\x00\x1e\xff bytes", b"\x00\x1e\xff bytes"),
        (b"", b""),
    ],
    ids=repr,
)
def test_data_of_every_kind(roost, emitter, client, given, heard):
    one = client(roost)
    emitter.emit("thing", given)
    data, about = one.message("thing")
    assert data == heard and type(data) is type(heard)
    assert about["channel"] == "chat"


def test_rooms_are_channels(roost, emitter, client, native, settle):
    one, other, listener = client(roost), client(roost), native(roost)
    for room in ("r1", "r2", "42"):
        one.subscribe(room)
    one.call("subscribe", {"pattern": "kept-*"})
    other.subscribe("kept-1")
    listener.subscribe("r1")
    emitter.emit("a", 1, room="r1")
    emitter.emit("b", 2, to=["r1", "r2"])
    emitter.emit("c", 3, room=42)
    emitter.emit("d", 4, room="kept-1")
    emitter.emit("e", 5, room="roost:control")
    emitter.emit("f", 6, room=one.id())
    heard = [(event, arguments[0], arguments[1]["channel"]) for event, arguments in settle(one)]
    assert sorted(heard) == [
        ("a", 1, "r1"),
        ("b", 2, "r1"),
        ("b", 2, "r2"),
        ("c", 3, "42"),
        ("d", 4, "kept-1"),
        ("f", 6, one.id()),
    ]
    assert [(event, arguments[0]) for event, arguments in settle(other)] == [("d", 4)]
    assert [listener.receive()["event"] for _ in range(2)] == ["a", "b"]


def test_skipped_sockets_do_not_get_it(roost, emitter, client, native, settle):
    clients = [client(roost, namespaces=("/", "/admin")), client(roost), client(roost)]
    listener = native(roost)
    listener.subscribe("chat")
    emitter.emit("a", 1, skip_sid=clients[0].id())
    emitter.emit("b", 2, skip_sid=[clients[0].id(), clients[1].id(), "nobody"])
    emitter.emit("c", 3)
    heard = [[event for event, _ in settle(one)] for one in clients]
    assert heard == [["c"], ["a", "c"], ["a", "b", "c"]]
    # Another namespace is another socket.
    assert [event for event, _ in settle(clients[0], "/admin") if len(event) == 1] == ["a", "b", "c"]
    assert [listener.receive()["event"] for _ in range(3)] == ["a", "b", "c"]


def test_namespaces(roost, emitter, client, settle):
    one = client(roost, namespaces=("/", "/admin"))
    emitter.emit("a", 1, namespace="/admin")
    emitter.emit("b", 2, namespace="/unknown")
    assert [event for event, _ in settle(one)] == ["a"]
    assert one.message("a", "/admin")[0] == 1


def test_ending_a_socket_and_a_room(nodes, redis, emitter, client, settle):
    one, other = client(nodes[0]), client(nodes[1])
    for each in (one, other):
        each.subscribe("r1")
    emitter.close_room("r1")
    for each in (one, other):
        assert each.own("unsubscribed") == {"channel": "r1", "reason": "stopped"}
    emitter.emit("a", 1, room="r1")
    assert settle(one) == settle(other) == []
    # Only servers say this; an emitter alone cannot.
    end = {"method": "disconnect", "sid": one.id(), "namespace": "/", "host_id": "x"}
    redis.client().publish("socketio", json.dumps(end))
    assert one.disconnects.get(timeout=DEADLINE) == "/"
    assert settle(other) == []


def test_what_is_none_of_ours_is_let_by(roost, redis, client, settle):
    one = client(roost)
    for message in (
        {"method": "callback", "host_id": "x", "sid": "y", "namespace": "/", "id": 1, "args": []},
        {"method": "enter_room", "sid": "x", "room": "y", "namespace": "/", "host_id": "z"},
        {"method": "leave_room", "sid": "x", "room": "y", "namespace": "/", "host_id": "z"},
        {"method": "something new"},
        {"method": "disconnect", "sid": "nobody", "namespace": "/"},
    ):
        redis.client().publish("flask-socketio", json.dumps(message))
    assert settle(one) == []
    assert "warning" not in roost.log


def test_pickles_are_refused_and_never_decoded(nodes, redis, client, settle, tmp_path):
    one = client(nodes[0])
    proof = tmp_path / "proof"

    class Trap:
        def __reduce__(self) -> Any:
            return (open, (str(proof), "w"))

    message = {"method": "emit", "event": "a", "data": [1], "namespace": "/", "room": None}
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        redis.client().publish("socketio", pickle.dumps(message, protocol))
        redis.client().publish("flask-socketio", pickle.dumps(Trap(), protocol))
    assert settle(one) == []
    assert not proof.exists()
    for node in nodes:
        wait_until(lambda: "refusing a pickle" in node.log, "it is said")
        warnings = [line for line in node.log.splitlines() if "pickle" in line]
        assert len(warnings) == 1 and "python-socketio 5.15.1" in warnings[0]


def test_nonsense_is_skipped_and_said_at_a_bounded_rate(roost, redis, client, settle):
    one = client(roost)
    nonsense = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"method":7}',
        b'{"method":"emit"}',
        b'{"method":"emit","event":"","data":[]}',
        b'{"method":"emit","event":"a","data":[NaN]}',
        b'{"method":"emit","event":"a","room":{}}',
        b'{"method":"emit","event":"a","binary":true,"data":[["x"],"####"]}',
        b'{"method":"emit","event":"a","binary":true,"data":[[{"f":{"_placeholder":true,"num":0}}],"AAAA"]}',
        b'{"method":"emit","event":"a","data":' + b"[" * 100_000,
        b"\xff\xfe",
    ]
    for payload in nonsense * 20:
        redis.client().publish("socketio", payload)
    assert settle(one) == []
    lines = [line for line in roost.log.splitlines() if "no message of an emitter" in line]
    assert 1 <= len(lines) <= 3


def test_the_channel_of_emitters_is_a_channel_like_others(roost, redis, emitter, client, native, settle):
    """Also when its last subscriber leaves, emitters go on being heard."""
    one, listener = client(roost), native(roost)
    for _ in range(3):
        listener.subscribe("socketio")
        emitter.emit("a", 1)
        assert json.loads(listener.receive()["data"])["event"] == "a"
        listener.publish("socketio", {"method": "emit", "event": "forged", "data": [1]})
        assert listener.receive()["data"]["event"] == "forged"
        listener.request({"type": "unsubscribe", "channel": "socketio"})
        emitter.emit("b", 2)
        assert [event for event, _ in settle(one)] == ["a", "b"]


def test_emitters_are_heard_again_when_redis_is_back(roost, redis, client):
    one = client(roost)
    redis.stop()
    wait_until(lambda: roost.readiness() == 503, "the node has noticed")
    redis.start()
    wait_until(roost.is_ready, "the node is back")
    emitter = socketio.RedisManager(redis.url, write_only=True)
    emitter.emit("again", 1)
    assert one.message("again")[0] == 1


def test_emitting_to_a_channel_with_history_keeps_nothing_and_loses_nothing(roost, emitter, client, settle):
    one = client(roost)
    one.subscribe("kept-1")
    stored = one.call("publish", {"channel": "kept-1", "data": "stored"})["id"]
    emitter.emit("passing", 1, room="kept-1")
    heard = [(event, arguments[0], arguments[1].get("id")) for event, arguments in settle(one)]
    assert heard == [("message", "stored", stored), ("passing", 1, None)]
    assert client(roost).subscribe("kept-1")["id"] == stored


def test_other_channels_may_be_configured(start_roost, redis, client):
    node = start_roost(redis_url=redis.url, environment={"ROOST_SOCKETIO_EMITTERS": "mine"})
    one = client(node)
    socketio.RedisManager(redis.url, write_only=True).emit("unheard", 1)
    socketio.RedisManager(redis.url, channel="mine", write_only=True).emit("heard", 2)
    assert one.message("heard")[0] == 2


FLASK = """
import sys
from flask import Flask
from flask_socketio import SocketIO

app = Flask(__name__)
SocketIO(app, message_queue=sys.argv[1])           # what answers requests
outside = SocketIO(message_queue=sys.argv[1])      # what emits from elsewhere: a task, a script
outside.emit("from flask", {"n": 1})
outside.emit("to a room", "x", to="r1")
outside.send("sent")
outside.emit("bytes", b"\\x01\\x02")
"""


def test_a_process_with_flask_socketio(nodes, redis, client, settle):
    clients = [client(node) for node in nodes]
    for one in clients:
        one.subscribe("r1")
    done = subprocess.run(
        [sys.executable, "-c", FLASK, redis.url],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    for one in clients:
        heard = [(event, arguments[0], arguments[1]["channel"]) for event, arguments in settle(one)]
        assert heard == [
            ("from flask", {"n": 1}, "chat"),
            ("to a room", "x", "r1"),
            ("message", "sent", "chat"),
            ("bytes", b"\x01\x02", "chat"),
        ]
