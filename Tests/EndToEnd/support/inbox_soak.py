"""Senders and devices that go on whatever breaks."""

import random
import threading
from collections.abc import Callable

import httpx
from websockets.exceptions import WebSocketException

from .daemon import Roost
from .inbox import Device

BROKEN = (OSError, AssertionError, httpx.HTTPError, WebSocketException, EOFError)


class Sender(threading.Thread):
    """Notifies one user; repeats each notification under its key until it is answered. `ids` in the order of sending."""

    def __init__(self, nodes: list[Roost], user: str, count: int, seed: int):
        super().__init__(daemon=True)
        self.nodes, self.user, self.count = nodes, user, count
        self.random = random.Random(seed)
        self.ids: list[str] = []
        self.repeated = 0

    def run(self) -> None:
        for number in range(self.count):
            while not self._send(number):
                self.repeated += 1
                self._pause()
            self._pause()

    def _send(self, number: int) -> bool:
        node = self.random.choice(self.nodes)
        try:
            response = httpx.post(
                f"{node.url}/users/{self.user}/notifications",
                content=str(number),
                headers={"Idempotency-Key": str(number)},
                timeout=5,
                trust_env=False,
            )
        except httpx.HTTPError:
            return False
        if response.status_code != 200:
            assert response.status_code == 503, response.text
            return False
        self.ids.append(response.json()["id"])
        return True

    def _pause(self) -> None:
        threading.Event().wait(self.random.uniform(0, 0.02))


class SoakDevice(threading.Thread):
    """One device of a user: reads, acknowledges now and then, goes away without a word, comes back elsewhere."""

    def __init__(self, nodes: list[Roost], user: str, name: str, seed: int):
        super().__init__(daemon=True)
        self.nodes, self.user, self.device_name = nodes, user, name
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        self.seen: set[str] = set()
        self.deliveries = 0
        self.connections = 0
        self.faults: list[str] = []

    def has_all(self, ids: list[str]) -> bool:
        return self.seen.issuperset(ids)

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                device = Device(self.random.choice(self.nodes), self.user, self.device_name)
            except BROKEN:
                self.stopping.wait(0.05)
                continue
            self.connections += 1
            try:
                self._listen(device)
            except BROKEN:
                pass
            finally:
                device.socket.socket.close()

    def _listen(self, device: Device) -> None:
        last = 0
        for _ in range(self.random.randint(5, 80)):
            if self.stopping.is_set():
                return
            frame = device.receive(1)
            if frame["type"] == "notification":
                offset = int(frame["id"].split("-")[0])
                if offset <= last:
                    self.faults.append(f"{frame['id']} after {last} on one connection")
                last = offset
                self.seen.add(frame["id"])
                self.deliveries += 1
                if self.random.random() < 0.1:
                    device.send({"type": "ack", "id": frame["id"]})
            elif frame["type"] not in {"acked", "read", "error"}:
                self.faults.append(f"an unknown frame: {frame}")


def wait_for(threads: list[threading.Thread], condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it comes true in time."""
    for _ in range(int(seconds / 0.05)):
        if condition():
            return True
        threads[0].join(0.05)
    return condition()
