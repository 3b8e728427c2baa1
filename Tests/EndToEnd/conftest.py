"""Fixtures. Tests of behaviour run twice, on the memory broker and on a private Redis: ask for `roost`."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.authority import Authority, Certificate
from support.cli import RunningCommand
from support.daemon import Roost
from support.native import NativeClient
from support.plain import PlainClient
from support.raw_http import RawHTTP
from support.raw_websocket import RawWebSocket
from support.redis_server import RedisServer
from support.secure import SecureRoost
from support.socketio_fixture import SocketIOFixture


def sanitizer_reports() -> Iterator[None]:
    """Fails where a process has been reported by a sanitizer, whatever it was: daemon, command or fixture.

    `Deploy/test --sanitize` lets them write their reports into a folder.
    """
    yield
    if folder := os.environ.get("SANITIZER_REPORTS"):
        reports = []
        for path in Path(folder).glob("report.*"):
            reports.append(path.read_text(errors="replace"))
            path.rename(path.with_name(f"seen-{path.name}"))
        assert not reports, "\n".join(reports)


# Those that are first set up are the last to go: what tests and modules have started has ended by then.
reports_of_test = pytest.fixture(autouse=True)(sanitizer_reports)
reports_of_module = pytest.fixture(autouse=True, scope="module")(sanitizer_reports)


@pytest.fixture
def closing(start_roost: Callable[..., Roost]) -> Iterator[ExitStack]:
    """What is entered here ends before the daemons do."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RedisServer]]:
    """Starts private Redis servers; arguments as `RedisServer` takes them."""
    servers: list[RedisServer] = []

    def start(*options: str, **settings: Any) -> RedisServer:
        servers.append(RedisServer(tmp_path_factory.mktemp("redis"), *options, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def redis(start_redis: Callable[..., RedisServer]) -> RedisServer:
    return start_redis()


@pytest.fixture
def start_roost(
    start_redis: Callable[..., RedisServer], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Roost]]:
    """Starts daemons; arguments as `Roost` takes them.

    At the end of the test each must be alive, unless the test ended it, and must end in order.
    """
    daemons: list[Roost] = []

    def start(*arguments: str, **settings: Any) -> Roost:
        daemon = Roost(tmp_path_factory.mktemp("roost"), *arguments, **settings)
        try:
            daemon.start()
        except BaseException:
            daemon.kill()
            raise
        daemons.append(daemon)
        return daemon

    yield start
    failures = []
    for daemon in daemons:
        try:
            daemon.finish()
        except Exception as failure:  # the others must be ended all the same
            failures.append(failure)
    if failures:
        raise failures[0]


@pytest.fixture(params=["memory", "redis"])
def broker(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def broker_url(broker: str, request: pytest.FixtureRequest) -> str | None:
    """The URL of a fresh Redis, or None for the memory broker."""
    return request.getfixturevalue("redis").url if broker == "redis" else None


@pytest.fixture
def roost(start_roost: Callable[..., Roost], broker_url: str | None) -> Roost:
    """A daemon with two workers, on each of the brokers."""
    return start_roost(redis_url=broker_url)


@pytest.fixture
def memory_roost(start_roost: Callable[..., Roost]) -> Roost:
    """A daemon with two workers on the memory broker."""
    return start_roost()


@pytest.fixture
def nodes(start_roost: Callable[..., Roost], redis: RedisServer) -> tuple[Roost, Roost]:
    """Two daemons on one Redis."""
    return start_roost(redis_url=redis.url), start_roost(redis_url=redis.url)


@pytest.fixture(scope="module")
def public_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public folder of the tests' own; its contents are what test_static.py writes there."""
    folder = tmp_path_factory.mktemp("public")
    (folder / "index.html").write_text("<!doctype html><title>a page</title>\n")
    return folder


@pytest.fixture(scope="module")
def shared_roost(tmp_path_factory: pytest.TempPathFactory, public_folder: Path) -> Iterator[Roost]:
    """One daemon for all tests of a file, on the memory broker: for what leaves no trace."""
    daemon = Roost(tmp_path_factory.mktemp("roost"), public=public_folder).start()
    yield daemon
    daemon.finish()


@pytest.fixture
def http(shared_roost: Roost, closing: ExitStack) -> RawHTTP:
    """A raw connection to the shared daemon, which must survive what is done with it."""
    closing.callback(shared_roost.check)
    return closing.enter_context(RawHTTP(shared_roost.host, shared_roost.port))


@pytest.fixture
def channel() -> str:
    """A channel that no other test has."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def native(closing: ExitStack) -> Callable[[Roost], NativeClient]:
    """Opens clients of the native door, closed at the end."""

    def open_client(daemon: Roost) -> NativeClient:
        client = NativeClient(daemon.ws_url)
        closing.callback(client.close)
        return client

    return open_client


@pytest.fixture
def plain(closing: ExitStack) -> Callable[..., PlainClient]:
    """Opens clients of the plain door, closed at the end."""

    def open_client(daemon: Roost, channel: str, **query: str) -> PlainClient:
        client = PlainClient(daemon.ws_url, channel, **query)
        closing.callback(client.close)
        return client

    return open_client


@pytest.fixture
def raw_websocket(closing: ExitStack) -> Callable[..., RawWebSocket]:
    """Opens WebSockets that speak frame by frame, closed at the end."""

    def open_socket(daemon: Roost, path: str, **options: Any) -> RawWebSocket:
        return closing.enter_context(RawWebSocket(daemon.host, daemon.port, path, **options))

    return open_socket


@pytest.fixture
def command(closing: ExitStack) -> Callable[..., RunningCommand]:
    """Starts commands of `roost` that go on; ended at the end."""

    def start(*arguments: str, **options: Any) -> RunningCommand:
        running = RunningCommand(*arguments, **options)
        closing.callback(running.close)
        return running

    return start


@pytest.fixture(scope="module")
def suite_server() -> Iterator[SocketIOFixture]:
    """The server of the protocols' test suites: it pings after 300 ms and waits 200 ms for the answer."""
    server = SocketIOFixture()
    yield server
    server.finish()


@pytest.fixture(scope="module")
def pinging_server() -> Iterator[SocketIOFixture]:
    """The same, with more time for the answer: clients are slow on a busy machine."""
    server = SocketIOFixture(300, 2_000)
    yield server
    server.finish()


@pytest.fixture(scope="module")
def patient_server() -> Iterator[SocketIOFixture]:
    """The same, with the intervals of real servers."""
    server = SocketIOFixture(25_000, 20_000)
    yield server
    server.finish()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """What certificates of the tests are issued by."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    return authority.issue("DNS:localhost", "IP:127.0.0.1")


@pytest.fixture
def start_secure(
    start_roost: Callable[..., Roost],
    authority: Authority,
    certificate: Certificate,
    closing: ExitStack,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., SecureRoost]:
    """Starts daemons that speak TLS; arguments as `Roost` takes them."""

    def start(*arguments: str, shows: Certificate = certificate, **settings: Any) -> SecureRoost:
        folder = tmp_path_factory.mktemp("secure")
        return SecureRoost(start_roost, folder, authority, shows, closing, *arguments, **settings)

    return start


@pytest.fixture
def secure(start_secure: Callable[..., SecureRoost]) -> SecureRoost:
    """A daemon with two workers on the memory broker that listens with TLS, and without."""
    return start_secure()
