"""HTTP requests without measure: endless heads, pipelines, what is small only as long as it is compressed."""

import gzip
import json
from collections import Counter

from .attacker import Attacker, Target
from .barrage import pound, stuff_all

# -- Heads

HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
MEBIBYTE = 1 << 20
HEAD_FLOODS = {
    "101 fields": HEAD + b"X: y\r\n" * 100 + b"\r\n",
    "fields without end": HEAD + b"X: y\r\n" * (4 * MEBIBYTE // 6),
    "long value": HEAD + b"X: " + b"y" * 16384 + b"\r\n\r\n",
    "value without end": HEAD + b"X: " + b"y" * 4 * MEBIBYTE,
    "name without end": HEAD + b"y" * 4 * MEBIBYTE,
    "long path": b"GET /" + b"a" * 16384 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "path without end": b"GET /" + b"a" * 4 * MEBIBYTE,
    "query without end": b"GET /?" + b"a=%00&" * (4 * MEBIBYTE // 6),
    "method without end": b"A" * 4 * MEBIBYTE,
}


async def head_floods(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """More and longer header fields than allowed, and such without end; by kind and status."""

    async def one(number: int) -> str:
        kind = list(HEAD_FLOODS)[number % len(HEAD_FLOODS)]
        return f"{kind}: {await _answer(target, HEAD_FLOODS[kind])}"

    return await pound(seconds, max(abreast, len(HEAD_FLOODS)), one)


async def _answer(target: Target, data: bytes) -> str:
    """Sends this, reading at the same time; the last status."""
    attacker = await Attacker.connect(target)
    async with attacker.sending(data):
        status = await attacker.status()
    attacker.close()
    return status


# -- Pipelines


async def pipelines(target: Target, seconds: float, abreast: int, requests: int) -> Counter[str]:
    """Many requests in a row on each connection: pages, publishes, errors; whether all answers come, in order."""
    three = (
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        b"POST /channels/pipeline/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
        b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    flood = three * (requests // 3) + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    expected = [200, 200, 404] * (requests // 3) + [200]

    async def one(_: int) -> str:
        attacker = await Attacker.connect(target)
        async with attacker.sending(flood):
            statuses = [status async for status, _ in attacker.responses()]
        attacker.close()
        return "all answers" if statuses == expected else f"{len(statuses)} of {len(expected)} answers"

    return await pound(seconds, abreast, one)


async def unread_pipelines(target: Target, seconds: float, abreast: int) -> int:
    """Requests for a page on connections that read nothing; how many bytes the server took."""
    flood = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2000
    attackers = [await Attacker.connect(target, receive_buffer=4096) for _ in range(abreast)]
    return await stuff_all(seconds, attackers, flood)


# -- Compressed bodies


async def compressed_bodies(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Ten megabytes in ten kilobytes, said to be compressed; by coding, status and code."""
    bomb = gzip.compress(b'"' + b"0" * 10_000_000 + b'"')
    types = [b"text/plain", b"application/json", b"application/octet-stream"]
    codings = [b"gzip", b"deflate", b"br", b"gzip, gzip"]
    paths = [b"/channels/bomb/messages", b"/queues/bomb/jobs", b"/users/bomb/notifications"]

    async def one(number: int) -> str:
        coding = codings[number % len(codings)]
        attacker = await Attacker.connect(target)
        await attacker.send(
            b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (paths[number // 4 % 3], types[number // 12 % 3], coding, len(bomb), bomb)
        )
        status, answer = await attacker.response()
        attacker.close()
        return f"{coding.decode()}: {status} {json.loads(answer).get('error', {}).get('code')}"

    return await pound(seconds, max(abreast, 36), one)
