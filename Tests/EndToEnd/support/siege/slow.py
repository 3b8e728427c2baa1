"""Connections that take their time, and ones that come and go."""

import json
import socket
import struct
import subprocess
import time
from collections import Counter

from ..raw_websocket import TEXT, frame, handshake
from .attacker import Attacker, Target
from .barrage import all_at_once, pound

HEAD_BEGINNINGS = [
    b"G",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: ",
    handshake("/ws")[:-2] + b"X: ",
    b"\r\nPOST /channels/slow/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX: ",
]
BODY_BEGINNINGS = [
    b"POST /channels/slow/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
    b"POST /channels/slow/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n",
    b"POST /queues/slow/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + b"x" * 20000,
    b"PUT /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
]


def nothing(_: Target, seconds: float) -> None:
    """No attack."""
    time.sleep(seconds)


async def slow_requests(target: Target, count: int, beginnings: list[bytes], pause: float) -> Counter[str]:
    """Begins requests and sends a byte now and then, until the server answers; by status."""

    async def one(index: int) -> str:
        attacker = await Attacker.connect(target)
        await attacker.send(beginnings[index % len(beginnings)])
        async with attacker.sending(b"E" * 100_000, pause):
            status = await attacker.status()
        attacker.close()
        return status

    return await all_at_once(count, one)


def come_and_go(target: Target, seconds: float) -> int:
    """Connects and is gone, with a reset and without a word, as fast as one process can; how often."""
    count, end = 0, time.monotonic() + seconds
    linger = struct.pack("ii", 1, 0)
    while time.monotonic() < end:
        for _ in range(100):
            client = socket.socket()
            client.connect(target)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            client.close()
        count += 100
    return count


def handshakes(target: Target, seconds: float, roost: str, clients: int = 64) -> int:
    """WebSocket handshakes by `roost bench connect`, as fast as it can; how many a second there were."""
    command = [roost, "bench", "connect", "--server", f"http://{target.host}:{target.port}", "--json"]
    command += ["--clients", str(clients), "--warm-up", "100ms", "--duration", f"{int(seconds * 1000)}ms"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if done.returncode:
        raise RuntimeError(f"roost bench connect: {done.stderr}")
    return int(json.loads(done.stdout)["handshakes_per_second"])


async def byte_by_byte(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Whole sessions of the native door, each byte a write of its own; by close code."""
    session = (
        handshake("/ws")
        + frame(TEXT, b'{"type":"subscribe","channel":"drops","ref":1}')
        + frame(TEXT, b'{"type":"publish","channel":"drops","data":"\xc3\xa9","ref":2}')
        + frame(TEXT, b'{"type":"unsubscribe","channel":"drops","ref":3}')
        + frame(TEXT, b'{"type":"ping","ref":4}')
        + frame(8, b"\x03\xe8")
    )

    async def one(_: int) -> str:
        attacker = await Attacker.connect(target)
        refs, code = set(), "none"
        async with attacker.sending(session, pause=0):
            await attacker.until(b"\r\n\r\n")
            async for opcode, payload in attacker.frames():
                if opcode == TEXT:
                    refs.add(json.loads(payload).get("ref"))
                else:
                    code = str(int.from_bytes(payload))
        attacker.close()
        return code if refs >= {1, 2, 3, 4} else f"answers to {refs} only"

    return await pound(seconds, abreast, one)
