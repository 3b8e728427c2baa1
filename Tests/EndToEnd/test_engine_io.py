"""Engine.IO protocol 4: the cases of its test suite, and hostile clients, against the fixture's echo.

https://github.com/socketio/engine.io-protocol, test-suite/test-suite.js
"""

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidStatus

from support.socketio_fixture import SEPARATOR, Door, SocketIOFixture
from support.waiting import wait_until

DOORS = ["/engine.io/", "/socket.io/"]


@pytest.fixture(params=DOORS)
def any_door(suite_server: SocketIOFixture, request: pytest.FixtureRequest) -> Door:
    """Either URL, for what is the same with Socket.IO on top."""
    return Door(suite_server, request.param)


@pytest.fixture(params=DOORS)
def pinging_door(pinging_server: SocketIOFixture, request: pytest.FixtureRequest) -> Door:
    return Door(pinging_server, request.param)


@pytest.fixture
def patient(patient_server: SocketIOFixture) -> Door:
    """For what must not be disturbed by pings."""
    return Door(patient_server, "/engine.io/")


HANDSHAKE = {"pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


# -- Handshake


def test_a_session_is_opened_over_polling(any_door):
    response = any_door.get()
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; charset=UTF-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.text[0] == "0"
    handshake = json.loads(response.text[1:])
    sid = handshake.pop("sid")
    assert handshake == {"upgrades": ["websocket"]} | HANDSHAKE
    assert len(sid) >= 20 and sid != any_door.open()


def test_a_session_is_opened_over_websocket(any_door):
    with any_door.socket() as socket:
        opened = socket.next()
        assert opened[0] == "0"
        handshake = json.loads(opened[1:])
        assert isinstance(handshake.pop("sid"), str)
        assert handshake == {"upgrades": []} | HANDSHAKE


REFUSED = [
    ({"EIO": ""}, 5),
    ({"EIO": "abc"}, 5),
    ({"EIO": "3"}, 5),
    ({"transport": ""}, 0),
    ({"transport": "abc"}, 0),
    ({"transport": "polling%"}, 0),
    ({"sid": "unknown"}, 1),
    ({"sid": "\x00é"}, 1),
]


@pytest.mark.parametrize("query,code", REFUSED)
def test_a_wrong_query_is_refused(any_door, query, code):
    response = any_door.get(**query)
    assert response.status_code == 400
    assert response.json()["code"] == code and len(response.json()["message"]) > 5


@pytest.mark.parametrize("query,code", REFUSED)
def test_a_wrong_query_is_refused_to_websockets(any_door, query, code):
    with pytest.raises(InvalidStatus) as refused:
        any_door.socket(**query)
    assert refused.value.response.status_code == 400
    assert json.loads(refused.value.response.body)["code"] == code


@pytest.mark.parametrize("query", ["", "?", "?EIO=4", "?transport=polling", "?EIO=4&transport=%zz", "?%"])
def test_a_missing_parameter_is_refused(any_door, query):
    response = any_door.server.http.get(any_door.path + query)
    assert response.status_code == 400 and "code" in response.json()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_only_get_opens_a_session(any_door, method):
    response = any_door.request(method)
    assert (response.status_code, response.json()["code"]) == (400, 2)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(patient, method):
    sid = patient.open()
    response = patient.request(method, sid)
    assert (response.status_code, response.json()["code"]) == (400, 3)
    patient.send(sid, "4still there")


def test_a_websocket_transport_without_a_websocket_is_refused(patient):
    response = patient.get(transport="websocket")
    assert (response.status_code, response.json()["code"]) == (400, 3)
    response = patient.get(patient.open(), transport="websocket")
    assert (response.status_code, response.json()["code"]) == (400, 3)
    with pytest.raises(InvalidStatus) as refused:
        patient.socket(transport="polling")
    assert refused.value.response.status_code == 400


# -- Messages


@pytest.mark.parametrize(
    "packets",
    [
        ["4hello"],
        ["4test1", "4test2", "4test3"],
        ["4hello", "bAQIDBA=="],
        ["b", "4", "4é😀", "b" + base64.b64encode(bytes(range(256))).decode()],
        ["4" + "x" * 300_000, "b" + base64.b64encode(b"y" * 300_000).decode()],
    ],
    ids=lambda packets: f"{len(packets)}-{len(packets[0])}",
)
def test_messages_over_polling(patient, packets):
    sid = patient.open()
    patient.send(sid, *packets)
    assert patient.poll(sid) == packets


def test_much_comes_in_several_answers(patient):
    """Clients of python-engineio take no more than 16 packets in one."""
    sid = patient.open()
    packets = [f"4{number}" for number in range(100)]
    patient.send(sid, *packets)
    received = [patient.poll(sid) for _ in range(7)]
    assert [len(part) for part in received] == [16] * 6 + [4]
    assert [packet for part in received for packet in part] == packets


def test_what_did_not_fit_into_an_answer_comes_by_the_websocket(patient):
    sid = patient.open()
    packets = [f"4{number}" for number in range(40)]
    patient.send(sid, *packets)
    received = patient.poll(sid)
    with patient.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"
        patient.send(sid, "4last")
        socket.socket.send("5")
        received += [socket.next() for _ in range(40 - 16 + 1)]
    assert received == [*packets, "4last"]


def test_a_poll_waits_for_what_comes(patient):
    sid = patient.open()
    with ThreadPoolExecutor() as pool:
        for number in range(3):
            polling = pool.submit(patient.poll, sid)
            patient.send(sid, f"4message {number}")
            assert polling.result() == [f"4message {number}"]


@pytest.mark.parametrize(
    "message", ["4hello", "4", "4é😀", "4" + "x" * 70_000, b"\x01\x02\x03\x04", b"", b"\xff" * 70_000]
)
def test_messages_over_websocket(patient, message):
    with patient.opened_socket() as socket:
        for _ in range(2):
            socket.socket.send(message)
            assert socket.next() == message


@pytest.mark.parametrize(
    "body",
    [
        "abc",
        "",
        "4hello\x1e",
        "\x1e4hello",
        "4hello\x1exyz",
        "bAQIDB",
        "b!!!!",
        "b====",
        "2",
        "0{}",
        "5",
        "7",
        b"4\xff\xfe",
        b"3\xff",
    ],
    ids=repr,
)
def test_a_malformed_payload_ends_the_session(patient, body):
    sid = patient.open()
    response = patient.post(sid, body)
    assert response.status_code == 400
    assert patient.is_gone(sid)


def test_what_stands_before_what_is_malformed_counts(patient):
    sid = patient.open()
    with patient.waiting_poll(sid) as poll:
        assert patient.post(sid, "4one\x1e4two\x1ex").status_code == 400
        assert poll.response().body.decode().split(SEPARATOR) == ["4one", "4two", "1"]
    assert patient.is_gone(sid)


def test_bytes_in_the_body_of_a_post_are_refused(patient):
    sid = patient.open()
    response = patient.post(sid, b"4hello", **{"content-type": "application/octet-stream"})
    assert response.status_code == 400
    assert patient.is_gone(sid)


@pytest.mark.parametrize("message", ["abc", "", "7", "2", "0", "5", "2probe"])
def test_a_malformed_packet_ends_the_websocket(patient, message):
    with patient.opened_socket() as socket:
        socket.socket.send(message)
        code, reason = socket.closing()
        assert code == 1002 and reason


def test_too_large_a_payload_is_refused(patient):
    sid = patient.open()
    response = patient.post(sid, "4" + "x" * 1_000_000)
    assert response.status_code == 413
    patient.send(sid, "4" + "x" * 999_999)


def test_too_large_a_message_ends_the_websocket(patient):
    with patient.opened_socket() as socket:
        socket.socket.send("4" + "x" * 999_999)
        assert len(socket.next()) == 1_000_000
        socket.socket.send("4" + "x" * 1_000_000)
        assert socket.closing()[0] == 1009


def test_too_many_packets_are_refused(patient):
    sid = patient.open()
    patient.send(sid, *["4"] * 1_000)
    assert patient.post(sid, SEPARATOR.join(["4"] * 1_001)).status_code == 400
    assert patient.is_gone(sid)


# -- Polls and posts at once


def test_two_polls_at_once_end_the_session(patient):
    sid = patient.open()
    with patient.waiting_poll(sid) as first:
        assert patient.get(sid, t="burst").status_code == 400
        response = first.response()
        assert (response.status, response.body) == (200, b"1")
    assert patient.is_gone(sid)


def test_a_poll_that_is_given_up_ends_the_session(patient):
    sid = patient.open()
    patient.waiting_poll(sid).close()
    wait_until(lambda: patient.is_gone(sid), "the session has ended")


# -- Heartbeat


def test_pings_over_polling(pinging_door):
    sid = pinging_door.open()
    for _ in range(3):
        assert pinging_door.poll(sid) == ["2"]
        pinging_door.send(sid, "3")


def test_a_ping_that_is_not_answered_ends_the_session(pinging_door):
    sid = pinging_door.open()
    assert pinging_door.poll(sid) == ["2"]
    assert pinging_door.poll(sid) == ["1"]
    assert pinging_door.get(sid).status_code == 400


def test_a_client_that_does_not_poll_is_gone_in_time(any_door):
    sid = any_door.open()
    time.sleep((HANDSHAKE["pingInterval"] + HANDSHAKE["pingTimeout"]) / 1000)
    assert any_door.get(sid).status_code == 400


def test_pongs_that_nobody_asked_for_do_no_harm(pinging_door):
    sid = pinging_door.open()
    pinging_door.send(sid, *["3"] * 500)
    assert pinging_door.poll(sid) == ["2"]


@pytest.fixture
def idle_socket(pinging_door):
    """A WebSocket that the server pings; on /socket.io/ it is connected, or it would be closed."""
    with pinging_door.opened_socket() as socket:
        if pinging_door.path == "/socket.io/":
            socket.socket.send("40")
            socket.next(), socket.next()
        yield socket


def test_pings_over_websocket(idle_socket):
    for _ in range(3):
        assert idle_socket.next() == "2"
        idle_socket.socket.send("3")


def test_a_ping_that_is_not_answered_ends_the_websocket(idle_socket):
    assert idle_socket.next() == "2"
    assert idle_socket.closing()[0] == 4004


# -- Close


def test_a_client_closes_its_session_over_polling(patient):
    sid = patient.open()
    with patient.waiting_poll(sid) as poll:
        patient.send(sid, "1")
        response = poll.response()
        assert (response.status, response.body) == (200, b"6")
    assert patient.get(sid).status_code == 400


def test_a_client_closes_its_websocket(any_door):
    with any_door.opened_socket() as socket:
        socket.socket.send("1")
        assert socket.closing()[0] == 1000


# -- Upgrade


@pytest.mark.parametrize(
    "path,message,answer", [("/engine.io/", "4hello", "4hello"), ("/socket.io/", "40", "40{")]
)
def test_upgrade(patient_server, path, message, answer):
    door = Door(patient_server, path)
    sid = door.open()
    with door.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"
        # Polls are answered at once now, so that the client can go over.
        assert door.poll(sid) == ["6"]
        socket.socket.send("5")
        socket.socket.send(message)
        assert socket.next().startswith(answer)


def test_messages_follow_the_upgrade(patient):
    sid = patient.open()
    with patient.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"
        socket.socket.send("5")
        socket.socket.send("4hello")
        assert socket.next() == "4hello"
        socket.socket.send(b"\x01\x02")
        assert socket.next() == b"\x01\x02"


def test_a_poll_that_waits_ends_with_the_probe(patient):
    sid = patient.open()
    with patient.waiting_poll(sid) as poll, patient.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"
        assert poll.response().body == b"6"


def test_what_waited_for_a_poll_comes_by_the_websocket_in_order(patient):
    sid = patient.open()
    patient.send(sid, "4one", "bAQID", "4two")
    with patient.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"
        patient.send(sid, "4three", "b")
        socket.socket.send("5")
        socket.socket.send("4four")
        received = [socket.next() for _ in range(6)]
        assert received == ["4one", b"\x01\x02\x03", "4two", "4three", b"", "4four"]


def test_what_waits_is_given_to_a_poll_during_the_probe(patient):
    sid = patient.open()
    patient.send(sid, "4one")
    with patient.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"
        assert patient.poll(sid) == ["4one"]
        assert patient.poll(sid) == ["6"]
        socket.socket.send("5")
        socket.socket.send("4two")
        assert socket.next() == "4two"


def test_requests_after_the_upgrade_are_refused(patient):
    sid = patient.open()
    with patient.socket(sid) as socket:
        socket.socket.send("2probe")
        socket.socket.send("5")
        assert socket.next() == "3probe"
        socket.socket.send("4hello")
        assert socket.next() == "4hello"
        for response in (patient.get(sid), patient.post(sid, "4x")):
            assert (response.status_code, response.json()["code"]) == (400, 3)
        with patient.socket(sid) as second:
            assert second.closing()[0] == 1008
        socket.socket.send("4still there")
        assert socket.next() == "4still there"


def test_a_second_websocket_for_a_session_is_closed(patient):
    sid = patient.open()
    with patient.socket(sid) as first:
        first.socket.send("2probe")
        assert first.next() == "3probe"
        with patient.socket(sid) as second:
            assert second.closing()[0] == 1008
        first.socket.send("5")
        first.socket.send("4hello")
        assert first.next() == "4hello"


@pytest.mark.parametrize("message", ["4hello", "5", "2", "2other", "abc", "", "1", b"\x01"])
def test_a_websocket_that_is_no_probe_is_closed_and_the_session_goes_on(patient, message):
    sid = patient.open()
    with patient.socket(sid) as socket:
        socket.socket.send(message)
        assert socket.closing()[0] == 1002
    patient.send(sid, "4hello")
    assert patient.poll(sid) == ["4hello"]
    with patient.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"


def test_a_websocket_that_ends_before_the_upgrade_leaves_the_session(patient):
    sid = patient.open()
    with patient.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"

    def can_upgrade() -> bool:
        with patient.socket(sid) as socket:
            socket.socket.send("2probe")
            try:
                return socket.next() == "3probe"
            except Exception:  # the server has not seen the end of the first one yet
                return False

    wait_until(can_upgrade, "another WebSocket is probed")
    patient.send(sid, "4hello")


# -- The server


def test_it_tells_its_clients_that_it_ends():
    server = SocketIOFixture(25_000, 20_000)
    door = Door(server, "/engine.io/")
    with door.waiting_poll(door.open()) as poll, door.opened_socket() as socket:
        server.finish()
        assert poll.response().body == b"1"
        assert socket.closing()[0] == 1001
