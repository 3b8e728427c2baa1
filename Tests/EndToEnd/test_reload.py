"""SIGHUP: the configuration is read anew. README.md, "Configuration"."""

import signal

import httpx
import pytest

from support.events import EventStream
from support.native import NativeClient
from support.waiting import DEADLINE, wait_until


@pytest.fixture
def configured(start_roost, broker_url):
    """A daemon and a way to give it another configuration; waits until it says what it made of it."""
    roost = start_roost(redis_url=broker_url, config="log: {level: info}")

    def configure(text: str, says: str = "configured anew") -> None:
        roost.config_path.write_text(text)
        before = roost.log.count(says)
        roost.process.send_signal(signal.SIGHUP)
        # Each worker takes it up in its own time.
        wait_until(lambda: roost.log.count(says) > before, f"the log says {says}")

    return roost, configure


def publish(roost, channel: str, data: str) -> str | None:
    response = httpx.post(f"{roost.url}/channels/{channel}/messages", content=data, trust_env=False)
    response.raise_for_status()
    return response.json().get("id")


def test_rules_of_channels(configured, native, channel):
    roost, configure = configured
    client = native(roost)
    client.subscribe(channel)
    assert publish(roost, channel, "not kept") is None
    assert client.data(1) == ["not kept"]

    configure(f'channels: [{{match: "{channel}", history: {{size: 10}}, presence: true}}]')
    wait_until(lambda: publish(roost, f"{channel}", "kept?"), "a worker keeps messages")
    last = ""
    # Every worker does: what any of them takes in is kept.
    for index in range(20):
        wait_until(lambda: (last := publish(roost, channel, f"kept {index}")), "all workers keep messages")
    data = [message["data"] for message in client.until("kept 19")]
    assert [text for text in data if text != "kept?"][-20:] == [f"kept {index}" for index in range(20)]

    back = native(roost)
    reply = back.request({"type": "subscribe", "channel": channel})
    assert reply["id"].split("-")[0].isdigit()

    configure("channels: []")
    wait_until(lambda: all(publish(roost, channel, "x") is None for _ in range(10)), "nothing is kept any more")
    publish(roost, channel, "the end")
    assert list(client.until("the end"))[-1]["data"] == "the end", "the subscription has outlived it all"


def test_a_history_that_goes_while_a_stream_waits_for_redis(start_roost, start_redis, closing, channel):
    """Whoever waits then is told nothing of the past, and gets what is live."""
    redis = start_redis()
    roost = start_roost(redis_url=redis.url, config="channels: [{match: '*', history: {size: 10}}]")
    redis.stop()
    wait_until(lambda: roost.readiness() == 503, "Redis is away")
    events = EventStream(roost, f"/channels/{channel}/events")
    closing.callback(events.close)
    client = NativeClient(roost.ws_url)
    closing.callback(client.close)
    client.send({"type": "subscribe", "channel": channel, "ref": 1})
    roost.config_path.write_text("channels: []")
    roost.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "configured anew" in roost.log, "the history is gone")
    client.send({"type": "ping"})
    assert client.receive() == {"type": "pong"}, "not subscribed while Redis is away"
    redis.start()
    assert client.receive() == {"type": "subscribed", "channel": channel, "recovered": False, "ref": 1}
    wait_until(lambda: roost.readiness() == 200, "Redis is back")
    wait_until(lambda: publish(roost, channel, "live") is None and events.queue.qsize(), "the stream hears")
    assert client.data(1) == ["live"]


def test_limits(configured, native, channel):
    roost, configure = configured
    configure("limits: {message_size: 1KiB, subscriptions_per_connection: 2}")

    def is_refused() -> bool:
        response = httpx.post(
            f"{roost.url}/channels/{channel}/messages", content="x" * 2_000, trust_env=False
        )
        return response.status_code == 413

    wait_until(lambda: all(is_refused() for _ in range(10)), "every worker has the limit")
    client = native(roost)
    for index in range(2):
        client.subscribe(f"{channel}-{index}")
    reply = client.request({"type": "subscribe", "channel": channel})
    assert reply["code"] == "limit_exceeded" and "2 subscriptions" in reply["message"]


def test_the_log_level(configured, native, channel):
    roost, configure = configured
    configure("log: {level: error}")
    # What is only worth an info is not logged any more.
    configure("listen: [nowhere]", says="nothing was changed")
    said = roost.log.count(" info ")
    configure("log: {level: info}")
    assert roost.log.count(" info ") == said + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("limits: {message_sise: 1KiB}", "message_sise"),
        ("limits: {message_size: 1}", "limits.message_size"),
        ("channels: [{match: 5, history: {size: 0}}]\nlimits: {message_size: 2KiB}", "history.size"),
        ("{", "roost.yaml"),
    ],
)
def test_a_bad_file_is_refused_whole(configured, channel, text, says):
    roost, configure = configured
    configure(text, says="nothing was changed")
    assert says in roost.log
    response = httpx.post(f"{roost.url}/channels/{channel}/messages", content="x" * 3_000, trust_env=False)
    assert response.status_code == 200


def test_what_needs_a_restart_says_so(configured):
    roost, configure = configured
    configure("listen: ['127.0.0.1:1']\nredis: {prefix: 'other:'}\nlog: {format: json}")
    for name in ["log.format"]:
        assert f"setting={name}" in roost.log
    # What the command line says wins over the file: it has not changed.
    assert "setting=listen" not in roost.log
    publish(roost, "test", "it goes on")


def test_connections_live_on(configured, native, channel):
    roost, configure = configured
    client = native(roost)
    client.subscribe(channel)
    for index in range(5):
        configure(f"limits: {{unsent_bytes: {64 + index}KiB}}")
        publish(roost, channel, str(index))
        assert client.data(1) == [str(index)]


def test_who_came_without_a_token_goes_when_that_permits_something_else(configured, native, plain, channel):
    roost, configure = configured
    native_client, plain_client = native(roost), plain(roost, channel)
    stream = EventStream(roost, f"/channels/{channel}/events")
    configure('auth: {anonymous: {subscribe: "*"}}')
    for client in [native_client, plain_client]:
        assert client.closing()[0] == 4001
    assert stream.event().event == "roost:error"
    allowed = native(roost)
    allowed.subscribe(channel)
    assert allowed.request({"type": "publish", "channel": channel, "data": 1})["code"] == "unauthorized"
    # Nothing of that has changed, and so it stays.
    configure('auth: {anonymous: {subscribe: "*"}}\nlimits: {message_size: 32KiB}')
    assert allowed.has_nothing()
