"""Work queues as clients see them."""

from typing import Any

import httpx

from .daemon import Roost
from .native import NativeClient
from .waiting import DEADLINE, wait_until


class QueueHTTP:
    """The URLs of one queue on one daemon."""

    def __init__(self, daemon: Roost, queue: str):
        self.queue = queue
        self.base = f"{daemon.url}/queues/{queue}"
        # Waiting for a job may take a minute.
        self.client = httpx.Client(trust_env=False, timeout=60 + DEADLINE)

    def push(self, data: str | bytes, **parameters: Any) -> None:
        response = self.client.post(f"{self.base}/jobs", content=data, params=parameters)
        assert (response.status_code, response.json()) == (200, {}), response.text

    def lease(self, **parameters: Any) -> dict[str, Any] | None:
        """A job, or None."""
        response = self.client.post(f"{self.base}/lease", params=parameters)
        if response.status_code == 204:
            return None
        assert response.status_code == 200, response.text
        job = response.json()
        assert job["queue"] == self.queue
        return job

    def done(self, id: str) -> int:
        """The status."""
        return self.client.delete(f"{self.base}/jobs/{id}").status_code

    def change(self, id: str, what: str, **parameters: Any) -> httpx.Response:
        return self.client.post(f"{self.base}/jobs/{id}/{what}", params=parameters)

    def status(self) -> dict[str, int]:
        """The counts that are not 0."""
        response = self.client.get(self.base)
        assert response.status_code == 200, response.text
        counts = response.json()
        assert counts.pop("queue") == self.queue
        assert set(counts) == {"waiting", "leased", "delayed", "dead", "done"}
        return {name: count for name, count in counts.items() if count}

    def wait_for(self, **counts: int) -> None:
        """Waits until the counts that are not 0 are these."""
        wait_until(lambda: self.status() == counts, f"the counts of the queue are {counts}")

    def close(self) -> None:
        self.client.close()


def work(client: NativeClient, queue: str, credit: int, **members: Any) -> None:
    """Makes a client a consumer; it must have none of the queue's jobs under way."""
    client.send({"type": "work", "queue": queue, "credit": credit} | members)
    assert client.receive() == {"type": "working", "queue": queue, "credit": credit}


def job(client: NativeClient, queue: str, timeout: float = DEADLINE) -> dict[str, Any]:
    """The next frame, which must be a job."""
    frame = client.receive(timeout)
    assert frame["type"] == "job" and frame["queue"] == queue, frame
    return frame


def done(client: NativeClient, taken: dict[str, Any]) -> None:
    """Finishes a job; the reply must be the next frame but for further jobs, which are lost."""
    client.send({"type": "done", "queue": taken["queue"], "id": taken["id"]})
    while (frame := client.receive())["type"] == "job":
        pass
    assert frame == {"type": "done", "queue": taken["queue"], "id": taken["id"]}
