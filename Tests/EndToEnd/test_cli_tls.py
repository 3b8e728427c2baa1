"""The client commands over TLS, spoken by a proxy that a test can cut. The server's own: test_tls.py."""

import json

import pytest

from support import cli
from support.authority import Authority, Certificate
from support.redis_server import free_port
from support.server_proxy import ServerProxy
from support.waiting import wait_until
from test_cli import subscriber


@pytest.fixture
def start_proxy(memory_roost, closing):
    """Starts a proxy before the server, with that certificate."""

    def start(certificate: Certificate | None) -> ServerProxy:
        proxy = ServerProxy(memory_roost.port, certificate)
        closing.callback(proxy.close)
        return proxy

    return start


@pytest.fixture
def proxy(start_proxy, certificate) -> ServerProxy:
    return start_proxy(certificate)


def test_every_command_speaks_tls(proxy, authority, command, channel):
    server = ["--server", proxy.url(), "--ca", str(authority.file)]
    running = subscriber(command, *server, channel)
    assert cli.run("publish", *server, channel, input="one\ntwo\n").returncode == 0
    assert running.lines(2) == ["one", "two"]
    assert cli.run("notify", *server, "alice", "hello").returncode == 0
    assert cli.run("queue", "push", *server, channel, "job").returncode == 0
    status = cli.run("queue", "status", *server, "--json", channel)
    assert json.loads(status.stdout)["waiting"] == 1
    work = cli.run("queue", "work", "--once", *server, channel)
    assert (work.returncode, work.stdout) == (0, "job\n")
    bench = cli.run("bench", "idle", *server, "--connections", "2", "--duration", "100ms", "--warm-up", "0s")
    assert bench.returncode == 0, bench
    assert set(proxy.names) == {"localhost"}, "the name is asked for"
    assert running.end() == 0


def test_the_authority_may_stand_in_the_environment_and_the_scheme_be_wss(proxy, authority, channel):
    environment = {"ROOST_CA": str(authority.file)}
    url = proxy.url("127.0.0.1").replace("https:", "wss:")
    assert cli.run("publish", "--server", url, channel, "x", environment=environment).returncode == 0
    assert proxy.names == [None], "an address is never asked for by name"


def test_a_lost_connection_is_made_again(proxy, authority, memory_roost, native, command, channel):
    running = subscriber(command, "--server", proxy.url(), "--ca", str(authority.file), channel)
    proxy.cut()
    wait_until(lambda: any("subscribed" in line for line in running.errors()), "it is subscribed again")
    native(memory_roost).publish(channel, "back")
    assert running.line() == "back"


def one_error(*arguments: str, **environment: str) -> str:
    """What a command that fails says, in one line."""
    result = cli.run(*arguments, environment=environment)
    assert (result.returncode, result.stdout) == (1, ""), result
    assert len(result.stderr.splitlines()) == 1, result.stderr
    return result.stderr


COMMANDS = [["publish", "c", "x"], ["subscribe", "c"], ["notify", "u", "x"], ["queue", "work", "q"], ["queue", "status", "q"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_authority_that_is_not_trusted_is_an_error_at_once(proxy, command):
    error = one_error(*command, "--server", proxy.url())
    assert "the certificate was refused" in error and "--ca" in error


def test_a_certificate_of_another_authority_is_refused(proxy, tmp_path):
    other = Authority(tmp_path, "other")
    error = one_error("subscribe", "c", "--server", proxy.url(), "--ca", str(other.file))
    assert "the certificate was refused" in error and "--ca" in error


def test_a_certificate_that_has_run_out_is_refused(start_proxy, authority):
    expired = authority.issue("DNS:localhost", days=-1, name="expired")
    error = one_error("publish", "c", "x", "--server", start_proxy(expired).url(), "--ca", str(authority.file))
    assert "expired" in error and "--ca" not in error


@pytest.mark.parametrize("names, host", [("DNS:other.example", "localhost"), ("DNS:localhost", "127.0.0.1")])
def test_a_certificate_for_another_name_is_refused(start_proxy, authority, names, host):
    other = authority.issue(names, name="mismatched")
    error = one_error("publish", "c", "x", "--server", start_proxy(other).url(host), "--ca", str(authority.file))
    assert "mismatch" in error and f"'{host}'" in error


def test_the_wrong_scheme_is_said(memory_roost, proxy):
    error = one_error("publish", "c", "x", "--server", memory_roost.url.replace("http:", "https:"))
    assert "does the peer speak TLS" in error
    url = proxy.url().replace("https:", "http:")
    for command in ["publish", "c", "x"], ["subscribe", "--no-reconnect", "c"]:
        assert "https://" in one_error(*command, "--server", url)


def test_a_file_of_authorities_that_cannot_be_read_is_named(proxy, tmp_path):
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate\n")
    for path in bad, tmp_path / "missing.pem":
        assert str(path) in one_error("subscribe", "c", "--server", proxy.url(), "--ca", str(path))


def test_an_authority_without_tls_is_wrong_usage(memory_roost, authority, channel):
    result = cli.run("publish", "--server", memory_roost.url, "--ca", str(authority.file), channel, "x")
    assert result.returncode == 2 and "https://" in result.stderr
    environment = {"ROOST_CA": str(authority.file)}
    assert cli.run("publish", "--server", memory_roost.url, channel, "x", environment=environment).returncode == 0


# -- Tokens


@pytest.mark.parametrize("options", [["--token", "sesame-17"], ["--token=sesame-17"], []], ids=["two", "one", "environment"])
def test_a_token_goes_to_the_server_and_is_shown_to_nobody(start_proxy, command, channel, options):
    proxy = start_proxy(None)
    environment = {} if options else {"ROOST_TOKEN": "sesame-17"}
    running = subscriber(command, "--server", proxy.url(), *options, channel, environment=environment)
    with open(f"/proc/{running.process.pid}/cmdline", "rb") as file:
        title = file.read()
    assert channel.encode() in title and b"sesame" not in title
    for arguments in ["notify", "u", "x"], ["publish", channel, "x"], ["queue", "status", "q"]:
        result = cli.run(*arguments, "--server", proxy.url(), *options, environment=environment)
        assert result.returncode == 0, result
    assert len(proxy.heads) == 4
    for head in proxy.heads:
        assert b"\r\nAuthorization: Bearer sesame-17\r\n" in head


def test_a_token_is_not_in_errors():
    for arguments in ["--token", "two words"], ["--token", "sesame", "--server", "http://me:two@h"]:
        result = cli.run("publish", "c", "x", *arguments)
        assert result.returncode == 2
        assert "two" not in result.stderr and "sesame" not in result.stderr
    server = f"http://127.0.0.1:{free_port()}"
    assert "sesame" not in one_error("publish", "c", "x", "--token", "sesame", "--server", server)
