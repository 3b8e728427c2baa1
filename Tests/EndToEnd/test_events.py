"""Server-Sent Events and long polling: PROTOCOL.md, "Server-Sent Events" and "Long polling"."""

import json
import re
import subprocess
import threading

import httpx
import pytest

from page_support import browser  # noqa: F401  a fixture
from support.daemon import PUBLIC, clean_environment
from support.events import EventStream
from support.raw_http import RawHTTP
from support.waiting import DEADLINE, wait_until

RULES = """
channels:
  - match: "kept-*"
    history: {size: 100, ttl: 1h}
    presence: true
"""


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def memory_roost(start_roost):
    return start_roost(config=RULES)


@pytest.fixture
def http(roost):
    with httpx.Client(trust_env=False, base_url=roost.url, timeout=DEADLINE) as client:
        yield client


@pytest.fixture
def stream(closing):
    def open_stream(daemon, path, params=None, last_id=None) -> EventStream:
        headers = {"Last-Event-ID": last_id} if last_id else {}
        opened = EventStream(daemon, path, params, headers)
        closing.callback(opened.close)
        return opened

    return open_stream


def say(http: httpx.Client, channel: str, data, **params) -> str | None:
    response = http.post(
        f"/channels/{channel}/messages",
        content=json.dumps(data, separators=(",", ":")),
        params=params,
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 200, response.text
    return response.json().get("id")


# -- Messages


def test_a_stream_gets_what_is_said(roost, http, stream, channel):
    events = stream(roost, f"/channels/{channel}/events")
    assert (events.status, events.headers["content-type"]) == (200, "text/event-stream")
    assert events.headers["cache-control"] == "no-store"
    say(http, channel, {"a": [1, "zwei\n"]})
    message = events.message()
    assert message.pop("time") > 1_700_000_000_000
    assert message == {"type": "message", "channel": channel, "event": "message", "data": {"a": [1, "zwei\n"]}}


def test_every_door_is_heard(roost, http, stream, native, plain, channel):
    events = stream(roost, f"/channels/{channel}/events")
    native(roost).publish(channel, "native")
    assert events.data(1) == ["native"]
    plain(roost, channel).send("plain")
    assert events.data(1) == ["plain"]
    http.post(f"/channels/{channel}/messages", content=b"\xff\x00", headers={"Content-Type": "application/octet-stream"})
    message = events.message()
    assert (message["data"], message["encoding"]) == ("/wA=", "base64")


def test_the_event_is_the_messages(roost, http, stream, channel):
    events = stream(roost, f"/channels/{channel}/events")
    say(http, channel, 1, event="tick")
    assert events.event().event == "tick"
    say(http, channel, 2)
    assert events.event().event == "message"
    say(http, channel, 3, event="two\nlines\r\ndata: forged")
    assert events.event().event == "two lines  data: forged"
    say(http, channel, 4, event="roost:stopped")
    assert events.event().event == "message", "nobody speaks for the server"


def test_bare_text(roost, http, stream, channel):
    events = stream(roost, f"/channels/{channel}/events", {"format": "text"})
    for data, text in [
        ("hello", "hello"),
        ("", ""),
        ("a\nb", "a\nb"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ('"quoted" \\ ü 🎉', '"quoted" \\ ü 🎉'),
        ({"a": 1}, '{"a":1}'),
        (None, "null"),
        ("event: x\n\ndata: y", "event: x\n\ndata: y"),
    ]:
        say(http, channel, data)
        if text:
            assert events.event().data == text
    say(http, channel, "end")
    assert events.event().data == "end"


def test_json_that_came_with_line_ends(start_roost, redis, stream, channel):
    roost = start_roost(redis_url=redis.url)
    events = stream(roost, f"/channels/{channel}/events")
    message = f'{{"type":"message",\r\n"channel":"{channel}",\n"event":"message","time":1,"data":[1,\n2]}}'
    redis.client().publish(channel, message)
    assert events.message() == json.loads(message)


def test_several_channels(roost, http, stream, channel):
    one, two = f"{channel}-1", f"{channel}-2"
    events = stream(roost, "/events", [("channel", one), ("channel", two), ("channel", one)])
    for index in range(20):
        say(http, [one, two][index % 2], index)
    messages = [events.message() for _ in range(20)]
    for index, name in enumerate([one, two]):
        assert [m["data"] for m in messages if m["channel"] == name] == list(range(index, 20, 2))


def test_an_open_stream_misses_nothing(roost, http, stream, channel):
    """Who has the head of the response has its channels."""
    for round in range(20):
        events = stream(roost, f"/channels/{channel}-{round}/events")
        say(http, f"{channel}-{round}", round)
        assert events.data(1) == [round]


def test_order_and_burst(roost, native, stream, channel):
    events = stream(roost, f"/channels/{channel}/events")
    publisher = native(roost)
    for index in range(2_000):
        publisher.send({"type": "publish", "channel": channel, "data": index})
    assert events.data(2_000) == list(range(2_000))


# -- Coming back


def test_resume(roost, http, stream, channel):
    channel = f"kept-{channel}"
    events = stream(roost, f"/channels/{channel}/events")
    for index in range(5):
        say(http, channel, index)
    assert events.data(5) == list(range(5))
    last = events.last_id
    events.close()
    for index in range(5, 10):
        say(http, channel, index)
    back = stream(roost, f"/channels/{channel}/events", last_id=last)
    say(http, channel, 10)
    assert back.data(6) == list(range(5, 11))


def test_resume_by_parameter_in_text(roost, http, stream, channel):
    channel = f"kept-{channel}"
    first = say(http, channel, "one")
    say(http, channel, "two")
    events = stream(roost, f"/channels/{channel}/events", {"since": first, "format": "text"})
    say(http, channel, "three")
    assert [events.event().data for _ in range(2)] == ["two", "three"]


def test_a_stream_that_has_heard_nothing_resumes_too(roost, http, stream, channel):
    channel = f"kept-{channel}"
    say(http, channel, "before")
    events = stream(roost, f"/channels/{channel}/events")
    last = events.settled()
    events.close()
    say(http, channel, "meanwhile")
    assert stream(roost, f"/channels/{channel}/events", last_id=last).data(1) == ["meanwhile"]


def test_what_came_first_while_a_client_was_away_is_not_passed_over(roost, http, stream, channel):
    channel = f"kept-{channel}"
    events = stream(roost, f"/channels/{channel}/events")
    assert events.settled() == "-", "the channel is empty"
    events.close()
    say(http, channel, "first")
    back = stream(roost, f"/channels/{channel}/events", last_id="-")
    assert back.own("gap") == {"type": "gap", "channel": channel}
    say(http, channel, "second")
    assert back.data(1) == ["second"]


def test_resume_of_several_channels(roost, http, stream, channel):
    names = [f"kept-{channel}-{index}" for index in range(3)] + [f"{channel}-fleeting"]
    params = [("channel", name) for name in names]
    for name in names:
        say(http, name, "before")
    events = stream(roost, "/events", params)
    events.settled()
    for index in range(30):
        say(http, names[index % 3], index)
        say(http, names[3], index)
    heard = [events.message() for _ in range(60)]
    # Between channels no order is promised.
    for index, name in enumerate(names):
        said = list(range(30)) if index == 3 else list(range(index, 30, 3))
        assert [m["data"] for m in heard if m["channel"] == name] == said
    last = events.last_id
    assert re.fullmatch(r"\d+-\w+,\d+-\w+,\d+-\w+,-", last), last
    events.close()
    for index in range(30, 60):
        say(http, names[index % 3], index)
    back = stream(roost, "/events", params, last_id=last)
    say(http, names[0], "live")
    missed = [back.message() for _ in range(31)]
    for index in range(3):
        of_one = [m["data"] for m in missed if m["channel"] == names[index] and m["data"] != "live"]
        assert of_one == list(range(30 + index, 60, 3))
    assert [m["data"] for m in missed if m["channel"] == names[0]][-1] == "live"


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_stream_of_several_channels_cut_anywhere(memory_roost, stream, channel, cut):
    """Whatever the last event was, going on from it misses nothing and repeats nothing."""
    with httpx.Client(trust_env=False, base_url=memory_roost.url, timeout=DEADLINE) as http:
        names = [f"kept-{channel}-{index}" for index in range(3)]
        params = [("channel", name) for name in names]
        for name in names:
            say(http, name, "before")
        events = stream(memory_roost, "/events", params)
        events.settled()
        for index in range(12):
            say(http, names[index * index % 3], index)
        heard = []
        while len(heard) < cut:
            event = events.event()
            heard.append(json.loads(event.data)["data"])
            last = event.id
        back = stream(memory_roost, "/events", params, last_id=last)
        heard += back.data(12 - cut)
        assert sorted(heard) == list(range(12))


@pytest.mark.parametrize("last", ["9-nothere", "nonsense", "1-a,2-b", "-"])
def test_a_place_that_is_not_known_is_said(roost, http, stream, channel, last):
    channel = f"kept-{channel}"
    say(http, channel, 0)
    events = stream(roost, f"/channels/{channel}/events", last_id=last)
    gap = events.own("gap")
    assert (gap["type"], gap["channel"]) == ("gap", channel)
    say(http, channel, 1)
    assert events.data(1) == [1]


def test_presence(roost, http, stream, channel):
    channel = f"kept-{channel}"
    events = stream(roost, f"/channels/{channel}/events", {"user": "alice"})
    users = lambda: http.get(f"/channels/{channel}/presence").json()["users"]
    wait_until(lambda: users() == [{"user": "alice", "connections": 1}], "alice is there")
    events.close()
    wait_until(lambda: users() == [], "alice is gone")


def test_a_stopped_channel(roost, http, stream, channel):
    one, two = f"{channel}-1", f"{channel}-2"
    single = stream(roost, f"/channels/{one}/events")
    both = stream(roost, "/events", [("channel", one), ("channel", two)])
    assert http.post(f"/channels/{one}/stop").status_code == 200
    stopped = {"type": "unsubscribed", "channel": one, "reason": "stopped"}
    assert single.own("stopped") == stopped
    assert both.own("stopped") == stopped
    assert single.ended.wait(DEADLINE)
    say(http, two, "still here")
    assert both.data(1) == ["still here"]


# -- The connection


def test_heartbeats_and_retry(start_roost, channel, closing):
    roost = start_roost(config="sse: {heartbeat: 100ms, retry: 2s}")
    raw = closing.enter_context(RawHTTP(roost.host, roost.port))
    raw.send(f"GET /channels/{channel}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    text = raw.receive_until(b"\n:\n\n:\n\n").decode()
    head, body = text.split("\r\n\r\n", 1)
    assert "Content-Length" not in head and "Connection: close" in head
    assert 1_000 <= int(re.match(r"retry: (\d+)\n\n", body)[1]) <= 3_000


def test_curl(roost, http, channel):
    process = subprocess.Popen(
        ["curl", "-sN", f"{roost.url}/channels/{channel}/events?format=text"],
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )
    try:
        assert process.stdout.readline().startswith("retry: ")
        say(http, channel, "two\nlines")
        lines = [process.stdout.readline() for _ in range(4)]
        assert lines == ["\n", "data: two\n", "data: lines\n", "\n"]
        roost.stop()
        assert process.wait(DEADLINE) == 0, "the stream ends in order"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_browsers_event_source(start_roost, redis, browser, channel, closing):
    channel = f"kept-{channel}"
    roost = start_roost(redis_url=redis.url, config=RULES + "sse: {retry: 200ms}", public=PUBLIC)
    http = closing.enter_context(httpx.Client(trust_env=False, base_url=roost.url, timeout=DEADLINE))
    # Playwright waits for conditions by evaluating them, which the policy of this server's files forbids.
    page = browser.new_page(bypass_csp=True)
    closing.callback(page.close)
    page.goto(f"{roost.url}/favicon.svg")
    page.evaluate(
        """url => new Promise(open => {
            window.heard = [];
            window.source = new EventSource(url);
            source.onmessage = event => heard.push(JSON.parse(event.data).data);
            source.addEventListener("tick", event => heard.push(event.lastEventId));
            source.onopen = open;
        })""",
        f"/channels/{channel}/events",
    )
    say(http, channel, "hello")
    page.wait_for_function("heard.length == 1")
    tick = say(http, channel, 1, event="tick")
    page.wait_for_function("heard.length == 2")
    roost.stop()
    roost.start()
    say(http, channel, "after")
    page.wait_for_function("heard.length == 3")
    assert page.evaluate("heard") == ["hello", tick, "after"], "neither a gap nor a repetition"


def test_a_client_that_does_not_read_is_left_behind(start_roost, channel, closing, native):
    roost = start_roost(config="limits: {unsent_bytes: 64KiB}")
    raw = closing.enter_context(RawHTTP(roost.host, roost.port))
    raw.send(f"GET /channels/{channel}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    raw.receive_until(b"\n\n")
    publisher = native(roost)
    while "reads too slowly" not in roost.log:
        publisher.publish(channel, "x" * 60_000)
    publisher.publish(channel, "the server goes on")


def test_what_a_client_says_on_a_stream_is_read_over(roost, http, channel, closing):
    raw = closing.enter_context(RawHTTP(roost.host, roost.port))
    raw.send(f"GET /channels/{channel}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    raw.receive_until(b"\n\n")
    raw.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000 + b"\x00" * 100_000)
    say(http, channel, "hello")
    assert b"ok" not in raw.receive_until(b"hello")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/events", "no channel is named"),
        ("/events?channel=", "'channel'"),
        ("/events?channel=%00", "'channel'"),
        ("/events?channel=roost:x:y", "'channel'"),
        ("/events?channel=a&format=xml", "'format' must be json or text"),
        ("/events?channel=a&since=x", "'since' must be"),
        ("/events?channel=a&channel=b&since=1-a", "'since' must be"),
        ("/events?" + "&".join(f"channel=c{i}" for i in range(129)), "at most 128"),
        ("/events?channel=a&user=%ff", "'user'"),
    ],
)
def test_what_cannot_be_streamed(memory_roost, path, says):
    response = httpx.get(memory_roost.url + path, trust_env=False)
    assert response.status_code == 400
    assert says in response.json()["error"]["message"]


def test_a_stream_is_a_get(memory_roost):
    response = httpx.post(f"{memory_roost.url}/events?channel=a", trust_env=False)
    assert (response.status_code, response.headers["allow"]) == (405, "GET")


def test_a_stream_waits_for_its_broker(start_roost, start_redis, channel, closing):
    redis = start_redis()
    roost = start_roost(redis_url=redis.url)
    redis.stop()
    wait_until(lambda: roost.readiness() == 503, "the broker is away")
    events = EventStream(roost, f"/channels/{channel}/events")
    closing.callback(events.close)
    redis.start()
    wait_until(lambda: roost.readiness() == 200, "the broker is back")
    with httpx.Client(trust_env=False, base_url=roost.url) as http:
        wait_until(lambda: (say(http, channel, "back"), events.queue.qsize())[1], "the stream hears")


def test_many_streams(memory_roost, channel, closing):
    """All of them hear, and nothing is left of them."""
    files = memory_roost.open_files
    sockets = [closing.enter_context(RawHTTP(memory_roost.host, memory_roost.port)) for _ in range(500)]
    for raw in sockets:
        raw.send(f"GET /channels/{channel}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    for raw in sockets:
        raw.receive_until(b"\n\n")
    with httpx.Client(trust_env=False, base_url=memory_roost.url) as http:
        say(http, channel, "all")
    for raw in sockets:
        assert b'"data":"all"' in raw.receive_until(b"}\n\n")
    for raw in sockets:
        raw.close()
    wait_until(lambda: memory_roost.open_files <= files + 5, "the connections are gone")


# -- Other origins


def test_other_origins(start_roost, channel):
    roost = start_roost(config='http: {origins: ["https://*.example.com", "http://localhost:3000"]}')
    ask = lambda origin, method="GET", **more: httpx.request(
        method, f"{roost.url}/healthz", headers={"Origin": origin} | more, trust_env=False
    )
    allowed = ask("https://app.example.com")
    assert allowed.headers["access-control-allow-origin"] == "https://app.example.com"
    assert allowed.headers["vary"] == "Origin"
    for origin in ["https://example.com", "https://app.example.com.evil.org", "http://localhost:3001", "null"]:
        refused = ask(origin)
        assert "access-control-allow-origin" not in refused.headers and refused.status_code == 200
    preflight = httpx.options(
        f"{roost.url}/channels/{channel}/messages",
        headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"},
        trust_env=False,
    )
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Idempotency-Key" in preflight.headers["access-control-allow-headers"]


# -- Long polling


def poll(http: httpx.Client, channel: str, **params) -> dict:
    response = http.get(f"/channels/{channel}/messages", params=params, timeout=70)
    assert response.status_code == 200, response.text
    return response.json()


def later(call) -> tuple[threading.Thread, list]:
    answers: list = []
    thread = threading.Thread(target=lambda: answers.append(call()), daemon=True)
    thread.start()
    return thread, answers


def test_a_poll_waits_for_the_next_message(roost, http, channel):
    channel = f"kept-{channel}"
    first = say(http, channel, "first")
    thread, answers = later(lambda: poll(http, channel, since=first, wait=60))
    # The publish may come before the poll or while it waits: it is heard in any case.
    second = say(http, channel, "second")
    thread.join(DEADLINE)
    (answer,) = answers
    assert [m["data"] for m in answer["messages"]] == ["second"]
    assert (answer["complete"], answer["id"]) == (True, second)


def test_a_chain_of_polls_hears_all(roost, native, http, channel):
    channel = f"kept-{channel}"
    since, heard = say(http, channel, "first"), []

    def follow():
        nonlocal since
        while len(heard) < 50:
            answer = poll(http, channel, since=since, wait=60)
            assert answer["complete"]
            heard.extend(m["data"] for m in answer["messages"])
            since = answer["messages"][-1]["id"] if answer["messages"] else since

    thread, _ = later(follow)
    publisher = native(roost)
    for index in range(50):
        publisher.request({"type": "publish", "channel": channel, "data": index})
    thread.join(DEADLINE)
    assert heard == list(range(50))


def test_a_poll_that_hears_nothing_ends(roost, http, channel):
    channel = f"kept-{channel}"
    first = say(http, channel, "first")
    answer = poll(http, channel, since=first, wait="300ms")
    assert answer == {"messages": [], "complete": True, "id": first}
    assert poll(http, channel, wait="300ms")["messages"][0]["data"] == "first", "without since: the newest, at once"
    assert poll(http, f"{channel}-empty", wait="300ms") == {"messages": [], "complete": True}


def test_a_poll_for_the_first_message_of_all(roost, http, channel):
    channel = f"kept-{channel}"
    thread, answers = later(lambda: poll(http, channel, wait=60))
    say(http, channel, "first")
    thread.join(DEADLINE)
    assert [m["data"] for m in answers[0]["messages"]] == ["first"]


def test_a_poll_with_an_unknown_place_is_answered_at_once(roost, http, channel):
    channel = f"kept-{channel}"
    say(http, channel, "first")
    answer = poll(http, channel, since="7-elsewhere", wait=60)
    assert (answer["messages"], answer["complete"]) == ([], False)


def test_polls_are_answered_when_the_server_goes(memory_roost, channel):
    channel = f"kept-{channel}"
    with httpx.Client(trust_env=False, base_url=memory_roost.url, timeout=DEADLINE) as http:
        first = say(http, channel, "first")
        thread, answers = later(lambda: poll(http, channel, since=first, wait=60))
        # Its turn has come when the channel has somebody who waits.
        wait_until(lambda: memory_roost.open_files, "runs")
        waiting = httpx.get(f"{memory_roost.url}/channels/{channel}/messages", params={"since": first, "wait": "1s"})
        assert waiting.json()["messages"] == []
        memory_roost.stop()
        thread.join(DEADLINE)
        assert answers[0]["messages"] == []


def test_a_poll_needs_a_history(roost, http, channel):
    response = http.get(f"/channels/{channel}/messages", params={"wait": 1})
    assert response.status_code == 404
    response = http.get(f"/channels/kept-{channel}/messages", params={"wait": 61})
    assert response.status_code == 400 and "'wait'" in response.json()["error"]["message"]


def test_many_polls_share_a_look(memory_roost, channel):
    channel = f"kept-{channel}"
    with httpx.Client(trust_env=False, base_url=memory_roost.url, timeout=DEADLINE) as http:
        first = say(http, channel, "first")
        sockets = [RawHTTP(memory_roost.host, memory_roost.port) for _ in range(200)]
        try:
            for raw in sockets:
                raw.send(
                    f"GET /channels/{channel}/messages?since={first}&wait=60 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                )
            say(http, channel, "second")
            for raw in sockets:
                assert b'"data":"second"' in raw.receive_until(b"}")
        finally:
            for raw in sockets:
                raw.close()
