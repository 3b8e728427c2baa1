"""HTTP/1.1 (RFC 9112) byte by byte, and publishing by it: PROTOCOL.md, "HTTP"."""

import base64
import json
import re
import socket
import subprocess
from urllib.parse import quote

import pytest

from support.daemon import Roost
from support.raw_http import RawHTTP
from support.waiting import wait_until

HEALTH = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def post(channel: str, body: bytes | str, *fields: str, query: str = "") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = [
        f"POST /channels/{channel}/messages{query} HTTP/1.1",
        "Host: x",
        f"Content-Length: {len(data)}",
        *fields,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + data


def chunked(channel: str, body: bytes, *fields: str) -> bytes:
    lines = [f"POST /channels/{channel}/messages HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", *fields]
    return "\r\n".join([*lines, "", ""]).encode() + body


def is_alive(http: RawHTTP) -> bool:
    return http.send(HEALTH).response().status == 200


# -- Publishing


@pytest.mark.parametrize(
    ("content_type", "body", "data"),
    [
        (None, "hello", '"hello"'),
        ("text/plain", 'a "b" \\ \n é', '"a \\"b\\" \\\\ \\n é"'),
        ("text/plain; charset=utf-8", "", '""'),
        ("application/x-www-form-urlencoded", "a=1&b=2", '"a=1&b=2"'),
        ("application/json", '{"a": [1.50, null]}', '{"a": [1.50, null]}'),
        ("Application/JSON ; charset=UTF-8", "true", "true"),
        ("application/octet-stream", b"\xff\x00", None),
    ],
)
def test_a_body_is_published_as_its_type_says(roost, native, channel, content_type, body, data):
    subscriber = native(roost)
    subscriber.subscribe(channel)
    with RawHTTP(roost.host, roost.port) as http:
        fields = [f"Content-Type: {content_type}"] if content_type else []
        response = http.send(post(channel, body, *fields)).response()
        assert (response.status, response.json) == (200, {})
        text = subscriber.receive_text()
        if data is None:
            message = json.loads(text)
            assert message["encoding"] == "base64" and base64.b64decode(message["data"]) == body
        else:
            assert text.endswith(f'"data":{data}}}'), text
        http.send(post(channel, "1", "Content-Type: application/json", query="?event=%C3%A9+x&other=1"))
        assert http.response().status == 200
        assert subscriber.receive()["event"] == "é x"


def test_published_requests_keep_their_order(roost, native, channel):
    subscriber = native(roost)
    subscriber.subscribe(channel)
    with RawHTTP(roost.host, roost.port) as http:
        http.send(b"".join(post(channel, str(number)) for number in range(200)))
        for _ in range(200):
            assert http.response().status == 200
        assert subscriber.data(200) == [str(number) for number in range(200)]


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("application/json", "", 400, "bad_json"),
        ("application/json", "{", 400, "bad_json"),
        ("application/json", "1 2", 400, "bad_json"),
        ("application/json", "\ufeff1", 400, "bad_json"),
        ("application/json", b'"\xff"', 400, "bad_json"),
        ("application/json", "[" * 100, 400, "bad_json"),
        ("text/plain", b"\xc3", 400, "bad_request"),
        ("text/plain", b"\xed\xa0\x80", 400, "bad_request"),
        ("image/png", "x", 415, "unsupported_media_type"),
        ("multipart/form-data", "x", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_is_not_what_its_type_says_is_refused(http, channel, content_type, body, status, code):
    http.send(post(channel, body, f"Content-Type: {content_type}"))
    http.response().is_error(status, code)
    assert is_alive(http), "the connection goes on"


@pytest.mark.parametrize("path", ["channels/c/messages", "queues/q/jobs", "users/u/notifications"])
def test_a_compressed_body_is_refused(http, path):
    """Nothing is expanded, and nothing compressed is taken for what was meant."""
    request = f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 1\r\n"
    for coding in "gzip", "br", "gzip, identity", "x":
        http.send(f"{request}Content-Encoding: {coding}\r\n\r\nx")
        response = http.response().is_error(415, "unsupported_media_type")
        assert response.header("accept-encoding") == "identity"
    http.send(f"{request}Content-Encoding: identity\r\n\r\nx")
    assert http.response().status == 200


@pytest.mark.parametrize("query", ["?event=", "?event=%FF", "?event=" + "x" * 256, "?event=%", "?%zz"])
def test_a_bad_parameter_is_refused(http, channel, query):
    http.send(post(channel, "x", query=query))
    http.response().is_error(400, "bad_request")
    assert is_alive(http)


@pytest.mark.parametrize("name", ["a b", "a/b", "é", "a%2Fb", "x" * 255, "?#", "..", "+"])
def test_a_channel_name_is_percent_encoded(shared_roost, http, native, name):
    subscriber = native(shared_roost)
    subscriber.subscribe(name)
    assert http.send(post(quote(name, safe=""), "x")).response().status == 200
    assert subscriber.receive()["channel"] == name


@pytest.mark.parametrize(
    "name", ["", "%", "%4", "%GG", "%FF", "%00", "%0d%0a", "%7F", "%C2%85", "roost%3Ax", "x" * 256]
)
def test_a_wrong_channel_name_is_refused(http, name):
    http.send(post(name, "x"))
    http.response().is_error(400, "bad_request")
    assert is_alive(http)


def test_a_body_of_64_kib_passes_and_one_byte_more_does_not(roost, native, channel):
    subscriber = native(roost)
    subscriber.subscribe(channel)
    with RawHTTP(roost.host, roost.port) as http:
        assert http.send(post(channel, b"x" * 65536)).response().status == 200
        assert subscriber.receive()["data"] == "x" * 65536
        http.send(post(channel, b"x" * 65537))
        error = http.response().is_error(413, "too_large")
        assert "65536" in error.body.decode()
    with RawHTTP(roost.host, roost.port) as http:
        assert (
            http.send(
                chunked(
                    channel,
                    b"8000\r\n" + b"x" * 0x8000 + b"\r\n" + b"8000\r\n" + b"y" * 0x8000 + b"\r\n0\r\n\r\n",
                )
            )
            .response()
            .status
            == 200
        )
        assert subscriber.receive()["data"] == "x" * 0x8000 + "y" * 0x8000
        http.send(chunked(channel, b"10000\r\n" + b"x" * 0x10000 + b"\r\n1\r\nx\r\n0\r\n\r\n"))
        http.response().is_error(413, "too_large")
        assert http.is_closed()
    assert subscriber.has_nothing()


# -- Connections


def test_a_connection_serves_many_requests(http):
    for _ in range(50):
        response = http.send(HEALTH).response()
        assert (response.status, response.json) == (200, {"status": "ok"})
        assert response.version == "HTTP/1.1"
        assert response.header("connection") is None
        date = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
        assert re.fullmatch(date, response.header("date"))


def test_pipelined_requests_are_answered_in_order(http, channel):
    batch = [
        (HEALTH, "GET", 200),
        (post(channel, "1"), "POST", 200),
        ("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD", 200),
        ("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", "GET", 404),
        (chunked(channel, b"1\r\nx\r\n0\r\n\r\n"), "POST", 200),
        ("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "PUT", 405),
        (post(channel, "{", "Content-Type: application/json"), "POST", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET", 200),
    ]
    http.send(b"".join(part if isinstance(part, bytes) else part.encode() for part, _, _ in batch) * 40)
    for _ in range(40):
        for _, method, status in batch:
            assert http.response(to=method).status == status


def test_requests_may_come_byte_by_byte(http, channel):
    for request in (
        post(channel, "hello"),
        HEALTH.encode(),
        chunked(channel, b"3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n"),
    ):
        for byte in request:
            http.send(bytes([byte]))
        assert http.response().status == 200


def test_blank_lines_before_a_request_are_passed_over(http):
    http.send("\r\n\r\n" + HEALTH)
    assert http.response().status == 200


def test_connection_close_is_honoured(http):
    http.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: x, Close\r\n\r\n" + HEALTH)
    response = http.response()
    assert response.status == 200 and response.header("connection") == "close"
    assert http.is_closed()


def test_a_client_that_ends_its_side_still_gets_its_answer(http):
    http.send(HEALTH + HEALTH)
    http.socket.shutdown(socket.SHUT_WR)
    assert http.response().status == 200
    assert http.response().status == 200
    assert http.is_closed()


def test_http_1_0_is_answered_and_closed(http):
    http.send("GET /healthz HTTP/1.0\r\n\r\n")
    assert http.response().status == 200
    assert http.is_closed()


def test_http_1_0_keep_alive_is_agreed_on_or_refused(http):
    http.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    response = http.response()
    assert response.status == 200
    if (response.header("connection") or "").lower() == "keep-alive":
        assert is_alive(http)
    else:
        assert http.is_closed()


def test_head_is_get_without_a_body(http):
    for path in "/healthz", "/", "/nothing", "/readyz":
        got = http.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").response()
        head = http.send(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n").response(to="HEAD")
        assert head.status == got.status and got.body
        assert [field for field in head.fields if field[0] != "Date"] == [
            field for field in got.fields if field[0] != "Date"
        ]


def test_the_absolute_form_is_understood(http):
    for target in "http://any.example/healthz", "HTTP://x:1/healthz?a=b", "https://x/healthz":
        assert http.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").response().status == 200
    assert (
        http.send("GET http://x HTTP/1.1\r\nHost: x\r\n\r\n")
        .response()
        .header("content-type")
        .startswith("text/html")
    )


# -- Bodies


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"0\r\n\r\n", ""),
        (b"5\r\nhello\r\n0\r\n\r\n", "hello"),
        (b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
        (b"0000a\r\n0123456789\r\n00\r\n\r\n", "0123456789"),
        (b"A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        (b'a;n=v;q="x"\r\n0123456789\r\n0;x\r\n\r\n', "0123456789"),
        (b"2\r\n\r\n\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", "\r\n"),
    ],
)
def test_a_chunked_body_is_put_together(shared_roost, http, native, channel, body, text):
    subscriber = native(shared_roost)
    subscriber.subscribe(channel)
    http.send(chunked(channel, body, "Content-Type: text/plain") + HEALTH.encode())
    assert http.response().status == 200
    assert subscriber.receive()["data"] == text
    assert http.response().json == {"status": "ok"}


@pytest.mark.parametrize(
    "body",
    [
        b"x\r\n",
        b"\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"0x1\r\na\r\n",
        b" 1\r\na\r\n",
        b"1\na\n0\n\n",
        b"1\r\nab\r\n",
        b"1\r\na0\r\n\r\n",
        b"1\r\na\n0\r\n\r\n",
        b"1\ra\r\n0\r\n\r\n",
        b"1;\x00\r\na\r\n",
        b"1 \x00\r\na\r\n",
        b"0\r\nA: b\n\n",
        b"g\r\n",
        b"1;a\nb\r\n",
    ],
)
def test_a_malformed_chunked_body_is_refused(http, channel, body):
    http.send(chunked(channel, body) + HEALTH.encode())
    response = http.response().is_error(400, "bad_request")
    assert response.header("connection") == "close"
    assert http.is_closed(), "nothing behind it is taken for a request"


@pytest.mark.parametrize("size", ["FFFFFFFFFFFFFFFF", "F" * 100, "7FFFFFFFFFFFFFFF", "10001"])
def test_a_chunk_size_beyond_the_limit_is_refused(http, channel, size):
    http.send(chunked(channel, f"{size}\r\n".encode()))
    response = http.response()
    assert response.status in (400, 413) and response.header("connection") == "close"
    assert http.is_closed()


def test_endless_trailers_and_extensions_are_refused(shared_roost, channel):
    for body in b"0\r\n" + b"A: b\r\n" * 2000, b"1;" + b"x" * 10000:
        with RawHTTP(shared_roost.host, shared_roost.port) as http:
            http.send(chunked(channel, body))
            http.response().is_error(431, "too_large")
            assert http.is_closed()


def test_a_client_that_asks_first_is_told_to_continue(shared_roost, http, native, channel):
    subscriber = native(shared_roost)
    subscriber.subscribe(channel)
    whole = post(channel, "hello", "Expect: 100-Continue")
    http.send(whole[:-5])
    response = http.response()
    assert (response.status, response.fields) == (100, [])
    http.send(whole[-5:])
    assert http.response().status == 200
    assert subscriber.receive()["data"] == "hello"
    http.send(chunked(channel, b"", "Expect: 100-continue"))
    assert http.response().status == 100
    http.send(b"5\r\nagain\r\n0\r\n\r\n")
    assert http.response().status == 200
    assert subscriber.receive()["data"] == "again"


@pytest.mark.parametrize(
    ("request_head", "status", "code"),
    [
        ("POST /channels/c/messages HTTP/1.1\r\nContent-Length: 70000", 413, "too_large"),
        (
            "POST /channels/c/messages HTTP/1.1\r\nContent-Length: 5\r\nContent-Type: image/png",
            415,
            "unsupported_media_type",
        ),
        ("POST /nothing HTTP/1.1\r\nContent-Length: 5", 405, "method_not_allowed"),
        ("PUT /channels/c/messages HTTP/1.1\r\nContent-Length: 5", 405, "method_not_allowed"),
        ("POST /channels/%FF/messages HTTP/1.1\r\nContent-Length: 5", 400, "bad_request"),
    ],
)
def test_a_client_that_asks_first_is_refused_before_it_sends(http, request_head, status, code):
    http.send(f"{request_head}\r\nHost: x\r\nExpect: 100-continue\r\n\r\n")
    http.response().is_error(status, code)
    assert http.is_closed(), "the body may come or not, so the connection cannot go on"


def test_another_expectation_fails(http, channel):
    http.send(post(channel, "x", "Expect: a-miracle"))
    http.response().is_error(417, "bad_request")


# -- Refusals


@pytest.mark.parametrize(
    "head",
    [
        "GET /healthz HTTP/1.1\nHost: x\n\n",
        "GET /healthz HTTP/1.1\r\nHost: x\n\r\n",
        "GET /healthz HTTP/1.1\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nAb\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA(b): c\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nA: \x7f\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz  HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET\t/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        " GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET /healthz\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP\r\nHost: x\r\n\r\n",
        "GET /healthz http/1.1\r\nHost: x\r\n\r\n",
        "GET /health\0z HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz#x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /health z HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /é HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET ftp://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "G(T /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\na",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1 1\r\n\r\na",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "GET /healthz HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        "\0" * 20,
        "HELO example.org\r\n\r\n",
        "*1\r\n$4\r\nPING\r\n",
    ],
)
def test_a_malformed_head_is_refused_and_the_connection_ends(http, head):
    http.send(head.encode("latin-1") + HEALTH.encode())
    response = http.response().is_error(400, "bad_request")
    assert response.header("connection") == "close"
    assert http.is_closed(), "nothing behind it is taken for a request"


@pytest.mark.parametrize(
    "coding",
    [
        "gzip",
        "gzip, chunked",
        "chunked, gzip",
        "chunked, chunked",
        "identity",
        "",
        "xchunked",
        "chunked\r\nTransfer-Encoding: chunked",
        "\x0bchunked",
    ],
)
def test_a_transfer_coding_that_is_not_plain_chunked_is_refused(http, coding):
    http.send(
        f"POST /channels/c/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n"
        + HEALTH
    )
    response = http.response()
    assert response.status in (400, 501), response
    assert response.header("connection") == "close"
    assert http.is_closed()


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/0.9", "HTTP/3", "HTTP/1.2", "HTTP/1.10"])
def test_another_version_is_refused(http, version):
    http.send(f"GET /healthz {version}\r\nHost: x\r\n\r\n")
    http.response().is_error(505, "bad_request")
    assert http.is_closed()


def test_the_preface_of_http_2_is_refused(http):
    http.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert http.response().status in (400, 505)
    assert http.is_closed()


def test_errors_before_are_answered_before(http):
    http.send(HEALTH + HEALTH + "nonsense\r\n\r\n" + HEALTH)
    assert [http.response().status for _ in range(3)] == [200, 200, 400]
    assert http.is_closed()


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/channels",
        "/channels/c",
        "/channels/c/nothing",
        "/channels/c/messages/1",
        "/ws/",
        "/healthz/",
        "//",
        "/%2F",
        "/WS",
        "/healthz%00",
    ],
)
def test_an_unknown_url_is_not_found(http, path):
    http.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
    http.response().is_error(404, "not_found")
    assert is_alive(http)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/healthz", "GET, HEAD"),
        ("DELETE", "/readyz", "GET, HEAD"),
        ("PUT", "/", "GET, HEAD"),
        ("PATCH", "/channels/c/messages", "GET, POST"),
        ("GET", "/users/u/notifications/1-a/ack", "POST"),
        ("PUT", "/users/u/notifications", "GET, POST"),
        ("POST", "/channels/c/presence", "GET"),
        ("PUT", "/queues/q", "GET, HEAD"),
        ("GET", "/queues/q/lease", "POST"),
        ("POST", "/ws", "GET"),
        ("POST", "/channels/c/socket", "GET"),
        ("BREW", "/healthz", "GET, HEAD"),
        ("get", "/healthz", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_refused_with_the_right_ones(http, method, path, allowed):
    http.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
    response = http.response().is_error(405, "method_not_allowed")
    assert response.header("allow") == allowed
    assert is_alive(http), "the body was read over"


def test_a_message_without_a_length_is_refused(http):
    http.send("POST /channels/c/messages HTTP/1.1\r\nHost: x\r\n\r\n")
    http.response().is_error(411, "length_required")
    assert is_alive(http)


@pytest.mark.parametrize("length", [65537, 10**9, 10**17])
def test_a_body_announced_too_long_is_refused_unread(http, length):
    http.send(f"POST /channels/c/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n")
    http.response().is_error(413, "too_large")
    assert http.is_closed()


def test_an_endless_request_line_is_refused(http):
    http.send("GET /" + "x" * 20000)
    http.response().is_error(414, "too_large")
    assert http.is_closed()


@pytest.mark.parametrize(
    "fields",
    ["A: " + "x" * 20000 + "\r\n", "A: b\r\n" * 101, "Name: value\r\n" * 2000, "A" * 20000 + ": b\r\n"],
)
def test_an_endless_head_is_refused(http, fields):
    http.send(f"GET /healthz HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
    http.response().is_error(431, "too_large")
    assert http.is_closed()


def test_a_head_up_to_the_limit_is_served(http):
    http.send("GET /healthz HTTP/1.1\r\nHost: x\r\nA: " + "x" * 16000 + "\r\n\r\n")
    assert http.response().status == 200
    http.send("GET /healthz HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n" * 99 + "\r\n")
    assert http.response().status == 200


def test_a_request_that_does_not_arrive_in_time_is_given_up(start_roost):
    roost = start_roost(config="limits:\n  handshake_timeout: 300ms\n")
    for start in (
        "GET /healthz HTTP/1.1\r\nHost:",
        "POST /channels/c/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
    ):
        with RawHTTP(roost.host, roost.port) as http:
            http.send(start)
            http.response().is_error(408, "timeout")
            assert http.is_closed()
    with RawHTTP(roost.host, roost.port) as http:
        assert http.is_closed(), "who sends nothing is owed no answer"


def test_a_kept_connection_that_is_idle_is_ended(start_roost):
    roost = start_roost(config="limits:\n  idle_timeout: 300ms\n")
    with RawHTTP(roost.host, roost.port) as http:
        assert is_alive(http)
        assert http.is_closed()


# -- curl


def curl(*arguments: str, input: bytes | None = None) -> str:
    result = subprocess.run(
        ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *arguments],
        input=input,
        capture_output=True,
        check=True,
    )
    return result.stdout.decode()


def test_curl_publishes_in_every_way_it_can(shared_roost: Roost, native, channel, tmp_path):
    subscriber = native(shared_roost)
    subscriber.subscribe(channel)
    url = f"{shared_roost.url}/channels/{channel}/messages"
    assert curl("-d", "hello", url) == "{}"
    assert subscriber.data(1) == ["hello"]
    assert curl("--json", '{"a":1}', url) == "{}"
    assert subscriber.data(1) == [{"a": 1}]
    assert (
        curl(
            "-X",
            "POST",
            "-H",
            "Transfer-Encoding: chunked",
            "-H",
            "Content-Type: text/plain",
            "--data-binary",
            "@-",
            url,
            input=b"x" * 50000,
        )
        == "{}"
    )
    assert subscriber.data(1) == ["x" * 50000]
    assert curl("-H", "Expect: 100-continue", "--data-binary", "@-", url, input=b"asked first") == "{}"
    assert subscriber.data(1) == ["asked first"]
    assert (
        curl("-H", "Content-Type: application/octet-stream", "--data-binary", "@-", url, input=b"\xff")
        == "{}"
    )
    assert subscriber.data(1) == ["/w=="]
    assert "too_large" in curl("--data-binary", "@-", url, input=b"x" * 200_000)
    assert "unsupported_media_type" in curl("-F", "a=b", url)


def test_a_unix_socket_serves_the_same(start_roost, tmp_path_factory, channel, closing):
    from support.native import NativeClient

    path = tmp_path_factory.mktemp("s") / "roost.sock"
    roost = start_roost(listen=(f"unix:{path}", "127.0.0.1:0"))
    assert curl("--unix-socket", str(path), "http://any/healthz") == '{"status":"ok"}'
    over_unix, over_tcp = NativeClient("ws://any", unix_path=str(path)), NativeClient(roost.ws_url)
    closing.callback(over_unix.close)
    closing.callback(over_tcp.close)
    over_unix.subscribe(channel)
    over_tcp.publish(channel, 1)
    assert over_unix.data(1) == [1]
    over_unix.close()
    over_tcp.close()
    roost.stop()
    wait_until(lambda: not path.exists(), "the socket file is gone")


def test_ipv6_serves_the_same(start_roost, native, channel):
    roost = start_roost(listen=("[::1]:0",))
    assert roost.url.startswith("http://[::1]:")
    assert curl(f"{roost.url}/healthz") == '{"status":"ok"}'
    subscriber = native(roost)
    subscriber.subscribe(channel)
    curl("-d", "six", f"{roost.url}/channels/{channel}/messages")
    assert subscriber.data(1) == ["six"]


def test_a_unix_socket_left_behind_is_replaced(start_roost, tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / "roost.sock"
    roost = start_roost(listen=(f"unix:{path}",))
    roost.kill()
    assert path.exists()
    start_roost(listen=(f"unix:{path}",))
    assert curl("--unix-socket", str(path), "http://any/healthz") == '{"status":"ok"}'
