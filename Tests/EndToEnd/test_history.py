"""History, and coming back without a gap: PROTOCOL.md, "History" and "subscribe"."""

import itertools
import json
import random
import threading
import time

import httpx
import pytest

from support.native import NativeClient
from support.waiting import DEADLINE, wait_until

RULES = """
channels:
  - match: "small-*"
    history: {size: 5, ttl: 1h}
  - match: "test-*"
    history: {size: 5000, ttl: 1h}
"""


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def nodes(start_roost, redis):
    return [start_roost(redis_url=redis.url, config=RULES) for _ in range(2)]


@pytest.fixture
def http(roost):
    with httpx.Client(trust_env=False, base_url=roost.url, timeout=DEADLINE) as client:
        yield client


def say(client: NativeClient, channel: str, data, **members) -> str:
    """Publishes on a connection that is subscribed to nothing; the id."""
    reply = client.request({"type": "publish", "channel": channel, "data": data} | members)
    assert reply["type"] == "published", reply
    return reply["id"]


def subscribe(client: NativeClient, channel: str, since: str | None = None) -> dict:
    frame = {"type": "subscribe", "channel": channel} | ({"since": since} if since else {})
    reply = client.request(frame)
    assert reply.pop("type") == "subscribed" and reply.pop("channel") == channel
    return reply


def offset(message_id: str) -> int:
    return int(message_id.split("-")[0])


# -- Resuming


def test_who_comes_back_gets_what_was_missed_then_the_rest(roost, native, channel):
    ann, publisher = native(roost), native(roost)
    assert subscribe(ann, channel) == {"recovered": False}
    ids = [say(publisher, channel, number) for number in range(3)]
    seen = ann.messages(3)
    assert [message["id"] for message in seen] == ids
    assert [message["data"] for message in seen] == [0, 1, 2]
    assert [offset(message_id) for message_id in ids] == [1, 2, 3]
    ann.close()
    ids += [say(publisher, channel, number) for number in range(3, 6)]
    again = native(roost)
    assert subscribe(again, channel, since=seen[-1]["id"]) == {"id": ids[-1], "recovered": True}
    assert again.data(3) == [3, 4, 5]
    say(publisher, channel, 6)
    assert again.data(1) == [6]
    assert again.has_nothing()
    # Nothing missed is recovered, too; without `since` there is nothing to recover.
    newest = subscribe(native(roost), channel)
    assert newest["recovered"] is False and offset(newest["id"]) == 7
    assert subscribe(native(roost), channel, since=newest["id"]) == {"id": newest["id"], "recovered": True}


def test_it_does_not_matter_to_which_node_one_comes_back(nodes, native, channel):
    publisher = native(nodes[1])
    first = native(nodes[0])
    subscribe(first, channel)
    ids = [say(publisher, channel, number) for number in range(4)]
    assert first.data(2) == [0, 1]
    second = native(nodes[1])
    assert subscribe(second, channel, since=ids[1]) == {"id": ids[3], "recovered": True}
    assert second.data(2) == [2, 3]


@pytest.mark.parametrize("case", ["trimmed", "another stream", "never given out", "no history"])
def test_recovered_is_claimed_only_when_it_is_proven(roost, native, channel, case):
    name = {"trimmed": f"small-{channel}", "no history": f"plain-{channel}"}.get(case, channel)
    publisher = native(roost)
    if case == "no history":
        publisher.publish(name, 1)
        assert subscribe(native(roost), name, since="1-abc") == {"recovered": False}
        return
    ids = [say(publisher, name, number) for number in range(9)]
    epoch = ids[0].split("-")[1]
    since = {"trimmed": ids[2], "another stream": "8-zzzz", "never given out": f"10-{epoch}"}[case]
    back = native(roost)
    assert subscribe(back, name, since=since) == {"id": ids[-1], "recovered": False}
    say(publisher, name, "next")
    assert back.data(1) == ["next"]
    if case == "trimmed":
        assert subscribe(native(roost), name, since=ids[4])["recovered"] is True


@pytest.mark.parametrize("since", ["", "x", "1", "-a", "0-a", "01-a", "1-", "1-ä", "1-" + "a" * 16, 1, "99999999999999999999-a"])
def test_an_id_that_nobody_gave_out_is_refused(roost, native, channel, since):
    client = native(roost)
    reply = client.request({"type": "subscribe", "channel": channel, "since": since})
    assert (reply["type"], reply["code"]) == ("error", "bad_request") and "'since'" in reply["message"]


def test_subscribing_again_changes_nothing(roost, native, channel):
    client, publisher = native(roost), native(roost)
    subscribe(client, channel)
    newest = say(publisher, channel, 1)
    assert client.data(1) == [1]
    assert subscribe(client, channel) == {"id": newest, "recovered": False}
    say(publisher, channel, 2)
    assert client.data(1) == [2] and client.has_nothing()


def test_coming_back_again_and_again_under_load_leaves_no_gap(nodes, native, channel):
    """Clients leave and resume at random, on either node, while both publish: each sees each message once, in order."""
    count, clients = 3000, 12
    stop = threading.Event()
    failures: list[str] = []

    def publish() -> None:
        publishers = [NativeClient(node.ws_url) for node in nodes]
        for number in range(count):
            say(publishers[number % 2], channel, number)
        for publisher in publishers:
            publisher.close()

    def follow(seed: int) -> None:
        chance = random.Random(seed)
        seen: list[int] = []
        since = first
        try:
            while len(seen) < count and not stop.is_set():
                client = NativeClient(chance.choice(nodes).ws_url)
                reply = subscribe_among_messages(client, channel, since)
                assert reply["recovered"] is True, reply
                for _ in range(chance.randrange(1, 400)):
                    if len(seen) == count:
                        break
                    message = client.receive()
                    assert message["type"] == "message", message
                    seen.append(message["data"])
                    since = message["id"]
                client.close()
            assert seen == list(range(count)), f"{len(seen)} messages, first wrong at " + str(
                next((i for i, (a, b) in enumerate(zip(seen, itertools.count())) if a != b), None))
        except BaseException as failure:
            failures.append(f"client {seed}: {failure!r}")
            stop.set()

    starter = native(nodes[0])
    first = say(starter, channel, "start")
    threads = [threading.Thread(target=follow, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    publish()
    for thread in threads:
        thread.join(120)
    assert not failures, failures[:3]
    assert not any(thread.is_alive() for thread in threads)


def subscribe_among_messages(client: NativeClient, channel: str, since: str) -> dict:
    """The reply comes before every message, as nothing was subscribed to before."""
    client.send({"type": "subscribe", "channel": channel, "since": since})
    reply = client.receive()
    assert reply["type"] == "subscribed", reply
    return reply


# -- Publishing


def test_ids_and_names_are_part_of_the_message(roost, native, plain, channel, http):
    client, bare = native(roost), plain(roost, channel)
    bare.echo("ready")
    subscribe(client, channel)
    posted = http.post(f"/channels/{channel}/messages?user=ben&event=e", content="hello").json()
    (message,) = client.messages(1)
    assert message["id"] == posted["id"] and message["from"] == "ben" and message["event"] == "e"
    assert list(message) == ["type", "channel", "id", "event", "from", "time", "data"]
    assert bare.receive() == "hello"


def test_a_user_is_named_by_the_url(roost, closing, channel):
    client = NativeClient(roost.ws_url, path="/ws?user=Ann%20B")
    closing.callback(client.close)
    assert client.welcome["user"] == "Ann B"
    subscribe(client, channel)
    client.send({"type": "publish", "channel": channel, "data": 1})
    assert client.messages(1)[0]["from"] == "Ann B"


@pytest.mark.parametrize("user", ["", "%00", "roost:x", "a" * 256, "%ff"])
def test_a_name_that_cannot_be_one_is_refused(roost, http, channel, user):
    reply = http.post(f"/channels/{channel}/messages?user={user}", content="x")
    assert reply.status_code == 400 and "'user'" in reply.json()["error"]["message"]


def test_the_same_key_publishes_once(roost, native, channel, http):
    client, publisher = native(roost), native(roost)
    subscribe(client, channel)
    first = say(publisher, channel, 1, key="k")
    assert say(publisher, channel, 2, key="k") == first
    path = f"/channels/{channel}/messages"
    assert http.post(path, content="x", headers={"Idempotency-Key": "k"}).json() == {"id": first}
    other = http.post(path, content="y", headers={"Idempotency-Key": "l"}).json()["id"]
    assert http.post(path, content="y", headers={"Idempotency-Key": "l"}).json()["id"] == other
    assert client.data(2) == [1, "y"] and client.has_nothing()
    assert http.post(path, content="x", headers={"Idempotency-Key": "k" * 256}).status_code == 400


def test_one_does_not_hear_oneself_unless_one_wants_to(roost, native, channel):
    ann, ben = native(roost), native(roost)
    subscribe(ann, channel)
    subscribe(ben, channel)
    for number in range(50):
        ann.send({"type": "publish", "channel": channel, "data": number, "echo": number % 2 == 0})
    assert ben.data(50) == list(range(50))
    frames = [ann.receive() for _ in range(75)]
    assert [frame["data"] for frame in frames if frame["type"] == "message"] == list(range(0, 50, 2))
    assert ann.has_nothing()


# -- Reading


def test_history_is_read_by_frame_and_by_url(roost, native, channel, http):
    client, publisher = native(roost), native(roost)
    path = f"/channels/{channel}/messages"
    assert http.get(path).json() == {"messages": [], "complete": True}
    ids = [say(publisher, channel, number) for number in range(120)]

    def read(**members):
        reply = client.request({"type": "history", "channel": channel} | members)
        assert reply.pop("type") == "history" and reply.pop("channel") == channel
        over_http = http.get(path, params=members).json()
        assert over_http == reply
        assert reply["id"] == ids[-1]
        return [message["data"] for message in reply["messages"]], reply["complete"]

    assert read() == (list(range(70, 120)), False)
    assert read(limit=3) == ([117, 118, 119], False)
    assert read(limit=1000) == (list(range(120)), True)
    assert read(since=ids[9], limit=5) == ([10, 11, 12, 13, 14], False)
    assert read(since=ids[109], limit=50) == (list(range(110, 120)), True)
    assert read(since=ids[119]) == ([], True)
    assert read(since="5-other") == ([], False)
    with_trimming = f"small-{channel}"
    ids = [say(publisher, with_trimming, number) for number in range(9)]
    reply = http.get(f"/channels/{with_trimming}/messages", params={"since": ids[1]}).json()
    assert ([message["data"] for message in reply["messages"]], reply["complete"]) == ([4, 5, 6, 7, 8], False)


def test_what_cannot_be_read_is_an_error(roost, native, channel, http):
    client = native(roost)
    for frame, code, word in [
        ({"channel": "plain"}, "not_found", "no history"),
        ({"channel": channel, "limit": 0}, "bad_request", "'limit'"),
        ({"channel": channel, "limit": 1001}, "bad_request", "'limit'"),
        ({"channel": channel, "limit": "5"}, "bad_request", "'limit'"),
        ({"channel": channel, "since": "x"}, "bad_request", "'since'"),
        ({}, "bad_request", "'channel'"),
    ]:
        reply = client.request({"type": "history"} | frame)
        assert (reply["type"], reply["code"]) == ("error", code) and word in reply["message"]
    assert http.get("/channels/plain/messages").status_code == 404
    for query in ["limit=0", "limit=1001", "limit=x", "since=x", "since="]:
        assert http.get(f"/channels/{channel}/messages?{query}").status_code == 400
    assert http.request("PUT", f"/channels/{channel}/messages").headers["allow"] == "GET, POST"


def test_large_histories_are_answered_in_parts(roost, native, channel, http):
    publisher = native(roost)
    large = "x" * 60_000
    ids = [say(publisher, channel, f"{number} {large}") for number in range(40)]
    seen, since = [], ids[0]
    while True:
        reply = http.get(f"/channels/{channel}/messages", params={"since": since, "limit": 1000}).json()
        assert len(json.dumps(reply)) < 1 << 20
        seen += [int(message["data"].split()[0]) for message in reply["messages"]]
        if reply["complete"]:
            break
        since = reply["messages"][-1]["id"]
    assert seen == list(range(1, 40))
    # More than one may wait for: not recovered at once.
    back = native(roost)
    assert subscribe(back, channel, since=ids[0]) == {"id": ids[-1], "recovered": False}
    back = native(roost)
    assert subscribe(back, channel, since=ids[-4]) == {"id": ids[-1], "recovered": True}
    assert len(back.data(3)) == 3


def test_a_message_can_end_before_the_history_does(roost, native, channel, http):
    publisher = native(roost)
    first = say(publisher, channel, "short", ttl=1)
    second = say(publisher, channel, "long")
    path = f"/channels/{channel}/messages"

    def kept() -> list:
        return [message["data"] for message in http.get(path).json()["messages"]]

    assert kept() == ["short", "long"]
    wait_until(lambda: kept() == ["long"], "the first has ended")
    before = native(roost)
    assert subscribe(before, channel, since=first) == {"id": second, "recovered": True}
    assert before.data(1) == ["long"]
    posted = http.post(path, params={"ttl": "1s"}, content="short")
    assert posted.status_code == 200
    for ttl in ["0", "x", "-1", "400000h"]:
        assert http.post(path, params={"ttl": ttl}, content="x").status_code == 400


# -- Healing


@pytest.fixture
def durable_redis(start_redis):
    return start_redis("--appendonly", "yes", "--appendfsync", "always")


def test_what_was_published_while_a_node_was_cut_off_arrives_in_order(start_roost, durable_redis, native, channel):
    """One node's subscriber connection is cut again and again; the other's publishers never notice."""
    deaf, other = [start_roost(redis_url=durable_redis.url, config=RULES, workers=1) for _ in range(2)]
    subscriber, publisher = native(deaf), native(other)
    subscribe(subscriber, channel)
    admin = durable_redis.client()
    for number in range(300):
        if number % 10 == 0:
            for client in admin.client_list():
                if client["name"].endswith("-subscriber"):
                    admin.client_kill_filter(_id=client["id"])
        say(publisher, channel, number)
    assert subscriber.data(300) == list(range(300))
    assert subscriber.has_nothing()


def test_a_restart_of_redis_loses_nothing_that_was_acknowledged(start_roost, durable_redis, native, channel):
    nodes = [start_roost(redis_url=durable_redis.url, config=RULES) for _ in range(2)]
    subscribers = [native(node) for node in nodes]
    for client in subscribers:
        subscribe(client, channel)
    publisher = native(nodes[0])
    acknowledged = []
    for round_number in range(3):
        for number in range(20):
            acknowledged.append(say_until_taken(publisher, channel, f"{round_number}-{number}"))
        durable_redis.stop()
        durable_redis.start()
        for number in range(20, 40):
            acknowledged.append(say_until_taken(publisher, channel, f"{round_number}-{number}"))
    for client in subscribers:
        assert [message["id"] for message in client.messages(120)] == acknowledged
        assert client.has_nothing()


def say_until_taken(client: NativeClient, channel: str, data: str) -> str:
    """Publishes with a key, again until it is acknowledged: what a careful client does."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        reply = client.request({"type": "publish", "channel": channel, "data": data, "key": data})
        if reply["type"] == "published":
            return reply["id"]
        assert reply["code"] == "unavailable", reply
        time.sleep(0.02)
    raise AssertionError("not taken within a minute")


def test_what_cannot_be_recovered_is_said(start_roost, redis, native, channel):
    node = start_roost(redis_url=redis.url, config=RULES)
    subscriber, publisher = native(node), native(node)
    subscribe(subscriber, channel)
    last = say(publisher, channel, "before")
    assert subscriber.data(1) == ["before"]
    admin = redis.client()
    admin.flushall()
    admin.client_kill_filter(_type="pubsub", skipme=False)
    gap = subscriber.receive()
    assert gap == {"type": "gap", "channel": channel, "since": last}
    first = say_until_taken(publisher, channel, "after")
    assert offset(first) == 1 and first.split("-")[1] != last.split("-")[1]
    assert subscriber.messages(1)[0]["id"] == first


def test_a_redis_that_had_not_heard_the_newest_takes_over(start_roost, redis, native, channel):
    """What an asynchronous replica does that becomes the master: offsets that were given out are given out again."""
    node = start_roost(redis_url=redis.url, config=RULES, workers=1)
    subscriber, publisher = native(node), native(node)
    subscribe(subscriber, channel)
    ids = [say(publisher, channel, number) for number in range(5)]
    assert subscriber.data(5) == list(range(5))
    admin = redis.client()
    with admin.pipeline(transaction=True) as change:
        change.hincrby(f"roost:{{{channel}}}:meta", "offset", -2)
        change.xdel(f"roost:{{{channel}}}:stream", "4-0", "5-0")
        change.execute_command("XSETID", f"roost:{{{channel}}}:stream", "3-0")
        change.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        change.execute()
    assert subscriber.receive() == {"type": "gap", "channel": channel, "since": ids[4]}
    again = [say_until_taken(publisher, channel, text) for text in ("a", "b", "c")]
    assert subscriber.data(3) == ["a", "b", "c"] and subscriber.has_nothing()
    assert [offset(message_id) for message_id in again] == [4, 5, 6]
    # An id of what is lost is not one of what came in its place.
    assert ids[4].split("-")[1] != again[-1].split("-")[1]
    assert subscribe(native(node), channel, since=ids[4])["recovered"] is False


def test_a_hole_among_live_messages_is_filled(start_roost, redis, native, channel):
    node = start_roost(redis_url=redis.url, config=RULES, workers=1)
    subscriber, publisher = native(node), native(node)
    subscribe(subscriber, channel)
    say(publisher, channel, 0)
    assert subscriber.data(1) == [0]
    # What Redis would do if it lost one on the way: it is in the stream and was never published.
    admin = redis.client()
    epoch = admin.hget(f"roost:{{{channel}}}:meta", "epoch").decode()
    lost = {"type": "message", "channel": channel, "id": f"2-{epoch}", "event": "message", "time": 1, "data": "lost"}
    admin.hincrby(f"roost:{{{channel}}}:meta", "offset", 1)
    admin.xadd(f"roost:{{{channel}}}:stream", {"m": json.dumps(lost)}, id="2-0")
    say(publisher, channel, 2)
    assert subscriber.data(2) == ["lost", 2] and subscriber.has_nothing()


def test_what_others_publish_past_the_history_arrives_too(start_roost, redis, native, channel):
    node = start_roost(redis_url=redis.url, config=RULES)
    subscriber, publisher = native(node), native(node)
    subscribe(subscriber, channel)
    redis.client().publish(channel, "foreign")
    (message,) = subscriber.messages(1)
    assert message["data"] == "foreign" and "id" not in message
    say(publisher, channel, "own")
    assert subscriber.data(1) == ["own"]


def test_keys_that_hold_something_else_do_no_harm(start_roost, redis, native, channel):
    node = start_roost(redis_url=redis.url, config=RULES)
    redis.client().set(f"roost:{{{channel}}}:meta", "x")
    client = native(node)
    assert subscribe(client, channel) == {"recovered": False}
    reply = client.request({"type": "publish", "channel": channel, "data": 1})
    assert (reply["type"], reply["code"]) == ("error", "unavailable")
    assert client.request({"type": "history", "channel": channel})["code"] == "unavailable"
    redis.client().publish(channel, "still live")
    assert client.data(1) == ["still live"]
