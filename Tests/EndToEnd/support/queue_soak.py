"""Many jobs, many consumers, and everything that can go wrong going wrong at random; then the accounts."""

import contextlib
import json
import random
import socket
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import httpx
from websockets.exceptions import WebSocketException

from .daemon import Roost
from .native import NativeClient
from .waiting import DEADLINE

LEASE = 3


class Died(Exception):
    """A consumer has ended as a crash would."""


@dataclass
class Lease:
    """A job in somebody's hands."""

    id: str
    attempt: int
    consumer: "Consumer"
    taken: float = field(default_factory=time.monotonic)
    # Given back, or its consumer has ended.
    ended: bool = False

    @property
    def stands(self) -> bool:
        """Whether it cannot have ended yet. Half of its time is for what a slow machine adds."""
        return not (self.ended or self.consumer.overslept) and time.monotonic() - self.taken < LEASE / 2


@dataclass
class Accounts:
    """Who did what. A job is worked on when its consumer has it, and done when the server has said so."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    worked: Counter = field(default_factory=Counter)
    done: Counter = field(default_factory=Counter)
    # Work that the server did not count: the lease was lost, or its consumer or node died before the reply.
    lost: Counter = field(default_factory=Counter)
    retried: int = 0
    late: int = 0
    deaths: int = 0
    node_kills: int = 0
    # What should never be, in words.
    faults: list[str] = field(default_factory=list)
    # All leases that each job has had.
    leases: defaultdict[int, list[Lease]] = field(default_factory=lambda: defaultdict(list))

    def take(self, job: dict, consumer: "Consumer") -> Lease:
        with self.lock:
            earlier = self.leases[job["data"]]
            for lease in earlier:
                if lease.id == job["id"]:
                    self.faults.append(f"the lease {job['id']} was handed out twice")
                # One that overslept may read of an attempt when there have been others.
                elif lease.attempt < job["attempt"] and lease.stands:
                    self.faults.append(f"{job['id']} was handed out while {lease.id} stood")
            earlier.append(Lease(job["id"], job["attempt"], consumer))
            return earlier[-1]

    def work(self, data: int) -> None:
        with self.lock:
            self.worked[data] += 1

    def finish(self, data: int) -> None:
        with self.lock:
            self.done[data] += 1

    def lose(self, data: int) -> None:
        with self.lock:
            self.lost[data] += 1

    @property
    def finished(self) -> int:
        with self.lock:
            return len(self.done)


class Consumer(threading.Thread):
    """Takes jobs from any node, over a WebSocket or HTTP, until it is told to stop."""

    def __init__(self, nodes: list[Roost], queue: str, accounts: Accounts, seed: int, over_http: bool):
        super().__init__(daemon=True)
        self.nodes, self.queue, self.accounts, self.over_http = nodes, queue, accounts, over_http
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        # Jobs whose `done` has no reply.
        self.asked: dict[str, int] = {}
        # The leases of this connection.
        self.leases: list[Lease] = []
        self.overslept = False

    def run(self) -> None:
        while not self.stopping.is_set():
            node = self.random.choice(self.nodes)
            try:
                self.http(node) if self.over_http else self.native(node)
            except (OSError, WebSocketException, httpx.HTTPError, EOFError, Died, AssertionError):
                # A node that is down, or that has just gone down.
                self.stopping.wait(0.05)
            except Exception as fault:
                self.accounts.faults.append(f"{type(fault).__name__}: {fault}")
                return
            finally:
                self.end()

    def end(self) -> None:
        """The connection is over, and all that it had."""
        for data in self.asked.values():
            self.accounts.lose(data)
        for lease in self.leases:
            lease.ended = True
        self.asked, self.leases, self.overslept = {}, [], False

    def take(self, job: dict) -> str:
        """Enters a job; what becomes of it."""
        lease = self.accounts.take(job, self)
        self.leases.append(lease)
        whim = self.whim()
        if whim == "retry":
            lease.ended = True
            with self.accounts.lock:
                self.accounts.retried += 1
            return whim
        self.accounts.work(job["data"])
        if whim == "die":
            for lease in self.leases:
                lease.ended = True
            self.accounts.lose(job["data"])
            with self.accounts.lock:
                self.accounts.deaths += 1
            raise Died
        if whim == "oversleep":
            self.overslept = True
            time.sleep(LEASE + 0.5)
        self.asked[job["id"]] = job["data"]
        return whim

    def whim(self) -> str:
        """What happens to a job."""
        number = self.random.random()
        if number < 0.004:
            return "die"
        if number < 0.006:
            return "oversleep"
        return "retry" if number < 0.03 else "done"

    def native(self, node: Roost) -> None:
        client = NativeClient(node.ws_url)
        try:
            client.send({"type": "work", "queue": self.queue, "credit": 4, "lease": LEASE})
            while not self.stopping.is_set():
                try:
                    frame = json.loads(client.socket.recv(timeout=0.2))
                except TimeoutError:
                    continue
                if frame["type"] == "job":
                    self.work(client, frame)
                elif frame["type"] in ("done", "error") and frame.get("ref") in self.asked:
                    self.reply(frame)
                elif frame["type"] == "error" and frame["code"] not in ("lease_lost", "unavailable"):
                    self.accounts.faults.append(str(frame))
            # What it has goes to others.
        finally:
            # As a crash would end it.
            with contextlib.suppress(OSError):
                client.socket.socket.shutdown(socket.SHUT_RDWR)
            client.close()

    def work(self, client: NativeClient, job: dict) -> None:
        command = {"type": self.take(job), "queue": self.queue, "id": job["id"], "ref": job["id"]}
        client.send(command | ({} if command["type"] == "retry" else {"type": "done"}))

    def reply(self, frame: dict) -> None:
        data = self.asked.pop(frame["ref"])
        if frame["type"] == "done":
            self.accounts.finish(data)
            return
        self.accounts.lose(data)
        if frame["code"] == "lease_lost":
            with self.accounts.lock:
                self.accounts.late += 1

    def http(self, node: Roost) -> None:
        with httpx.Client(base_url=f"{node.url}/queues/{self.queue}", trust_env=False, timeout=DEADLINE) as client:
            while not self.stopping.is_set():
                response = client.post("/lease", params={"wait": 1, "lease": LEASE})
                if response.status_code != 200:
                    continue
                job = response.json()
                if self.take(job) == "retry":
                    client.post(f"/jobs/{job['id']}/retry")
                    continue
                status = client.delete(f"/jobs/{job['id']}").status_code
                self.asked = {}
                if status == 200:
                    self.accounts.finish(job["data"])
                else:
                    self.accounts.lose(job["data"])
                    self.accounts.late += status == 409


def soak(nodes: list[Roost], redis_client, queue: str, jobs: int, seconds: float, seed: int = 1) -> Accounts:
    """Eight consumers do `jobs` jobs while they and the nodes are killed at random."""
    accounts = Accounts()
    consumers = [
        Consumer(nodes, queue, accounts, seed * 100 + index, over_http=index >= 6) for index in range(8)
    ]
    chance = random.Random(seed)
    deadline = time.monotonic() + seconds
    pushed = 0
    next_kill = jobs // 5
    for consumer in consumers:
        consumer.start()
    try:
        # Finished is what Redis says: the reply of a `done` may be lost with its node.
        while (finished := int(redis_client.hget(f"roost:{{{queue}}}:counts", "done") or 0)) < jobs:
            assert time.monotonic() < deadline, (
                f"{finished} of {jobs} jobs done after {seconds} s; "
                f"dead: {redis_client.llen(f'roost:{{{queue}}}:dead')}; {accounts.faults[:3]}"
            )
            if pushed < jobs and pushed - finished < 2_000:
                count = min(jobs - pushed, chance.randint(1, 200))
                redis_client.rpush(queue, *range(pushed, pushed + count))
                pushed += count
            if finished >= next_kill:
                next_kill += jobs // 4
                node = chance.choice(nodes)
                node.kill()
                accounts.node_kills += 1
                time.sleep(0.2)
                node.start()
            time.sleep(0.01)
    finally:
        for consumer in consumers:
            consumer.stopping.set()
        for consumer in consumers:
            consumer.join(DEADLINE)
    return accounts
