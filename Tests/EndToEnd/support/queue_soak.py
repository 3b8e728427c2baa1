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
    # Leases that each job has had, to see that no two stand at a time by the same name.
    leases: defaultdict = field(default_factory=lambda: defaultdict(set))

    def take(self, job: dict) -> None:
        with self.lock:
            self.worked[job["data"]] += 1
            if job["id"] in self.leases[job["data"]]:
                self.faults.append(f"the lease {job['id']} was handed out twice")
            self.leases[job["data"]].add(job["id"])

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
                for data in self.asked.values():
                    self.accounts.lose(data)
                self.asked = {}

    def whim(self) -> str:
        """What happens to a job."""
        number = self.random.random()
        if number < 0.004:
            return "die"
        if number < 0.006:
            return "oversleep"
        return "retry" if number < 0.03 else "done"

    def die(self) -> None:
        with self.accounts.lock:
            self.accounts.deaths += 1
        raise Died

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
        whim = self.whim()
        if whim == "retry":
            with self.accounts.lock:
                self.accounts.retried += 1
            client.send({"type": "retry", "queue": self.queue, "id": job["id"]})
            return
        self.accounts.take(job)
        if whim == "die":
            self.accounts.lose(job["data"])
            self.die()
        if whim == "oversleep":
            time.sleep(LEASE + 0.5)
        self.asked[job["id"]] = job["data"]
        client.send({"type": "done", "queue": self.queue, "id": job["id"], "ref": job["id"]})

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
                whim = self.whim()
                if whim == "retry":
                    client.post(f"/jobs/{job['id']}/retry")
                    continue
                self.accounts.take(job)
                if whim == "die":
                    self.accounts.lose(job["data"])
                    self.die()
                if whim == "oversleep":
                    time.sleep(LEASE + 0.5)
                self.asked[job["id"]] = job["data"]
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
        while (finished := int(redis_client.hget(f"roost:{{{queue}}}:meta", "done") or 0)) < jobs:
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
