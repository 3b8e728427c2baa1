"""python-socketio's clients, synchronous and asynchronous, against the fixture: polling, WebSocket, and from one to the
other."""

import asyncio
import queue
import time
from collections.abc import Callable, Iterator

import pytest
import socketio
from socketio.exceptions import ConnectionError as SocketIOConnectionError
from socketio.exceptions import TimeoutError as SocketIOTimeoutError

from support.socketio_fixture import SocketIOFixture
from support.waiting import DEADLINE, wait_until

TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}


@pytest.fixture(params=TRANSPORTS)
def transports(request: pytest.FixtureRequest) -> list[str]:
    return TRANSPORTS[request.param]


class Client:
    """A synchronous client that keeps what it hears, by namespace and event."""

    def __init__(self, server: SocketIOFixture, transports: list[str], *namespaces: str, auth=None):
        self.client = socketio.Client(reconnection=False)
        self.heard: queue.Queue[tuple] = queue.Queue()
        for namespace in namespaces or ("/",):
            self.client.on("*", self._heard(namespace), namespace=namespace)
            self.client.on("question", lambda *arguments: arguments, namespace=namespace)
            self.client.on("disconnect", self._left(namespace), namespace=namespace)
        self.client.connect(
            server.url,
            transports=transports,
            namespaces=list(namespaces) or ["/"],
            auth=auth,
            wait_timeout=DEADLINE,
        )

    def _heard(self, namespace: str) -> Callable[..., None]:
        return lambda event, *arguments: self.heard.put((namespace, event, *arguments))

    def _left(self, namespace: str) -> Callable[..., None]:
        return lambda reason: self.heard.put((namespace, "disconnect", reason))

    def next(self) -> tuple:
        return self.heard.get(timeout=DEADLINE)

    def emit(self, event: str, *arguments, namespace: str = "/") -> None:
        self.client.emit(event, arguments, namespace=namespace)

    def call(self, event: str, *arguments, namespace: str = "/"):
        return self.client.call(event, arguments, namespace=namespace, timeout=DEADLINE)

    def close(self) -> None:
        # One that the server has ended need not be waited for: its threads take half a minute to see it.
        if self.client.connected:
            self.client.disconnect()
            self.client.wait()


@pytest.fixture
def open_client(patient_server: SocketIOFixture, transports: list[str]) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def open_client(*namespaces: str, auth=None) -> Client:
        clients.append(Client(patient_server, transports, *namespaces, auth=auth))
        assert clients[-1].client.transport() == transports[-1]
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()
    patient_server.check()


def test_auth_and_events(open_client):
    client = open_client(auth={"token": "123"})
    assert client.next() == ("/", "auth", {"token": "123"})
    for arguments in [(), ("hello",), (1, None, [{"é": "😀"}]), ("x" * 70_000,)]:
        client.emit("message", *arguments)
        assert client.next() == ("/", "message-back", *arguments)


def test_bytes(open_client):
    client = open_client()
    client.next()
    arguments = (b"\x00\xff", {"deep": [b"", "text"]}, b"y" * 70_000)
    client.emit("message", *arguments)
    assert client.next() == ("/", "message-back", *arguments)
    assert client.call("message-with-ack", *arguments) == arguments


def test_acknowledgements(open_client):
    client = open_client()
    client.next()
    assert client.call("message-with-ack", "one") == "one"
    assert client.call("message-with-ack", 1, [2]) == (1, [2])
    assert client.call("message-with-ack") is None
    client.emit("ask", "why", b"bytes")
    assert client.next() == ("/", "answer", "why", b"bytes")


def test_what_nobody_answers(open_client):
    client = open_client()
    client.next()
    with pytest.raises(SocketIOTimeoutError):
        client.client.call("unknown event", timeout=0.1)
    assert client.call("message-with-ack", "still there") == "still there"


def test_namespaces(open_client):
    client = open_client("/", "/custom")
    assert sorted([client.next(), client.next()]) == [("/", "auth", {}), ("/custom", "auth", {})]
    client.emit("message", "main")
    assert client.next() == ("/", "message-back", "main")
    client.emit("message", "other", namespace="/custom")
    assert client.next() == ("/custom", "message-back", "other")
    assert client.client.get_sid("/") != client.client.get_sid("/custom")


def test_the_server_disconnects_one_namespace(open_client):
    client = open_client("/", "/custom")
    client.next(), client.next()
    client.emit("disconnect-me", namespace="/custom")
    assert client.next() == ("/custom", "disconnect", client.client.reason.SERVER_DISCONNECT)
    assert client.call("message-with-ack", "main") == "main"


def test_the_server_ends_the_session(open_client):
    client = open_client()
    client.next()
    client.emit("close-me")
    assert client.next()[:2] == ("/", "disconnect")
    wait_until(lambda: not client.client.connected, "the client knows")


@pytest.mark.parametrize("namespace", ["/refused", "/unknown"])
def test_a_refused_connection(patient_server, transports, namespace):
    client = socketio.Client(reconnection=False)
    errors: queue.Queue = queue.Queue()
    client.on("connect_error", errors.put, namespace=namespace)
    with pytest.raises(SocketIOConnectionError):
        client.connect(
            patient_server.url, transports=transports, namespaces=[namespace], wait_timeout=DEADLINE
        )
    expected = {
        "/refused": {"message": "not allowed", "data": {"code": 7}},
        "/unknown": {"message": "Invalid namespace"},
    }
    assert errors.get(timeout=DEADLINE) == expected[namespace]
    client.disconnect()


def test_rooms_over_all_transports(patient_server):
    clients = [Client(patient_server, transports) for transports in TRANSPORTS.values()]
    try:
        for client in clients:
            client.next()
            client.emit("join", "room")
            client.call("message-with-ack")
        for sender in clients:
            sender.emit("tell", "room", "hello", {"n": 1})
            for other in clients:
                if other is not sender:
                    assert other.next() == ("/", "told", "hello", {"n": 1})
            assert sender.call("message-with-ack") is None and sender.heard.empty()
    finally:
        for client in clients:
            client.close()


def test_many_messages_arrive(open_client):
    """In which order is another test's: this client has a thread for each packet that comes."""
    client = open_client()
    client.next()
    for number in range(500):
        client.emit("message", number)
    assert sorted(client.next() for _ in range(500)) == [("/", "message-back", number) for number in range(500)]


def test_heartbeats_keep_a_client_connected(pinging_server, transports):
    client = Client(pinging_server, transports)
    try:
        client.next()
        # Longer than one that does not answer is waited for.
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            client.client.sleep(0.3)
            assert client.call("message-with-ack", 1) == 1
    finally:
        client.close()


def test_the_asynchronous_client(patient_server, transports):
    async def run() -> None:
        client = socketio.AsyncClient(reconnection=False)
        heard: asyncio.Queue[tuple] = asyncio.Queue()

        @client.on("*")
        async def hear(event, *arguments):
            await heard.put((event, *arguments))

        @client.event
        async def question(*arguments):
            return arguments

        await client.connect(
            patient_server.url, transports=transports, auth={"token": "é"}, wait_timeout=DEADLINE
        )
        try:
            async with asyncio.timeout(DEADLINE):
                assert client.transport() == transports[-1]
                assert await heard.get() == ("auth", {"token": "é"})
                for number in range(500):
                    await client.emit("message", (number, b"%d" % number))
                for number in range(500):
                    assert await heard.get() == ("message-back", number, b"%d" % number)
                assert await client.call("message-with-ack", ("a", b"b")) == ("a", b"b")
                await client.emit("ask", ("why", b"bytes"))
                assert await heard.get() == ("answer", "why", b"bytes")
        finally:
            await client.disconnect()

    asyncio.run(run())
    patient_server.check()


def test_many_clients_come_and_go(patient_server):
    """Sessions that are opened while others upgrade and leave."""

    async def one(number: int) -> None:
        client = socketio.AsyncClient(reconnection=False)
        transports = list(TRANSPORTS.values())[number % 3]
        await client.connect(patient_server.url, transports=transports, wait_timeout=DEADLINE)
        assert await client.call("message-with-ack", number, timeout=DEADLINE) == number
        await client.disconnect()

    async def run() -> None:
        async with asyncio.timeout(3 * DEADLINE):
            await asyncio.gather(*(one(number) for number in range(60)))

    asyncio.run(run())
    patient_server.check()
