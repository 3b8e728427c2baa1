"""WebSocket frames that no honest client sends."""

import zlib
from collections import Counter

from ..raw_websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_payload, frame
from .attacker import Attacker, Target
from .barrage import pound, pound_all, stuff_all

PING_COMMAND = b'{"type":"ping"}'


async def first_bytes(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """A frame with every first byte there is, masked and not, and a close frame behind it; as "84 masked: 1002"."""

    async def one(number: int) -> str:
        first, is_masked = number % 256, number // 256 % 2 == 0
        attacker = await Attacker.upgraded(target)
        whole = frame(
            first & 0x0F, PING_COMMAND, final=first & 0x80 != 0, masked=is_masked, reserved=first >> 4 & 7
        )
        await attacker.send(whole + frame(CLOSE, close_payload(1000)))
        code = await attacker.closing()
        attacker.close()
        return f"{first:02X} {'masked' if is_masked else 'bare'}: {code}"

    # All of them, however long that takes.
    return await pound_all(512, abreast, one) + await pound(seconds, abreast, one)


async def fragments(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Messages without end and control frames out of order; by kind and close code."""
    byte = frame(CONTINUATION, b"x", final=False)
    begun = frame(TEXT, b"x", final=False)
    attacks = {
        "endless": begun + byte * 70_000,
        "endless with pings": begun + (byte + frame(PING, b"p" * 125)) * 70_000,
        "empty": frame(TEXT, b"", final=False)
        + frame(CONTINUATION, b"", final=False) * 50_000
        + frame(CLOSE, close_payload(1000)),
        "large control": begun + frame(PING, b"p" * 126),
        "fragmented control": begun + frame(PING, b"p", final=False),
        "text inside": (begun + byte) * 10,
        "announced": begun + frame(CONTINUATION, length=2**62, wide=8),
        "bytes inside": begun + frame(BINARY, b"x"),
    }

    async def one(number: int) -> str:
        kind = list(attacks)[number % len(attacks)]
        attacker = await Attacker.upgraded(target, "/channels/fragments/socket")
        async with attacker.sending(attacks[kind]):
            code = await attacker.closing()
        attacker.close()
        return f"{kind}: {code}"

    return await pound(seconds, max(abreast, len(attacks)), one)


async def pings(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Floods of pings whose pongs are read; every one must come, in order."""
    count = 10_000

    async def one(number: int) -> str:
        attacker = await Attacker.upgraded(target)
        flood = b"".join(frame(PING, b"%d" % index + b"p" * 100) for index in range(count))
        index = 0
        async with attacker.sending(flood):
            async for opcode, payload in attacker.frames():
                if opcode != PONG:
                    continue
                if not payload.startswith(b"%dp" % index):
                    break
                index += 1
                if index == count:
                    break
        attacker.close()
        return "all pongs" if index == count else f"{index} pongs in order"

    return await pound(seconds, abreast, one)


async def unread(target: Target, seconds: float, abreast: int) -> int:
    """Floods of pings and commands whose answers nobody reads; how many bytes the server took."""
    flood = (frame(PING, b"p" * 125) + frame(TEXT, PING_COMMAND)) * 1000
    attackers = [await Attacker.upgraded(target, receive_buffer=4096) for _ in range(abreast)]
    return await stuff_all(seconds, attackers, flood)


async def compressed(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Offers compression, and compresses though it was not agreed to: 10 MB in 10 KB."""
    bomb = zlib.compress(b"0" * 10_000_000, 9)[2:-4]

    async def one(_: int) -> str:
        attacker = await Attacker.upgraded(
            target,
            "/channels/bomb/socket",
            Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
        )
        is_agreed = b"extensions" in attacker.upgrade_head.lower()
        await attacker.send(frame(BINARY, bomb, reserved=4))
        code = await attacker.closing()
        attacker.close()
        return f"{'agreed' if is_agreed else 'not agreed'}: {code}"

    return await pound(seconds, abreast, one)
