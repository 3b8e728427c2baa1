"""`roost queue push`, `work` and `status`. README.md, "Commands"."""

import json
import os
import signal
import subprocess

import pytest

from support import cli
from support.daemon import BINARY, clean_environment
from support.redis_server import free_port
from support.waiting import wait_until


@pytest.fixture
def queue(channel):
    return channel


@pytest.fixture
def server(roost):
    return ["--server", roost.url]


def status(server, queue: str) -> dict[str, int]:
    result = cli.run("queue", "status", *server, "--json", queue)
    assert (result.returncode, result.stderr) == (0, ""), result
    found = json.loads(result.stdout)
    assert found.pop("queue") == queue
    return found


def push(server, queue: str, *arguments: str, **options) -> None:
    result = cli.run("queue", "push", *server, queue, *arguments, **options)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), result


def worker(command, server, queue: str, *arguments: str, **options):
    """A `roost queue work` that the server knows of."""
    running = command("queue", "work", "--verbose", *server, queue, *arguments, **options)
    wait_until(lambda: any("working" in line for line in running.errors()), "it works")
    return running


# -- Usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["push"],
        ["push", ""],
        ["push", "a\nb", "x"],
        ["push", "roost:x", "y"],
        ["push", "--json", "q", "{"],
        ["push", "--delay", "5", "q", "x"],
        ["push", "--delay", "500ms", "q", "x"],
        ["push", "--delay", "366d", "q", "x"],
        ["work"],
        ["work", "--credit", "0", "q"],
        ["work", "--credit", "1001", "q"],
        ["work", "--lease", "0s", "q"],
        ["work", "--lease", "25h", "q"],
        ["work", "q", "--exec", ""],
        ["status"],
        ["status", "x" * 256],
        ["status", "a", "b"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(arguments):
    result = cli.run("queue", *arguments)
    assert (result.returncode, result.stdout) == (2, ""), result
    assert len(result.stderr) > 20


@pytest.mark.parametrize("command", [["push"], ["work"], ["status"], []])
def test_help_is_on_standard_output(command):
    result = cli.run("queue", *command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "USAGE: roost queue" in result.stdout


@pytest.mark.parametrize("arguments", [["push", "q", "x"], ["status", "q"]])
def test_a_server_that_is_not_there_is_an_error(arguments):
    result = cli.run("queue", *arguments, "--server", f"http://127.0.0.1:{free_port()}")
    assert (result.returncode, result.stdout) == (1, "")
    assert "127.0.0.1" in result.stderr and len(result.stderr.splitlines()) == 1


# -- Pushing and counting


def test_jobs_are_pushed_and_counted(server, queue):
    push(server, queue, "hello")
    push(server, queue, input="one\n\ntwo é\nno line end")
    push(server, queue, "--json", '{"a": 1}')
    push(server, queue, "--delay", "1h", "later")
    assert status(server, queue) == {"waiting": 6, "leased": 0, "delayed": 1, "dead": 0, "done": 0}
    result = cli.run("queue", "status", *server, queue)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "waiting  6\nleased   0\ndelayed  1\ndead     0\ndone     0\n"


def test_what_cannot_be_pushed_is_an_error(server, queue):
    result = cli.run("queue", "push", *server, queue, input=b"fine\n\xff\n")
    assert result.returncode == 1
    assert "line 2" in result.stderr and "1 pushed" in result.stderr
    assert cli.run("queue", "push", *server, queue, "x" * 70_000).returncode == 1
    assert status(server, queue)["waiting"] == 1


def test_a_delayed_job_comes_when_its_time_has_come(server, queue, command):
    push(server, queue, "--delay", "1s", "later")
    push(server, queue, "now")
    running = worker(command, server, queue)
    assert running.lines(2) == ["now", "later"]
    assert running.end() == 0


# -- Working: printing


def test_jobs_are_printed_in_order_and_done(server, queue, command):
    push(server, queue, input="one\ntwo é\n")
    push(server, queue, "--json", input='{"a": [1]}\n"text"\n')
    running = worker(command, server, queue)
    assert running.lines(4) == ["one", "two é", '{"a": [1]}', "text"]
    push(server, queue, "three")
    assert running.line() == "three"
    wait_until(lambda: status(server, queue)["done"] == 5, "all are done")
    assert running.end(signal.SIGTERM) == 0
    assert running.errors() == []
    assert status(server, queue) == {"waiting": 0, "leased": 0, "delayed": 0, "dead": 0, "done": 5}


def test_what_another_program_pushes_is_a_job(start_roost, redis, command, queue):
    roost = start_roost(redis_url=redis.url)
    running = worker(command, ["--server", roost.url], queue)
    redis.cli("RPUSH", queue, "plain text", "[1]")
    assert running.lines(2) == ["plain text", "[1]"]
    assert running.end() == 0


def test_once_takes_one_job(server, queue):
    push(server, queue, input="one\ntwo\n")
    result = cli.run("queue", "work", *server, "--once", queue)
    assert (result.returncode, result.stdout, result.stderr) == (0, "one\n", "")
    found = status(server, queue)
    assert (found["waiting"], found["leased"], found["done"]) == (1, 0, 1)


def test_it_ends_with_its_reader(server, queue):
    """`roost queue work mail | head -n 1`: what was not written goes back."""
    working = subprocess.Popen(
        [str(BINARY), "queue", "work", *server, queue],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    )
    head = subprocess.Popen(["head", "-n", "1"], stdin=working.stdout, stdout=subprocess.PIPE)
    working.stdout.close()
    try:
        push(server, queue, "one")
        assert head.communicate(timeout=15)[0] == b"one\n"
        assert working.wait(15) == 0
    finally:
        working.kill()
        working.wait()
    push(server, queue, "two")
    assert cli.run("queue", "work", *server, "--once", queue).stdout == "two\n"


# -- Working: --exec


def test_a_program_does_each_job(server, queue, command):
    push(server, queue, input="one\ntwo\n")
    push(server, queue, "--json", '{"a": 1}')
    script = 'data=$(cat); echo "$data|$ROOST_QUEUE|$ROOST_JOB_ATTEMPT|$ROOST_JOB_ID"'
    running = worker(command, server, queue, "--exec", "sh", "-c", script)
    lines = running.lines(3)
    assert [line.rsplit("|", 1)[0] for line in lines] == [f"one|{queue}|1", f"two|{queue}|1", f'{{"a": 1}}|{queue}|1']
    assert len({line.rsplit("|", 1)[1] for line in lines}) == 3
    wait_until(lambda: status(server, queue)["done"] == 3, "all are done")
    assert running.end() == 0


def test_bytes_reach_the_program_as_they_are(start_roost, redis, queue):
    roost = start_roost(redis_url=redis.url)
    redis.client().rpush(queue, b"\xff\x00")
    result = cli.run("queue", "work", "--server", roost.url, "--once", queue, "--exec", "od", "-An", "-tx1")
    assert (result.returncode, result.stdout.split()[:2]) == (0, ["ff", "00"])


def test_what_fails_is_tried_again(server, queue, command):
    script = 'echo "$ROOST_JOB_ATTEMPT $(cat)"; [ "$ROOST_JOB_ATTEMPT" = 2 ]'
    running = worker(command, server, queue, "--exec", "sh", "-c", script)
    push(server, queue, "hello")
    assert running.lines(2) == ["1 hello", "2 hello"]
    wait_until(lambda: status(server, queue)["done"] == 1, "it is done")
    assert running.end() == 0
    assert any("exit status 1" in line for line in running.errors())


def test_once_fails_with_its_job(server, queue):
    push(server, queue, "hello")
    result = cli.run("queue", "work", *server, "--once", queue, "--exec", "sh", "-c", "exit 7")
    assert (result.returncode, result.stdout) == (1, "")
    assert "exit status 7" in result.stderr
    assert status(server, queue)["done"] == 0
    missing = cli.run("queue", "work", *server, "--once", queue, "--exec", "/no/such/program")
    assert missing.returncode == 1
    assert "/no/such/program" in missing.stderr and "no such file" in missing.stderr


def test_as_many_programs_run_at_a_time_as_there_is_credit(server, queue, command, tmp_path):
    push(server, queue, input="".join(f"{number}\n" for number in range(9)))
    # Each waits until three have begun, and fails if it sees a fourth.
    script = (
        f'cd "{tmp_path}"; touch "run-$ROOST_JOB_ID"; '
        'until [ "$(ls | grep -c run-)" -ge 3 ] || [ -e three ]; do sleep 0.01; done; touch three; '
        '[ "$(ls | grep -c run-)" -le 3 ] || echo "too many"; rm "run-$ROOST_JOB_ID"; echo done'
    )
    running = worker(command, server, queue, "--credit", "3", "--exec", "sh", "-c", script)
    assert running.lines(9) == ["done"] * 9
    assert running.end() == 0


def test_a_lease_is_renewed_while_its_program_runs(start_roost, queue, command, tmp_path):
    """The lease is 6 s, the program runs for longer, and another worker must not get the job."""
    roost = start_roost()
    server = ["--server", roost.url]
    push(server, queue, "long")
    script = f'echo "$ROOST_JOB_ATTEMPT"; sleep 7; until [ -e "{tmp_path}/go" ]; do sleep 0.01; done; echo end'
    running = worker(command, server, queue, "--lease", "6s", "--exec", "sh", "-c", script)
    assert running.line() == "1"
    other = worker(command, server, queue)
    (tmp_path / "go").touch()
    assert running.line() == "end"
    wait_until(lambda: status(server, queue)["done"] == 1, "it is done")
    push(server, queue, "next")
    wait_until(lambda: status(server, queue)["done"] == 2, "the next is done")
    assert running.end() == 0
    assert other.end() == 0
    assert "long" not in other.rest()


# -- Ending


def test_a_signal_lets_running_programs_finish(server, queue, command, tmp_path):
    push(server, queue, input="one\ntwo\n")
    script = f'echo begin; until [ -e "{tmp_path}/go" ]; do sleep 0.01; done; echo end'
    running = worker(command, server, queue, "--exec", "sh", "-c", script)
    assert running.line() == "begin"
    running.process.send_signal(signal.SIGINT)
    (tmp_path / "go").touch()
    assert running.line() == "end"
    assert running.wait() == 0
    found = status(server, queue)
    assert found["done"] == 1 and found["waiting"] == 1 and found["leased"] == 0


def test_a_second_signal_gives_running_jobs_back(server, queue, command, tmp_path):
    push(server, queue, "one")
    script = f'trap "touch {tmp_path}/ended; exit 0" TERM; echo begin; while :; do sleep 0.01; done'
    running = worker(command, server, queue, "--exec", "sh", "-c", script)
    assert running.line() == "begin"
    running.process.send_signal(signal.SIGTERM)
    running.process.send_signal(signal.SIGINT)
    assert running.wait() == 0
    assert (tmp_path / "ended").exists()
    assert cli.run("queue", "work", *server, "--once", queue).stdout == "one\n"
    assert status(server, queue)["done"] == 1


def test_a_worker_that_is_killed_loses_nothing(server, queue, command):
    push(server, queue, "one")
    running = worker(command, server, queue, "--exec", "sh", "-c", "echo $$; exec sleep 1000")
    program = int(running.line())
    running.process.kill()
    os.kill(program, signal.SIGKILL)
    running.wait()
    assert cli.run("queue", "work", *server, "--once", queue).stdout == "one\n"


def test_it_comes_back_after_the_server(start_roost, redis, queue, command):
    roost = start_roost(redis_url=redis.url)
    server = ["--server", roost.url]
    running = worker(command, server, queue)
    roost.stop()
    roost.start()
    push(server, queue, "hello")
    assert running.line() == "hello"
    wait_until(lambda: status(server, queue)["done"] == 1, "it is done")
    assert running.end() == 0
    assert any("again" in line for line in running.errors())


def test_a_list_that_is_no_queue_is_an_error(start_roost, redis, queue):
    roost = start_roost(redis_url=redis.url)
    redis.cli("SET", queue, "x")
    result = cli.run("queue", "push", "--server", roost.url, queue, "x")
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1, result
