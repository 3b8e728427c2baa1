"""Attacks on Socket.IO's sessions and on event streams, and readers that do not read."""

import asyncio
import json
import re
from collections import Counter

from ..raw_websocket import TEXT, frame
from .attacker import Attacker, Target
from .barrage import pound

# -- Engine.IO

POLL = b"/socket.io/?EIO=4&transport=polling"


async def _request(attacker: Attacker, method: bytes, path: bytes, body: bytes = b"") -> tuple[int, bytes]:
    length = b"Content-Length: %d\r\n" % len(body) if method == b"POST" else b""
    await attacker.send(b"%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n%s" % (method, path, length, body))
    return await attacker.response()


async def _session(attacker: Attacker) -> bytes:
    """Opens one by polling; the path that it goes on at."""
    status, answer = await _request(attacker, b"GET", POLL)
    found = re.search(rb'"sid":"([^"]+)"', answer)
    if status != 200 or not found:
        raise ConnectionError(f"no session: {status} {answer!r:.100}")
    return POLL + b"&sid=" + found[1]


async def abandoned_sessions(target: Target, count: int, abreast: int) -> list[str]:
    """Polling sessions in every state, opened and left, so many at a time; where each went on."""
    paths: list[str] = []

    async def one(lane: int) -> None:
        attacker = await Attacker.connect(target)
        for number in range(lane, count, abreast):
            path = await _session(attacker)
            paths.append(path.decode())
            state = number // abreast % 3
            if state > 0:
                await _request(attacker, b"POST", path, b"40")
            if state > 1:
                await _request(attacker, b"GET", path)
                waiting = await Attacker.connect(target)
                await waiting.send(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
                waiting.close()
        attacker.close()

    await asyncio.gather(*[one(lane) for lane in range(abreast)])
    return paths


# What a connected client sends, and the status that answers the request.
PAYLOADS = {
    "too long": (413, b"4" + b"x" * 1_000_001),
    "too many packets": (400, b"\x1e".join([b"4x"] * 1001)),
    "separators only": (400, b"\x1e" * 100_000),
    "noops": (200, b"\x1e".join([b"6"] * 1000)),
    "pongs": (200, b"\x1e".join([b"3"] * 1000)),
    "pings": (400, b"\x1e".join([b"2"] * 1000)),
    "an unknown packet": (400, b"9"),
    "no packet": (400, b""),
    "bytes that are no base64": (400, b"b!!!!"),
    "bytes that nobody announced": (400, b"bAAAA"),
    "a thousand attachments": (400, b'451000-["x",{"_placeholder":true,"num":0}]'),
    "a placeholder of nothing": (400, b'451-["x",{"_placeholder":true,"num":9}]\x1ebAAAA'),
    "an attachment of 10^18": (400, b'4599999999999999999-["x"]'),
    "acknowledgements": (200, b"\x1e".join([b"43%d[]" % index for index in range(900)])),
    "an unknown namespace": (200, b"\x1e".join([b"40/n%d," % index for index in range(900)])),
    "deep": (400, b'42["x",' + b"[" * 10_000 + b"]" * 10_000 + b"]"),
    "events": (200, b"\x1e".join([b'42["publish",{"channel":"none","data":1}]'] * 900)),
    "subscriptions": (
        200,
        b"\x1e".join([b'42%d["subscribe","s%d"]' % (index, index) for index in range(900)]),
    ),
    "open again": (400, b'0{"sid":"x"}'),
    "close and more": (200, b"\x1e".join([b"1"] + [b"4x"] * 900)),
}


async def packet_floods(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Payloads against the protocol, and floods of what is in it; by kind and the status of the POST."""

    async def one(number: int) -> str:
        kind = list(PAYLOADS)[number % len(PAYLOADS)]
        attacker = await Attacker.connect(target)
        path = await _session(attacker)
        await _request(attacker, b"POST", path, b"40")
        status, _ = await _request(attacker, b"POST", path, PAYLOADS[kind][1])
        attacker.close()
        return f"{kind}: {status}"

    return await pound(seconds, max(abreast, len(PAYLOADS)), one)


# -- Event streams


async def channel_parameters(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Streams of more channels than allowed, and of all that are; by kind and status."""

    def path(count: int, name: str) -> bytes:
        return b"/events?" + b"&".join(b"channel=" + (name % index).encode() for index in range(count))

    kinds = {
        "129": path(129, "c%d"),
        "1000": path(1000, "c%d"),
        "1500": path(1500, "%d"),
        "empty": b"/events?" + b"channel=&" * 1500,
        "none": b"/events?" + b"&" * 16_000,
        "128": path(128, "c%d"),
    }

    async def one(number: int) -> str:
        kind = list(kinds)[number % len(kinds)]
        attacker = await Attacker.connect(target)
        await attacker.send(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % kinds[kind])
        status, _ = await attacker.response()
        attacker.close()
        return f"{kind}: {status}"

    return await pound(seconds, max(abreast, len(kinds)), one)


# -- Readers that do not read


async def unread_torrent(
    target: Target, count: int, paths: list[str], messages: int, size: int
) -> Counter[str]:
    """Subscribes so many to one channel, publishes messages of `size` bytes there, and only then reads what there
    is; how each connection has ended, WebSockets by close code."""
    loop = asyncio.get_running_loop()
    readers: list[tuple[str, Attacker]] = []
    for index in range(count):
        path = paths[index % len(paths)]
        if path.endswith("events"):
            reader = await Attacker.connect(target, receive_buffer=4096)
            await reader.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await reader.until(b"\r\n\r\n")
        else:
            reader = await Attacker.upgraded(target, path, receive_buffer=4096)
            if path == "/ws":
                await reader.command(type="subscribe", channel="torrent")
                await reader.until(b'"recovered":false}')
        readers.append((path, reader))
    publisher = await Attacker.upgraded(target)
    frames = publisher.frames()
    await anext(frames)
    message = frame(TEXT, json.dumps({"type": "publish", "channel": "torrent", "data": "x" * size}).encode())
    for _ in range(messages):
        await publisher.send(message)
        await anext(frames)
    publisher.close()

    async def ending(path: str, reader: Attacker) -> str:
        try:
            if not path.endswith("events"):
                return await reader.closing()
            total, end = 0, loop.time() + 60
            while loop.time() < end and (data := await reader.more()):
                total += len(data)
            return "cut off" if total < messages * size else f"{total} bytes"
        finally:
            reader.close()

    return Counter(
        f"{path.rsplit('/', 1)[1]}: {outcome}"
        for (path, _), outcome in zip(
            readers, await asyncio.gather(*[ending(*reader) for reader in readers]), strict=True
        )
    )
