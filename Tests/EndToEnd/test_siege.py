"""Under siege: whoever is connected goes on being served, memory is bounded and given back, and nothing crashes.

Each scenario is one kind of attack on a daemon of its own, from other processes, while twenty WebSocket subscribers, an
event stream and a publisher go about their business. SIEGE=full makes the attacks full-sized and asserts the promised
latency, as `Deploy/test --siege` does; the figures are printed at the end in either case.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from support.daemon import BINARY
from support.raw_http import RawHTTP
from support.siege import commands, doors, frames, requests, slow, tricks
from support.siege.barrage import Barrage
from support.siege.report import table
from support.siege.siege import Assault, Siege
from support.waiting import wait_until

IS_FULL = os.environ.get("SIEGE") == "full"
pytestmark = pytest.mark.timeout(300 if IS_FULL else 120)
# How long the attacks last that can go on and on.
SECONDS = 10 if IS_FULL else 1
MEBIBYTE = 1 << 20
SECRET = "a secret of the tests that is long enough for HS256"


def sized(full: int, small: int) -> int:
    return full if IS_FULL else small


@pytest.fixture(scope="module")
def siege(request: pytest.FixtureRequest) -> Iterator[Siege]:
    barrage = Barrage(processes=4)
    siege = Siege(barrage, asserts_latency=IS_FULL)
    yield siege
    barrage.close()
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n\n{table(siege.rows)}")


def summed(outcome: Counter) -> str:
    """For the table: how many, and what became of them if that is soon said."""
    kinds = ", ".join(sorted({str(kind).rsplit(": ", 1)[-1] for kind in outcome}))
    return f"{sum(outcome.values())} ({kinds})" if len(kinds) < 40 else f"{sum(outcome.values())}"


def test_nobody_attacks(siege, start_roost):
    """What the figures are to be compared with."""
    siege.lay("nobody", start_roost(), Assault(slow.nothing, SECONDS), describe=lambda _: "0")


# -- Connections

# The full size is that of a server with its defaults.
IMPATIENT = {} if IS_FULL else {"ROOST_LIMITS_HANDSHAKE_TIMEOUT": "1s"}
SLOW = sized(2000, 500)
PAUSE = 1 if IS_FULL else 0.2


def test_slow_heads(siege, start_roost):
    attack = Assault(slow.slow_requests, SLOW, slow.HEAD_BEGINNINGS, PAUSE)
    outcome = siege.lay("slow heads", start_roost(environment=IMPATIENT), attack, describe=summed)
    assert outcome == {"408": SLOW}


def test_slow_bodies(siege, start_roost):
    attack = Assault(slow.slow_requests, SLOW, slow.BODY_BEGINNINGS, PAUSE)
    outcome = siege.lay(
        "slow bodies", start_roost(environment=IMPATIENT), attack, takes=SLOW << 16, describe=summed
    )
    assert outcome == {"408": SLOW}


def test_handshakes(siege, start_roost):
    siege.lay(
        "handshakes",
        start_roost(),
        Assault(slow.handshakes, SECONDS, str(BINARY)),
        describe=lambda rate: f"{rate} handshakes/s",
    )


def test_connections_that_come_and_go(siege, start_roost):
    siege.lay(
        "come and go",
        start_roost(),
        Assault(slow.come_and_go, SECONDS),
        Assault(slow.come_and_go, SECONDS),
        describe=lambda *counts: f"{sum(counts) // SECONDS} connections/s",
    )


def test_a_byte_at_a_time(siege, start_roost):
    attack = Assault(slow.byte_by_byte, SECONDS, sized(200, 20))
    outcome = siege.lay("1-byte writes", start_roost(), attack, describe=summed)
    assert set(outcome) == {"1000"}


# -- Frames


def code_for(first: int, is_masked: bool) -> int:
    """How a connection ends on which a frame begins with this byte, and a close frame of 1000 follows."""
    is_final, opcode = first & 0x80 != 0, first & 0x0F
    if not is_masked or first & 0x70:
        return 1002
    if opcode == frames.BINARY and is_final:
        return 1003
    if opcode in (frames.TEXT, frames.BINARY) or opcode in (frames.PING, frames.PONG) and is_final:
        return 1000
    return 1002


def test_every_first_byte_of_a_frame(siege, start_roost):
    outcome = siege.lay(
        "reserved bits, opcodes", start_roost(), Assault(frames.first_bytes, SECONDS, 64), describe=summed
    )
    assert set(outcome) == {
        f"{first:02X} {'masked' if is_masked else 'bare'}: {code_for(first, is_masked)}"
        for first in range(256)
        for is_masked in (True, False)
    }


def test_fragments_and_control_frames(siege, start_roost):
    fragments, pings, unread = siege.lay(
        "fragments, pings",
        start_roost(),
        Assault(frames.fragments, SECONDS, 8),
        Assault(frames.pings, SECONDS, 4),
        Assault(frames.unread, SECONDS, sized(100, 20)),
        describe=lambda fragments, pings, unread: (
            f"{summed(fragments)}; {pings.total() * 10_000} pings; {unread >> 20} MiB unread"
        ),
    )
    assert set(fragments) == {
        "endless: 1009",
        "endless with pings: 1009",
        "empty: 1000",
        "large control: 1002",
        "fragmented control: 1002",
        "text inside: 1002",
        "announced: 1009",
        "bytes inside: 1002",
    }
    assert set(pings) == {"all pongs"}
    assert unread > 0


def test_compression_bombs(siege, start_roost):
    """No compression is negotiated, and no body is expanded."""
    inflated, bodies = siege.lay(
        "compression bombs",
        start_roost(),
        Assault(frames.compressed, SECONDS, 8),
        Assault(requests.compressed_bodies, SECONDS, 36),
        describe=lambda inflated, bodies: f"{summed(inflated)}; {summed(bodies)}",
    )
    assert set(inflated) == {"not agreed: 1002"}
    assert set(bodies) == {
        f"{coding}: 415 unsupported_media_type" for coding in ("gzip", "deflate", "br", "gzip, gzip")
    }


# -- Commands


def test_subscribe_lists(siege, start_roost):
    connections, each = sized(10, 4), sized(50_000, 5_000)
    floods, lists = siege.lay(
        "subscribe lists",
        start_roost(),
        Assault(commands.subscribe_floods, connections, each),
        Assault(commands.subscribe_lists, SECONDS, 4),
        describe=lambda floods, lists: f"{floods.total()} commands; {lists.total()} lists",
    )
    assert floods == {
        "welcome": connections,
        "subscribed": connections * 128,
        "limit_exceeded": connections * (each - 128),
        "close 1000": connections,
    }
    assert set(lists) == {"bad_request"}


def test_channel_names(siege, roost, broker):
    """On either broker."""
    names = sized(100_000, 8_000)
    outcome = siege.lay(
        f"channel names ({broker})",
        roost,
        Assault(commands.channel_names, 8, names),
        describe=lambda _: f"{names} names",
    )
    assert outcome == {"subscribed": names, "published": names, "message": names, "unsubscribed": names}


def test_deep_json(siege, start_roost):
    """Bystanders come without a token here."""
    daemon = start_roost(
        environment={
            "ROOST_AUTH_HMAC_SECRET": SECRET,
            "ROOST_AUTH_ANONYMOUS": "{subscribe: ['*'], publish: ['*'], queues: ['*'], inbox: ['*']}",
        }
    )
    framed, bodies, tokens = siege.lay(
        "deep JSON",
        daemon,
        Assault(commands.deep_frames, SECONDS, 12),
        Assault(commands.deep_bodies, SECONDS, 12),
        Assault(commands.deep_tokens, SECONDS, 12, SECRET),
        describe=lambda *outcomes: "; ".join(map(summed, outcomes)),
    )
    assert set(framed) == {"bad_json 1007"}
    assert set(bodies) == {"400 bad_json"}
    assert set(tokens) == {"401 unauthorized"}


# -- Requests


def test_head_floods(siege, start_roost):
    attack = Assault(requests.head_floods, SECONDS, 9)
    outcome = siege.lay("header floods", start_roost(), attack, describe=summed)
    assert set(outcome) == {
        "101 fields: 431",
        "fields without end: 431",
        "long value: 431",
        "value without end: 431",
        "name without end: 431",
        "long path: 414",
        "path without end: 414",
        "query without end: 414",
        "method without end: 414",
    }


def test_path_tricks(siege, start_roost, tmp_path):
    public = tmp_path / "public"
    (public / "hidden").mkdir(parents=True)
    (public / "index.html").write_text("<!doctype html>\n")
    (public / ".hidden").write_text(tricks.SECRET)
    (tmp_path / "secret.txt").write_text(tricks.SECRET)
    (public / "hidden" / "link.txt").symlink_to(tmp_path / "secret.txt")
    attack = Assault(tricks.path_tricks, SECONDS, 54)
    outcome = siege.lay("path tricks", start_roost(public=public), attack, describe=summed)
    # A user may be called "..": it is a name, and no way up.
    assert {kind for kind in outcome if not kind.endswith((" 400", " 404"))} == {
        "b'/users/../notifications': 200"
    }


def test_request_smuggling(siege, start_roost):
    attack = Assault(tricks.smuggling, SECONDS, 42)
    outcome = siege.lay("request smuggling", start_roost(), attack, describe=summed)
    assert "leaked" not in outcome
    assert {kind.split(": ")[0] for kind in outcome} == set(tricks.SHAPES)
    assert {kind.split(": ")[1] for kind in outcome} <= {"400", "413", "501"}, "one answer, and the end"


def test_pipelining_floods(siege, start_roost):
    length = sized(30_000, 3_000)
    answered, unread = siege.lay(
        "pipelining floods",
        start_roost(),
        Assault(requests.pipelines, SECONDS, 4, length),
        Assault(requests.unread_pipelines, SECONDS, sized(100, 20)),
        describe=lambda answered, unread: f"{answered.total() * length} requests; {unread >> 20} MiB unread",
    )
    assert set(answered) == {"all answers"}
    assert unread > 0


# -- Doors


def test_socket_io(siege, start_roost):
    sessions = sized(10_000, 1_000)
    daemon = start_roost(
        environment={"ROOST_SOCKETIO_PING_INTERVAL": "1s", "ROOST_SOCKETIO_PING_TIMEOUT": "1s"}
    )

    def all_have_ended(abandoned: list[str], _: Counter) -> None:
        with RawHTTP(daemon.host, daemon.port) as http:
            for path in abandoned:
                wait_until(
                    lambda: http.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").response().status == 400,  # noqa: B023
                    "an abandoned session ends",
                )

    abandoned, payloads = siege.lay(
        "Socket.IO sessions",
        daemon,
        Assault(doors.abandoned_sessions, sessions, 8),
        Assault(doors.packet_floods, SECONDS, 20),
        describe=lambda abandoned, payloads: f"{len(abandoned)} left; payloads: {summed(payloads)}",
        then=all_have_ended,
    )
    assert len(abandoned) == sessions
    assert set(payloads) == {f"{kind}: {status}" for kind, (status, _) in doors.PAYLOADS.items()}


def test_event_streams(siege, start_roost):
    outcome = siege.lay(
        "event streams", start_roost(), Assault(doors.channel_parameters, SECONDS, 12), describe=summed
    )
    assert set(outcome) == {"129: 400", "1000: 400", "1500: 414", "empty: 400", "none: 400", "128: 200"}


def test_slow_readers(siege, start_roost):
    paths = ["/ws", "/channels/torrent/socket", "/channels/torrent/events"]
    readers = sized(300, 60)
    daemon = start_roost()
    outcome = siege.lay(
        "slow readers",
        daemon,
        Assault(doors.unread_torrent, readers, paths, sized(2_000, 1_000), 10_000),
        describe=summed,
        # What waits lies in batches that they share, and in the end each may keep its own bytes four times over.
        takes=readers * 4 * MEBIBYTE,
    )
    third = readers // 3
    assert outcome == {"ws: 4002": third, "socket: 4002": third, "events: cut off": third}
    assert daemon.log.count("reads too slowly") == readers
