"""Clients that break the rules, read too slowly, come in crowds, or vanish."""

import json
import resource
import socket
import struct
import threading

import pytest

from support.raw_http import RawHTTP
from support.raw_websocket import BINARY, CLOSE, CONTINUATION, PING, TEXT, close_payload, frame, handshake
from support.waiting import wait_until

LIMIT = 65536
MESSAGE = b'{"type":"ping"}'
NATIVE, PLAIN = "/ws", "/channels/c/socket"


def ends_with(client, code: int) -> str:
    got, reason = client.closing()
    assert got == code, f"{got} {reason}"
    return reason


# -- Broken frames

PROTOCOL_ERRORS = {
    "unmasked text": frame(TEXT, MESSAGE, masked=False),
    "unmasked ping": frame(PING, masked=False),
    "unmasked close": frame(CLOSE, close_payload(1000), masked=False),
    "reserved bit 1": frame(TEXT, MESSAGE, reserved=4),
    "reserved bit 2": frame(TEXT, MESSAGE, reserved=2),
    "reserved bit 3": frame(TEXT, MESSAGE, reserved=1),
    "reserved bit in a ping": frame(PING, reserved=1),
    **{f"opcode {opcode:X}": frame(opcode, b"x") for opcode in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)},
    "continuation of nothing": frame(CONTINUATION, MESSAGE),
    "unfinished continuation of nothing": frame(CONTINUATION, MESSAGE, final=False),
    "text inside a message": frame(TEXT, b"a", final=False) + frame(TEXT, b"b"),
    "binary inside a message": frame(TEXT, b"a", final=False) + frame(BINARY, b"b"),
    "fragmented ping": frame(PING, b"a", final=False),
    "fragmented close": frame(CLOSE, close_payload(1000), final=False),
    "ping of 126 bytes": frame(PING, b"x" * 126),
    "close of 126 bytes": frame(CLOSE, close_payload(1000, b"x" * 124)),
    "close of one byte": frame(CLOSE, b"x"),
    **{
        f"close code {code}": frame(CLOSE, close_payload(code))
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
    },
    "length 5 in two bytes": frame(TEXT, b"12345", wide=2),
    "length 5 in eight bytes": frame(TEXT, b"12345", wide=8),
    "length 200 in eight bytes": frame(TEXT, b"x" * 200, wide=8),
    "length of 2^63": frame(BINARY, length=2**63, wide=8),
    "ping in two bytes": frame(PING, b"x", wide=2),
}


@pytest.mark.parametrize("path", [NATIVE, PLAIN])
@pytest.mark.parametrize("broken", PROTOCOL_ERRORS.values(), ids=PROTOCOL_ERRORS.keys())
def test_a_frame_against_the_protocol_ends_the_connection(shared_roost, raw_websocket, path, broken):
    client = raw_websocket(shared_roost, path)
    client.send(broken + frame(TEXT, MESSAGE))
    assert len(ends_with(client, 1002)) > 5, "the reason says what was wrong"
    shared_roost.check()


@pytest.mark.parametrize(
    "fragments",
    [
        [b"\xff"],
        [b"abc\xc3"],
        [b"\xc3\x28"],
        [b"\xed\xa0\x80"],
        [b"\xf4\x90\x80\x80"],
        [b"\xc0\xaf"],
        [b"\xe0\x80\xaf"],
        [b"\xf8\x88\x80\x80\x80"],
        [b"\x80"],
        [b"ok", b"\xff"],
        [b"\xe2\x82", b"("],
        [b"\xe2\x82", b""],
        [b"x" * 60000 + b"\xfe"],
    ],
)
@pytest.mark.parametrize("path", [NATIVE, PLAIN])
def test_text_that_is_not_utf_8_ends_the_connection(shared_roost, raw_websocket, path, fragments):
    client = raw_websocket(shared_roost, path)
    if path == NATIVE:
        fragments = [b'{"type":"ping","x":"' + fragments[0], *fragments[1:]]
        fragments[-1] += b'"}'
    for index, fragment in enumerate(fragments):
        client.send(frame(TEXT if index == 0 else CONTINUATION, fragment, final=index == len(fragments) - 1))
    ends_with(client, 1007)


def test_a_close_reason_that_is_not_utf_8_is_refused(shared_roost, raw_websocket):
    client = raw_websocket(shared_roost, PLAIN)
    client.send(frame(CLOSE, close_payload(1000, b"\xff")))
    ends_with(client, 1007)


def test_bytes_on_the_native_door_end_the_connection(shared_roost, raw_websocket):
    for payload in b"", b'{"type":"ping"}':
        client = raw_websocket(shared_roost, NATIVE)
        client.send(frame(BINARY, payload))
        ends_with(client, 1003)


# -- Size


def test_a_message_of_64_kib_passes_and_one_byte_more_does_not(roost, raw_websocket, native, channel):
    path = f"/channels/{channel}/socket"
    witness = raw_websocket(roost, path)
    witness.send(frame(TEXT, b"x" * LIMIT))
    assert witness.frame() == (TEXT, b"x" * LIMIT)
    witness.send(
        b"".join(frame(CONTINUATION if n else BINARY, b"y" * 4096, final=n == 15) for n in range(16))
    )
    assert witness.frame() == (BINARY, b"y" * LIMIT)
    too_much = {
        "in one frame": frame(TEXT, b"x" * (LIMIT + 1)),
        "in fragments": frame(TEXT, b"x" * LIMIT, final=False) + frame(CONTINUATION, b"x"),
        "announced only": frame(BINARY, length=LIMIT + 1),
        "announced hugely": frame(BINARY, length=2**62, wide=8),
        "after fragments": frame(TEXT, b"x" * 40000, final=False) + frame(CONTINUATION, length=40000),
    }
    for data in too_much.values():
        client = raw_websocket(roost, path)
        client.send(data)
        assert str(LIMIT) in ends_with(client, 1009)
    client, subscriber = native(roost), native(roost)
    subscriber.subscribe(f"{channel}n")
    around = len(json.dumps({"type": "publish", "channel": f"{channel}n", "data": "", "ref": 1}))
    client.publish(f"{channel}n", "x" * (LIMIT - around))
    assert subscriber.data(1) == ["x" * (LIMIT - around)]
    client.send(
        json.dumps(
            {"type": "publish", "channel": f"{channel}n", "data": "x" * (LIMIT - around + 1), "ref": 1}
        )
    )
    assert client.closing()[0] == 1009
    assert subscriber.has_nothing()
    witness.send(frame(TEXT, b"still here"))
    assert witness.frame() == (TEXT, b"still here")


def test_fragments_without_end_are_bounded(shared_roost, raw_websocket):
    client = raw_websocket(shared_roost, PLAIN)
    before = shared_roost.resident_bytes
    client.send(frame(TEXT, b"", final=False))
    for _ in range(20):
        client.send(frame(CONTINUATION, b"", final=False) * 5000)
    client.send(frame(CONTINUATION, b"end"))
    assert client.frame() == (TEXT, b"end"), "empty fragments cost nothing"
    assert shared_roost.resident_bytes - before < 4 << 20


# -- Slow readers


def test_a_subscriber_that_stops_reading_is_closed_and_others_are_not_affected(
    roost, raw_websocket, native, channel
):
    slow = [raw_websocket(roost, NATIVE) for _ in range(20)]
    for client in slow:
        assert client.frame()[0] == TEXT
        client.send(frame(TEXT, json.dumps({"type": "subscribe", "channel": channel}).encode()))
        assert b"subscribed" in client.frame()[1]
    reader, publisher = native(roost), native(roost)
    reader.subscribe(channel)
    before = roost.resident_bytes
    count, text = 300, "x" * 60000
    for number in range(count):
        publisher.publish(channel, [number, text])
        assert reader.data(1) == [[number, text]]
    # 18 MB for each of 20 that do not read. What waits is bounded, and much of it shared.
    assert roost.resident_bytes - before < 150 << 20
    wait_until(lambda: roost.log.count("reads too slowly") == len(slow), "the log says so")
    for client in slow[:5]:
        numbers = []
        while True:
            opcode, payload = client.frame()
            if opcode == CLOSE:
                break
            numbers.append(json.loads(payload)["data"][0])
        assert numbers == list(range(len(numbers))) and len(numbers) < count, (
            "whole messages, in order, then the end"
        )
        assert struct.unpack(">H", payload[:2]) == (4002,)
        assert b"1048576" in payload
        assert client.is_closed()
    publisher.publish(channel, "end")
    assert reader.data(1) == ["end"]


def test_what_the_system_keeps_for_a_subscriber_that_stops_reading_is_bounded(
    roost, raw_websocket, native, channel
):
    """The system's memory for sockets is shared by all connections of the machine."""
    slow = raw_websocket(roost, NATIVE, receive_buffer=4096)
    slow.frame()
    slow.send(frame(TEXT, json.dumps({"type": "subscribe", "channel": channel}).encode()))
    slow.frame()
    publisher = native(roost)
    count = 0
    while "reads too slowly" not in roost.log:
        publisher.publish(channel, "x" * 10_000)
        count += 1
    # limits.unsent_bytes wait in the server; without a bound the system would take 2.5 to 4 MB more.
    assert count * 10_000 < 2 << 20


def test_a_reader_that_is_only_slow_gets_everything(roost, raw_websocket, native, channel):
    client, publisher = raw_websocket(roost, NATIVE, receive_buffer=65536), native(roost)
    client.frame()
    client.send(frame(TEXT, json.dumps({"type": "subscribe", "channel": channel}).encode()))
    client.frame()
    number, text = 0, "x" * 30000
    for _ in range(30):
        for _ in range(10):
            publisher.publish(channel, [number, text])
            number += 1
        for expected in range(number - 10, number):
            assert json.loads(client.frame()[1])["data"] == [expected, text]


def test_a_client_that_never_reads_its_answers_is_bounded(shared_roost, raw_websocket):
    client = raw_websocket(shared_roost, NATIVE, receive_buffer=4096)
    client.socket.setblocking(False)
    before = shared_roost.resident_bytes
    pings = frame(TEXT, MESSAGE) * 1000
    sent = 0

    def stuck() -> bool:
        """Sends until the server takes no more, or has closed."""
        nonlocal sent
        try:
            while sent < 200_000_000:
                sent += client.socket.send(pings)
        except BlockingIOError:
            pass
        except (ConnectionResetError, BrokenPipeError):
            return True
        return "reads too slowly" in shared_roost.log or shared_roost.settle() < 0.02

    wait_until(stuck, "the server stops reading or closes")
    assert sent < 200_000_000
    assert shared_roost.resident_bytes - before < 32 << 20


def test_a_client_that_pipelines_without_reading_is_bounded(shared_roost):
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 1000
    before = shared_roost.resident_bytes
    with RawHTTP(shared_roost.host, shared_roost.port) as http:
        http.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        http.socket.setblocking(False)
        sent = 0

        def stuck() -> bool:
            nonlocal sent
            try:
                while sent < 200_000_000:
                    sent += http.socket.send(request)
            except (BlockingIOError, ConnectionResetError, BrokenPipeError):
                pass
            return shared_roost.settle() < 0.02

        wait_until(stuck, "the server stops reading")
        assert sent < 200_000_000
        assert shared_roost.resident_bytes - before < 32 << 20


def test_who_pipelines_much_and_reads_late_gets_every_answer(roost, channel):
    count = 3000
    page = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    publish = f"POST /channels/{channel}/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx".encode()
    with RawHTTP(roost.host, roost.port) as http:
        http.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        sending = threading.Thread(target=http.send, args=((page + publish) * (count // 2),), daemon=True)
        sending.start()
        # Until the server has nothing to do any more, because nobody reads what it says.
        roost.settle()
        for number in range(count):
            response = http.response()
            assert response.status == 200 and (len(response.body) > 100) == (number % 2 == 0), number
        sending.join()


# -- Crowds


@pytest.fixture
def many_files():
    """Room for thousands of sockets in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def crowd(roost, channel: str, count: int) -> None:
    """Opens `count` sockets in every state of an opening, and drops them all without a word."""
    sockets = []
    subscribe = frame(TEXT, json.dumps({"type": "subscribe", "channel": channel}).encode())
    beginnings = [
        b"",
        b"GET /",
        handshake("/ws"),
        handshake("/ws") + subscribe,
        handshake("/ws") + subscribe + frame(TEXT, b'{"type', final=False),
        handshake(f"/channels/{channel}/socket"),
        handshake("/ws") + frame(TEXT, length=30000) + b"x" * 100,
        b"POST /channels/c/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nx",
    ]
    for index in range(count):
        client = socket.create_connection((roost.host, roost.port), timeout=15)
        sockets.append(client)
        client.sendall(beginnings[index % len(beginnings)])
    for index, client in enumerate(sockets):
        if index % 2:
            # A reset instead of an orderly end.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()


def test_2000_sockets_opened_and_dropped_leave_nothing_behind(
    roost, native, many_files, channel, broker, request
):
    witness = native(roost)
    witness.subscribe(f"{channel}-witness")
    crowd(roost, channel, 400)
    wait_until(lambda: roost.open_files < 100, "sockets are closed")
    files, memory = roost.open_files, roost.resident_bytes
    for _ in range(3):
        crowd(roost, channel, 2000)
        wait_until(lambda: roost.open_files <= files + 5, "sockets are closed")
    assert roost.resident_bytes - memory < 48 << 20
    crowd(roost, channel, 2000)
    wait_until(lambda: roost.open_files <= files + 5, "sockets are closed")
    if broker == "redis":
        connection = request.getfixturevalue("redis").client()
        wait_until(lambda: connection.pubsub_numsub(channel)[0][1] == 0, "the channel is given up")
    publisher = native(roost)
    publisher.publish(f"{channel}-witness", "still here")
    assert witness.data(1) == ["still here"]


def test_memory_comes_back_after_a_crowd(start_roost, many_files, channel):
    roost = start_roost()
    crowd(roost, channel, 2000)
    wait_until(lambda: roost.open_files < 100, "sockets are closed")
    memory = roost.resident_bytes
    for _ in range(5):
        crowd(roost, channel, 2000)
        wait_until(lambda: roost.open_files < 100, "sockets are closed")
    assert roost.resident_bytes - memory < 8 << 20, "what the first crowd needed was enough for the next"


def test_connections_over_the_limit_are_refused_and_come_in_later(start_roost, native):
    roost = start_roost(workers=1, environment={"ROOST_LIMITS_CONNECTIONS": "5"})
    clients = [native(roost) for _ in range(5)]
    with RawHTTP(roost.host, roost.port) as http:
        response = http.response().is_error(503, "limit_exceeded")
        assert int(response.header("retry-after")) >= 1
        assert http.is_closed()
    clients[0].close()
    wait_until(lambda: roost.readiness() == 200, "there is room again")


# -- Clients that vanish


def test_who_does_not_answer_pings_is_closed_and_who_does_is_not(start_roost, raw_websocket, native, channel):
    roost = start_roost(config="websocket:\n  ping_interval: 300ms\n  ping_timeout: 300ms\n")
    faithful = native(roost)
    faithful.subscribe(channel)
    silent = raw_websocket(roost, NATIVE)
    assert silent.frame()[0] == TEXT
    assert silent.frame() == (PING, b"")
    opcode, payload = silent.frame()
    assert opcode == CLOSE and struct.unpack(">H", payload[:2]) == (4004,)
    assert silent.is_closed()
    assert faithful.has_nothing()
    native(roost).publish(channel, 1)
    assert faithful.data(1) == [1]


def test_who_vanishes_without_closing_is_let_go(start_roost, raw_websocket, redis, channel):
    roost = start_roost(
        redis_url=redis.url, config="websocket:\n  ping_interval: 300ms\n  ping_timeout: 300ms\n"
    )
    wait_until(lambda: roost.open_files, "it runs")
    files = roost.open_files
    clients = [raw_websocket(roost, NATIVE) for _ in range(50)]
    for client in clients:
        client.send(frame(TEXT, json.dumps({"type": "subscribe", "channel": channel}).encode()))
    connection = redis.client()
    wait_until(lambda: connection.pubsub_numsub(channel)[0][1] >= 1, "they are subscribed")
    # None of them reads, answers or closes from here on; their sockets stay open.
    wait_until(lambda: connection.pubsub_numsub(channel)[0][1] == 0, "their subscriptions end", 30)
    wait_until(lambda: roost.open_files <= files + 5, "their sockets are closed", 30)


# -- The end


def test_at_the_end_clients_are_told_to_come_back_elsewhere(start_roost, native, plain, channel):
    roost = start_roost()
    clients = [*[native(roost) for _ in range(6)], *[plain(roost, channel) for _ in range(6)]]
    roost.stop()
    for client in clients:
        assert client.closing()[0] == 1001
