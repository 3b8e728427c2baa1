"""Subscribers that stop reading, on channels whose rule says what becomes of what waits for them.

PROTOCOL.md, "Limits". Each reader's socket takes a little; the rest waits in the server until it is more than
`limits.unsent_bytes`, here 256 KiB.
"""

import json
import socket

import httpx
import pytest
from support.raw_websocket import CLOSE, TEXT, frame
from support.waiting import wait_until

RULES = """
limits: {message_size: 32KiB, unsent_bytes: 256KiB}
websocket: {ping_interval: 1h}
channels:
  - match: "ticker.*"
    slow: latest
  - match: "log.*"
    history: {size: 100000}
    slow: spill
  - match: "short.*"
    history: {size: 20}
    slow: spill
"""
COUNT, TEXT_SIZE = 400, 25_000
"""10 MB: more than the sockets between server and reader take."""


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def publish(roost):
    """Publishes numbered messages, and waits until the server has taken them all."""
    with httpx.Client(transport=roost.transport(), base_url=roost.http_base, trust_env=False) as http:

        def publish(channel: str, numbers, size: int = TEXT_SIZE) -> None:
            for number in numbers:
                body = json.dumps([number, "x" * size])
                answer = http.post(
                    f"/channels/{channel}/messages", content=body, headers={"Content-Type": "application/json"}
                )
                assert answer.status_code == 200, answer.text

        yield publish


@pytest.fixture
def subscriber(roost, raw_websocket):
    """A native client that reads only when it is told to."""

    def make(channel: str):
        client = raw_websocket(roost, "/ws", receive_buffer=65536)
        client.frame()
        command(client, {"type": "subscribe", "channel": channel})
        assert json.loads(client.frame()[1])["type"] == "subscribed"
        return client

    return make


def command(client, members: dict) -> None:
    client.send(frame(TEXT, json.dumps(members).encode()))


def receive(client) -> dict:
    opcode, payload = client.frame()
    assert opcode == TEXT, payload
    return json.loads(payload)


def numbers_until(client, last: int) -> list[int]:
    numbers = []
    while not numbers or numbers[-1] != last:
        message = receive(client)
        assert message["type"] == "message", message
        numbers.append(message["data"][0])
    return numbers


def test_latest_skips_what_is_old(roost, channel, publish, subscriber):
    slow, fast = subscriber(f"ticker.{channel}"), subscriber(f"ticker.{channel}")
    before = roost.resident_bytes
    for start in range(0, COUNT, 20):
        publish(f"ticker.{channel}", range(start, start + 20))
        assert numbers_until(fast, start + 19) == list(range(start, start + 20))
    assert roost.resident_bytes - before < 16 << 20
    numbers = numbers_until(slow, COUNT - 1)
    assert numbers == sorted(set(numbers)) and len(numbers) < COUNT // 2
    publish(f"ticker.{channel}", [COUNT])
    assert numbers_until(slow, COUNT) == [COUNT]
    assert "reads too slowly" not in roost.log


def test_spill_gives_everything_from_the_history(roost, channel, publish, subscriber):
    slow, fast = subscriber(f"log.{channel}"), subscriber(f"log.{channel}")
    for start in range(0, COUNT, 20):
        publish(f"log.{channel}", range(start, start + 20))
        assert numbers_until(fast, start + 19) == list(range(start, start + 20))
    assert numbers_until(slow, COUNT // 2) == list(range(COUNT // 2 + 1))
    # While it catches up, more comes.
    publish(f"log.{channel}", range(COUNT, COUNT + 20))
    assert numbers_until(slow, COUNT + 19) == list(range(COUNT // 2 + 1, COUNT + 20))
    publish(f"log.{channel}", [COUNT + 20])
    assert numbers_until(slow, COUNT + 20) == [COUNT + 20]
    assert numbers_until(fast, COUNT + 20)[-1] == COUNT + 20
    assert "reads too slowly" not in roost.log


def test_what_the_history_has_dropped_is_a_gap(roost, channel, publish, subscriber):
    slow = subscriber(f"short.{channel}")
    publish(f"short.{channel}", range(COUNT))
    numbers, gaps = [], 0
    while not numbers or numbers[-1] != COUNT - 1:
        message = receive(slow)
        if message["type"] == "gap":
            gaps += 1
            assert int(message["since"].split("-")[0]) == numbers[-1] + 1
        else:
            numbers.append(message["data"][0])
    assert gaps >= 1 and numbers == sorted(set(numbers)) and numbers[-20:] == list(range(COUNT - 20, COUNT))


def test_who_unsubscribes_while_behind_gets_no_more(roost, channel, publish, subscriber):
    slow = subscriber(f"log.{channel}")
    publish(f"log.{channel}", range(COUNT))
    command(slow, {"type": "unsubscribe", "channel": f"log.{channel}", "ref": 1})
    command(slow, {"type": "subscribe", "channel": f"log.{channel}", "ref": 2})
    numbers, replies = [], []
    while len(replies) < 2:
        message = receive(slow)
        if message["type"] == "message":
            assert not replies
            numbers.append(message["data"][0])
        else:
            replies.append(message["type"])
    assert replies == ["unsubscribed", "subscribed"]
    assert numbers == list(range(len(numbers))) and len(numbers) < COUNT
    publish(f"log.{channel}", [COUNT])
    assert receive(slow)["data"][0] == COUNT


def test_spill_lasts_while_redis_is_away(start_roost, start_redis, channel, raw_websocket):
    redis = start_redis("--appendonly", "yes")
    roost = start_roost(redis_url=redis.url, config=RULES)
    client = raw_websocket(roost, "/ws", receive_buffer=65536)
    client.frame()
    command(client, {"type": "subscribe", "channel": f"log.{channel}"})
    client.frame()
    with httpx.Client(base_url=roost.url, trust_env=False) as http:
        for number in range(COUNT):
            body = json.dumps([number, "x" * TEXT_SIZE])
            http.post(
                f"/channels/log.{channel}/messages", content=body, headers={"Content-Type": "application/json"}
            ).raise_for_status()
    redis.stop()
    wait_until(lambda: httpx.get(f"{roost.url}/readyz", trust_env=False).status_code == 503, "Redis is gone")
    early = [receive(client)["data"][0] for _ in range(5)]
    redis.start()
    assert early + numbers_until(client, COUNT - 1) == list(range(COUNT))


@pytest.mark.parametrize("rule", ["log", "ticker"])
def test_other_messages_that_wait_still_end_the_connection(roost, channel, raw_websocket, publish, rule):
    client = raw_websocket(roost, "/ws", receive_buffer=65536)
    client.frame()
    for name in [f"{rule}.{channel}", channel]:
        command(client, {"type": "subscribe", "channel": name})
        client.frame()
    publish(f"{rule}.{channel}", range(COUNT))
    publish(channel, range(COUNT // 10))
    wait_until(lambda: "reads too slowly" in roost.log, "it is closed")
    while True:
        opcode, payload = client.frame()
        if opcode == CLOSE:
            break
    assert payload[:2] == (4002).to_bytes(2, "big")


def test_spill_on_the_plain_door(roost, channel, publish, raw_websocket):
    client = raw_websocket(roost, f"/channels/log.{channel}/socket?format=json", receive_buffer=65536)
    publish(f"log.{channel}", range(COUNT))
    received = [json.loads(client.frame()[1])["data"][0] for _ in range(COUNT)]
    assert received == list(range(COUNT))


def test_spill_of_an_event_stream(roost, channel, publish):
    stream = socket.socket()
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    stream.settimeout(60)
    stream.connect((roost.host, roost.port))
    with stream:
        stream.sendall(f"GET /channels/log.{channel}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = b""
        while b"\n\n" not in received:
            received += stream.recv(65536)
        publish(f"log.{channel}", range(COUNT))
        numbers = []
        with stream.makefile("rb") as lines:
            while not numbers or numbers[-1] != COUNT - 1:
                line = lines.readline()
                assert line, "the stream has ended"
                if line.startswith(b"data: {"):
                    numbers.append(json.loads(line[6:])["data"][0])
    assert numbers == list(range(COUNT))


def subscribe_by_polling(http: httpx.Client, channel: str) -> tuple[str, str]:
    """A Socket.IO client that polls; the URL of its session, and the session's id."""
    url = "/socket.io/?EIO=4&transport=polling"
    sid = json.loads(http.get(url).text[1:])["sid"]
    url += f"&sid={sid}"
    http.post(url, content="40").raise_for_status()
    while not http.get(url).text.startswith("40"):
        pass
    http.post(url, content='421["subscribe","%s"]' % channel).raise_for_status()
    while "431[" not in http.get(url).text:
        pass
    return url, sid


def test_spill_of_a_polling_client(roost, channel, publish):
    with httpx.Client(transport=roost.transport(), base_url=roost.http_base, trust_env=False, timeout=60) as http:
        url, _ = subscribe_by_polling(http, f"log.{channel}")
        publish(f"log.{channel}", range(COUNT))
        numbers = []
        while not numbers or numbers[-1] != COUNT - 1:
            answer = http.get(url)
            answer.raise_for_status()
            for packet in answer.text.split("\x1e"):
                if packet.startswith("42["):
                    numbers.append(json.loads(packet[2:])[1][0])
                elif packet == "2":
                    http.post(url, content="3").raise_for_status()
    assert numbers == list(range(COUNT))


def test_a_polling_client_that_is_behind_goes_over_to_a_websocket(roost, channel, publish, raw_websocket):
    with httpx.Client(transport=roost.transport(), base_url=roost.http_base, trust_env=False, timeout=60) as http:
        _, sid = subscribe_by_polling(http, f"log.{channel}")
        publish(f"log.{channel}", range(COUNT))
        client = raw_websocket(roost, f"/socket.io/?EIO=4&transport=websocket&sid={sid}", receive_buffer=65536)
        client.send(frame(TEXT, b"2probe"))
        assert client.frame() == (TEXT, b"3probe")
        client.send(frame(TEXT, b"5"))
    numbers = []
    while len(numbers) < COUNT + 1:
        opcode, packet = client.frame()
        assert opcode == TEXT, packet
        if packet.startswith(b"42["):
            numbers.append(json.loads(packet[2:])[1][0])
        elif packet == b"2":
            client.send(frame(TEXT, b"3"))
        if len(numbers) == COUNT:
            publish(f"log.{channel}", [COUNT])
    assert numbers == list(range(COUNT + 1))
