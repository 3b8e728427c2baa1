"""Inboxes: PROTOCOL.md, "Inbox". Nothing is lost until it is acknowledged, has expired, or was one too many."""

import time

import pytest

from support.inbox import Backend, Device
from support.native import NativeClient
from support.raw_websocket import frame
from support.waiting import wait_until


@pytest.fixture
def device(closing):
    """Opens inboxes, closed at the end."""

    def open_device(daemon, user, name=None):
        opened = Device(daemon, user, name)
        closing.callback(opened.close)
        return opened

    return open_device


@pytest.fixture
def backend(closing):
    def open_backend(daemon):
        opened = Backend(daemon)
        closing.callback(opened.close)
        return opened

    return open_backend


def test_a_thousand_notifications_wait_for_users_who_are_away(roost, backend, device):
    sender = backend(roost)
    users = [f"user-{number}" for number in range(10)]
    ids = {user: [] for user in users}
    for number in range(100):
        for user in users:
            ids[user].append(sender.notify(user, number))
    for user in users:
        client = device(roost, user)
        assert client.unread == 100
        notifications = client.notifications(100)
        assert [notification["data"] for notification in notifications] == list(range(100))
        assert [notification["id"] for notification in notifications] == ids[user]
        assert client.acknowledge(ids[user][-1]) == {"id": ids[user][-1], "unread": 0}
        assert client.has_nothing()
        assert sender.read(user) == {"notifications": [], "unread": 0, "dropped": 0}


def test_a_thousand_notifications_in_one_inbox(roost, backend, device):
    sender = backend(roost)
    for number in range(1000):
        sender.notify("alice", {"number": number, "text": "x" * 100})
    client = device(roost, "alice")
    assert client.unread == 1000
    assert [data["number"] for data in client.data(1000)] == list(range(1000))
    assert client.has_nothing()


def test_a_notification_has_its_members(roost, backend, device):
    sender = backend(roost)
    before = time.time() * 1000
    id = sender.notify("alice", {"text": "hello"}, user="bob", event="mail")
    after = time.time() * 1000
    (notification,) = device(roost, "alice").notifications(1)
    assert before - 2 <= notification.pop("time") <= after + 2
    assert notification == {
        "type": "notification",
        "id": id,
        "event": "mail",
        "from": "bob",
        "data": {"text": "hello"},
    }
    sender.client.post("/users/al%2Fice/notifications", content=b"plain text")
    sender.client.post(
        "/users/al%2Fice/notifications",
        content=b"\xff\x00",
        headers={"Content-Type": "application/octet-stream"},
    )
    text, binary = device(roost, "al/ice").notifications(2)
    assert (text["event"], text["data"]) == ("notification", "plain text")
    assert (binary["encoding"], binary["data"]) == ("base64", "/wA=")


def test_new_notifications_come_at_once_and_in_order(roost, backend, device):
    sender = backend(roost)
    clients = [device(roost, "alice", f"device-{number % 3}") for number in range(12)]
    stranger = device(roost, "bob")
    for number in range(50):
        sender.notify("alice", number)
    for client in clients:
        assert client.data(50) == list(range(50))
        assert client.has_nothing()
    assert stranger.has_nothing()


def test_two_devices_each_get_everything_and_tell_each_other_what_was_read(roost, backend, device):
    sender = backend(roost)
    phone, laptop = device(roost, "alice", "phone"), device(roost, "alice", "laptop")
    ids = [sender.notify("alice", number) for number in range(3)]
    assert phone.data(3) == laptop.data(3) == [0, 1, 2]
    assert phone.acknowledge(ids[1]) == {"id": ids[1], "unread": 1}
    assert laptop.receive() == {"type": "read", "id": ids[1], "unread": 1}
    # Read is what any device has read, but a device is given what it has not acknowledged itself.
    laptop.close()
    laptop = device(roost, "alice", "laptop")
    assert laptop.unread == 1
    assert laptop.data(3) == [0, 1, 2]
    assert laptop.acknowledge(ids[2]) == {"id": ids[2], "unread": 0}
    assert phone.receive() == {"type": "read", "id": ids[2], "unread": 0}
    phone.close()
    phone = device(roost, "alice", "phone")
    assert phone.unread == 0
    assert phone.data(1) == [2]
    assert sender.acknowledge("alice", ids[2], device="phone") == 0
    assert sender.read("alice", device="tablet")["notifications"] == [], "all have had them all"


def test_what_was_not_acknowledged_comes_again(roost, backend, device):
    sender = backend(roost)
    ids = [sender.notify("alice", number) for number in range(5)]
    client = device(roost, "alice", "phone")
    assert client.data(5) == [0, 1, 2, 3, 4]
    assert client.acknowledge(ids[0])["unread"] == 4
    # The acknowledgement of the others is lost with the connection.
    client.socket.socket.close()
    client = device(roost, "alice", "phone")
    assert client.unread == 4
    assert client.data(4) == [1, 2, 3, 4]
    assert client.acknowledge(ids[4]) == {"id": ids[4], "unread": 0}
    # Repeated, and late: nothing changes.
    assert client.acknowledge(ids[4]) == {"id": ids[4], "unread": 0}
    assert client.acknowledge(ids[2]) == {"id": ids[4], "unread": 0}
    assert sender.acknowledge("alice", ids[1], device="phone") == 0
    client.close()
    client = device(roost, "alice", "phone")
    assert client.unread == 0
    assert client.has_nothing()
    sender.notify("alice", "new")
    assert client.data(1) == ["new"]


def test_what_has_expired_is_not_given_out(roost, backend, device):
    sender = backend(roost)
    sender.notify("alice", "stays")
    start = time.monotonic()
    sender.notify("alice", "goes", ttl=1)
    put = time.monotonic()

    def has_gone():
        asked = time.monotonic()
        page = sender.read("alice")
        answered = time.monotonic()
        data = [notification["data"] for notification in page["notifications"]]
        assert page["unread"] == len(data)
        if answered - start < 0.95:
            assert data == ["stays", "goes"]
        if asked - put > 1.05:
            assert data == ["stays"]
        return data == ["stays"]

    wait_until(has_gone, "it has expired")
    assert device(roost, "alice").data(1) == ["stays"]
    assert sender.client.post("/users/a/notifications?ttl=1h", content=b"x").status_code == 200
    for ttl in ["0", "x", "-1", "366d", "1.5"]:
        assert sender.client.post(f"/users/a/notifications?ttl={ttl}", content=b"x").status_code == 400


def test_a_full_inbox_drops_its_oldest_and_counts_them(start_roost, broker_url, backend, device):
    roost = start_roost(redis_url=broker_url, environment={"ROOST_INBOX_SIZE": "3"})
    sender = backend(roost)
    for number in range(5):
        sender.notify("alice", number)
    page = sender.read("alice")
    assert [notification["data"] for notification in page["notifications"]] == [2, 3, 4]
    assert (page["unread"], page["dropped"]) == (3, 2)
    assert device(roost, "alice").data(3) == [2, 3, 4]


def test_a_key_is_taken_once(roost, backend):
    sender = backend(roost)
    first = sender.notify("alice", 1, key="order 7")
    assert sender.notify("alice", 1, key="order 7") == first
    assert sender.notify("alice", 2, key="order 8") != first
    assert sender.notify("bob", 3, key="order 7").split("-")[1] != first.split("-")[1]
    assert sender.read("alice")["unread"] == 2


def test_the_urls_page_through_an_inbox(roost, backend):
    sender = backend(roost)
    ids = [sender.notify("alice", number) for number in range(5)]
    page = sender.read("alice", limit=2, device="script")
    assert [notification["id"] for notification in page["notifications"]] == ids[:2]
    assert page["unread"] == 5
    assert sender.acknowledge("alice", ids[1], device="script") == 3
    page = sender.read("alice", limit=1000, device="script")
    assert [notification["id"] for notification in page["notifications"]] == ids[2:]


def test_an_inbox_needs_a_user_and_answers_mistakes(roost, native, device, backend):
    nobody = native(roost)
    for command in [{"type": "inbox"}, {"type": "ack", "id": "1-a"}]:
        error = nobody.request(command)
        assert error["code"] == "forbidden"
        assert "?user=" in error["message"]
    client = device(roost, "alice")
    assert client.request({"type": "inbox"}) == {"type": "inbox", "unread": 0}
    assert client.request({"type": "inbox", "device": "other"})["code"] == "bad_request"
    assert client.request({"type": "inbox", "device": "\x00"})["code"] == "bad_request"
    assert client.request({"type": "ack"})["code"] == "bad_request"
    assert client.request({"type": "ack", "id": "1"})["code"] == "bad_request"
    assert client.request({"type": "ack", "id": "1-zz"})["code"] == "not_found"
    sender = backend(roost)
    post, get = sender.client.post, sender.client.get
    assert post("/users/alice/notifications/1-zz/ack").status_code == 404
    assert post("/users/alice/notifications/zz/ack").status_code == 400
    assert get("/users/alice/notifications/1-zz/ack").status_code == 405
    assert get("/users/%00/notifications").status_code == 400
    assert get("/users/alice/notifications?limit=0").status_code == 400
    assert get("/users/alice/notifications?limit=1001").status_code == 400
    assert get("/users/alice/notifications?device=").status_code == 400
    assert sender.client.delete("/users/alice/notifications").status_code == 405
    bad = post(
        "/users/alice/notifications", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert bad.json()["error"]["code"] == "bad_json"
    big = post("/users/alice/notifications", content=b"x" * 70_000)
    assert big.status_code == 413
    assert client.has_nothing()


def test_a_slow_reader_of_a_large_inbox_is_not_closed(roost, backend, raw_websocket):
    sender = backend(roost)
    for number in range(200):
        sender.notify("alice", f"{number} " + "x" * 60_000)
    slow = raw_websocket(roost, "/ws?user=alice")
    slow.send(frame(1, b'{"type":"inbox"}'))
    # Twelve megabytes, far more than may be owed to a connection, wait until it reads.
    roost.settle()
    for number in range(200, 220):
        sender.notify("alice", f"{number} ")
    numbers = []
    while len(numbers) < 220:
        opcode, payload = slow.frame()
        if b'"type":"notification"' in payload:
            assert opcode == 1
            numbers.append(int(payload.split(b'"data":"')[1].split(b" ")[0]))
    assert numbers == list(range(220))


def test_another_node_delivers_and_tells_what_was_read(nodes, backend, device):
    first, second = nodes
    phone, laptop = device(first, "alice", "phone"), device(second, "alice", "laptop")
    id = backend(first).notify("alice", "hello")
    assert phone.data(1) == laptop.data(1) == ["hello"]
    assert phone.acknowledge(id) == {"id": id, "unread": 0}
    assert laptop.receive() == {"type": "read", "id": id, "unread": 0}
    first.kill()
    id = backend(second).notify("alice", "still there")
    assert laptop.data(1) == ["still there"]
    phone = device(second, "alice", "phone")
    assert phone.unread == 1
    assert phone.data(1) == ["still there"]


def test_what_comes_while_signals_are_lost_is_delivered(nodes, redis, backend, device):
    first, second = nodes
    client = device(first, "alice")
    sender = backend(second)
    connection = redis.client()
    for round in range(5):
        connection.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        ids = [sender.notify("alice", [round, number]) for number in range(20)]
        assert client.data(20) == [[round, number] for number in range(20)]
        assert client.acknowledge(ids[-1])["unread"] == 0
    assert client.has_nothing()


def test_redis_comes_back_empty(start_roost, redis, backend, device):
    roost = start_roost(redis_url=redis.url)
    client, sender = device(roost, "alice"), backend(roost)
    old = sender.notify("alice", 1)
    assert client.data(1) == [1]
    redis.stop()
    wait_until(lambda: not roost.is_ready(), "Redis is missed")
    assert client.request({"type": "ack", "id": old})["code"] == "unavailable"
    assert sender.client.post("/users/alice/notifications", content=b"x").status_code == 503
    redis.start()
    wait_until(roost.is_ready, "Redis is back")
    new = sender.notify("alice", 2)
    assert client.data(1) == [2]
    assert client.request({"type": "ack", "id": old})["code"] == "not_found"
    assert client.acknowledge(new)["unread"] == 0


def test_redis_keeps_no_inbox_for_ever(start_roost, redis, backend, device):
    roost = start_roost(redis_url=redis.url, environment={"ROOST_INBOX_TTL": "2s"})
    sender, connection = backend(roost), redis.client()
    sender.notify("alice", 1, key="k")
    device(roost, "alice").data(1)
    keys = connection.keys("*")
    assert len(keys) == 7
    assert all(key.startswith(b"roost:{alice}:inbox") for key in keys)
    assert all(connection.pttl(key) > 0 for key in keys if not key.endswith(b":key:k"))
    wait_until(lambda: connection.keys("*") == [b"roost:{alice}:inbox:key:k"], "all keys have expired")


def test_a_redis_that_does_not_allow_it_is_said(start_roost, redis, closing, backend):
    connection = redis.client()
    connection.execute_command(
        "ACL", "SETUSER", "limited", "on", ">pw", "~*", "resetchannels", "&chat", "&roost:control", "+@all"
    )
    roost = start_roost(redis_url=f"redis://limited:pw@127.0.0.1:{redis.port}")
    client = NativeClient(roost.ws_url, path="/ws?user=alice")
    closing.callback(client.close)
    error = client.request({"type": "inbox"})
    assert error["code"] == "forbidden"
    assert "alice" in error["message"]
    connection.execute_command("ACL", "SETUSER", "limited", "&roost:*", "-evalsha")
    error = client.request({"type": "inbox"})
    assert error["code"] == "unavailable"
    assert "the broker refused" in error["message"]
    refused = backend(roost).client.post("/users/bob/notifications", content=b"x")
    assert refused.status_code == 503


def test_foreign_bytes_under_the_keys_do_no_harm(start_roost, redis, backend, device):
    roost = start_roost(redis_url=redis.url)
    sender, connection = backend(roost), redis.client()
    sender.notify("alice", 1)
    sender.notify("alice", 2)
    connection.hset("roost:{alice}:inbox:items", "1", b"\xff not JSON")
    client = device(roost, "alice")
    assert client.data(1) == [2]
    connection.publish("roost:{alice}:inbox", b"N9-zz \xff")
    connection.publish("roost:{alice}:inbox", b"")
    assert client.has_nothing()
    connection.set("roost:{bob}:inbox", "a string")
    assert sender.client.get("/users/bob/notifications").status_code == 503
