"""A device with its inbox open, and back ends that notify."""

from typing import Any
from urllib.parse import quote

import httpx

from .daemon import Roost
from .native import NativeClient
from .waiting import DEADLINE


class Device(NativeClient):
    """A native client of a user; `unread` is what the inbox said when it was opened."""

    def __init__(self, roost: Roost, user: str, device: str | None = None):
        super().__init__(roost.ws_url, path=f"/ws?user={quote(user, safe='')}")
        command: dict[str, Any] = {"type": "inbox"}
        if device is not None:
            command["device"] = device
        reply = self.request(command)
        assert reply["type"] == "inbox"
        self.unread = reply["unread"]

    def notifications(self, count: int, timeout: float = DEADLINE) -> list[dict[str, Any]]:
        """The next `count` frames, which must be notifications."""
        found = [self.receive(timeout) for _ in range(count)]
        assert {frame["type"] for frame in found} <= {"notification"}, found
        return found

    def data(self, count: int, timeout: float = DEADLINE) -> list[Any]:
        return [notification["data"] for notification in self.notifications(count, timeout)]

    def acknowledge(self, id: str) -> dict[str, Any]:
        """Acknowledges; the reply, which must be the next frame, without its type."""
        reply = self.request({"type": "ack", "id": id})
        assert reply.pop("type") == "acked", reply
        return reply


class Backend:
    """Speaks to the inbox URLs of one daemon."""

    def __init__(self, roost: Roost):
        self.client = httpx.Client(base_url=roost.url, timeout=DEADLINE, trust_env=False)

    def notify(self, user: str, data: Any, /, key: str | None = None, **query: Any) -> str:
        """The id that the notification got."""
        headers = {"Idempotency-Key": key} if key else {}
        response = self.client.post(
            f"/users/{user}/notifications", json=data, params=query, headers=headers
        )
        assert response.status_code == 200, response.text
        return response.json()["id"]

    def read(self, user: str, **query: Any) -> dict[str, Any]:
        response = self.client.get(f"/users/{user}/notifications", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def acknowledge(self, user: str, id: str, **query: Any) -> int:
        """How many are unread then."""
        response = self.client.post(f"/users/{user}/notifications/{id}/ack", params=query)
        assert response.status_code == 200, response.text
        return response.json()["unread"]

    def close(self) -> None:
        self.client.close()
