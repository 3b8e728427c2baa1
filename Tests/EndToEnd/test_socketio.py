"""Socket.IO: PROTOCOL.md, "Socket.IO". Spoken by python-socketio."""

import asyncio
import json
import os
import threading
import uuid

import httpx
import pytest
import socketio

from support.socketio_client import Loop, SocketIOClient
from support.waiting import DEADLINE, wait_until

RULES = """
channels:
  - match: ["kept-*", "past"]
    history: {size: 100, ttl: 1h}
  - match: "seen-*"
    presence: true
socketio:
  channel: talk
  namespaces: [/admin, /chat room]
"""

TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]]


@pytest.fixture(scope="module")
def loop():
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def client(closing, loop):
    def connect(daemon, *transports, **options) -> SocketIOClient:
        opened = SocketIOClient(loop, daemon, list(transports) or ["websocket"], **options)
        closing.callback(opened.close)
        return opened

    return connect


def publish(daemon, channel, **request) -> dict:
    with httpx.Client(trust_env=False, timeout=DEADLINE) as http:
        response = http.post(f"{daemon.url}/channels/{channel}/messages", **request)
    assert response.status_code == 200, response.text
    return response.json()


# -- What the quick start of Flask-SocketIO does


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
def test_send_and_emit_reach_everyone_by_every_door(roost, client, native, plain, transports):
    node = roost
    alice, bob = client(node, *transports, auth={"user": "alice"}), client(node, *transports)
    if len(transports) == 2:
        alice.until_upgraded()
    listener, script = native(node), plain(node, "talk")
    listener.subscribe("talk")
    script.echo("ready")
    listener.data(1), alice.message(), bob.message()

    assert alice.call("message", "hi") == {}
    for one in (alice, bob):
        data, about = one.message()
        assert data == "hi" and about.keys() == {"channel", "from", "time"}
        assert (about["channel"], about["from"]) == ("talk", "alice")
    frame = listener.receive()
    assert (frame["data"], frame["event"], frame["from"]) == ("hi", "message", "alice")
    assert script.receive() == "hi"

    bob.emit("score", {"home": 2})
    data, about = alice.message("score")
    assert data == {"home": 2} and about.keys() == {"channel", "time"}
    assert listener.receive()["event"] == "score"
    publish(node, "talk", content="from curl")
    assert [alice.message()[0], bob.message("score")[0], bob.message()[0]] == ["from curl", {"home": 2}, "from curl"]
    assert listener.receive()["data"] == "from curl"
    script.send('{"any": ["json"]}')
    assert alice.message()[0] == '{"any": ["json"]}'


def test_the_synchronous_client(roost, closing):
    heard = []
    client = socketio.Client(reconnection=False)
    client.on("message", lambda data, about: heard.append((data, about["channel"])))
    client.connect(roost.url, transports=["websocket"], wait_timeout=DEADLINE)
    closing.callback(client.disconnect)
    client.send("hi")
    wait_until(lambda: heard == [("hi", "talk")], "the message is back")
    assert client.call("publish", {"channel": "elsewhere", "data": 1}, timeout=DEADLINE) == {}


def test_the_class_of_one_client_in_the_documentation(roost, client):
    """`SimpleClient`, as python-socketio's page has it."""

    async def talk():
        async with socketio.AsyncSimpleClient(reconnection=False) as simple:
            await simple.connect(roost.url, transports=["websocket"])
            await simple.emit("my message", {"foo": "bar"})
            return await simple.receive(timeout=DEADLINE)

    event, data, about = asyncio.run(talk())
    assert (event, data, about["channel"]) == ("my message", {"foo": "bar"}, "talk")


# -- Data


@pytest.mark.parametrize("transports", TRANSPORTS[:2], ids="+".join)
def test_arguments_and_bytes(roost, client, native, plain, transports):
    sender, receiver = client(roost, *transports), client(roost, *transports)
    listener, script = native(roost), plain(roost, "talk")
    listener.subscribe("talk")
    script.echo(b"\x00ready")
    assert listener.receive()["encoding"] == "base64"
    assert receiver.message()[0] == b"\x00ready"

    picture = os.urandom(5000)
    sender.emit("none")
    sender.emit("two", 1, {"b": [None]})
    sender.emit("picture", picture)
    assert receiver.message("none")[0] is None
    assert receiver.message("two")[0] == [1, {"b": [None]}]
    data, about = receiver.message("picture")
    assert data == picture and about["channel"] == "talk"
    assert [listener.receive()["data"] for _ in range(2)] == [None, [1, {"b": [None]}]]
    assert listener.receive()["encoding"] == "base64"
    assert [script.receive() for _ in range(3)] == ["null", '[1,{"b":[null]}]', picture]

    receiver.subscribe("files")
    assert sender.call("publish", {"channel": "files", "data": picture, "event": "file"}) == {}
    assert receiver.message("file")[0] == picture
    publish(roost, "files", content=picture, headers={"Content-Type": "application/octet-stream"})
    assert receiver.message()[0] == picture


def test_names_that_clients_or_the_server_keep_for_themselves_go_out_as_message(roost, client, native):
    listener, publisher = client(roost), native(roost)
    for event in ("connect", "disconnect", "roost:error"):
        publisher.publish("talk", 1, event=event)
        data, about = listener.message()
        assert (data, about["event"]) == (1, event)


# -- Channels


def test_subscribe_unsubscribe_and_publish(roost, client):
    alice, bob = client(roost), client(roost)
    assert alice.call("subscribe", "news") == {"channel": "news", "recovered": False}
    assert alice.call("subscribe", {"channel": "news"}) == {"channel": "news", "recovered": False}
    assert alice.call("subscribe", {"pattern": "sport.*"}) == {"pattern": "sport.*", "recovered": False}
    assert bob.call("publish", {"channel": "news", "event": "late", "data": {"a": 1}}) == {}
    data, about = alice.message("late")
    assert (data, about["channel"]) == ({"a": 1}, "news")
    bob.emit("publish", {"channel": "sport.football", "data": "goal"})
    assert alice.message()[0] == "goal"

    assert alice.call("unsubscribe", "news") == {"channel": "news", "reason": "requested"}
    assert alice.call("unsubscribe", {"pattern": "sport.*"}) == {"pattern": "sport.*", "reason": "requested"}
    assert alice.call("unsubscribe", "talk") == {"channel": "talk", "reason": "requested"}
    for channel in ("news", "sport.football", "talk"):
        bob.call("publish", {"channel": channel, "data": "unheard"})
    assert alice.has_nothing()
    assert bob.data(1) == ["unheard"], "the default channel"

    bob.call("publish", {"channel": "talk", "data": "not for me", "echo": False})
    assert bob.has_nothing()


def test_what_is_said_before_a_client_is_let_in_is_said_without_it(roost, client):
    """Connected means subscribed: nothing that is published from then on is missed."""
    for index in range(20):
        listener = client(roost)
        publish(roost, "talk", content=f"{index}")
        assert listener.data(1) == [f"{index}"]
        listener.close()


@pytest.mark.parametrize(
    ("event", "arguments", "code", "words"),
    [
        ("subscribe", (), "bad_request", "'subscribe' wants the name of a channel"),
        ("subscribe", (7,), "bad_request", "'subscribe' wants the name of a channel"),
        ("subscribe", ("",), "bad_request", "the channel name is empty"),
        ("subscribe", ("roost:x",), "bad_request", "reserved"),
        ("subscribe", ({},), "bad_request", "either 'channel' or 'pattern' must be there"),
        ("subscribe", ("a", {"since": "x"}), "bad_request", "'since' must be the id of a message"),
        ("subscribe", ("a", 5), "bad_request", "must be an object"),
        ("unsubscribe", (None,), "bad_request", "'unsubscribe' wants the name of a channel"),
        ("publish", ("chat",), "bad_request", "'publish' wants an object"),
        ("publish", ({"data": 1},), "bad_request", "'channel' must be a string"),
        ("publish", ({"channel": "a"},), "bad_request", "'data' is missing"),
        ("publish", ({"channel": "a", "data": 1, "ttl": 0},), "bad_request", "'ttl' must be an integer"),
        ("picture", ({"in": b"side"},), "bad_request", "bytes must be all the data"),
        ("picture", (b"one", b"two"), "bad_request", "bytes must be all the data"),
        ("e" * 256, (1,), "bad_request", "1 to 255 bytes"),
        ("", (1,), "bad_request", "1 to 255 bytes"),
        ("message", ("x" * 70_000,), "too_large", "at most 65536 bytes"),
        ("message", (b"x" * 70_000,), "too_large", "at most 65536 bytes"),
    ],
)
def test_errors_are_answered_and_leave_the_connection_open(roost, client, event, arguments, code, words):
    one = client(roost)
    error = one.call(event, *arguments)
    assert error.keys() == {"error"} and error["error"].keys() == {"code", "message"}
    assert error["error"]["code"] == code and words in error["error"]["message"]
    # Without an acknowledgement it comes as an event.
    one.emit(event, *arguments)
    assert one.own("error") == error["error"]
    assert one.has_nothing()


def test_subscriptions_are_limited_over_all_namespaces(start_roost, client):
    node = start_roost(
        config=RULES, environment={"ROOST_LIMITS_SUBSCRIPTIONS_PER_CONNECTION": "2"}, workers=1
    )
    one = client(node, namespaces=("/", "/admin"))
    error = one.call("subscribe", "third")["error"]
    assert error["code"] == "limit_exceeded" and "at most 2 subscriptions" in error["message"]
    assert one.subscribe("talk")["recovered"] is False
    one.call("unsubscribe", "talk", namespace="/admin")
    one.subscribe("third")
    with pytest.raises(socketio.exceptions.ConnectionError):
        client(node, namespaces=("/", "/admin", "/chat room"))


# -- Namespaces


def test_namespaces_are_views_of_the_same_channels(roost, client):
    one, other = client(roost, namespaces=("/", "/admin")), client(roost, namespaces=("/chat room",))
    other.emit("message", "to all", namespace="/chat room")
    assert one.data(1) == one.data(1, "/admin") == other.data(1, "/chat room") == ["to all"]
    one.subscribe("secret", namespace="/admin")
    other.emit("publish", {"channel": "secret", "data": 1}, namespace="/chat room")
    assert one.data(1, "/admin") == [1]
    assert one.has_nothing() and one.has_nothing("/admin")


def test_leaving_one_namespace_keeps_the_other(roost, client, loop):
    one, other = client(roost, namespaces=("/", "/admin")), client(roost)
    for name in ("/", "/admin"):
        one.subscribe("news", namespace=name)

    async def leave():
        from socketio.packet import DISCONNECT

        await one.client._send_packet(one.client.packet_class(DISCONNECT, namespace="/admin"))

    loop.run(leave())
    assert one.has_nothing()
    other.call("publish", {"channel": "news", "data": "for one"})
    assert one.data(1) == ["for one"]
    assert one._queues["/admin"].empty()


def test_an_unknown_namespace_is_refused(roost, client):
    with pytest.raises(socketio.exceptions.ConnectionError):
        client(roost, namespaces=("/unknown",))


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        ({"user": 5}, "'auth.user' must be a string"),
        ({"user": ""}, "'auth.user': the channel name is empty"),
        ({"since": "x"}, "'auth.since' must be the id of a message"),
        ({"token": []}, "'auth.token' must be a string"),
    ],
)
def test_auth_that_is_none_is_refused_with_the_reason(roost, auth, words):
    reasons = []

    async def try_to_connect():
        client = socketio.AsyncClient(reconnection=False)
        client.on("connect_error", reasons.append)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(roost.url, transports=["websocket"], auth=auth, wait_timeout=DEADLINE)
        await client.disconnect()

    asyncio.run(try_to_connect())
    assert len(reasons) == 1 and words in reasons[0]["message"]
    assert reasons[0]["data"]["code"] == "bad_request"


def test_who_one_is(roost, client):
    by_auth, by_url = client(roost, auth={"user": "alice", "token": "t", "more": [1]}), client(roost, query="/?user=bob")
    listener = client(roost)
    by_auth.emit("message", 1)
    by_url.emit("message", 2)
    assert {listener.message()[1]["from"] for _ in range(2)} == {"alice", "bob"}


# -- History


def test_coming_back_brings_what_was_missed(roost, client, channel):
    channel = f"kept-{channel}"
    alice, bob = client(roost, "polling"), client(roost)
    assert alice.subscribe(channel) == {"channel": channel, "recovered": False}
    first = bob.call("publish", {"channel": channel, "data": 1})["id"]
    data, about = alice.message()
    assert (data, about["id"]) == (1, first)
    alice.close()
    for number in range(2, 60):
        bob.emit("publish", {"channel": channel, "data": number})
    last = bob.call("publish", {"channel": channel, "data": 60})["id"]

    for transport in ("websocket", "polling"):
        again = client(roost, transport)
        assert again.subscribe(channel, since=first) == {"channel": channel, "id": last, "recovered": True}
        assert again.data(59) == list(range(2, 61))
        assert again.subscribe(channel)["id"] == last
    assert client(roost).subscribe(channel, since="5-none") == {
        "channel": channel,
        "id": last,
        "recovered": False,
    }
    assert bob.call("publish", {"channel": channel, "data": 61, "key": "once"}) == bob.call(
        "publish", {"channel": channel, "data": 61, "key": "once"}
    )
    assert again.data(1) == [61] and again.has_nothing()


def test_coming_back_to_the_default_channel(start_roost, broker_url, client):
    node = start_roost(redis_url=broker_url, config=RULES.replace("channel: talk", "channel: past"))
    first = publish(node, "past", content="one")["id"]
    publish(node, "past", content="two")
    last = publish(node, "past", content="three")["id"]
    back = client(node, auth={"since": first})
    assert back.own("subscribed") == {"channel": "past", "id": last, "recovered": True}
    assert back.data(2) == ["two", "three"]
    new = client(node)
    publish(node, "past", content="four")
    assert new.data(1) == back.data(1) == ["four"]


# -- The rest


def test_stop_ends_the_subscriptions(roost, client, channel):
    clients = [client(roost), client(roost, "polling"), client(roost, namespaces=("/", "/admin"))]
    for one in clients:
        one.subscribe(channel)
    clients[2].subscribe(channel, "/admin")
    with httpx.Client(trust_env=False) as http:
        assert http.post(f"{roost.url}/channels/{channel}/stop").status_code == 200
    for one in clients:
        assert one.own("unsubscribed") == {"channel": channel, "reason": "stopped"}
    assert clients[2].event("/admin")[0] == "roost:unsubscribed"
    publish(roost, channel, content="unheard")
    assert all(one.has_nothing() for one in clients)
    clients[0].subscribe(channel)
    publish(roost, channel, content="heard")
    assert clients[0].data(1) == ["heard"]


def test_presence_counts_them_and_an_upgrade_is_not_seen(roost, client, native, channel):
    channel = f"seen-{channel}"
    watcher = native(roost)
    watcher.subscribe(channel)

    def present() -> dict:
        users = watcher.request({"type": "presence", "channel": channel})["users"]
        return {user["user"]: user["connections"] for user in users}

    alice = client(roost, "polling", "websocket", auth={"user": "alice"})
    alice.subscribe(channel)
    assert watcher.receive() == {"type": "join", "channel": channel, "user": "alice"}
    alice.until_upgraded()
    wait_until(lambda: present() == {"alice": 1, None: 1}, "alice is there once")
    bob = client(roost, "polling", auth={"user": "bob"})
    bob.subscribe(channel)
    assert watcher.receive() == {"type": "join", "channel": channel, "user": "bob"}
    bob.call("unsubscribe", channel)
    assert watcher.receive() == {"type": "leave", "channel": channel, "user": "bob"}
    alice.close()
    assert watcher.receive() == {"type": "leave", "channel": channel, "user": "alice"}
    assert present() == {None: 1}


def test_nodes_and_workers_are_one(nodes, client):
    clients = [client(node) for node in nodes for _ in range(4)]
    for index, one in enumerate(clients):
        one.emit("message", index)
        for other in clients:
            assert other.message()[0] == index
    assert all(one.has_nothing() for one in clients)


def test_an_upgrade_loses_and_repeats_nothing(roost, loop, closing, channel):
    """Messages go on while clients go over from polling to a WebSocket."""
    stop = threading.Event()
    sent = []

    def talk():
        with httpx.Client(trust_env=False, timeout=DEADLINE) as http:
            while not stop.is_set():
                http.post(f"{roost.url}/channels/talk/messages", content=str(len(sent))).raise_for_status()
                sent.append(len(sent))

    talker = threading.Thread(target=talk)
    talker.start()
    try:
        clients = [SocketIOClient(loop, roost, ["polling", "websocket"]) for _ in range(10)]
        for one in clients:
            closing.callback(one.close)
            one.until_upgraded()
        enough = len(sent) + 20
        wait_until(lambda: len(sent) > enough, "more has been said")
    finally:
        stop.set()
        talker.join(DEADLINE)
    for one in clients:
        first = int(one.message()[0])
        assert one.data(len(sent) - first - 1) == [str(n) for n in range(first + 1, len(sent))]
        assert one.has_nothing()


def test_fifty_polling_clients_lose_repeat_and_reorder_nothing(roost, client):
    clients = [client(roost, "polling") for _ in range(50)]
    for index in range(20):
        clients[index].emit("message", index)
    everything = [clients[0].message() for _ in range(20)]
    order = [data for data, _ in everything]
    assert sorted(order) == list(range(20))
    for one in clients[1:]:
        assert one.data(20) == order
        assert one.has_nothing()


def test_the_server_takes_its_leave(start_roost, client):
    node = start_roost(workers=1)
    clients = [client(node), client(node, "polling")]
    node.stop()
    for one in clients:
        assert one.disconnects.get(timeout=DEADLINE) == "/"


def test_redis_goes_away_and_comes_back(start_roost, redis, client):
    node = start_roost(redis_url=redis.url, workers=1)
    one = client(node)
    redis.stop()
    wait_until(lambda: node.readiness() == 503, "the node has noticed")
    assert one.call("message", "lost")["error"]["code"] == "unavailable"
    # One may come in meanwhile.
    other = client(node, "polling")
    redis.start()
    wait_until(node.is_ready, "the node is back")
    token = uuid.uuid4().hex
    wait_until(lambda: one.call("message", token) == {}, "publishing works again")
    for each in (one, other):
        while each.message()[0] != token:
            pass


def test_two_slashes_or_one(roost):
    """Clients ask for /socket.io/; what is typed by hand may have no slash at the end."""
    with httpx.Client(trust_env=False, base_url=roost.url) as http:
        for path in ("/socket.io/", "/socket.io"):
            answer = http.get(path, params={"EIO": "4", "transport": "polling"})
            assert answer.status_code == 200 and answer.text.startswith("0{")
            handshake = json.loads(answer.text[1:])
            assert handshake["pingInterval"] == 25000 and handshake["pingTimeout"] == 20000
            assert handshake["maxPayload"] == 1_000_000 and handshake["upgrades"] == ["websocket"]
        assert http.delete("/socket.io/").status_code == 405
