"""Requests as pages of other origins have a browser send them. PROTOCOL.md, "Other origins"."""

import httpx
import pytest
import websockets.sync.client
from websockets.exceptions import InvalidStatus

FRIEND = "https://app.example.com"
STRANGERS = ["https://evil.example", "null", "https://app.example.com.evil.example", "http://127.0.0.1:1"]


@pytest.fixture
def guarded(start_roost):
    return start_roost(config='http: {origins: ["https://*.example.com"]}')


def sockets(channel: str) -> list[str]:
    return [
        "/ws",
        f"/channels/{channel}/socket",
        "/socket.io/?EIO=4&transport=websocket",
    ]


def requests(channel: str) -> list[tuple[str, str]]:
    return [
        ("POST", f"/channels/{channel}/messages"),
        ("POST", f"/channels/{channel}/stop"),
        ("POST", "/users/alice/notifications"),
        ("POST", f"/queues/{channel}/jobs"),
        ("GET", "/socket.io/?EIO=4&transport=polling"),
    ]


def test_pages_of_strangers_cannot_act(guarded, channel):
    for origin in STRANGERS:
        for path in sockets(channel):
            with pytest.raises(InvalidStatus) as refused:
                websockets.sync.client.connect(guarded.url.replace("http", "ws") + path, origin=origin, proxy=None)
            assert refused.value.response.status_code == 403, path
            assert b"http.origins" in refused.value.response.body
        for method, path in requests(channel):
            answer = httpx.request(
                method, guarded.url + path, headers={"Origin": origin}, content=b"x", trust_env=False
            )
            assert answer.status_code == 403, (method, path, answer.text)
            assert answer.json()["error"]["code"] == "forbidden"
            assert "access-control-allow-origin" not in answer.headers


def test_the_servers_own_pages_friends_and_scripts_can(guarded, channel):
    for origin in [guarded.url, FRIEND, None]:
        for path in sockets(channel):
            with websockets.sync.client.connect(
                guarded.url.replace("http", "ws") + path, origin=origin, proxy=None
            ) as socket:
                socket.ping().wait(20)
        headers = {"Origin": origin} if origin else {}
        for method, path in requests(channel):
            answer = httpx.request(method, guarded.url + path, headers=headers, content=b"x", trust_env=False)
            assert answer.status_code == 200, (method, path, answer.text)


def test_every_answer_says_that_its_type_is_meant(guarded, channel):
    for path in ["/healthz", "/nothing", f"/channels/{channel}/messages", "/socket.io/?EIO=4&transport=polling"]:
        answer = httpx.get(guarded.url + path, trust_env=False)
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"], path
