"""Clients that mind their own business while others attack: what do they notice?

They live in a process of their own. A delay counts from just before the publisher's `send` until the moment at which
the kernel had the message for its receiver: how soon this process gets a core has no part in it.
"""

import multiprocessing
import os
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from .receiver import EventStreamReceiver, Receiver, WebSocketReceiver

CHANNEL = "bystanders"
SUBSCRIBERS = 20
# Messages a second.
RATE = 50
# Seconds that the last messages may take.
PATIENCE = 20


@dataclass
class Accounts:
    """What the bystanders have to tell."""

    published: int = 0
    acknowledged: int = 0
    delays: list[float] = field(default_factory=list)
    """Milliseconds, of what was published under attack; sorted."""
    faults: list[str] = field(default_factory=list)
    """What was lost, came twice or out of order, and who was disconnected."""

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the messages came."""
        return self.delays[min(len(self.delays) - 1, int(share * len(self.delays)))]


class Bystanders:
    """Established and served once it has been made; `begin` and `end` say when there is an attack."""

    def __init__(self, host: str, port: int):
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_live, args=(theirs, host, port), daemon=True)
        self._process.start()
        theirs.close()
        self._ask("established", 30)

    def begin(self) -> None:
        """What is published from now on counts for the delays."""
        self._pipe.send("begin")
        self._ask("begun", PATIENCE)

    def end(self) -> None:
        """What is published from now on does not count for the delays any more."""
        self._pipe.send("end")
        self._ask("ended", PATIENCE)

    def finish(self) -> Accounts:
        """No more is published: waits for what is on its way, and disconnects."""
        self._pipe.send("finish")
        accounts = self._ask(Accounts, PATIENCE + 10)
        self._process.join(10)
        return accounts

    def close(self) -> None:
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._pipe.close()

    def _ask(self, expected: object, seconds: float):
        assert self._pipe.poll(seconds), f"the bystanders say nothing for {seconds} s, not even {expected!r}"
        answer = self._pipe.recv()
        assert answer == expected or isinstance(expected, type) and isinstance(answer, expected), answer
        return answer


class _Crowd:
    def __init__(self, host: str, port: int):
        self.subscribers: list[Receiver] = [
            *[WebSocketReceiver(host, port, CHANNEL) for _ in range(SUBSCRIBERS)],
            EventStreamReceiver(host, port, CHANNEL),
        ]
        self.publisher = WebSocketReceiver(host, port, None)
        self.sent: list[int] = []
        """When each number was published: ns since 1970."""
        self.counted: range | None = None
        self.delays: list[tuple[int, int]] = []
        """Number and ns."""
        self.selector = selectors.DefaultSelector()
        for receiver in [*self.subscribers, self.publisher]:
            receiver.watch(self.selector)

    def publish(self) -> None:
        number = len(self.sent)
        self.sent.append(time.time_ns())
        try:
            self.publisher.send({"type": "publish", "channel": CHANNEL, "data": number})
        except OSError as error:
            self.publisher.faults.append(f"cannot publish: {error}")

    def read(self, seconds: float) -> None:
        """Reads what comes within this time, or a little of it."""
        for key, _ in self.selector.select(max(0, seconds)):
            receiver: Receiver = key.data
            arrived, numbers = receiver.receive()
            for number in numbers:
                if arrived and number < len(self.sent):
                    self.delays.append((number, arrived - self.sent[number]))
            if receiver.is_over:
                receiver.faults.append("the connection has ended")
                self.selector.unregister(receiver.socket)

    def serve(self, until: Callable[[], bool]) -> None:
        """Publishes on and on."""
        due = time.monotonic()
        while not until():
            now = time.monotonic()
            if now >= due:
                self.publish()
                # What this process was late for is not made up for in a burst.
                due = max(due + 1 / RATE, now)
            self.read(due - now)

    def has_all(self) -> bool:
        return self.publisher.acknowledged == len(self.sent) and all(
            receiver.expected == len(self.sent) for receiver in self.subscribers
        )

    def accounts(self) -> Accounts:
        faults = [
            f"{type(receiver).__name__} {index}: {fault}"
            for index, receiver in enumerate([*self.subscribers, self.publisher])
            for fault in receiver.faults
        ]
        faults += [
            f"{type(receiver).__name__} {index}: {receiver.expected} of {len(self.sent)} messages came"
            for index, receiver in enumerate(self.subscribers)
            if receiver.expected != len(self.sent)
        ]
        counted = self.counted or range(0)
        return Accounts(
            published=len(self.sent),
            acknowledged=self.publisher.acknowledged,
            delays=sorted(delay / 1e6 for number, delay in self.delays if number in counted),
            faults=faults,
        )


def _live(pipe: Connection, host: str, port: int) -> None:
    """The process."""
    try:
        # Before the attackers, where that is allowed: they would be on other machines.
        os.nice(-5)
    except OSError:
        pass
    try:
        crowd = _Crowd(host, port)
        crowd.serve(lambda: len(crowd.sent) >= 10)
        pipe.send("established")
        begin = 0
        while True:
            crowd.serve(pipe.poll)
            match pipe.recv():
                case "begin":
                    begin = len(crowd.sent)
                    pipe.send("begun")
                case "end":
                    crowd.counted = range(begin, len(crowd.sent))
                    pipe.send("ended")
                case "finish":
                    break
        deadline = time.monotonic() + PATIENCE
        while not crowd.has_all() and time.monotonic() < deadline:
            crowd.read(0.1)
        pipe.send(crowd.accounts())
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")
