"""Publishers and subscribers that keep accounts while somebody else breaks things."""

import asyncio
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

CHANNELS = [f"soak:{number}" for number in range(20)]


class Accounts:
    """What was acknowledged, and what arrived where."""

    def __init__(self) -> None:
        # channel → {(id, data)}
        self.acknowledged: dict[str, set[tuple[str, str]]] = defaultdict(set)
        # subscriber → channel → [(id, data)]
        self.received: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
        self.gaps: list[dict] = []
        self.unrecovered: list[str] = []
        self.resumed = 0
        self.repeated = 0

    @property
    def count(self) -> int:
        return sum(map(len, self.acknowledged.values()))

    def has_all(self, subscriber: str) -> bool:
        """Whether every acknowledged message has arrived there."""
        return all(
            messages <= set(self.received[subscriber][channel])
            for channel, messages in self.acknowledged.items()
        )

    def lost(self) -> int:
        """How many acknowledged messages did not arrive somewhere."""
        return sum(
            len(messages - set(channels[channel]))
            for channels in self.received.values()
            for channel, messages in self.acknowledged.items()
        )

    def doubled(self) -> int:
        """How many messages arrived somewhere again."""
        return sum(
            len(seen) - len(set(seen)) for channels in self.received.values() for seen in channels.values()
        )

    def faults(self) -> list[str]:
        """What is lost, doubled, out of order or changed: nothing, if all is well."""
        found = [f"gap: {gap}" for gap in self.gaps] + [f"not recovered: {who}" for who in self.unrecovered]
        for subscriber, channels in self.received.items():
            for channel in CHANNELS:
                seen = channels[channel]
                offsets = [int(message_id.split("-")[0]) for message_id, _ in seen]
                if offsets != list(range(1, len(offsets) + 1)):
                    found.append(f"{subscriber} {channel}: offsets are {shorten(offsets)}")
                missing = self.acknowledged[channel] - set(seen)
                if missing:
                    found.append(f"{subscriber} {channel}: lost {sorted(missing)[:3]}")
        return found


def shorten(offsets: list[int]) -> str:
    wrong = next((i for i, (a, b) in enumerate(zip(offsets, itertools.count(1))) if a != b), len(offsets))
    return f"{len(offsets)}, and around the first wrong one {offsets[max(0, wrong - 2) : wrong + 3]}"


class Publisher:
    """Says one thing after the other, each until it is acknowledged, with an idempotency key."""

    def __init__(self, name: str, url: Callable[[], str], accounts: Accounts, pause: float):
        self.name, self.url, self.accounts, self.pause = name, url, accounts, pause
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        chance = random.Random(self.name)
        number = 0
        while not self.stopping.is_set():
            try:
                async with connect(self.url(), proxy=None, compression=None) as socket:
                    await socket.recv()
                    while not self.stopping.is_set():
                        number += 1
                        await self._say(socket, chance.choice(CHANNELS), f"{self.name}/{number}")
                        await asyncio.sleep(chance.uniform(0, 2 * self.pause))
            except (OSError, WebSocketException, TimeoutError):
                # What was being said is said again, under a new number: nobody knows whether the old one was taken.
                await asyncio.sleep(0.1)

    async def _say(self, socket: ClientConnection, channel: str, data: str) -> None:
        frame = json.dumps({"type": "publish", "channel": channel, "data": data, "key": data})
        while True:
            await socket.send(frame)
            reply = json.loads(await asyncio.wait_for(socket.recv(), 30))
            if reply["type"] == "published":
                self.accounts.acknowledged[channel].add((reply["id"], data))
                return
            assert reply["code"] in ("unavailable", "overloaded"), reply
            self.accounts.repeated += 1
            await asyncio.sleep(0.05)


class Subscriber:
    """Hears all channels; comes back with `since` when its connection ends."""

    def __init__(self, name: str, url: Callable[[], str], accounts: Accounts):
        self.name, self.url, self.accounts = name, url, accounts
        self.is_ready = asyncio.Event()
        self._newest: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())
        await asyncio.wait_for(self.is_ready.wait(), 30)

    async def stop(self) -> None:
        assert self._task
        if self._task.done():
            self._task.result()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with connect(self.url(), proxy=None, compression=None, max_queue=None) as socket:
                    await socket.recv()
                    await self._follow(socket)
            except (OSError, WebSocketException, TimeoutError):
                await asyncio.sleep(random.uniform(0, 0.3))

    async def _follow(self, socket: ClientConnection) -> None:
        for channel in CHANNELS:
            since = {"since": self._newest[channel]} if channel in self._newest else {}
            await socket.send(json.dumps({"type": "subscribe", "channel": channel} | since))
        waiting = set(CHANNELS)
        async for text in socket:
            frame = json.loads(text)
            match frame["type"]:
                case "message":
                    self._newest[frame["channel"]] = frame["id"]
                    self.accounts.received[self.name][frame["channel"]].append((frame["id"], frame["data"]))
                case "subscribed":
                    channel = frame["channel"]
                    waiting.discard(channel)
                    if channel in self._newest:
                        self.accounts.resumed += 1
                        if not frame["recovered"]:
                            self.accounts.unrecovered.append(f"{self.name} {channel} {self._newest[channel]}")
                    if not waiting:
                        self.is_ready.set()
                case "gap":
                    self.accounts.gaps.append(frame)
                case other:
                    raise AssertionError(f"{other}: {frame}")


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true in time."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.1)
    return True
