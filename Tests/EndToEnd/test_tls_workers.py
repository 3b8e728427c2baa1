"""Socket.IO over TLS with several workers: a session is one worker's, a connection perhaps another's."""

import re
import socket
import threading

import httpx
import pytest

from support.socketio_client import Loop, SocketIOClient
from support.waiting import DEADLINE, wait_until


@pytest.fixture(scope="module")
def loop():
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def many(start_secure):
    return start_secure(
        workers=4, environment={"ROOST_LIMITS_MESSAGE_SIZE": "1MiB", "ROOST_LIMITS_UNSENT_BYTES": "64MiB"}
    )


def open_session(http: httpx.Client) -> str:
    """Opens a session by polling; its id."""
    opened = http.get("/socket.io/?EIO=4&transport=polling").text
    sid = re.search(r'"sid":"([^"]+)"', opened)[1]
    assert http.post(path(sid), content="40").text == "ok"
    assert http.get(path(sid)).text.startswith("40")
    return sid


def path(sid: str) -> str:
    return f"/socket.io/?EIO=4&transport=polling&sid={sid}"


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="+".join)
def test_clients_of_every_kind(many, closing, loop, transports):
    clients = [SocketIOClient(loop, many.daemon, transports, secure=True) for _ in range(6)]
    for client in clients:
        closing.callback(client.close)
    for number, client in enumerate(clients):
        assert client.call("message", f"hello {number}") == {}
    for client in clients:
        assert sorted(client.data(6)) == [f"hello {number}" for number in range(6)]


def test_a_session_is_reached_over_any_connection(many):
    sid = open_session(many.http())
    for number in range(20):
        http = many.http()
        assert http.post(path(sid), content=f'42["message","{number}"]').text == "ok"
        seen = ""
        while f'"{number}"' not in seen:
            seen += http.get(path(sid)).text
        # The connection goes on where it has been passed on to: others' requests find their way from there.
        assert http.get("/healthz").status_code == 200
        other = open_session(http)
        assert http.post(path(other), content='42["message","x"]').text == "ok"
        assert f'"{number}"' not in http.get(path(other)).text
        while '"x"' not in seen:
            seen += http.get(path(sid)).text
        http.close()


def test_much_goes_through_both_ways_however_slowly_it_is_read(many):
    """More than sockets hold, from the client and to it, over connections that belong to other workers."""
    sid = open_session(many.http())
    texts = [str(number) * 100_000 for number in range(9)]
    payload = "\x1e".join(f'42["message","{text}"]' for text in texts)
    for _ in range(6):
        http = many.raw_http()
        http.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        post = f"POST {path(sid)} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(payload)}\r\n\r\n{payload}"
        for _ in range(8):
            assert http.send(post).response().body == b"ok"
        seen: list[str] = []
        while len(seen) < 8 * len(texts):
            http.send(f"GET {path(sid)} HTTP/1.1\r\nHost: x\r\n\r\n")
            # What is not read yet waits on both sides of the tunnel, and costs nothing.
            many.daemon.settle()
            answer = http.response()
            assert answer.status == 200
            seen += re.findall(r'42\["message","(\d+)"', answer.body.decode())
        assert seen == 8 * texts


def test_connections_that_were_passed_on_end_together(many):
    sid = open_session(many.http())
    wait_until(lambda: many.daemon.settle() < 0.02, "it is quiet")
    files = many.daemon.open_files

    def ask() -> httpx.Client:
        http = many.http()
        http.post(path(sid), content='42["message","x"]')
        return http

    crowd = [ask() for _ in range(40)]
    assert many.daemon.open_files >= files + 40 + 2 * 8, "some belong to other workers"
    for http in crowd:
        http.close()
    wait_until(lambda: many.daemon.open_files <= files, "both ends are gone")


def test_a_client_that_stops_reading_is_cut_off_from_the_other_worker(start_secure):
    many = start_secure(
        workers=4,
        environment={
            "ROOST_LIMITS_MESSAGE_SIZE": "1MiB",
            "ROOST_LIMITS_UNSENT_BYTES": "64MiB",
            "ROOST_SSE_HEARTBEAT": "200ms",
            "ROOST_WEBSOCKET_PING_TIMEOUT": "200ms",
        },
    )
    http = many.http()
    sid = open_session(http)
    for _ in range(24):
        assert http.post(path(sid), content='42["message","' + "x" * 900_000 + '"]').text == "ok"

    def is_passed_on(client) -> bool:
        """Whether its connection belongs to another worker than the session: then it takes three descriptors."""
        before = many.daemon.open_files
        post = f"POST {path(sid)} HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n"
        assert client.send(post + '42["message",""]').response().status == 200
        return many.daemon.open_files == before + 2

    files = many.daemon.open_files
    client = many.raw_http()
    while not is_passed_on(client):
        client.close()
        wait_until(lambda: many.daemon.open_files <= files, "it is gone")
        client = many.raw_http()
    client.send(f"GET {path(sid)} HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: many.daemon.open_files <= files, "it is cut off, and both ends of the tunnel are gone")


def test_a_poll_that_waits_is_answered_through_the_tunnel_when_the_server_goes(many):
    sid = open_session(many.http())
    answers: list[int] = []

    def poll() -> None:
        answers.append(many.http().get(path(sid), timeout=2 * DEADLINE).status_code)

    waiting = threading.Thread(target=poll)
    waiting.start()
    wait_until(lambda: many.daemon.settle() < 0.02, "it waits")
    many.daemon.stop()
    waiting.join(DEADLINE)
    assert answers == [200]
