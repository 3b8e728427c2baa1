"""Presence: PROTOCOL.md, "Presence". Who is in a channel, by user, over all nodes."""

import httpx
import pytest

from support.native import NativeClient
from support.waiting import DEADLINE, wait_until

RULES = {"ROOST_CHANNELS": '[{match: "room*", presence: true}]'}

# Seconds: a node is missed after 15, by another's heartbeat, one every 5.
NODE_DEADLINE = 15 + 5 + DEADLINE


@pytest.fixture
def start_node(start_roost):
    """Starts daemons whose rooms have presence."""
    return lambda **settings: start_roost(environment=RULES, **settings)


@pytest.fixture
def roost(start_node, broker_url):
    return start_node(redis_url=broker_url)


@pytest.fixture
def nodes(start_node, redis):
    return start_node(redis_url=redis.url), start_node(redis_url=redis.url)


@pytest.fixture
def enter(closing):
    """Subscribes a user's new connection to a room, and waits until it is in."""

    def enter_room(daemon, user=None, room="room"):
        client = NativeClient(daemon.ws_url, path=f"/ws?user={user}" if user else "/ws")
        closing.callback(client.close)
        client.subscribe(room)
        return client

    return enter_room


def presence(daemon, room="room"):
    response = httpx.get(f"{daemon.url}/channels/{room}/presence", trust_env=False, timeout=DEADLINE)
    assert response.status_code == 200, response.text
    return {user["user"]: user["connections"] for user in response.json()["users"]}


def event(kind, user, room="room"):
    return {"type": kind, "channel": room, "user": user}


def test_users_and_their_connections_are_counted(roost, enter, plain):
    assert presence(roost) == {}
    alice = enter(roost, "alice")
    assert alice.receive() == event("join", "alice")
    second = enter(roost, "alice")
    anonymous = [enter(roost), enter(roost)]
    with_user = plain(roost, "room", user="bob")
    assert with_user
    wait_until(lambda: presence(roost) == {"alice": 2, "bob": 1, None: 2}, "all are counted")
    assert second.receive() == event("join", "bob")
    reply = anonymous[0].receive()
    assert reply == event("join", "bob")
    asked = second.request({"type": "presence", "channel": "room"})
    assert asked == {
        "type": "presence",
        "channel": "room",
        "users": [
            {"user": "alice", "connections": 2},
            {"user": "bob", "connections": 1},
            {"user": None, "connections": 2},
        ],
    }


def test_who_is_subscribed_is_present(roost, enter):
    for number in range(30):
        client = enter(roost, f"user-{number}", f"room-{number}")
        client.send({"type": "presence", "channel": f"room-{number}", "ref": 1})
        frames = [client.receive(), client.receive()]
        assert event("join", f"user-{number}", f"room-{number}") in frames
        (reply,) = [frame for frame in frames if frame["type"] == "presence"]
        assert reply["users"] == [{"user": f"user-{number}", "connections": 1}]


def test_a_user_comes_and_goes_once_however_many_tabs(roost, enter, plain):
    watcher = enter(roost, "watcher")
    assert watcher.receive() == event("join", "watcher")
    tabs = [enter(roost, "alice") for _ in range(8)]
    assert watcher.receive() == event("join", "alice")
    wait_until(lambda: presence(roost) == {"watcher": 1, "alice": 8}, "all tabs are counted")
    for tab in tabs[:7]:
        tab.close()
    wait_until(lambda: presence(roost) == {"watcher": 1, "alice": 1}, "the last tab is counted")
    assert watcher.has_nothing()
    reply = tabs[7].request({"type": "ping"})
    assert reply["type"] in {"pong", "join"}
    tabs[7].send({"type": "unsubscribe", "channel": "room"})
    assert watcher.receive() == event("leave", "alice")
    assert presence(roost) == {"watcher": 1}


def test_plain_sockets_and_other_channels_hear_nothing(roost, enter, plain, native):
    listener = plain(roost, "room", format="json")
    by_pattern = native(roost)
    by_pattern.subscribe_pattern("room*")
    elsewhere = enter(roost, "carol", "room-2")
    assert elsewhere.receive() == event("join", "carol", "room-2")
    alice = enter(roost, "alice")
    assert alice.receive() == event("join", "alice")
    alice.publish("room-2", "end")
    assert elsewhere.receive()["type"] == "message"
    assert by_pattern.receive()["type"] == "message"
    assert elsewhere.has_nothing() and by_pattern.has_nothing()
    listener.socket.send("own")
    assert '"data":"own"' in listener.next()


def test_channels_without_the_rule_have_no_presence(roost, native):
    client = native(roost)
    client.subscribe("chat")
    assert client.has_nothing()
    error = client.request({"type": "presence", "channel": "chat"})
    assert error["code"] == "not_found"
    assert client.request({"type": "presence"})["code"] == "bad_request"
    response = httpx.get(f"{roost.url}/channels/chat/presence", trust_env=False)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
    assert httpx.post(f"{roost.url}/channels/room/presence", trust_env=False).status_code == 405


def test_two_nodes_know_of_each_other_and_of_each_others_end(nodes, enter):
    first, second = nodes
    alice, bob = enter(first, "alice"), enter(second, "bob")
    assert alice.receive() == event("join", "alice")
    assert alice.receive() == event("join", "bob")
    enter(first, "bob")
    carol = enter(first, "carol")
    assert carol
    wait_until(lambda: presence(second) == {"alice": 1, "bob": 2, "carol": 1}, "all are known")
    while bob.receive() != event("join", "carol"):
        pass
    first.kill()
    # Nobody asks: it is the other node's heartbeat that finds out.
    gone = [bob.receive(NODE_DEADLINE), bob.receive()]
    assert sorted(frame["user"] for frame in gone) == ["alice", "carol"], "bob is still here"
    assert {frame["type"] for frame in gone} == {"leave"}
    assert presence(second) == {"bob": 1}
    assert bob.has_nothing()


def test_a_node_that_stops_in_order_takes_its_users_along_at_once(nodes, enter):
    first, second = nodes
    bob = enter(second, "bob")
    assert bob.receive() == event("join", "bob")
    enter(first, "alice")
    assert bob.receive() == event("join", "alice")
    first.stop()
    assert bob.receive() == event("leave", "alice")


def test_redis_comes_back_empty(start_node, redis, enter):
    roost = start_node(redis_url=redis.url)
    alice = enter(roost, "alice")
    enter(roost, "bob")
    wait_until(lambda: presence(roost) == {"alice": 1, "bob": 1}, "both are in")
    redis.stop()
    wait_until(lambda: not roost.is_ready(), "Redis is missed")
    response = httpx.get(f"{roost.url}/channels/room/presence", trust_env=False)
    assert response.status_code == 503
    redis.start()
    wait_until(roost.is_ready, "Redis is back")
    wait_until(lambda: presence(roost) == {"alice": 1, "bob": 1}, "both are in again")
    enter(roost, "carol")
    while alice.receive() != event("join", "carol"):
        pass


def test_keys_go_and_foreign_ones_do_no_harm(start_node, redis, enter):
    roost, connection = start_node(redis_url=redis.url), redis.client()
    alice = enter(roost, "alice")
    assert alice.receive() == event("join", "alice")
    keys = connection.keys("*")
    assert len(keys) == 3
    assert all(key.startswith(b"roost:{room}:presence") for key in keys)
    assert all(0 < connection.pttl(key) <= 150_000 for key in keys)
    connection.hset("roost:{room}:presence", "\xff\x00", "1")
    connection.hset("roost:{room}:presence", "carol", "many")
    assert presence(roost) == {"alice": 1}
    for payload in [b"", b"J", b"X\xff", b"J\xff", b"J" + b"x" * 300]:
        connection.publish("roost:{room}:presence", payload)
    assert alice.has_nothing()
    connection.delete(*keys)
    connection.set("roost:{room}:presence", "a string")
    response = httpx.get(f"{roost.url}/channels/room/presence", trust_env=False)
    assert response.status_code == 503
