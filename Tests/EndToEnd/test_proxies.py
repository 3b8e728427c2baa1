"""Who a client is when proxies stand between: X-Forwarded-For and the PROXY protocol. PROTOCOL.md, "Limits"."""

import socket
import struct
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from support import cli
from support.limits import counts, get, metrics
from support.raw_http import RawHTTP
from support.raw_websocket import TEXT, frame, handshake
from support.waiting import wait_until

REQUEST = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
POST = "POST /channels/c/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n{}\r\nx"


def header(command: int = 1, family: int = 0x11, rest: bytes = b"", length: int | None = None) -> bytes:
    return SIGNATURE + struct.pack(">BBH", 0x20 | command, family, len(rest) if length is None else length) + rest


def from_address(address: str, types: bytes = b"") -> bytes:
    """A header that says who the client is."""
    if ":" in address:
        ends = socket.inet_pton(socket.AF_INET6, address) + socket.inet_pton(socket.AF_INET6, "::1")
        return header(1, 0x21, ends + struct.pack(">HH", 1234, 80) + types)
    ends = socket.inet_aton(address) + socket.inet_aton("127.0.0.1")
    return header(1, 0x11, ends + struct.pack(">HH", 1234, 80) + types)


# -- X-Forwarded-For


@pytest.fixture
def trusting(start_roost):
    """A server that trusts 127.0.0.1, and lets each address publish once."""
    return start_roost(
        workers=4,
        environment={
            "ROOST_HTTP_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8",
            "ROOST_LIMITS_PUBLISH_RATE_PER_ADDRESS": "1/h",
        },
    )


def status(roost, *fields: str) -> int:
    with RawHTTP(roost.host, roost.port) as http:
        lines = "".join(f"X-Forwarded-For: {field}\r\n" for field in fields)
        return http.send(POST.format(lines)).response().status


def test_clients_behind_a_trusted_proxy_have_limits_of_their_own(trusting):
    for client in "203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8:0:1::1":
        assert status(trusting, client) == 200
        assert status(trusting, client) == 429
    assert status(trusting, "2001:db8::2") == 429, "the same /64"
    assert status(trusting, "[2001:db8::3]:80") == 429
    assert status(trusting, "::ffff:203.0.113.1") == 429, "the same address"
    # From the right, as far as trust goes; what stands before anybody may have written.
    assert status(trusting, "198.51.100.77, 203.0.113.1, 10.1.1.1") == 429
    assert status(trusting, "203.0.113.9", "203.0.113.1", "10.1.1.1, 10.2.2.2") == 429
    assert status(trusting, "203.0.113.1, 203.0.113.9") == 200


def test_one_connection_of_a_proxy_carries_many_clients(trusting):
    with RawHTTP(trusting.host, trusting.port) as http:
        for index in range(50):
            http.send(POST.format(f"X-Forwarded-For: 192.0.2.{index}\r\n"))
            assert http.response().status == 200
        http.send(POST.format("X-Forwarded-For: 192.0.2.7\r\n"))
        assert http.response().status == 429


@pytest.mark.parametrize(
    "hostile",
    [
        "", "unknown", "garbage", ",,,,", "203.0.113.1, ", "_x, 10.1.1.1" * 20, "fe80::1%eth0", "[::1", "::",
        "203.0.113.1:99999999", "1" * 5_000, ", ".join(["10.1.1.1"] * 1_000) + ", ?", "203.0.113.1;", "0x7f.1",
        "\t \xff\xfe",
    ],
)
def test_garbage_is_the_proxys_own(start_roost, hostile):
    """It never makes an address of its own, which would have its own limits."""
    roost = start_roost(
        environment={
            "ROOST_HTTP_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8",
            "ROOST_LIMITS_PUBLISH_RATE_PER_ADDRESS": "1/h",
        },
    )
    assert status(roost, hostile) == 200
    assert status(roost) == 429 or "10.1.1.1" in hostile
    assert status(roost, hostile) == 429


def test_nobody_else_is_believed(start_roost):
    roost = start_roost(workers=4, environment={"ROOST_LIMITS_PUBLISH_RATE_PER_ADDRESS": "1/h"})
    assert [status(roost, f"203.0.113.{index}") for index in range(5)] == [200, 429, 429, 429, 429]
    roost = start_roost(
        workers=4,
        environment={
            "ROOST_HTTP_TRUSTED_PROXIES": "127.0.0.9, unix",
            "ROOST_LIMITS_PUBLISH_RATE_PER_ADDRESS": "1/h",
        },
    )
    assert [status(roost, f"203.0.113.{index}") for index in range(3)] == [200, 429, 429]


def test_a_proxy_on_a_unix_socket(start_roost, tmp_path: Path):
    path = tmp_path / "roost.sock"
    roost = start_roost(
        listen=(f"unix:{path}",),
        environment={"ROOST_HTTP_TRUSTED_PROXIES": "unix", "ROOST_LIMITS_PUBLISH_RATE_PER_ADDRESS": "1/h"},
    )
    assert roost.addresses
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://x", trust_env=False) as client:

        def publish(**fields: str) -> int:
            return client.post("/channels/c/messages", content="x", headers=fields).status_code

        assert publish(**{"X-Forwarded-For": "203.0.113.1"}) == 200
        assert publish(**{"X-Forwarded-For": "203.0.113.1"}) == 429
        assert publish(**{"X-Forwarded-For": "203.0.113.2"}) == 200
        # Without, it is a program of this machine, which has no address.
        assert [publish() for _ in range(3)] == [200] * 3


def test_connections_are_the_clients_not_the_proxys(start_roost):
    roost = start_roost(
        workers=4,
        environment={"ROOST_HTTP_TRUSTED_PROXIES": "127.0.0.1", "ROOST_LIMITS_CONNECTIONS_PER_ADDRESS": "2"},
    )
    paths = ["/ws", "/channels/c/socket", "/socket.io/?EIO=4&transport=websocket"]

    def opened(path: str, client: str, stack: ExitStack) -> int:
        http = stack.enter_context(RawHTTP(roost.host, roost.port))
        response = http.send(handshake(path, X_Forwarded_For=client)).response()
        if response.status != 101:
            response.is_error(429, "limit_exceeded")
            assert "limits.connections_per_address" in response.json["error"]["message"]
        return response.status

    with ExitStack() as stack:
        # The proxy itself may have as many as it likes.
        for _ in range(10):
            assert stack.enter_context(RawHTTP(roost.host, roost.port)).send(REQUEST).response().status == 200
        assert [opened(path, "203.0.113.1", stack) for path in paths] == [101, 101, 429]
        assert [opened(path, "203.0.113.2", stack) for path in reversed(paths)] == [101, 101, 429]
        assert get(roost, "/events?channel=c", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 429

    def comes_in() -> bool:
        with ExitStack() as again:
            return opened("/ws", "203.0.113.1", again) == 101

    wait_until(comes_in, "they have ended")


# -- The PROXY protocol


@pytest.fixture
def proxied(start_roost):
    """Its second address wants a header; each client may have two connections, and publish once."""
    return start_roost(
        workers=1,
        listen=("127.0.0.1:0", "proxy:127.0.0.1:0"),
        environment={
            "ROOST_HTTP_TRUSTED_PROXIES": "127.0.0.1",
            "ROOST_LIMITS_PUBLISH_RATE_PER_ADDRESS": "1/h",
            "ROOST_LIMITS_CONNECTIONS_PER_ADDRESS": "2",
            "ROOST_LIMITS_HANDSHAKE_TIMEOUT": "500ms",
        },
    )


def proxy_port(roost) -> int:
    return int(roost.addresses[1].rsplit(":", 1)[1])


def through(roost, head: bytes, request: str = POST.format("")) -> int:
    with RawHTTP(roost.host, proxy_port(roost)) as http:
        return http.send(head + request.encode()).response().status


def test_a_header_says_who_the_client_is(proxied):
    types = bytes([0x04]) + struct.pack(">H", 3_000) + b"\0" * 3_000 + b"\x02\x00\x03abc"
    for client in "203.0.113.1", "2001:db8::1":
        assert through(proxied, from_address(client)) == 200
        assert through(proxied, from_address(client)) == 429
        assert through(proxied, from_address(client, types)) == 429, "what follows the addresses is passed over"
    assert through(proxied, from_address("2001:db8::ffff")) == 429, "the same /64"
    assert through(proxied, from_address("203.0.113.2", types)) == 200


@pytest.mark.parametrize("size", [1, 5, 27])
def test_in_pieces_of_any_size(proxied, size):
    types = bytes([0x04]) + struct.pack(">H", 40) + b"\0" * 40
    stream = from_address("2001:db8::1", types) + POST.format("").encode()
    with RawHTTP(proxied.host, proxy_port(proxied)) as http:
        for start in range(0, len(stream), size):
            http.send(stream[start : start + size])
        assert http.response().status == 200
    assert through(proxied, from_address("2001:db8::1")) == 429


def test_what_follows_at_once_is_not_lost(proxied, raw_websocket):
    with RawHTTP(proxied.host, proxy_port(proxied)) as http:
        message = frame(TEXT, b"hello")
        http.send(from_address("203.0.113.1") + handshake("/channels/c/socket") + message)
        assert http.response().status == 101
        assert http.receive_until(b"hello")


def test_headers_that_name_nobody(proxied):
    """The proxy's own connections, and clients of a unix socket: they count as the proxy's."""
    heads = [header(0, 0), header(1, 0), header(1, 0x31, b"\1" * 216), header(0, 0x11, b"\1" * 12), header(1, 0x12, b"\1" * 12)]
    assert through(proxied, heads[0]) == 200
    for head in heads:
        assert through(proxied, head) == 429
    # Its connections are not counted by address: it is trusted.
    with ExitStack() as stack:
        for _ in range(5):
            http = stack.enter_context(RawHTTP(proxied.host, proxy_port(proxied)))
            assert http.send(header(0, 0) + REQUEST.encode()).response().status == 200


def test_connections_of_the_client_count(proxied):
    with ExitStack() as stack:

        def opened(client: str) -> int:
            http = stack.enter_context(RawHTTP(proxied.host, proxy_port(proxied)))
            return http.send(from_address(client) + REQUEST.encode()).response().status

        assert [opened("203.0.113.1") for _ in range(4)] == [200, 200, 429, 429]
        assert [opened("203.0.113.2") for _ in range(3)] == [200, 200, 429]
        assert [opened("2001:db8::1"), opened("2001:db8::2"), opened("2001:db8::3")] == [200, 200, 429]


@pytest.mark.parametrize(
    "garbage",
    [
        REQUEST.encode(),
        b"PROXY TCP4 203.0.113.1 127.0.0.1 1234 80\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        SIGNATURE + b"\x31\x11\x00\x0c" + b"\1" * 12,
        SIGNATURE + b"\x22\x11\x00\x0c" + b"\1" * 12,
        SIGNATURE + b"\x21\x51\x00\x0c" + b"\1" * 12,
        SIGNATURE + b"\x21\x11\x00\x0b" + b"\1" * 11,
        SIGNATURE + b"\x21\x21\x00\x0c" + b"\1" * 12,
        SIGNATURE[:-1] + b"\x0b",
    ],
)
def test_garbage_is_closed_at_once(proxied, garbage):
    with RawHTTP(proxied.host, proxy_port(proxied)) as http:
        http.send(garbage)
        assert http.is_closed()
    assert counts(proxied)["handshake_timeout"] == 0
    assert through(proxied, from_address("203.0.113.1")) == 200


@pytest.mark.parametrize("beginning", [b"", SIGNATURE[:5], from_address("203.0.113.1")[:-1]])
def test_a_header_that_does_not_come_is_waited_for_so_long(proxied, beginning):
    with RawHTTP(proxied.host, proxy_port(proxied)) as http:
        http.send(beginning)
        assert http.is_closed()
    assert counts(proxied)["handshake_timeout"] == 1


def test_connections_without_their_header_are_bounded(start_roost):
    roost = start_roost(
        workers=1,
        listen=("127.0.0.1:0", "proxy:127.0.0.1:0"),
        environment={"ROOST_HTTP_TRUSTED_PROXIES": "127.0.0.1", "ROOST_LIMITS_CONNECTIONS": "5"},
    )
    with ExitStack() as stack:
        # Readiness was asked for over a connection that may not have been let go of yet.
        wait_until(lambda: metrics(roost)["roost_connections"] == 1, "nobody else is there")
        for _ in range(5):
            stack.enter_context(RawHTTP(roost.host, proxy_port(roost)))
        with RawHTTP(roost.host, proxy_port(roost)) as http:
            http.response().is_error(503, "limit_exceeded")
    wait_until(lambda: metrics(roost)["roost_connections"] == 1, "they are gone")
    assert through(roost, from_address("203.0.113.1")) == 200


def test_whoever_is_not_trusted_is_not_let_in(start_roost):
    roost = start_roost(
        listen=("127.0.0.1:0", "proxy:127.0.0.1:0"), environment={"ROOST_HTTP_TRUSTED_PROXIES": "127.0.0.9"}
    )
    with RawHTTP(roost.host, proxy_port(roost)) as http:
        try:
            http.send(from_address("203.0.113.1") + REQUEST.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert http.is_closed()


def test_a_unix_socket_needs_no_trust_for_the_header(start_roost, tmp_path):
    path = tmp_path / "roost.sock"
    roost = start_roost(
        listen=("127.0.0.1:0", f"proxy:unix:{path}"),
        environment={"ROOST_LIMITS_PUBLISH_RATE_PER_ADDRESS": "1/h"},
    )
    roost.check()
    for expected in 200, 429:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(from_address("203.0.113.1") + POST.format("").encode())
            assert client.recv(100).startswith(f"HTTP/1.1 {expected} ".encode())


def test_an_address_that_nobody_could_use_is_refused(tmp_path):
    result = cli.run("check", environment={"ROOST_LISTEN": "proxy:127.0.0.1:8080"})
    assert result.returncode == 2 and "http.trusted_proxies has no proxy" in result.stderr


@pytest.mark.parametrize("everybody", ["0.0.0.0/0", "::/0"])
def test_trusting_everybody_is_warned_of(everybody):
    result = cli.run("check", environment={"ROOST_HTTP_TRUSTED_PROXIES": everybody})
    assert result.returncode == 0
    assert f"whoever connects may say to be anybody ({everybody})" in result.stderr
