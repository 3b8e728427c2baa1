"""`roost notify`. README.md, "Commands"."""

import urllib.parse

import httpx
import pytest

from support import cli
from support.redis_server import free_port
from support.waiting import DEADLINE, wait_until


@pytest.fixture
def user(channel):
    return f"{channel} ü/1"


@pytest.fixture
def server(roost):
    return ["--server", roost.url]


def inbox(roost, user: str) -> dict:
    path = f"/users/{urllib.parse.quote(user, safe='')}/notifications"
    with httpx.Client(transport=roost.transport(), timeout=DEADLINE, trust_env=False) as client:
        answer = client.get(f"{roost.http_base}{path}", params={"limit": "1000"})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["a\nb", "x"],
        ["roost:x", "y"],
        ["x" * 256, "y"],
        ["alice", "a", "b"],
        ["--ttl", "0s", "alice", "x"],
        ["--ttl", "60", "alice", "x"],
        ["--ttl", "1500ms", "alice", "x"],
        ["--ttl", "366d", "alice", "x"],
        ["--event", "", "alice", "x"],
        ["--json", "alice", "{"],
        ["--server", "ftp://x", "alice", "x"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(arguments):
    result = cli.run("notify", *arguments)
    assert (result.returncode, result.stdout) == (2, ""), result
    assert len(result.stderr) > 20


def test_a_notification_and_lines_wait_in_the_inbox(server, roost, user):
    assert cli.run("notify", *server, user, "hello").returncode == 0
    result = cli.run("notify", *server, user, input="one\n\ntwo é\nno line end")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert cli.run("notify", *server, "--json", "--event", "a b&c", user, '{"a": 1}').returncode == 0
    found = inbox(roost, user)
    assert found["unread"] == 6
    assert [one["data"] for one in found["notifications"]] == ["hello", "one", "", "two é", "no line end", {"a": 1}]
    assert found["notifications"][-1]["event"] == "a b&c"
    assert len({one["id"] for one in found["notifications"]}) == 6


def test_many_lines_keep_their_order(server, roost, user):
    lines = [f"line {number}" for number in range(500)]
    assert cli.run("notify", *server, user, input="\n".join(lines)).returncode == 0
    assert [one["data"] for one in inbox(roost, user)["notifications"]] == lines


def test_a_notification_goes_when_its_time_is_up(server, roost, user):
    assert cli.run("notify", *server, "--ttl", "1s", user, "short").returncode == 0
    assert cli.run("notify", *server, "--ttl", "1h", user, "long").returncode == 0
    wait_until(lambda: inbox(roost, user)["unread"] == 1, "the short one has gone")
    assert [one["data"] for one in inbox(roost, user)["notifications"]] == ["long"]


def test_what_cannot_be_sent_is_an_error(server, roost, user):
    for data in b"fine\n\xff\n", b"fine\n" + b"x" * 70_000 + b"\n":
        result = cli.run("notify", *server, user, input=data)
        assert result.returncode == 1
        assert "line 2" in result.stderr and "1 sent" in result.stderr
    assert cli.run("notify", *server, user, "x" * 70_000).returncode == 1
    assert inbox(roost, user)["unread"] == 2


def test_it_fails_when_nobody_takes_it(start_roost, redis, user):
    result = cli.run("notify", "--server", f"http://127.0.0.1:{free_port()}", user, "x")
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    roost = start_roost(redis_url=redis.url)
    redis.stop()
    wait_until(lambda: roost.readiness() == 503, "roost has noticed")
    result = cli.run("notify", "--server", roost.url, user, "x")
    assert result.returncode == 1 and "unavailable" in result.stderr


def test_it_works_over_a_unix_socket(start_roost, user, tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / "roost.sock"
    roost = start_roost(listen=(f"unix:{path}",))
    environment = {"ROOST_SERVER": f"unix:{path}"}
    assert cli.run("notify", user, "hello", environment=environment).returncode == 0
    assert [one["data"] for one in inbox(roost, user)["notifications"]] == ["hello"]
