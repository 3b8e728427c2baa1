"""Socket.IO protocol 5: the cases of its test suite, and hostile clients, against the fixture. What is Engine.IO's part
of that suite is in test_engine_io.py.

https://github.com/socketio/socket.io-protocol, test-suite/test-suite.js
"""

import json

import pytest
from websockets.exceptions import ConnectionClosed

from support.raw_http import RawHTTP
from support.raw_websocket import TEXT, RawWebSocket, frame
from support.socketio_fixture import SEPARATOR, Door
from support.websocket_client import WebSocketClient


@pytest.fixture
def door(patient_server) -> Door:
    return Door(patient_server, "/socket.io/")


@pytest.fixture
def quick_door(pinging_server) -> Door:
    """Pings after 300 ms."""
    return Door(pinging_server, "/socket.io/")


@pytest.fixture
def socket(door):
    """A WebSocket without a namespace yet."""
    with door.opened_socket() as socket:
        yield socket


def connect(socket: WebSocketClient, namespace: str = "/") -> WebSocketClient:
    prefix = "" if namespace == "/" else f"{namespace},"
    socket.socket.send(f"40{prefix}")
    assert socket.next().startswith(f"40{prefix}{{")
    assert socket.next() == f'42{prefix}["auth",{{}}]'
    return socket


@pytest.fixture
def connected(socket):
    return connect(socket)


def exchange(socket: WebSocketClient, *messages: str | bytes) -> None:
    for message in messages:
        socket.socket.send(message)


def placeholder(number: int) -> str:
    return json.dumps({"_placeholder": True, "num": number}, separators=(",", ":"))


# -- Connecting


@pytest.mark.parametrize("namespace", ["", "/custom,"])
@pytest.mark.parametrize("auth", ["", '{"token":"123"}', '{ "a" : [1, {"é": null}] }'])
def test_a_client_connects(socket, namespace, auth):
    socket.socket.send(f"40{namespace}{auth}")
    answer = socket.next()
    assert answer.startswith(f"40{namespace}{{")
    handshake = json.loads(answer[2 + len(namespace) :])
    assert list(handshake) == ["sid"] and len(handshake["sid"]) >= 20
    assert socket.next() == f'42{namespace}["auth",{auth or "{}"}]'


def test_the_socket_has_an_id_of_its_own(door):
    with door.socket() as socket:
        session = json.loads(socket.next()[1:])["sid"]
        exchange(socket, "40", "40/custom,")
        answers = [socket.next() for _ in range(4)]
    ids = {json.loads(answers[0][2:])["sid"], json.loads(answers[2].split(",", 1)[1])["sid"], session}
    assert len(ids) == 3


@pytest.mark.parametrize(
    "namespace", ["/random", "/random,", "/random,{}", "/Custom", "/custom/", "/custom?a=b"]
)
def test_there_is_no_other_namespace(socket, namespace):
    socket.socket.send(f"40{namespace}")
    name = namespace.split(",")[0]
    assert socket.next() == f'44{name},{{"message":"Invalid namespace"}}'
    connect(socket)


def test_a_client_is_refused(socket):
    socket.socket.send('40/refused,{"token":"x"}')
    assert socket.next() == '44/refused,{"message":"not allowed","data":{"code":7}}'
    connect(socket)


@pytest.mark.parametrize(
    "message",
    [
        "4abc",
        "4",
        "47",
        '42["message"]',
        "41",
        "430[]",
        '44{"message":"x"}',
        b"\x01",
        "40[]",
        '40"x"',
        "40{",
        "401{}",
        "40{}{}",
        '42/random,["x"]',
        "41/random,",
        "40/\x01,",
        '40{"a":' + "[" * 100 + "]" * 100 + "}",
    ],
    ids=repr,
)
def test_anything_but_connect_ends_the_session(socket, message):
    socket.socket.send(message)
    code, reason = socket.closing()
    assert code == 1002 and len(reason) > 5


def test_a_client_that_does_not_connect_is_closed(quick_door):
    with quick_door.opened_socket() as socket:
        # The server waits for a second; pings come meanwhile.
        while (message := next_or_close(socket)) is not None:
            assert message == "2"
            socket.socket.send("3")


def next_or_close(socket: WebSocketClient) -> str | bytes | None:
    try:
        return socket.next()
    except ConnectionClosed as closed:
        assert closed.rcvd.code == 1002 and "namespace" in closed.rcvd.reason
        return None


def test_a_second_connect_to_a_namespace_ends_the_session(connected):
    connected.socket.send("40")
    assert connected.closing()[0] == 1002


# -- Disconnecting


def test_a_client_disconnects(quick_door):
    with quick_door.opened_socket() as socket:
        connect(socket)
        socket.socket.send("41")
        # The session goes on.
        assert socket.next() == "2"


def test_a_client_leaves_one_of_its_namespaces(connected):
    connect(connected, "/custom")
    exchange(connected, "41/custom", '42["message","message to main namespace"]')
    assert connected.next() == '42["message-back","message to main namespace"]'
    connect(connected, "/custom")


def test_a_packet_for_a_namespace_that_was_left_ends_the_session(connected):
    connect(connected, "/custom")
    exchange(connected, "41/custom,", '42/custom,["message"]')
    assert connected.closing()[0] == 1002


def test_the_server_disconnects(connected):
    connect(connected, "/custom")
    # What a client had sent before it knew does no harm.
    exchange(
        connected, '42/custom,["disconnect-me"]', '42/custom,["message",1]', "41/custom,", '42["message",2]'
    )
    assert connected.next() == "41/custom,"
    assert connected.next() == '42["message-back",2]'
    connect(connected, "/custom")


def test_the_server_ends_the_session(connected):
    connected.socket.send('42["close-me"]')
    assert connected.next() == "41"
    assert connected.closing()[0] == 1000


# -- Events and acknowledgements


@pytest.mark.parametrize(
    "arguments",
    [
        '1,"2",{"3":[true]}',
        "",
        "null",
        '"é\\u00e9\\n"',
        '[[],{}],-1.5e3,""',
        '"' + "x" * 70_000 + '"',
        placeholder(0),
    ],
    ids=lambda arguments: arguments[:20],
)
@pytest.mark.parametrize("namespace", ["/", "/custom"])
def test_events(socket, namespace, arguments):
    connect(socket, namespace)
    prefix = "" if namespace == "/" else f"{namespace},"
    rest = f",{arguments}" if arguments else ""
    socket.socket.send(f'42{prefix}["message"{rest}]')
    assert socket.next() == f'42{prefix}["message-back"{rest}]'
    socket.socket.send(f'42{prefix}456["message-with-ack"{rest}]')
    assert socket.next() == f"43{prefix}456[{arguments}]"


def test_white_space_is_kept_inside_arguments_only(connected):
    connected.socket.send('42 [ "message" , { "a" : 1 } , 2 ] ')
    assert connected.next() == '42["message-back",{ "a" : 1 } , 2]'


def test_events_with_attachments(connected):
    arguments = f"{placeholder(0)},{placeholder(1)}"
    exchange(connected, f'452-["message",{arguments}]', b"\x01\x02\x03", b"\x04\x05\x06")
    assert [connected.next() for _ in range(3)] == [
        f'452-["message-back",{arguments}]',
        b"\x01\x02\x03",
        b"\x04\x05\x06",
    ]
    exchange(connected, f'452-789["message-with-ack",{arguments}]', b"\x01\x02\x03", b"")
    assert [connected.next() for _ in range(3)] == [f"462-789[{arguments}]", b"\x01\x02\x03", b""]


def test_attachments_deep_in_the_arguments(connected):
    arguments = f'[{{"a":{placeholder(1)},"b":[{placeholder(0)}]}}],"x"'
    exchange(connected, f'452-["message",{arguments}]', b"zero", b"one")
    assert [connected.next() for _ in range(3)] == [f'452-["message-back",{arguments}]', b"zero", b"one"]


def test_a_binary_packet_may_have_no_attachments(connected):
    connected.socket.send('450-["message",1]')
    assert connected.next() == '42["message-back",1]'


def test_the_server_asks_for_an_acknowledgement(connected):
    exchange(connected, '42["ask","why"]', '42["ask"]')
    assert connected.next() == '420["question","why"]'
    assert connected.next() == '421["question"]'
    # In any order, once; what nobody asked for is let by.
    exchange(
        connected, '431["second"]', '430["first",1]', "430[]", "4377[]", f"461-0[{placeholder(0)}]", b"x"
    )
    assert connected.next() == '42["answer","second"]'
    assert connected.next() == '42["answer","first",1]'
    exchange(connected, '42["ask"]')
    assert connected.next() == '422["question"]'
    exchange(connected, f"461-2[{placeholder(0)}]", b"bytes")
    assert connected.next() == f'451-["answer",{placeholder(0)}]'
    assert connected.next() == b"bytes"


@pytest.mark.parametrize(
    "messages",
    [
        ["4abc"],
        ["42{}"],
        ['42abc["message-with-ack",1]'],
        ["42"],
        ["42[]"],
        ["42[null]"],
        ["42[{}]"],
        ['42["message",]'],
        ['42["message"'],
        ['42["connect"]'],
        ['42["disconnect"]'],
        ["43[]"],
        ["431"],
        ["431{}"],
        ['42-1["message"]'],
        ['421.5["message"]'],
        ["42" + "9" * 30 + '["message"]'],
        ['42["message",' + "[" * 200 + "]" * 200 + "]"],
        ['45["message"]'],
        ['45-["message"]'],
        ['4511-["message"]'],
        ['45999999999-["message"]'],
        [b"bytes"],
        [f'451-["message",{placeholder(0)}]', '42["message"]'],
        [f'451-["message",{placeholder(1)}]', b"x"],
        ['451-["message"]', b"x"],
        [f'451-["message",{placeholder(0)},{placeholder(0)}]', b"x"],
        ['451-["message",{"_placeholder":true,"num":"0"}]', b"x"],
        [f'452-["message",{placeholder(0)},{placeholder(1)}]', b"x" * 600_000, b"y" * 600_000],
        ['42["\udcff"]'.encode(errors="surrogateescape")],
    ],
    ids=lambda messages: repr(messages)[:40],
)
def test_a_malformed_packet_ends_the_session(connected, messages):
    exchange(connected, *messages)
    code, reason = connected.closing()
    assert code == 1002 and len(reason) > 5


def test_text_that_is_not_utf_8_ends_the_session(door, patient_server):
    path = f"{door.path}?EIO=4&transport=websocket"
    with RawWebSocket("127.0.0.1", patient_server.port, path) as socket:
        assert socket.frame()[1].startswith(b"0{")
        socket.send(frame(TEXT, b"40"))
        socket.frame(), socket.frame()
        socket.send(frame(TEXT, b'42["message","\xff"]'))
        assert socket.closing()[0] == 1002


# -- Rooms


def test_rooms(door):
    with door.opened_socket() as one, door.opened_socket() as two, door.opened_socket() as three:
        for socket in (one, two, three):
            connect(socket)
        for socket in (one, two):
            exchange(socket, '42["join","room"]', '420["message-with-ack"]')
            assert socket.next() == "430[]"
        exchange(one, '42["tell","room","hello",{"a":1}]', '421["message-with-ack"]')
        assert one.next() == "431[]"
        assert two.next() == '42["told","hello",{"a":1}]'
        exchange(three, '42["tell","room",2]')
        assert one.next() == two.next() == '42["told",2]'
        exchange(two, '42["leave","room"]', '422["message-with-ack"]')
        assert two.next() == "432[]"
        exchange(three, '42["tell","room",3]', '42["message","nothing before this"]')
        assert one.next() == '42["told",3]'
        assert three.next() == '42["message-back","nothing before this"]'
        exchange(two, '42["message"]')
        assert two.next() == '42["message-back"]'


# -- Polling


def connect_polling(door: Door) -> str:
    sid = door.open()
    door.send(sid, "40")
    packets = door.poll(sid)
    assert packets[0].startswith('40{"sid":') and packets[1:] == ['42["auth",{}]']
    return sid


def test_over_polling(door):
    sid = connect_polling(door)
    arguments = f"{placeholder(0)},{placeholder(1)}"
    door.send(sid, '42["message",1]', f'452-7["message-with-ack",{arguments}]', "bAQID", "b", '42["message"]')
    assert door.poll(sid) == [
        '42["message-back",1]',
        f"462-7[{arguments}]",
        "bAQID",
        "b",
        '42["message-back"]',
    ]
    with door.waiting_poll(sid) as poll:
        door.send(sid, '42["message","é"]')
        assert poll.response().body.decode() == '42["message-back","é"]'


def test_attachments_may_come_in_another_post(door):
    sid = connect_polling(door)
    door.send(sid, f'451-["message",{placeholder(0)}]')
    door.send(sid, "bAQID")
    assert door.poll(sid) == [f'451-["message-back",{placeholder(0)}]', "bAQID"]


@pytest.mark.parametrize(
    "body", ["4abc", "42{}", "41/custom,", "bAQID", '451-["a"]\x1e42["b"]', '42["message"]\x1e4x']
)
def test_a_malformed_packet_ends_the_session_over_polling(door, body):
    sid = connect_polling(door)
    with door.waiting_poll(sid) as poll:
        assert door.post(sid, body).status_code == 400
        assert poll.response().body.decode().split(SEPARATOR)[-1] == "1"
    assert door.is_gone(sid)


def test_the_server_ends_a_polling_session(door):
    """Once with a poll there, once without: then the next one is told."""
    sid = connect_polling(door)
    with door.waiting_poll(sid) as poll:
        door.send(sid, '42["close-me"]')
        assert poll.response().body.decode().split(SEPARATOR) == ["41", "1"]
    assert door.is_gone(sid)
    sid = connect_polling(door)
    door.send(sid, '42["message",1]', '42["close-me"]')
    assert door.post(sid, '42["message",2]').status_code == 400
    assert door.poll(sid) == ['42["message-back",1]', "41", "1"]
    assert door.is_gone(sid)


def test_a_session_that_the_server_has_ended_is_given_all_that_was_sent_before(door):
    sid = connect_polling(door)
    door.send(sid, '42["flood",30,1]', '42["close-me"]')
    received = [door.poll(sid) for _ in range(3)]
    assert [len(part) for part in received] == [15, 15, 2]
    assert received[2] == ["41", "1"]
    assert door.is_gone(sid)


def test_upgrade(door):
    sid = connect_polling(door)
    door.send(sid, f'451-["message",{placeholder(0)}]', "bAQID")
    with door.socket(sid) as socket:
        socket.socket.send("2probe")
        assert socket.next() == "3probe"
        exchange(socket, "5", '42["message","here"]', f'451-["message",{placeholder(0)}]', b"\x04")
        assert [socket.next() for _ in range(5)] == [
            f'451-["message-back",{placeholder(0)}]',
            b"\x01\x02\x03",
            '42["message-back","here"]',
            f'451-["message-back",{placeholder(0)}]',
            b"\x04",
        ]


def test_much_at_once_comes_in_several_answers(door):
    sid = connect_polling(door)
    door.send(sid, '42["flood",9,100000]')
    received = []
    while len(received) < 9:
        received += door.poll(sid)
    assert received == [f'42["drop","{"x" * 100_000}"]'] * 9


def test_a_client_that_does_not_fetch_what_waits_is_forgotten(door):
    sid = connect_polling(door)
    door.send(sid, '42["flood",20,100000]')
    assert door.get(sid).status_code == 400


def test_a_client_that_reads_too_slowly_is_closed(door, patient_server):
    path = f"{door.path}?EIO=4&transport=websocket"
    with RawWebSocket("127.0.0.1", patient_server.port, path) as socket:
        socket.frame()
        socket.send(frame(TEXT, b"40"))
        socket.frame(), socket.frame()
        socket.send(frame(TEXT, b'42["flood",500,100000]'))
        # Nothing is read before the server has dealt with it.
        door.open(), door.open()
        assert socket.closing()[0] == 4002


# -- Requests of any kind


@pytest.mark.parametrize("path", ["/socket.io", "/socket.io/x", "/"])
def test_other_urls_are_not_found(patient_server, path):
    with RawHTTP("127.0.0.1", patient_server.port) as http:
        http.send(f"GET {path}?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert http.response().status == 404
