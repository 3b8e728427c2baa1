"""The plain door, `/channels/{channel}/socket`: PROTOCOL.md, "Plain WebSocket"; and RFC 6455 by way of it."""

import base64
import struct

import pytest
from websockets.exceptions import InvalidStatus

from support.raw_http import RawHTTP
from support.raw_websocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    close_payload,
    frame,
    handshake,
)


@pytest.mark.parametrize(
    "message",
    [
        "hello",
        "",
        " ",
        "\x00\n\t\x7f",
        "é😀\u2028",
        '"quoted" \\ {"type":"message"}',
        b"bytes \x00\xff",
        b"",
        "x" * 125,
        "x" * 126,
        "x" * 65535,
        "é" * 32768,
        b"\xff" * 65536,
        "\x01" * 10000,
    ],
    ids=lambda message: f"{type(message).__name__}-{len(message)}",
)
@pytest.mark.parametrize("broker", ["memory", "redis"], indirect=True)
def test_alone_on_its_channel_it_is_an_echo(roost, plain, channel, message):
    client = plain(roost, channel)
    for _ in range(3):
        client.echo(message)


def test_the_first_message_after_opening_comes_back(roost, plain, channel):
    for number in range(20):
        plain(roost, f"{channel}-{number}").echo("at once")


def test_fragments_make_one_message(roost, plain, channel):
    client = plain(roost, channel)
    for fragments in (
        ["a", "b", "c"],
        ["", "", ""],
        ["", "x", ""],
        ["caf", "é"],
        [b"\x00", b"", b"\xff"],
        ["one"],
    ):
        client.send(iter(fragments))
        assert client.receive() == type(fragments[0])().join(fragments)


def test_messages_come_as_text_or_json_or_bytes(roost, plain, native, channel):
    client, json_client = plain(roost, channel), plain(roost, channel, format="json")
    client.echo("ready")
    assert '"data":"ready"' in json_client.receive()
    publisher = native(roost)
    for written, bare in [
        ('"a \\"b\\" \\u00e9 \\ud83d\\ude00 \\n"', 'a "b" é 😀 \n'),
        ("1.50", "1.50"),
        ("null", "null"),
        ('{"a": [1, 2]}', '{"a": [1, 2]}'),
        ('""', ""),
        ('"\\ud800x"', "\ufffdx"),
    ]:
        publisher.send(f'{{"type":"publish","channel":"{channel}","event":"e","data":{written}}}')
        assert client.receive() == bare
        whole = json_client.receive()
        assert whole.startswith('{"type":"message",') and whole.endswith(f'"data":{written}}}'), whole


def test_bytes_travel_as_base64(roost, plain, native, channel):
    sender, receiver, subscriber = plain(roost, channel, echo="false"), plain(roost, channel), native(roost)
    subscriber.subscribe(channel)
    receiver.echo("ready")
    assert subscriber.data(1) == ["ready"]
    assert sender.receive() == "ready"
    for data in b"", b"\x00", b"ab", bytes(range(256)):
        sender.send(data)
        assert receiver.receive() == data
        (message,) = subscriber.messages(1)
        assert message["encoding"] == "base64"
        assert base64.b64decode(message["data"], validate=True) == data


def test_without_echo_ones_own_messages_do_not_come_back(roost, plain, channel):
    quiet, other = plain(roost, channel, echo="false"), plain(roost, channel)
    other.echo("ready")
    assert quiet.receive() == "ready"
    for number in range(10):
        quiet.send(f"quiet {number}")
    assert [other.receive() for _ in range(10)] == [f"quiet {number}" for number in range(10)]
    other.send("end")
    assert quiet.receive() == "end"


@pytest.mark.parametrize("name", ["a b", "a/b", "é", "%41", "50%", "x?y#z", "x" * 255, "a+b", ".", "..", "*"])
def test_the_channel_is_percent_encoded_in_the_url(memory_roost, plain, native, name):
    client, subscriber = plain(memory_roost, name), native(memory_roost)
    subscriber.subscribe(name)
    client.echo("hello")
    assert subscriber.receive()["channel"] == name


@pytest.mark.parametrize("query", [{"format": "xml"}, {"echo": "1"}, {"format": ""}])
def test_unknown_parameter_values_are_refused(shared_roost, plain, channel, query):
    with pytest.raises(InvalidStatus) as refusal:
        plain(shared_roost, channel, **query)
    assert refusal.value.response.status_code == 400
    assert b'"bad_request"' in refusal.value.response.body


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"upgrade": None}, 426),
        ({"upgrade": "h2c"}, 426),
        ({"connection": "close"}, 426),
        ({"sec_websocket_version": "8"}, 426),
        ({"sec_websocket_version": None}, 426),
        ({"sec_websocket_key": None}, 400),
        ({"sec_websocket_key": "abc"}, 400),
        ({"sec_websocket_key": base64.b64encode(b"x" * 15).decode()}, 400),
        ({"content_length": "5"}, 400),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/ws", "/channels/c/socket"])
def test_a_wrong_handshake_is_refused(http, path, changes, status):
    http.send(handshake(path, **changes) + (b"12345" if "content_length" in changes else b""))
    response = http.response().is_error(status, "bad_request")
    if status == 426:
        assert response.header("upgrade") == "websocket" or response.header("sec-websocket-version") == "13"


@pytest.mark.parametrize(
    "path",
    [
        "/channels/%FF/socket",
        "/channels//socket",
        "/channels/%0A/socket",
        "/channels/%zz/socket",
        "/channels/roost:x/socket",
        "/channels/" + "x" * 256 + "/socket",
    ],
)
def test_a_wrong_channel_name_is_refused(http, path):
    http.send(handshake(path))
    http.response().is_error(400, "bad_request")


def test_the_handshake_of_the_rfc(http):
    http.send(
        handshake(
            "/ws",
            sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==",
            upgrade="WebSocket",
            connection="keep-alive, Upgrade",
            sec_websocket_extensions="permessage-deflate",
            sec_websocket_protocol="chat",
        )
    )
    response = http.response()
    assert response.status == 101
    assert response.header("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert response.header("upgrade").lower() == "websocket"
    assert response.header("connection").lower() == "upgrade"
    assert response.header("sec-websocket-extensions") is None, "none is spoken"
    assert response.header("sec-websocket-protocol") is None, "none was agreed on"
    assert response.header("content-length") is None


def test_frames_in_the_same_packet_as_the_handshake_are_read(roost, channel):
    for number in range(20):
        with RawHTTP(roost.host, roost.port) as http:
            http.send(
                handshake(f"/channels/{channel}-{number}/socket") + frame(TEXT, b"early") + frame(PING, b"p")
            )
            assert http.response().status == 101
            while len(http.rest) < 10:
                http.rest += http.more()
            assert http.rest in (b"\x8a\x01p\x81\x05early", b"\x81\x05early\x8a\x01p")


def test_frames_may_come_byte_by_byte_or_many_at_once(shared_roost, raw_websocket, channel):
    client = raw_websocket(shared_roost, f"/channels/{channel}/socket")
    sent = [b"a", b"", b"x" * 126, b"y" * 1000]
    for byte in b"".join(frame(TEXT, text) for text in sent):
        client.send(bytes([byte]))
    assert [client.frame() for _ in sent] == [(TEXT, text) for text in sent]
    many = [str(number).encode() for number in range(2000)]
    client.send(b"".join(frame(TEXT, text) for text in many))
    assert [client.frame() for _ in many] == [(TEXT, text) for text in many]


@pytest.mark.parametrize("payload", [b"", b"x", b"\xff\x00", b"y" * 125])
def test_a_ping_is_answered_with_its_payload(shared_roost, raw_websocket, channel, payload):
    client = raw_websocket(shared_roost, f"/channels/{channel}/socket")
    client.send(frame(PING, payload))
    assert client.frame() == (PONG, payload)
    client.send(frame(PONG, b"unasked"))
    client.send(b"".join(frame(PING, bytes([number])) for number in range(100)))
    assert [client.frame() for _ in range(100)] == [(PONG, bytes([number])) for number in range(100)]


def test_control_frames_may_stand_between_fragments(shared_roost, raw_websocket, channel):
    client = raw_websocket(shared_roost, f"/channels/{channel}/socket")
    client.send(
        frame(TEXT, "€".encode()[:2], final=False) + frame(PING, b"1") + frame(CONTINUATION, b"", final=False)
    )
    assert client.frame() == (PONG, b"1")
    client.send(frame(PONG) + frame(CONTINUATION, "€".encode()[2:]) + frame(BINARY, b"next"))
    assert client.frame() == (TEXT, "€".encode())
    assert client.frame() == (BINARY, b"next")


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999])
def test_a_close_code_is_echoed(shared_roost, raw_websocket, channel, code):
    client = raw_websocket(shared_roost, f"/channels/{channel}/socket")
    client.send(frame(CLOSE, close_payload(code, "bye é".encode())))
    opcode, payload = client.frame()
    assert opcode == CLOSE and struct.unpack(">H", payload[:2]) == (code,)
    assert client.is_closed()


def test_a_close_without_a_code_is_answered_without_one(shared_roost, raw_websocket, channel):
    client = raw_websocket(shared_roost, f"/channels/{channel}/socket")
    client.send(frame(CLOSE))
    assert client.frame() == (CLOSE, b"")
    assert client.is_closed()


def test_what_follows_a_close_is_ignored(shared_roost, raw_websocket, channel):
    witness = raw_websocket(shared_roost, f"/channels/{channel}/socket")
    client = raw_websocket(shared_roost, f"/channels/{channel}/socket")
    client.send(
        frame(TEXT, b"before") + frame(CLOSE, close_payload(1000)) + frame(TEXT, b"after") + frame(0x7)
    )
    assert client.closing() == (1000, "")
    witness.send(frame(TEXT, b"end"))
    assert [witness.frame() for _ in range(2)] == [(TEXT, b"before"), (TEXT, b"end")]
