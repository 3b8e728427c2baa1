"""The server that the test suites of the two protocols' descriptions ask for: Tests/SocketIOFixture."""

import signal
import subprocess

import httpx

from .daemon import BINARY
from .raw_http import RawHTTP
from .waiting import DEADLINE
from .websocket_client import WebSocketClient

# Between the packets of a payload.
SEPARATOR = "\x1e"


class SocketIOFixture:
    """One process. Intervals in milliseconds; without them, those of the suites."""

    def __init__(self, *intervals: int):
        command = [BINARY.parent / "roost-socketio-fixture", "127.0.0.1:0", *map(str, intervals)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), "the fixture did not start"
        self.http = httpx.Client(base_url=self.url, timeout=DEADLINE, trust_env=False)

    @property
    def ws_url(self) -> str:
        return self.url.replace("http://", "ws://", 1)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def check(self) -> None:
        assert self.process.poll() is None, f"the fixture has ended, exit code {self.process.returncode}"

    def finish(self) -> None:
        """It must have survived, and must end in order."""
        self.http.close()
        try:
            self.check()
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(DEADLINE) == 0
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


class Door:
    """One of its URLs, for sessions over polling and WebSockets."""

    def __init__(self, server: SocketIOFixture, path: str):
        self.server = server
        self.path = path

    def get(self, sid: str | None = None, **query: str) -> httpx.Response:
        return self.request("GET", sid, **query)

    def post(self, sid: str | None, body: str | bytes, **headers: str) -> httpx.Response:
        return self.request("POST", sid, content=body, headers=headers)

    def request(self, method: str, sid: str | None = None, content=None, headers=None, **query: str):
        parameters = {"EIO": "4", "transport": "polling"} | ({"sid": sid} if sid else {}) | query
        return self.server.http.request(
            method, self.path, params=parameters, content=content, headers=headers
        )

    def open(self) -> str:
        """A session over polling: its id."""
        response = self.get()
        assert response.status_code == 200
        assert response.text.startswith("0{")
        return httpx.Response(200, text=response.text[1:]).json()["sid"]

    def poll(self, sid: str) -> list[str]:
        """The packets of a poll."""
        response = self.get(sid)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/plain; charset=UTF-8"
        return response.text.split(SEPARATOR)

    def send(self, sid: str, *packets: str) -> None:
        response = self.post(sid, SEPARATOR.join(packets))
        assert (response.status_code, response.text) == (200, "ok")

    def waiting_poll(self, sid: str) -> RawHTTP:
        """A connection with a poll on it, which the server has."""
        poll = RawHTTP("127.0.0.1", self.server.port)
        path = f"{self.path}?EIO=4&transport=polling&sid={sid}"
        poll.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # What was sent before these requests has been read when they are answered.
        for _ in range(2):
            self.send(sid, "3")
        return poll

    def is_gone(self, sid: str) -> bool:
        response = self.post(sid, "3")
        return response.status_code == 400 and response.json()["code"] == 1

    def socket(self, sid: str | None = None, **query: str) -> WebSocketClient:
        parameters = {"EIO": "4", "transport": "websocket"} | ({"sid": sid} if sid else {}) | query
        return WebSocketClient(f"{self.server.ws_url}{self.path}?{httpx.QueryParams(parameters)}")

    def opened_socket(self) -> WebSocketClient:
        """A WebSocket with a session of its own; the handshake is read."""
        socket = self.socket()
        assert socket.next().startswith("0{")
        return socket
