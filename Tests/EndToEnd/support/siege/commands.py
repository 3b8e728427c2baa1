"""Commands of the native door in masses, and JSON that is deeper than anyone needs."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import Counter

from ..raw_websocket import CLOSE, TEXT, close_payload, frame
from .attacker import Attacker, Target
from .barrage import pound


def said(payload: bytes) -> str:
    """What a frame of the server's is: its type, an error's code."""
    value = json.loads(payload)
    return value["code"] if value["type"] == "error" else value["type"]


async def subscribe_floods(target: Target, connections: int, commands: int) -> Counter[str]:
    """Each connection subscribes to more and more; all answers, by type or code."""
    outcomes: Counter[str] = Counter()

    async def one(number: int) -> None:
        attacker = await Attacker.upgraded(target)
        flood = [
            frame(TEXT, b'{"type":"subscribe","channel":"flood-%d-%d"}' % (number, index))
            for index in range(commands)
        ]
        async with attacker.sending(b"".join(flood) + frame(CLOSE, close_payload(1000))):
            async for opcode, payload in attacker.frames():
                outcomes[said(payload) if opcode == TEXT else f"close {int.from_bytes(payload[:2])}"] += 1
        attacker.close()

    await asyncio.gather(*[one(number) for number in range(connections)])
    return outcomes


async def subscribe_lists(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Commands as long as a message may be, of names and lists of names; by answer."""
    room = 65536 - 60
    names = [f"n{index}" for index in range(room // 9)]
    lists = [
        json.dumps({"type": "subscribe", "channel": names}, separators=(",", ":")),
        json.dumps({"type": "subscribe", "channel": "x" * room}),
        json.dumps({"type": "subscribe", "pattern": "*" * room}),
        json.dumps({"type": "subscribe", "pattern": "[" * room}),
        "{" + ",".join(f'"channel":"{name}"' for name in names[:2500]) + ',"type":"subscribe","channel":7}',
    ]

    async def one(number: int) -> str:
        attacker = await Attacker.upgraded(target)
        await attacker.send(
            frame(TEXT, lists[number % len(lists)].encode()) + frame(CLOSE, close_payload(1000))
        )
        answers = [said(payload) async for opcode, payload in attacker.frames() if opcode == TEXT]
        attacker.close()
        return " ".join(answers[1:])

    return await pound(seconds, max(abreast, len(lists)), one)


async def channel_names(target: Target, connections: int, names: int) -> Counter[str]:
    """Subscribes to, publishes to and leaves so many channels, each of another name; all answers, by type or code."""
    outcomes: Counter[str] = Counter()
    at_a_time = 100

    async def one(connection: int) -> None:
        attacker = await Attacker.upgraded(target)
        frames = attacker.frames()
        await anext(frames)
        for start in range(connection * at_a_time, names, connections * at_a_time):
            channels = [b"name-%d" % index for index in range(start, min(start + at_a_time, names))]
            for kind, answers in (b"subscribe", 1), (b"publish", 2), (b"unsubscribe", 1):
                commands = [
                    frame(TEXT, b'{"type":"%s","channel":"%s","data":1}' % (kind, name)) for name in channels
                ]
                await attacker.send(b"".join(commands))
                for _ in range(answers * len(channels)):
                    opcode, payload = await anext(frames)
                    outcomes[said(payload) if opcode == TEXT else f"close {int.from_bytes(payload[:2])}"] += 1
        attacker.close()

    await asyncio.gather(*[one(connection) for connection in range(connections)])
    return outcomes


def nested(depth: int, kind: int) -> bytes:
    """JSON of so many levels: arrays, objects, without and with an end."""
    match kind % 4:
        case 0:
            return b"[" * depth + b"]" * depth
        case 1:
            return b'{"a":' * depth + b"1" + b"}" * depth
        case 2:
            return b"[" * depth
        case _:
            return b'{"a":[' * (depth // 2) + b"]}" * (depth // 2)


DEPTHS = [66, 1_000, 10_000]


async def deep_frames(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Deep JSON as commands and within them; by answer and close code."""

    async def one(number: int) -> str:
        value = nested(DEPTHS[number % 3], number // 3)
        text = value if number % 2 else b'{"type":"publish","channel":"deep","data":' + value + b"}"
        attacker = await Attacker.upgraded(target)
        await attacker.send(frame(TEXT, text))
        outcome = []
        async for opcode, payload in attacker.frames():
            outcome.append(said(payload) if opcode == TEXT else str(int.from_bytes(payload[:2])))
        attacker.close()
        return " ".join(outcome[1:])

    return await pound(seconds, abreast, one)


async def deep_bodies(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Deep JSON as bodies; by status and code."""
    paths = [b"/channels/deep/messages", b"/queues/deep/jobs", b"/users/deep/notifications"]

    async def one(number: int) -> str:
        body = nested(DEPTHS[number % 3], number // 3)
        attacker = await Attacker.connect(target)
        await attacker.send(
            b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (paths[number % 3], len(body), body)
        )
        status, answer = await attacker.response()
        attacker.close()
        return f"{status} {json.loads(answer)['error']['code']}"

    return await pound(seconds, abreast, one)


async def deep_tokens(target: Target, seconds: float, abreast: int, secret: str) -> Counter[str]:
    """Tokens of deep JSON, with a signature that holds: in the head, in the claims, in what they permit."""

    def encoded(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    async def one(number: int) -> str:
        value = nested(DEPTHS[number // 3 % 2], number // 6)
        head, claims = b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"mallory","exp":4000000000}'
        match number % 3:
            case 0:
                head = b'{"alg":"HS256","x":' + value + b"}"
            case 1:
                claims = value
            case 2:
                claims = b'{"sub":"mallory","exp":4000000000,"roost":{"publish":' + value + b"}}"
        signed = encoded(head) + b"." + encoded(claims)
        signature = encoded(hmac.digest(secret.encode(), signed, hashlib.sha256))
        attacker = await Attacker.connect(target)
        await attacker.send(
            b"POST /channels/deep/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s.%s\r\n"
            b"Content-Length: 1\r\n\r\nx" % (signed, signature)
        )
        status, answer = await attacker.response()
        attacker.close()
        return f"{status} {json.loads(answer)['error']['code']}"

    return await pound(seconds, abreast, one)
