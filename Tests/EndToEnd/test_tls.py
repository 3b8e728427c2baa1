"""TLS: every door through it, much and slowly, and how connections end. README.md, "TLS"."""

import json
import signal
import ssl
import struct
import socket

from support import cli
from support.raw_websocket import CLOSE, TEXT, frame
from support.waiting import DEADLINE, wait_until
from test_cli import subscriber

NATIVE = "/ws"


def subscribe(client, channel: str) -> None:
    """A raw WebSocket to the native door, which has just opened."""
    assert client.frame()[0] == TEXT
    client.send(frame(TEXT, json.dumps({"type": "subscribe", "channel": channel}).encode()))
    assert b"subscribed" in client.frame()[1]


# -- The doors


def test_every_door_is_there_with_tls_and_without(secure, native, channel):
    inside, outside = secure.native(), native(secure.daemon)
    inside.subscribe(channel)
    outside.subscribe(channel)
    http = secure.http()
    assert http.post(f"/channels/{channel}/messages", content="by https").json() == {}
    for client in inside, outside:
        assert client.data(1) == ["by https"]
    assert http.get("/roost.js").content == (secure.daemon.public / "roost.js").read_bytes()
    script = secure.raw_websocket(f"/channels/{channel}/socket")
    script.send(frame(TEXT, b"by wss"))
    assert script.frame() == (TEXT, b"by wss")
    for client in inside, outside:
        assert client.data(1) == ["by wss"]


def test_an_event_stream(secure, channel, native):
    http = secure.raw_http()
    http.send(f"GET /channels/{channel}/events?format=text HTTP/1.1\r\nHost: localhost\r\n\r\n")
    http.receive_until(b"\r\n\r\n")
    http.receive_until(b"\n\n")
    native(secure.daemon).publish(channel, "an event")
    assert b"data:an event" in http.receive_until(b"\n\n").replace(b": ", b":")


def test_the_commands(secure, command, channel):
    server = ["--server", secure.daemon.https_url, "--ca", str(secure.authority.file)]
    running = subscriber(command, *server, channel)
    assert cli.run("publish", *server, channel, input="one\ntwo\n").returncode == 0
    assert running.lines(2) == ["one", "two"]
    assert cli.run("queue", "push", *server, channel, "job").returncode == 0
    work = cli.run("queue", "work", "--once", *server, channel)
    assert (work.returncode, work.stdout) == (0, "job\n")
    url = f"https://127.0.0.1:{secure.daemon.https_port}"
    assert cli.run("publish", "--server", url, "--ca", server[3], channel, "three").returncode == 0
    assert running.line() == "three"


# -- Large messages, slow readers


def test_large_messages_both_ways(start_secure, channel):
    secure = start_secure(environment={"ROOST_LIMITS_MESSAGE_SIZE": "4MiB", "ROOST_LIMITS_UNSENT_BYTES": "64MiB"})
    readers = [secure.native() for _ in range(5)]
    for reader in readers:
        reader.subscribe(channel)
    publisher, http = secure.native(), secure.http()
    texts = [str(number) * (1 << 20) for number in range(3)]
    for text in texts:
        publisher.publish(channel, text)
    assert http.post(f"/channels/{channel}/messages", content="3" * (3 << 20)).status_code == 200
    for reader in readers:
        assert reader.data(4) == [*texts, "3" * (3 << 20)]


def test_a_reader_that_stops_is_closed_and_others_are_not_affected(secure, channel):
    slow = [secure.raw_websocket(NATIVE) for _ in range(5)]
    for client in slow:
        subscribe(client, channel)
    reader, publisher = secure.native(), secure.native()
    reader.subscribe(channel)
    text = "x" * 60000
    for number in range(300):
        publisher.publish(channel, [number, text])
        assert reader.data(1) == [[number, text]]
    wait_until(lambda: secure.daemon.log.count("reads too slowly") == len(slow), "the log says so")
    for client in slow:
        numbers = []
        while True:
            opcode, payload = client.frame()
            if opcode == CLOSE:
                break
            numbers.append(json.loads(payload)["data"][0])
        assert numbers == list(range(len(numbers))) and len(numbers) < 300
        assert struct.unpack(">H", payload[:2]) == (4002,)
        assert client.is_closed(), "with a close_notify, else this is an error"
    publisher.publish(channel, "end")
    assert reader.data(1) == ["end"]


def test_a_reader_that_is_only_slow_gets_everything(secure, channel):
    client, publisher = secure.raw_websocket(NATIVE, receive_buffer=65536), secure.native()
    subscribe(client, channel)
    number, text = 0, "x" * 30000
    for _ in range(30):
        for _ in range(10):
            publisher.publish(channel, [number, text])
            number += 1
        for expected in range(number - 10, number):
            assert json.loads(client.frame()[1])["data"] == [expected, text]


# -- The end


def test_connections_that_come_and_go_leave_nothing_behind(start_secure, channel):
    secure = start_secure(workers=1)
    context = secure.authority.context()

    def crowd(count: int) -> None:
        for number in range(count):
            connection = secure.raw_tcp()
            if number % 5 == 0:
                connection.sendall(b"\x16\x03\x01\x02\x00\x01")
            else:
                connection = context.wrap_socket(connection, server_hostname="localhost")
            if number % 5 > 2:
                connection.sendall(f"GET /channels/{channel}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            if number % 2:
                # Ends with a reset.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    crowd(500)
    wait_until(lambda: secure.daemon.settle() < 0.02, "they are gone")
    files, memory = secure.daemon.open_files, secure.daemon.resident_bytes
    crowd(500)
    wait_until(lambda: secure.daemon.open_files <= files, "the descriptors are closed")
    wait_until(lambda: secure.daemon.settle() < 0.02, "they are gone")
    assert secure.daemon.resident_bytes - memory < 4 << 20


def test_the_end_is_said_behind_the_last_answer(secure):
    http = secure.raw_http()
    http.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert http.response().json == {"status": "ok"}
    assert http.is_closed()


def test_going_away_is_said_by_websocket_and_by_tls(start_secure):
    secure = start_secure()
    clients = [secure.raw_websocket(NATIVE) for _ in range(10)]
    idle = secure.raw_http()
    idle.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    idle.response()
    unfinished = secure.raw_tcp()
    secure.daemon.process.send_signal(signal.SIGTERM)
    for client in clients:
        client.frame()
        assert client.closing()[0] == 1001
    assert idle.is_closed()
    assert unfinished.recv(1) == b""
    unfinished.close()
    for client in clients:
        client.close()
    idle.close()
    assert secure.daemon.process.wait(DEADLINE) == 0


def test_a_client_that_ends_first_is_answered(secure):
    for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
        context = secure.authority.context()
        context.maximum_version = version
        client = secure.raw_http(context)
        client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").response()
        # Waits for the server's close_notify, and fails without.
        client.socket.unwrap()


def test_who_finds_no_room_is_let_go(start_secure):
    secure = start_secure(workers=1, environment={"ROOST_LIMITS_CONNECTIONS": "2"})
    first, second = secure.raw_http(), secure.raw_http()
    for http in first, second:
        http.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").response()
    assert secure.raw_tcp().recv(1) == b""
    first.close()
    wait_until(lambda: secure.handshake() or True, "there is room again")
