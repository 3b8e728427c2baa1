"""TLS: handshakes, good and bad. README.md, "TLS"."""

import random
import ssl
import subprocess
import time

import pytest

from support.waiting import DEADLINE


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions_that_are_spoken(secure, version):
    context = secure.authority.context()
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    connection = secure.handshake(context)
    assert connection.version() == version.name.replace("_", ".")
    assert connection.selected_alpn_protocol() == "http/1.1" and connection.compression() is None
    suite = connection.cipher()[0]
    assert suite.startswith("TLS_") or (suite.startswith("ECDHE-") and ("GCM" in suite or "CHACHA" in suite))


@pytest.mark.parametrize(
    "options",
    [
        ["-tls1", "-cipher", "ALL:@SECLEVEL=0"],
        ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
        ["-tls1_2", "-cipher", "AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0"],
        ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"],
        ["-tls1_2", "-cipher", "aNULL:eNULL:@SECLEVEL=0"],
        ["-alpn", "h2"],
    ],
    ids=" ".join,
)
def test_what_is_old_or_weak_is_refused(secure, options):
    address = f"127.0.0.1:{secure.daemon.https_port}"
    result = subprocess.run(
        ["openssl", "s_client", "-connect", address, *options], input=b"", capture_output=True, timeout=DEADLINE
    )
    assert result.returncode == 1 and b"alert" in result.stderr, result
    assert secure.http().get("/healthz").status_code == 200, "others are not affected"


def test_renegotiation_is_refused(secure):
    address = f"127.0.0.1:{secure.daemon.https_port}"
    process = subprocess.Popen(
        ["openssl", "s_client", "-connect", address, "-tls1_2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said, _ = process.communicate(b"R\n", timeout=DEADLINE)
    assert b"no renegotiation" in said, said.decode()


def test_a_session_is_resumed_by_whichever_worker(start_secure):
    secure = start_secure(workers=4)
    context = secure.authority.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    first = secure.handshake(context)
    assert not first.session_reused and first.session.has_ticket
    for _ in range(16):
        assert secure.handshake(context, first.session).session_reused


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\xff\xff" + b"\x01" * 200_000,
        b"\x16\x03\x01\x00\x05hello",
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"\x80\x2e\x01\x03\x01" + b"\n2026-11-21 error forged\x1b[31m" * 10,
        bytes(70_000),
    ],
    ids=["HTTP", "too long", "no hello", "an alert", "a forged line", "zeros"],
)
def test_what_is_no_handshake_ends_quietly(secure, bytes_sent):
    before = secure.daemon.log
    witness = secure.native()
    for _ in range(5):
        connection = secure.raw_tcp()
        try:
            connection.sendall(bytes_sent)
            while connection.recv(65536):
                pass
        except (ConnectionResetError, BrokenPipeError):
            pass
        # An error of one connection is not taken for another's.
        assert witness.has_nothing()
        assert secure.http().get("/healthz").status_code == 200
    assert secure.daemon.log == before, "nobody fills the log"


def test_handshakes_that_stall_are_cut(start_secure):
    secure = start_secure(environment={"ROOST_LIMITS_HANDSHAKE_TIMEOUT": "300ms"})
    witness = secure.native()
    nothing, half, quiet = secure.raw_tcp(), secure.raw_tcp(), secure.handshake()
    half.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    for connection in nothing, half, quiet:
        try:
            assert connection.recv(65536) == b""
        except ConnectionResetError:
            pass
        connection.close()
    assert witness.has_nothing()
    assert "error" not in secure.daemon.log and "warning" not in secure.daemon.log


def test_the_deadlines_are_the_servers_not_the_librarys(start_secure):
    """Left to itself, libwebsockets ends after 5 s a connection that has said nothing since its handshake."""
    secure = start_secure(environment={"ROOST_LIMITS_HANDSHAKE_TIMEOUT": "7s"})
    start = time.monotonic()
    silent, quiet = secure.raw_tcp(), secure.handshake()
    for connection in silent, quiet:
        connection.settimeout(2 * DEADLINE)
        assert connection.recv(1) == b""
        assert time.monotonic() - start >= 6.5


def hello(context: ssl.SSLContext) -> bytes:
    """What a client says first."""
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


def test_broken_hellos(secure):
    """Bytes changed, cut out and doubled, the same in each run: each ends, or is answered, and nothing else."""
    generator = random.Random(20261121)
    good = hello(secure.authority.context())
    witness = secure.native()
    for _ in range(300):
        data = bytearray(good)
        for _ in range(generator.randint(1, 4)):
            place = generator.randrange(5, len(data) - 8)
            match generator.randrange(3):
                case 0:
                    data[place] = generator.randrange(256)
                case 1:
                    del data[place : place + generator.randint(1, 8)]
                case 2:
                    data[place:place] = data[place : place + generator.randint(1, 8)]
        # The record's length fits, so that what is wrong is in the message.
        data[3:5] = (len(data) - 5).to_bytes(2, "big")
        with secure.raw_tcp() as connection:
            connection.sendall(data)
    assert witness.has_nothing() and secure.http().get("/healthz").status_code == 200
    assert "error" not in secure.daemon.log and "warning" not in secure.daemon.log
