"""Lost connections, brokers that are away, signals: what the client commands make of them."""

import json
import os
import signal
import subprocess

import pytest

from support import cli
from support.daemon import BINARY
from support.inbox import Backend
from support.server_proxy import ServerProxy
from support.waiting import wait_until
from test_cli import subscriber

HISTORY = "channels: [{match: '*', history: {size: 10000}}]"


@pytest.fixture
def kept(start_roost, broker_url):
    """A daemon whose channels all have a history, on each of the brokers."""
    return start_roost(redis_url=broker_url, config=HISTORY)


@pytest.fixture
def start_proxy(closing):
    def start(roost) -> ServerProxy:
        proxy = ServerProxy(roost.port)
        closing.callback(proxy.close)
        return proxy

    return start


def lost(running) -> list[str]:
    """Cuts the connection: the errors up to the one that says so."""
    errors: list[str] = []

    def says_so() -> bool:
        errors.extend(running.errors())
        return any("trying again" in line for line in errors)

    wait_until(says_so, "it has noticed")
    return errors


def resumed(running) -> list[str]:
    """What it says until it is subscribed again."""
    errors: list[str] = []

    def is_subscribed() -> bool:
        errors.extend(running.errors())
        return any(line.endswith("subscribed") for line in errors)

    wait_until(is_subscribed, "it is subscribed again", 30)
    return errors


# -- Subscribing


def test_what_the_server_does_not_send_again_is_read_page_by_page(kept, start_proxy, command, channel):
    proxy = start_proxy(kept)
    text = subscriber(command, "--server", proxy.url(), channel)
    whole = subscriber(command, "--server", proxy.url(), "--json", channel)
    expected = ["first"]
    cli.run("publish", "--server", kept.url, channel, "first")
    assert text.line() == "first" and json.loads(whole.line())["data"] == "first"
    proxy.refuses = True
    proxy.cut()
    lost(text), lost(whole)
    # More than the server sends by itself, and than it gives in a page.
    missed = [f"{number} {'x' * 300}" for number in range(2500)]
    assert cli.run("publish", "--server", kept.url, channel, input="\n".join(missed)).returncode == 0
    proxy.refuses = False
    errors = resumed(text) + resumed(whole)
    assert cli.run("publish", "--server", kept.url, channel, "last").returncode == 0
    assert text.lines(2501) == [*missed, "last"]
    messages = [json.loads(line) for line in whole.lines(2501)]
    assert [message["data"] for message in messages] == [*missed, "last"]
    assert [int(message["id"].split("-")[0]) for message in messages] == list(range(2, 2503))
    assert text.end() == 0 and whole.end() == 0
    assert text.rest() == [] and whole.rest() == []
    assert not [line for line in errors + text.errors() + whole.errors() if "missing" in line]


def test_a_channel_that_was_empty_is_read_from_its_beginning(kept, start_proxy, command, channel):
    proxy = start_proxy(kept)
    running = subscriber(command, "--server", proxy.url(), channel)
    proxy.refuses = True
    proxy.cut()
    lost(running)
    cli.run("publish", "--server", kept.url, channel, input="one\ntwo\n")
    proxy.refuses = False
    assert running.lines(2) == ["one", "two"]
    assert running.end() == 0 and running.rest() == []


def test_a_forgotten_history_is_said_and_the_new_one_printed(start_roost, redis, start_proxy, command, channel):
    roost = start_roost(redis_url=redis.url, config=HISTORY)
    proxy = start_proxy(roost)
    running = subscriber(command, "--server", proxy.url(), channel)
    cli.run("publish", "--server", roost.url, channel, input="one\ntwo\n")
    assert running.lines(2) == ["one", "two"]
    proxy.refuses = True
    proxy.cut()
    lost(running)
    redis.client().flushall()
    cli.run("publish", "--server", roost.url, channel, input="three\nfour\n")
    proxy.refuses = False
    errors = resumed(running)
    assert running.lines(2) == ["three", "four"]
    wait_until(lambda: errors.extend(running.errors()) or any("forgotten" in line for line in errors), "it says so")
    assert running.end() == 0 and running.rest() == []


def test_messages_while_it_catches_up_come_after_and_once(kept, start_proxy, command, channel):
    """It is cut again and again while one publishes."""
    proxy = start_proxy(kept)
    running = subscriber(command, "--server", proxy.url(), channel)
    publisher = command("publish", "--server", kept.url, channel, stdin=True)
    count = 0
    for _ in range(5):
        for _ in range(400):
            publisher.write(f"{count} {'x' * 2000}\n")
            count += 1
        proxy.cut()
    publisher.process.stdin.close()
    assert publisher.wait() == 0
    assert [int(line.split()[0]) for line in running.lines(count)] == list(range(count))
    assert running.end() == 0 and running.rest() == []


# -- Publishing


def test_what_was_not_acknowledged_is_sent_again_and_published_once(
    roost, start_proxy, native, command, channel
):
    proxy = start_proxy(roost)
    client = native(roost)
    client.subscribe(channel)
    publisher = command("publish", "--server", proxy.url(), channel, stdin=True)
    publisher.write("1\n")
    assert client.data(1) == ["1"]
    proxy.is_deaf = True
    publisher.write("2\n3\n")
    assert client.data(2) == ["2", "3"], "the server has them, but the client does not hear so"
    proxy.refuses = True
    proxy.cut()
    lost(publisher)
    publisher.write("4\n")
    proxy.is_deaf = proxy.refuses = False
    assert client.data(1) == ["4"], "and none of the others again"
    publisher.process.stdin.close()
    assert publisher.wait() == 0
    assert client.has_nothing()


def test_a_server_that_is_started_anew_gets_the_rest(start_roost, redis, native, command, channel):
    first, second = start_roost(redis_url=redis.url), start_roost(redis_url=redis.url)
    client = native(second)
    client.subscribe(channel)
    publisher = command("publish", "--server", first.url, channel, stdin=True)
    publisher.write("1\n")
    assert client.data(1) == ["1"]
    first.kill()
    publisher.write("2\n3\n")
    lost(publisher)
    first.start()
    publisher.process.stdin.close()
    assert publisher.wait(30) == 0
    assert client.data(2) == ["2", "3"]


def test_lines_wait_while_redis_is_away(start_roost, redis, native, command, channel):
    # With a history, so that what is published before the subscription is back is made up for.
    roost = start_roost(redis_url=redis.url, config="channels: [{match: '*', history: {}}]")
    client = native(roost)
    client.request({"type": "subscribe", "channel": channel})
    commands = [
        command(*arguments, "--server", roost.url, channel, stdin=True) for arguments in (["publish"], ["notify"])
    ]
    for running in commands:
        running.write("1\n")
    assert client.data(1) == ["1"]
    wait_until(lambda: unread(roost, channel) == 1, "the notification is there")
    redis.stop()
    wait_until(lambda: roost.readiness() == 503, "it notices")
    for running in commands:
        running.write("2\n3\n")
    errors = [lost(running) for running in commands]
    assert all(any("unavailable" in line for line in lines) for lines in errors)
    redis.start()
    for running in commands:
        running.process.stdin.close()
        assert running.wait(30) == 0
    assert sorted(client.data(2)) == ["2", "3"]
    assert unread(roost, channel) == 2


def unread(roost, user: str) -> int:
    backend = Backend(roost)
    try:
        return backend.read(user)["unread"]
    finally:
        backend.close()


@pytest.mark.parametrize("arguments", [["publish", "--no-resend"], ["queue", "push"]], ids=" ".join)
def test_without_keys_a_connection_lost_with_something_unacknowledged_is_an_error(
    memory_roost, start_proxy, native, command, channel, arguments
):
    proxy = start_proxy(memory_roost)
    client = native(memory_roost)
    client.subscribe(channel)
    running = command(*arguments, "--server", proxy.url(), channel, stdin=True)
    wait_until(lambda: b'"welcome"' in proxy.answers, "it is connected")
    proxy.is_deaf = True
    running.write("1\n")
    arrived = {
        "publish": lambda: client.data(1) == ["1"],
        "queue": lambda: jobs(memory_roost, channel) == 1,
    }
    wait_until(arrived[arguments[0]], "the server has it")
    proxy.cut()
    assert running.wait() == 1
    (error,) = running.errors()
    assert "one message more is not known; 0 pu" in error


def jobs(roost, queue: str) -> int:
    return json.loads(cli.run("queue", "status", "--json", "--server", roost.url, queue).stdout)["waiting"]


# -- Signals


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("arguments", [["publish"], ["notify"], ["queue", "push"]], ids=" ".join)
def test_a_signal_ends_it_when_what_was_read_is_acknowledged(
    memory_roost, native, command, channel, arguments, number, code
):
    client = native(memory_roost)
    client.subscribe(channel)
    running = command(*arguments, "--server", memory_roost.url, channel, stdin=True)
    running.write("1\n2\nhalf a li")
    arrived = {
        "publish": lambda: client.data(2) == ["1", "2"],
        "notify": lambda: unread(memory_roost, channel) == 2,
        "queue": lambda: jobs(memory_roost, channel) == 2,
    }
    wait_until(arrived[arguments[0]], "both lines are there")
    assert running.end(number) == code
    assert running.errors() == []
    assert client.has_nothing()


def test_a_signal_while_the_server_is_away_says_what_is_not_acknowledged(
    memory_roost, start_proxy, native, command, channel
):
    proxy = start_proxy(memory_roost)
    client = native(memory_roost)
    client.subscribe(channel)
    running = command("publish", "--server", proxy.url(), channel, stdin=True)
    wait_until(lambda: b'"welcome"' in proxy.answers, "it is connected")
    proxy.is_deaf = proxy.refuses = True
    running.write("1\n")
    assert client.data(1) == ["1"]
    proxy.cut()
    lost(running)
    assert running.end() == 130
    (error,) = [line for line in running.errors() if "interrupted" in line]
    assert "one message more is not known; 0 published" in error


def test_a_log_that_grows_is_published_until_ctrl_c(memory_roost, native, channel, tmp_path):
    """`tail -f log | roost publish logs`, and a terminal's SIGINT to both."""
    client = native(memory_roost)
    client.subscribe(channel)
    log = tmp_path / "log"
    log.write_text("one\n")
    pipeline = f"tail -f {log} | {BINARY} publish --server {memory_roost.url} {channel}"
    process = subprocess.Popen(
        ["bash", "-c", f"set -o pipefail; {pipeline}"], stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        assert client.data(1) == ["one"]
        for line in "two", "three":
            with open(log, "a") as file:
                file.write(f"{line}\n")
            assert client.data(1) == [line]
    finally:
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=15)
    assert errors == b""
    assert process.returncode in (130, -signal.SIGINT)


# -- Jobs as JSON


def test_whole_jobs_are_printed_as_json(memory_roost, command, channel):
    server = ["--server", memory_roost.url]
    running = command("queue", "work", "--json", *server, channel)
    assert cli.run("queue", "push", *server, "--json", channel, '{"to": "bob"}').returncode == 0
    job = json.loads(running.line())
    assert (job["queue"], job["attempt"], job["data"]) == (channel, 1, {"to": "bob"})
    assert running.end() == 0
    assert cli.run("queue", "work", "--json", *server, channel, "--exec", "true").returncode == 2
