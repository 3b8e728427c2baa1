"""The commands of `roost`: what they print, and how they exit. README.md, "Commands"."""

import json
import os
import re
import resource
import signal
import socket
import subprocess

import httpx
import pytest

from support import cli
from support.daemon import BINARY, clean_environment
from support.redis_server import free_port
from support.waiting import wait_until

TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def last_line(text: str) -> str:
    return text.rstrip("\n").rsplit("\n", 1)[-1]


# -- Usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["--nope"],
        ["serve", "--nope"],
        ["serve", "extra"],
        ["check", "extra"],
        ["publish"],
        ["subscribe"],
        ["publish", "a", "b", "c"],
        ["publish", "", "x"],
        ["publish", "x" * 256, "y"],
        ["publish", "a\nb", "y"],
        ["publish", "--json", "a", "{"],
        ["publish", "--event", "", "a", "b"],
        ["publish", "--server", "ftp://x", "a", "b"],
        ["publish", "--server", "", "a"],
        ["subscribe", ""],
        ["subscribe", "--count", "0", "a"],
        ["subscribe", "--count", "x", "a"],
        ["publish", "roost:x", "y"],
        ["bench", "nope"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(arguments):
    result = cli.run(*[argument[:300] for argument in arguments])
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr) > 20


@pytest.mark.parametrize("command", [[], ["serve"], ["publish"], ["subscribe"], ["check"], ["bench"]])
def test_help_is_on_standard_output(command):
    result = cli.run(*command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "USAGE: roost" in result.stdout


# -- Serve: what it says


def test_the_first_lines_say_what_it_is(start_roost, redis):
    memory = start_roost(listen=("127.0.0.1:0", "[::1]:0"), workers=3).log.splitlines()
    assert re.fullmatch(
        rf'{TIMESTAMP} info starting access="everyone may do everything" broker=memory '
        r"connections=\d+ public=\S+ "
        r"version=\d+\.\d+\.\d+ workers=3",
        memory[0],
    )
    assert re.fullmatch(rf"{TIMESTAMP} info listening address=http://127\.0\.0\.1:\d+", memory[1])
    assert re.fullmatch(rf"{TIMESTAMP} info listening address=http://\[::1\]:\d+", memory[2])
    log = start_roost(redis_url=redis.url).log
    assert f"redis at 127.0.0.1:{redis.port}" in log


def test_the_log_can_be_json(start_roost):
    roost = start_roost(environment={"ROOST_LOG_FORMAT": "json"})
    lines = [json.loads(line) for line in roost.log.splitlines()]
    assert [line["message"] for line in lines][:2] == ["starting", "listening"]
    assert all(set(line) >= {"time", "level", "message"} for line in lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(start_roost, native, number):
    roost = start_roost()
    client = native(roost)
    os.kill(roost.pid, number)
    assert roost.process.wait(15) == 0
    assert client.closing()
    assert "Traceback" not in roost.log and "fatal" not in roost.log.lower()


def takes_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_ignores_a_closed_pipe_and_standard_streams(native, closing):
    """As under a supervisor that gives it nothing to write to."""
    port = free_port()
    process = subprocess.Popen(
        [str(BINARY), "serve", "--listen", f"127.0.0.1:{port}", "--log-level", "trace"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    process.stdout.close()
    process.stderr.close()
    try:
        wait_until(lambda: takes_connections(port), "it listens")
        from support.native import NativeClient

        client = NativeClient(f"ws://127.0.0.1:{port}")
        closing.callback(client.close)
        client.subscribe("c")
        client.send({"type": "publish", "channel": "c", "data": 1})
        assert client.data(1) == [1]
    finally:
        process.terminate()
        assert process.wait(15) == 0


# -- Serve: why it does not start


def fails(*arguments: str, code: int = 1, **options) -> str:
    """Runs `roost serve`, which must fail in one line; that line."""
    result = cli.run("serve", *arguments, **options)
    assert result.returncode == code, result.stderr
    problems = [line for line in result.stderr.splitlines() if not re.match(TIMESTAMP, line)]
    assert len(problems) == 1, result.stderr
    return problems[0]


def test_a_port_that_is_taken_is_named(memory_roost):
    line = fails("--listen", f"127.0.0.1:{memory_roost.port}")
    assert f"127.0.0.1:{memory_roost.port}" in line and "in use" in line and "--listen" in line


def test_a_unix_socket_that_is_in_use_is_left_alone(start_roost, tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / "roost.sock"
    roost = start_roost(listen=(f"unix:{path}", "127.0.0.1:0"))
    assert str(path) in fails("--listen", f"unix:{path}")
    assert roost.readiness() == 200
    other = tmp_path_factory.mktemp("s") / "precious"
    other.write_text("a file")
    assert str(other) in fails("--listen", f"unix:{other}")
    assert other.read_text() == "a file"


def test_an_address_that_is_not_here_is_named():
    # Nobody may do anything there; else it would be refused for that.
    assert "192.0.2.1:0" in fails("--listen", "192.0.2.1:0", environment={"ROOST_AUTH_ANONYMOUS": "{}"})


def test_a_redis_that_is_not_there_is_named():
    port = free_port()
    line = fails("--listen", "127.0.0.1:0", "--redis", f"redis://:secret@127.0.0.1:{port}")
    assert f"127.0.0.1:{port}" in line and "refused" in line and "secret" not in line
    line = fails("--listen", "127.0.0.1:0", "--redis", "unix:/nowhere/redis.sock")
    assert "/nowhere/redis.sock" in line


def test_a_redis_that_does_not_answer_is_given_up():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        assert f"127.0.0.1:{port}" in fails("--listen", "127.0.0.1:0", "--redis", f"redis://127.0.0.1:{port}")


def test_a_server_that_is_no_redis_is_named(memory_roost):
    line = fails("--listen", "127.0.0.1:0", "--redis", f"redis://127.0.0.1:{memory_roost.port}")
    assert f"127.0.0.1:{memory_roost.port}" in line


def test_a_wrong_password_is_said(start_redis):
    redis = start_redis(password="right")
    for url in f"redis://:wrong@127.0.0.1:{redis.port}", f"redis://127.0.0.1:{redis.port}":
        line = fails("--listen", "127.0.0.1:0", "--redis", url)
        assert (
            re.search("password|auth", line, re.IGNORECASE) and "wrong@" not in line and "right" not in line
        )
    line = fails("--listen", "127.0.0.1:0", "--redis", f"redis://:right@127.0.0.1:{redis.port}/99")
    assert "99" in line or "range" in line


def test_a_public_folder_that_is_missing_is_named(tmp_path):
    assert str(tmp_path / "nowhere") in fails("--public", str(tmp_path / "nowhere"), code=2)
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in fails("--public", str(tmp_path / "file"), code=2)


def test_too_few_file_descriptors_are_said():
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))

    result = subprocess.run(
        [str(BINARY), "serve", "--listen", "127.0.0.1:0"],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=20,
        env=clean_environment(ROOST_LIMITS_CONNECTIONS="1000"),
    )
    assert result.returncode == 1
    line = last_line(result.stderr)
    assert "48" in line and "1000" in line and "ulimit" in line


# -- Configuration


def check(*arguments: str, **environment: str):
    return cli.run("check", *arguments, environment=environment)


def settings(text: str) -> dict[str, tuple[str, str]]:
    """What `roost check` prints: by name, the value and where it is from."""
    matches = [re.fullmatch(r"(\S+) = (.*?) *# (.*)", line) for line in text.splitlines()]
    assert all(matches), text
    return {match[1]: (match[2], match[3]) for match in matches}


def test_check_shows_every_setting_and_its_place(tmp_path):
    file = tmp_path / "roost.yaml"
    file.write_text(
        "workers: 3\nlimits:\n  message_size: 32KiB\n  subscriptions_per_connection: 7\n"
        "listen:\n  - 127.0.0.1:1\n"
    )
    result = check(
        "--config",
        str(file),
        "--workers",
        "5",
        ROOST_WORKERS="4",
        ROOST_LIMITS_SUBSCRIPTIONS_PER_CONNECTION="8",
        ROOST_REDIS_URL="redis://u:hunter2@h:1/2",
    )
    assert (result.returncode, result.stderr) == (0, "")
    shown = settings(result.stdout)
    assert shown["workers"][0] == "5" and "--workers" in shown["workers"][1]
    assert shown["limits.subscriptions_per_connection"][0] == "8"
    assert "ROOST_LIMITS_SUBSCRIPTIONS_PER_CONNECTION" in shown["limits.subscriptions_per_connection"][1]
    assert shown["limits.message_size"][0] == "32KiB" and f"{file}:3" in shown["limits.message_size"][1]
    assert shown["listen"][0] == "127.0.0.1:1"
    assert shown["log.level"] == ("info", "default")
    assert "hunter2" not in result.stdout


def test_what_check_shows_is_a_configuration(tmp_path):
    shown = settings(check().stdout)
    tree: dict[str, dict[str, str]] = {}
    for name, (value, _) in shown.items():
        section, _, key = name.rpartition(".")
        tree.setdefault(section, {})[key] = value
    lines = [f"{key}: {value}" for key, value in tree.pop("").items()]
    for section, values in tree.items():
        lines += [f"{section}:", *[f"  {key}: {value}" for key, value in values.items()]]
    file = tmp_path / "roost.yaml"
    file.write_text("\n".join(lines))
    result = check("--config", str(file))
    assert result.returncode == 0, result.stderr
    assert {name: value for name, (value, _) in settings(result.stdout).items()} == {
        name: value for name, (value, _) in shown.items()
    }


def test_check_shows_rules_line_by_line():
    result = check(
        ROOST_CHANNELS='[{match: ["room:*", chat], history: {size: 9}}, {"match": "*"}]',
        ROOST_QUEUES='[{match: "*"}]',
    )
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("channels ="))
    assert lines[start].endswith("# environment variable ROOST_CHANNELS")
    assert lines[start + 1 : start + 3] == [
        '  - {match: ["room:*", "chat"], history: {size: 9, ttl: 24h}, presence: false, slow: close}',
        '  - {match: "*", presence: false, slow: close}',
    ]
    assert lines[start + 4] == '  - {match: "*", lease: 1m, attempts: 5}'


def test_a_mistake_in_a_rule_of_the_environment_is_named():
    result = check(ROOST_CHANNELS='[{match: "*", history: {size: many}}]', ROOST_QUEUES="mail")
    assert result.returncode == 2
    first, second = result.stderr.splitlines()
    assert "ROOST_CHANNELS" in first and "channels[0].history.size: 'many'" in first
    assert "ROOST_QUEUES" in second and "accepted: a list of maps" in second


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense: 1\n", ["roost.yaml:1", "nonsense"]),
        ("limits:\n  mesage_size: 1KiB\n", ["roost.yaml:2", "limits.mesage_size", "limits.message_size"]),
        ("workers: many\n", ["roost.yaml:1", "workers", "many", "accepted"]),
        ("workers: 0\n", ["workers", "256"]),
        ("workers: 1\nworkers: 2\n", ["roost.yaml:", "workers", "more than once"]),
        ("limits:\n  message_size: -1\n", ["limits.message_size", "-1"]),
        ("limits:\n  message_size: 64 parsecs\n", ["limits.message_size", "parsecs"]),
        ("limits: 5\n", ["limits"]),
        ("listen: 127.0.0.1\n", ["listen", "127.0.0.1", "HOST:PORT"]),
        ("listen: []\n", ["listen"]),
        ("redis:\n  url: http://x\n", ["redis.url", "redis://"]),
        ("log:\n  level: loud\n", ["log.level", "loud", "debug"]),
        ("websocket:\n  ping_interval: 5 lightyears\n", ["websocket.ping_interval"]),
        (
            "limits:\n  message_size: 900KiB\n  unsent_bytes: 800KiB\n",
            ["roost.yaml:3", "limits.unsent_bytes", "limits.message_size"],
        ),
        (
            "channels:\n  - match: a\n  - match: b\n    history: {size: 0}\n",
            ["roost.yaml:4:21", "channels[1].history.size", "'0'", "from 1 to 100000"],
        ),
        ("channels:\n  - presence: true\n", ["roost.yaml:2:5", "channels[0]", "'match' is missing"]),
        ("queues:\n  - {match: a, leese: 5s}\n", ["queues[0].leese", "did you mean lease?"]),
        ("queues: mail\n", ["roost.yaml:1", "queues", "a list of maps with match, lease and attempts"]),
        ("inbox:\n  ttl: 1y\n", ["roost.yaml:2", "inbox.ttl", "365d"]),
        ("a: [\n", ["roost.yaml"]),
        ("- 1\n", ["roost.yaml"]),
        ("\0", ["roost.yaml"]),
        ("workers: 1\n---\nworkers: 2\n", ["roost.yaml"]),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path, text, words):
    file = tmp_path / "roost.yaml"
    file.write_text(text)
    for command in "check", "serve":
        result = cli.run(command, "--config", str(file))
        assert (result.returncode, result.stdout) == (2, ""), result
        assert len(result.stderr.splitlines()) == 1
        for word in words:
            assert word in result.stderr, result.stderr


def test_every_mistake_is_named(tmp_path):
    file = tmp_path / "roost.yaml"
    file.write_text("one: 1\nworkers: x\nlog:\n  format: xml\n")
    result = check("--config", str(file), "--listen", "nowhere", ROOST_NO_SUCH="1", ROOST_WORKERS="y")
    assert result.returncode == 2
    for word in "one:", "roost.yaml:2", "log.format", "nowhere", "ROOST_NO_SUCH", "ROOST_WORKERS":
        assert sum(word in line for line in result.stderr.splitlines()) == 1, result.stderr


def test_an_empty_file_and_no_file(tmp_path):
    file = tmp_path / "roost.yaml"
    file.write_text("# nothing\n")
    assert check("--config", str(file)).returncode == 0
    assert check(ROOST_CONFIG=str(file)).returncode == 0
    for path in tmp_path / "nowhere.yaml", tmp_path:
        result = check("--config", str(path))
        assert result.returncode == 2 and str(path) in result.stderr


def test_a_limit_that_is_set_holds(start_roost, native, channel):
    roost = start_roost(config="limits:\n  message_size: 1KiB\n  subscriptions_per_connection: 2\n")
    client = native(roost)
    client.subscribe("a")
    client.subscribe("b")
    assert "2" in client.request({"type": "subscribe", "channel": "c"})["message"]
    client.send({"type": "publish", "channel": channel, "data": "x" * 1024})
    code, reason = client.closing()
    assert code == 1009 and "1024" in reason


# -- Publish and subscribe


@pytest.fixture
def server(roost):
    return ["--server", roost.url]


def subscriber(command, *arguments: str, **options):
    """A `roost subscribe` whose subscription is live."""
    running = command("subscribe", "--verbose", *arguments, **options)
    wait_until(lambda: any("subscribed" in line for line in running.errors()), "it is subscribed")
    return running


def test_a_message_and_lines_are_published(server, roost, native, channel):
    client = native(roost)
    client.subscribe(channel)
    assert cli.run("publish", *server, channel, "hello").returncode == 0
    assert cli.run("publish", *server, channel, "").returncode == 0
    assert cli.run("publish", *server, channel, input="one\n\ntwo é\nno line end").returncode == 0
    assert client.data(6) == ["hello", "", "one", "", "two é", "no line end"]
    assert cli.run("publish", *server, "--json", "--event", "e", channel, '{"a": 1}').returncode == 0
    (message,) = client.messages(1)
    assert (message["event"], message["data"]) == ("e", {"a": 1})
    assert cli.run("publish", *server, "--json", channel, input='1\n"x"\n').returncode == 0
    assert client.data(2) == [1, "x"]
    result = cli.run("publish", *server, channel, input="")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_many_lines_arrive_in_order(server, roost, native, channel):
    client = native(roost)
    client.subscribe(channel)
    lines = [f"line {number}" for number in range(20_000)]
    result = cli.run("publish", *server, channel, input="\n".join(lines))
    assert (result.returncode, result.stderr) == (0, "")
    assert client.data(len(lines)) == lines


def test_what_cannot_be_published_is_an_error(server, roost, native, channel):
    client = native(roost)
    client.subscribe(channel)
    for data in b"ok\n\xff\xfe\n", b"ok\n" + b"x" * 70_000 + b"\n":
        result = cli.run("publish", *server, channel, input=data)
        assert result.returncode == 1
        assert len(result.stderr.splitlines()) == 1 and "2" in result.stderr, "the line is named"
        assert client.data(1) == ["ok"]
    result = cli.run("publish", *server, "--json", channel, input="1\n{\n")
    assert result.returncode == 1 and "2" in result.stderr
    assert cli.run("publish", *server, channel, "x" * 70_000).returncode == 1
    assert client.data(1) == [1]


def test_publishing_fails_when_nobody_takes_it(start_roost, redis, channel):
    result = cli.run("publish", "--server", f"http://127.0.0.1:{free_port()}", channel, "x")
    assert result.returncode == 1 and "refused" in result.stderr
    roost = start_roost(redis_url=redis.url)
    redis.stop()
    wait_until(lambda: roost.readiness() == 503, "it notices")
    result = cli.run("publish", "--server", roost.url, channel, "x")
    assert result.returncode == 1 and "unavailable" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_server_that_is_none_of_ours_is_an_error(channel, redis):
    result = cli.run("publish", "--server", f"http://127.0.0.1:{redis.port}", channel, "x")
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1


def test_messages_are_printed_as_text_or_json(server, roost, native, command, channel):
    text = subscriber(command, *server, channel)
    whole = subscriber(command, *server, "--json", channel)
    pattern = subscriber(command, *server, f"{channel[:-1]}*")
    exact = subscriber(command, *server, "--exact", f"{channel[:-1]}*")
    publisher = native(roost)
    publisher.publish(channel, 'a "b" é')
    publisher.publish(channel, {"a": [1]})
    publisher.publish(f"{channel[:-1]}*", "literal")
    assert text.lines(2) == ['a "b" é', '{"a": [1]}']
    assert [json.loads(line)["data"] for line in whole.lines(2)] == ['a "b" é', {"a": [1]}]
    assert pattern.lines(3) == ['a "b" é', '{"a": [1]}', "literal"]
    assert exact.line() == "literal"
    for running in text, whole, pattern, exact:
        assert running.end(signal.SIGINT) == 0
        assert running.errors() == []


def test_subscribing_to_several_things_at_once(server, roost, native, command, channel):
    running = subscriber(command, *server, f"{channel}1", f"{channel}2", f"{channel}.*")
    publisher = native(roost)
    for name in f"{channel}1", f"{channel}2", f"{channel}.x", f"{channel}3":
        publisher.publish(name, name)
    publisher.publish(f"{channel}1", "end")
    assert running.lines(4) == [f"{channel}1", f"{channel}2", f"{channel}.x", "end"]
    assert running.end(signal.SIGTERM) == 0


def test_it_ends_after_so_many_messages(server, roost, native, command, channel):
    running = subscriber(command, *server, "--count", "2", channel)
    publisher = native(roost)
    for number in range(3):
        publisher.publish(channel, str(number))
    assert running.wait() == 0
    assert running.lines(2) == ["0", "1"]


def test_it_works_in_a_pipeline(server, roost, native, channel):
    """`roost subscribe a | roost publish b`, and `roost subscribe a | head -n 1`."""
    client = native(roost)
    client.subscribe(f"{channel}-b")
    first = subprocess.Popen(
        [str(BINARY), "subscribe", "--verbose", *server, f"{channel}-a"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    second = subprocess.Popen(
        [str(BINARY), "publish", *server, f"{channel}-b"], stdin=first.stdout, env=clean_environment()
    )
    first.stdout.close()
    head = subprocess.Popen(
        [str(BINARY), "subscribe", "--verbose", *server, f"{channel}-a"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    try:
        assert b"subscribed" in first.stderr.readline()
        assert b"subscribed" in head.stderr.readline()
        publisher = native(roost)
        for number in range(3):
            publisher.publish(f"{channel}-a", f"message {number}")
            assert client.data(1) == [f"message {number}"]
        assert head.stdout.readline() == b"message 0\n", "line by line, as they come"
        head.stdout.close()
        assert head.wait(15) == 0, "a reader that goes away is the end, not an error"
        first.send_signal(signal.SIGINT)
        assert first.wait(15) == 0
        assert second.wait(15) == 0
    finally:
        for process in first, second, head:
            if process.poll() is None:
                process.kill()
                process.wait()
            for stream in process.stdout, process.stderr:
                if stream:
                    stream.close()


def test_a_lost_connection_is_made_again(start_roost, native, command, channel):
    roost = start_roost()
    running = subscriber(command, "--server", roost.url, channel)
    roost.kill()
    wait_until(lambda: any("again" in line for line in running.errors()), "it says so")
    roost.start()
    wait_until(lambda: any("subscribed" in line for line in running.errors()), "it is subscribed again", 30)
    native(roost).publish(channel, "back")
    assert running.line() == "back"
    stubborn = subscriber(command, "--no-reconnect", "--server", roost.url, channel)
    roost.kill()
    assert stubborn.wait() == 1 and stubborn.errors()
    assert running.end() == 0


def test_it_ends_when_all_its_channels_are_stopped(server, roost, native, command, channel):
    running = subscriber(command, *server, f"{channel}1", f"{channel}2")
    with httpx.Client(base_url=roost.url, trust_env=False) as http:
        assert http.post(f"/channels/{channel}1/stop").status_code == 200
        publisher = native(roost)
        # The other goes on.
        publisher.publish(f"{channel}2", "still here")
        assert running.line() == "still here"
        assert http.post(f"/channels/{channel}2/stop").status_code == 200
    assert running.wait() == 0
    assert running.errors() == []


def test_what_was_missed_is_printed_too_where_there_is_a_history(start_roost, redis, command, channel):
    rules = "channels: [{match: '*', history: {size: 3}}]"
    first, second = [start_roost(redis_url=redis.url, config=rules) for _ in range(2)]
    running = subscriber(command, "--server", first.url, channel)

    def publish(*lines: str) -> None:
        assert cli.run("publish", "--server", second.url, channel, input="\n".join(lines)).returncode == 0

    publish("one")
    assert running.line() == "one"
    first.stop()
    publish("two", "three")
    first.start()
    assert running.lines(2) == ["two", "three"]
    running.errors()
    first.stop()
    publish("4", "5", "6", "7")
    first.start()
    wait_until(lambda: any("may be missing" in line for line in running.errors()), "it says so", 30)
    wait_until(lambda: cli.run("publish", "--server", first.url, channel, "8").returncode == 0, "8 is published")
    assert running.lines(4) == ["5", "6", "7", "8"], "what there still is"
    assert running.end() == 0


def test_a_unix_socket_is_a_server_too(start_roost, tmp_path_factory, command, channel):
    path = tmp_path_factory.mktemp("s") / "roost.sock"
    start_roost(listen=(f"unix:{path}",))
    running = subscriber(command, "--server", f"unix:{path}", channel)
    assert cli.run("publish", channel, "hello", environment={"ROOST_SERVER": f"unix:{path}"}).returncode == 0
    assert running.line() == "hello"


def test_escape_sequences_reach_a_pipe_but_no_terminal(server, roost, native, command, channel):
    running = subscriber(command, *server, channel)
    native(roost).publish(channel, "\x1b[31mred\x07 \r\n")
    assert running.lines(2) == ["\x1b[31mred\x07 \r", ""]
    import pty

    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [str(BINARY), "subscribe", "--verbose", *server, channel],
        stdout=terminal,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    os.close(terminal)
    try:
        assert b"subscribed" in process.stderr.readline()
        native(roost).publish(channel, "\x1b[31mred\x07")
        shown = os.read(master, 1000)
        assert b"red" in shown and b"\x1b" not in shown and b"\x07" not in shown
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        process.stderr.close()
        os.close(master)


def test_two_terminals_on_two_nodes(nodes, command, channel):
    """A publisher and a subscriber program, each on a node of its own."""
    running = subscriber(command, "--server", nodes[0].url, channel)
    publisher = command("publish", "--server", nodes[1].url, channel, stdin=True)
    for text in "one", "two":
        publisher.write(f"{text}\n")
        assert running.line() == text, "each line goes out when it is there"
    publisher.process.stdin.close()
    assert publisher.wait() == 0
