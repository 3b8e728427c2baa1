"""Many attackers side by side, in processes of their own."""

import asyncio
import inspect
import itertools
import multiprocessing
import os
import resource
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from .attacker import Attacker

Attack = Callable[..., Any]


async def all_at_once(count: int, one: Callable[[int], Awaitable[str]]) -> Counter[str]:
    """So many attackers at the same time; what became of them."""
    return Counter(await asyncio.gather(*[one(index) for index in range(count)]))


async def pound(seconds: float, abreast: int, one: Callable[[int], Awaitable[str]]) -> Counter[str]:
    """Attackers one after the other in so many lanes, for so long, in each lane at least one; what became of them."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    numbers = itertools.count()
    outcomes: Counter[str] = Counter()

    async def lane() -> None:
        while True:
            outcomes[await one(next(numbers))] += 1
            if loop.time() >= end:
                return

    await asyncio.gather(*[lane() for _ in range(abreast)])
    return outcomes


async def pound_all(count: int, abreast: int, one: Callable[[int], Awaitable[str]]) -> Counter[str]:
    """So many attackers, not all at the same time; what became of them."""
    places = asyncio.Semaphore(abreast)

    async def placed(number: int) -> str:
        async with places:
            return await one(number)

    return Counter(await asyncio.gather(*[placed(number) for number in range(count)]))


class Barrage:
    """Processes that attack when told to. They are nicer than others: real attackers have machines of their own."""

    def __init__(self, processes: int):
        self._pool = ProcessPoolExecutor(
            processes, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
        )

    def start(self, attack: Attack, *arguments: Any) -> Future:
        """The attack, a function of a module, in one of the processes; what it returns, or how it failed."""
        return self._pool.submit(_run, attack, arguments)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    os.nice(10)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))


def _run(attack: Attack, arguments: tuple) -> Any:
    result = attack(*arguments)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


async def stuff_all(seconds: float, attackers: list[Attacker], flood: bytes) -> int:
    """Sends as much of a flood as the server takes, for so long, and reads nothing; how many bytes it took."""
    loop = asyncio.get_running_loop()
    end, taken = loop.time() + seconds, 0
    while loop.time() < end:
        some = sum(attacker.stuff(flood) for attacker in attackers)
        taken += some
        await asyncio.sleep(0 if some else 0.01)
    for attacker in attackers:
        attacker.reset()
    return taken
