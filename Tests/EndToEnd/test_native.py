"""The native door, `/ws`: PROTOCOL.md, "Native WebSocket"."""

import json
import time

import pytest

CONNECTIONS = 24  # enough for the kernel to spread them over both workers


def test_the_first_frame_is_a_welcome_with_a_name_of_its_own(roost, native):
    welcomes = [native(roost).welcome for _ in range(CONNECTIONS)]
    for welcome in welcomes:
        assert set(welcome) == {"type", "connection", "user", "version"}
        assert welcome["type"] == "welcome"
        assert welcome["user"] is None
        assert welcome["version"].count(".") == 2
    assert len({welcome["connection"] for welcome in welcomes}) == CONNECTIONS


def test_a_message_reaches_every_subscriber_once_and_nobody_else(roost, native, channel):
    subscribers = [native(roost) for _ in range(CONNECTIONS)]
    bystander = native(roost)
    for subscriber in subscribers:
        subscriber.subscribe(channel)
    bystander.subscribe(channel + "x")
    publisher = native(roost)
    before = time.time() * 1000
    publisher.publish(channel, {"text": "hello"})
    after = time.time() * 1000
    for subscriber in subscribers:
        message = subscriber.receive()
        sent = message.pop("time")
        assert message == {
            "type": "message",
            "channel": channel,
            "event": "message",
            "data": {"text": "hello"},
        }
        assert before - 2 <= sent <= after + 2, "time is milliseconds since 1970"
        assert subscriber.has_nothing()
    assert bystander.has_nothing()
    assert publisher.has_nothing()


def test_a_publisher_who_subscribes_gets_its_own_message_unless_it_says_no(roost, native, channel):
    client, other = native(roost), native(roost)
    client.subscribe(channel)
    other.subscribe(channel)
    client.send({"type": "publish", "channel": channel, "data": 1, "ref": "mine"})
    assert sorted([client.receive()["type"], client.receive()["type"]]) == ["message", "published"]
    client.publish(channel, 2, echo=False)
    other.send({"type": "publish", "channel": channel, "data": 3})
    assert client.data(1) == [3], "2 was not wanted back"
    assert other.data(3) == [1, 2, 3]


def test_of_equal_messages_without_echo_none_is_lost_on_others(roost, native, channel):
    first, second = native(roost), native(roost)
    first.subscribe(channel)
    second.subscribe(channel)
    for _ in range(20):
        first.send({"type": "publish", "channel": channel, "data": "same", "echo": False})
        second.send({"type": "publish", "channel": channel, "data": "same", "echo": False})
    for client in first, second:
        client.send({"type": "publish", "channel": channel, "data": "end"})
    # Each gets the other's 20 and both ends.
    for client in first, second:
        frames = client.data(22)
        assert frames.count("same") == 20 and frames.count("end") == 2


VALUES = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1.10",
    "1E+2",
    "12345678901234567890",
    '""',
    '"text"',
    "[]",
    "{}",
    '"\\u0041\\n\\"\\\\\\/"',
    '"\\ud83d\\ude00"',
    '"😀 é e\\u0301"',
    '"\\u0000"',
    '"\\ud800"',
    '"</script>"',
    '{"a":[1,{"b":null}],"a":2}',
    "[" * 60 + "]" * 60,
    '"\u2028\u007f\u0080"',
    " [ 1 ,\t2 ] ",
]


@pytest.mark.parametrize("broker", ["memory"], indirect=True)
def test_data_is_passed_on_as_it_was_written(roost, native, channel):
    subscriber, publisher = native(roost), native(roost)
    subscriber.subscribe(channel)
    for value in VALUES:
        publisher.send(f'{{"type":"publish","channel":"{channel}","data":{value}}}')
        assert publisher.receive() == {"type": "published"}
        text = subscriber.receive_text()
        assert text.endswith(f'"data":{value.strip()}}}'), f"{text} for {value}"


def test_an_event_name_is_kept(roost, native, channel):
    subscriber, publisher = native(roost), native(roost)
    subscriber.subscribe(channel)
    for event in "typing", 'with "quotes" \\ and é', "x" * 255:
        publisher.publish(channel, None, event=event)
        message = subscriber.receive()
        assert (message["event"], message["data"]) == (event, None)


def test_messages_of_each_publisher_keep_their_order_and_all_see_the_same_one(roost, native, channel):
    subscribers = [native(roost) for _ in range(6)]
    for subscriber in subscribers:
        subscriber.subscribe(channel)
    publishers = [native(roost) for _ in range(4)]
    count = 250
    for number in range(count):
        for index, publisher in enumerate(publishers):
            publisher.send(json.dumps({"type": "publish", "channel": channel, "data": [index, number]}))
    seen = [subscriber.data(count * len(publishers)) for subscriber in subscribers]
    for index in range(len(publishers)):
        assert [number for who, number in seen[0] if who == index] == list(range(count))
    assert all(order == seen[0] for order in seen)
    for publisher in publishers:
        for _ in range(count):
            assert publisher.receive() == {"type": "published"}


@pytest.mark.parametrize("ref", [0, -1, 2**63 - 1, -(2**63), "", "a", 'a"b\\', "é😀", "x" * 250])
@pytest.mark.parametrize("broker", ["memory"], indirect=True)
def test_a_reply_repeats_the_ref(roost, native, channel, ref):
    client = native(roost)
    for command in (
        {"type": "ping"},
        {"type": "subscribe", "channel": channel},
        {"type": "unsubscribe", "channel": channel},
        {"type": "publish", "channel": channel, "data": 1},
        {"type": "nonsense"},
    ):
        client.send(command | {"ref": ref})
        assert client.receive()["ref"] == ref


def test_without_a_ref_a_reply_has_none(memory_roost, native, channel):
    client = native(memory_roost)
    client.send({"type": "ping"})
    assert client.receive() == {"type": "pong"}
    client.send({"type": "subscribe", "channel": channel})
    assert "ref" not in client.receive()


@pytest.mark.parametrize("ref", [1.5, True, [], {}, 2**63, "x" * 300])
def test_an_unusable_ref_is_an_error(memory_roost, native, ref):
    client = native(memory_roost)
    client.send({"type": "ping", "ref": ref})
    error = client.receive()
    assert (error["type"], error["code"]) == ("error", "bad_request")
    assert "ref" in error["message"] and "ref" not in error
    assert client.has_nothing()


def test_unsubscribing_ends_the_messages(roost, native, channel):
    client, publisher = native(roost), native(roost)
    client.subscribe(channel)
    publisher.publish(channel, 1)
    assert client.data(1) == [1]
    for _ in range(2):  # also when there is nothing to end
        reply = client.request({"type": "unsubscribe", "channel": channel})
        assert reply == {"type": "unsubscribed", "channel": channel, "reason": "requested"}
    publisher.publish(channel, 2)
    client.subscribe(channel)
    publisher.publish(channel, 3)
    assert client.data(1) == [3]


def test_subscribing_twice_is_subscribing_once(roost, native, channel):
    client, publisher = native(roost), native(roost)
    client.subscribe(channel)
    client.subscribe(channel)
    publisher.publish(channel, 1)
    publisher.publish(channel, 2)
    assert client.data(2) == [1, 2]
    client.request({"type": "unsubscribe", "channel": channel})
    publisher.publish(channel, 3)
    assert client.has_nothing()


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("{}.*", ["{}.sport", "{}.", "{}.a.b", "{}.é"], ["{}", "x{}.a", "{}x"]),
        ("{}-h?llo", ["{}-hello", "{}-hxllo"], ["{}-hllo", "{}-heello"]),
        ("{}-h[ae]llo", ["{}-hello", "{}-hallo"], ["{}-hillo"]),
        ("{}-h[^e]llo", ["{}-hallo"], ["{}-hello"]),
        ("{}-[a-c]", ["{}-a", "{}-c"], ["{}-d"]),
        (r"{}-\*", ["{}-*"], ["{}-x"]),
        ("*{}*", ["{}", "a{}b"], ["other"]),
        ("{}-[ab", ["{}-a", "{}-b"], ["{}-c"]),
    ],
)
def test_a_pattern_gets_what_it_matches_as_in_redis(roost, native, channel, pattern, matching, other):
    client, publisher = native(roost), native(roost)
    client.subscribe_pattern(pattern.format(channel))
    for name in [*other, *matching]:
        publisher.publish(name.format(channel), name)
    got = client.messages(len(matching))
    assert [message["data"] for message in got] == matching
    assert [message["channel"] for message in got] == [name.format(channel) for name in matching]
    reply = client.request({"type": "unsubscribe", "pattern": pattern.format(channel)})
    assert reply == {"type": "unsubscribed", "pattern": pattern.format(channel), "reason": "requested"}
    publisher.publish(matching[0].format(channel), 1)
    assert client.has_nothing()


def test_each_matching_subscription_gets_its_copy(roost, native, channel):
    client, publisher = native(roost), native(roost)
    client.subscribe(channel)
    client.subscribe_pattern(f"{channel}*")
    client.subscribe_pattern(f"{channel[:-1]}?")
    publisher.publish(channel, 1)
    publisher.publish(f"{channel}x", 2)
    assert client.data(4) == [1, 1, 1, 2]


def test_a_channel_and_a_pattern_of_the_same_name_are_two_things(roost, native, channel):
    client, publisher = native(roost), native(roost)
    client.subscribe(f"{channel}*")
    publisher.publish(f"{channel}1", 1)
    publisher.publish(f"{channel}*", 2)
    assert client.data(1) == [2]


@pytest.mark.parametrize(
    "name", ["é", "e\u0301", "a b", "a/b", "a%2Fb", "日本語", "😀", "[x]", "*", "x" * 255, "é" * 127, '"\\']
)
def test_a_channel_name_is_any_text(roost, native, channel, name):
    client, publisher = native(roost), native(roost)
    client.subscribe(name)
    publisher.publish(name, name)
    message = client.receive()
    assert (message["channel"], message["data"]) == (name, name)


def test_names_are_compared_byte_by_byte(roost, native):
    composed, decomposed = native(roost), native(roost)
    composed.subscribe("caf\u00e9")
    decomposed.subscribe("cafe\u0301")
    native(roost).publish("caf\u00e9", 1)
    native(roost).publish("cafe\u0301", 2)
    assert composed.data(1) == [1] and composed.has_nothing()
    assert decomposed.data(1) == [2] and decomposed.has_nothing()


WRONG = [
    ("{}", "bad_request", "type"),
    ('{"type":1}', "bad_request", "type"),
    ('{"type":"fly"}', "not_found", "type"),
    ('{"type":"Ping"}', "not_found", "type"),
    ('{"type":"subscribe"}', "bad_request", "channel"),
    ('{"type":"subscribe","channel":1}', "bad_request", "channel"),
    ('{"type":"subscribe","channel":null}', "bad_request", "channel"),
    ('{"type":"subscribe","channel":""}', "bad_request", "empty"),
    ('{"type":"subscribe","channel":"%s"}' % ("x" * 256), "bad_request", "256"),
    ('{"type":"subscribe","channel":"a\\u0000"}', "bad_request", "control"),
    ('{"type":"subscribe","channel":"a\\nb"}', "bad_request", "control"),
    ('{"type":"subscribe","channel":"\\u0085"}', "bad_request", "control"),
    ('{"type":"subscribe","channel":"roost:x"}', "bad_request", "roost:"),
    ('{"type":"subscribe","pattern":""}', "bad_request", "empty"),
    ('{"type":"subscribe","channel":"a","pattern":"b"}', "bad_request", "pattern"),
    ('{"type":"unsubscribe"}', "bad_request", "channel"),
    ('{"type":"publish","channel":"a"}', "bad_request", "data"),
    ('{"type":"publish","data":1}', "bad_request", "channel"),
    ('{"type":"publish","channel":"roost:q","data":1}', "bad_request", "roost:"),
    ('{"type":"publish","channel":"a","data":1,"event":1}', "bad_request", "event"),
    ('{"type":"publish","channel":"a","data":1,"event":""}', "bad_request", "event"),
    ('{"type":"publish","channel":"a","data":1,"event":"%s"}' % ("x" * 256), "bad_request", "event"),
    ('{"type":"publish","channel":"a","data":1,"echo":"no"}', "bad_request", "echo"),
]


def test_a_wrong_command_gets_an_error_that_says_what_is_wrong(memory_roost, native):
    client = native(memory_roost)
    for frame, code, word in WRONG:
        client.send(frame)
        error = client.receive()
        assert error["type"] == "error" and error["code"] == code, f"{frame:.80}: {error}"
        assert word in error["message"], f"{frame:.80}: {error}"
        client.send(frame[:-1] + (',"ref":7}' if len(frame) > 2 else '"ref":7}'))
        assert client.receive()["ref"] == 7
    assert client.has_nothing(), "and the socket stays open"


def test_json_is_read_as_json_not_as_text(memory_roost, native, channel):
    client = native(memory_roost)
    for frame in (
        '{"\\u0074ype":"p\\u0069ng"}',
        ' \t\r\n{ "type" : "ping" } \n',
        '{"type":"fly","type":"ping"}',
        '{"x":{"type":"fly"},"type":"ping","y":[{"type":"subscribe"}]}',
    ):
        client.send(frame)
        assert client.receive() == {"type": "pong"}, frame


BROKEN = [
    "",
    " ",
    "x",
    "{",
    "}",
    "[]",
    "1",
    '"ping"',
    "null",
    '{"type":"ping"',
    '{"type":"ping"}x',
    '{"type":"ping"}{"type":"ping"}',
    "{'type':'ping'}",
    '{"type":ping}',
    '{"type":"ping",}',
    '{"a":01}',
    '{"a":NaN}',
    '{"a":+1}',
    '{"a":"\t"}',
    '{"a":"\\x41"}',
    '{"a":"\\u12"}',
    '{"a":1 "b":2}',
    "{1:2}",
    '\ufeff{"type":"ping"}',
    '{"a":' + "[" * 70 + "]" * 70 + "}",
    '{"a":' + "[" * 60000,
]


@pytest.mark.parametrize("frame", BROKEN, ids=lambda frame: f"{frame:.20}" or "empty")
def test_what_is_no_json_object_gets_an_error_and_the_end(shared_roost, native, frame):
    client = native(shared_roost)
    client.send(frame)
    error = client.receive()
    assert (error["type"], error["code"]) == ("error", "bad_json")
    code, reason = client.closing()
    assert code == 1007 and "JSON" in reason


def test_subscriptions_are_limited_and_the_error_names_the_limit(memory_roost, native):
    client = native(memory_roost)
    for number in range(64):
        client.subscribe(f"c{number}")
        client.subscribe_pattern(f"p{number}*")
    for topic in {"channel": "one-more"}, {"pattern": "one-more*"}:
        error = client.request({"type": "subscribe"} | topic)
        assert (error["type"], error["code"]) == ("error", "limit_exceeded") and "128" in error["message"]
    client.subscribe("c0")
    client.request({"type": "unsubscribe", "channel": "c0"})
    client.subscribe("one-more")
    assert native(memory_roost).request({"type": "subscribe", "channel": "x"})["type"] == "subscribed"
