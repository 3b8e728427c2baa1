"""How the server ends: README.md, "Operation"."""

import json
import signal
import socket
import threading

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from support.events import EventStream
from support.native import NativeClient
from support.waiting import DEADLINE, wait_until


def terminate(roost) -> None:
    roost.process.send_signal(signal.SIGTERM)


def accepts(roost) -> bool:
    try:
        socket.create_connection((roost.host, roost.port), timeout=1).close()
    except OSError:
        return False
    return True


def close_code(client: NativeClient) -> int:
    """Reads to the end; the code it was closed with."""
    try:
        while True:
            client.receive()
    except ConnectionClosed as closed:
        return closed.rcvd.code


def test_everybody_is_told(start_roost, broker_url, native, closing, channel):
    roost = start_roost("--drain", "1s", redis_url=broker_url)
    clients = [native(roost) for _ in range(120)]
    for client in clients:
        client.subscribe(channel)
    stream = EventStream(roost, f"/channels/{channel}/events")
    closing.callback(stream.close)
    terminate(roost)
    assert [close_code(client) for client in clients] == [1001] * len(clients)
    assert stream.ended.wait(DEADLINE)
    assert roost.process.wait(DEADLINE) == 0
    assert "draining" in roost.log and "stopped" in roost.log


def test_it_ends_at_once_when_nobody_is_there(start_roost, http_keepalive):
    roost = start_roost("--drain", "1h")
    client = http_keepalive(roost)
    assert client.get("/healthz").status_code == 200
    terminate(roost)
    assert roost.process.wait(DEADLINE) == 0


@pytest.fixture
def http_keepalive(closing):
    def open_client(roost) -> httpx.Client:
        return closing.enter_context(httpx.Client(trust_env=False, base_url=roost.url, timeout=DEADLINE))

    return open_client


def holding_a_job(roost, native) -> tuple[NativeClient, dict]:
    worker = native(roost)
    publisher = native(roost)
    with httpx.Client(trust_env=False, base_url=roost.url) as http:
        http.post("/queues/mail/jobs", content="one").raise_for_status()
        http.post("/queues/mail/jobs", content="two").raise_for_status()
    worker.send({"type": "work", "queue": "mail", "credit": 1})
    frames = [worker.receive(), worker.receive()]
    job = next(frame for frame in frames if frame["type"] == "job")
    publisher.close()
    return worker, job


def test_jobs_are_finished(start_roost, redis, native):
    roost = start_roost("--drain", "1h", redis_url=redis.url)
    worker, job = holding_a_job(roost, native)
    idle = native(roost)
    terminate(roost)
    assert close_code(idle) == 1001
    wait_until(lambda: not accepts(roost), "nobody new is let in")
    assert roost.process.poll() is None, "it waits for the job"
    worker.send({"type": "done", "queue": "mail", "id": job["id"]})
    assert close_code(worker) == 1001
    assert roost.process.wait(DEADLINE) == 0
    assert redis.client().lrange("mail", 0, -1) == [b"two"], "no further job was handed out"


def test_a_second_signal_ends_it_at_once(start_roost, redis, native):
    roost = start_roost("--drain", "1h", redis_url=redis.url)
    worker, _ = holding_a_job(roost, native)
    terminate(roost)
    wait_until(lambda: "draining" in roost.log, "it drains")
    terminate(roost)
    assert roost.process.wait(DEADLINE) == 0
    assert close_code(worker) == 1001


def test_what_is_under_way_is_answered(start_roost, redis, native, channel):
    """A poll that waits, a request for a job that waits: each has its answer, and no more."""
    roost = start_roost("--drain", "1h", redis_url=redis.url, config="channels: [{match: '*', history: {}}]")
    answers: dict[str, httpx.Response] = {}

    def ask(name: str, method: str, path: str) -> threading.Thread:
        def run():
            answers[name] = httpx.request(method, roost.url + path, timeout=60, trust_env=False)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    before = roost.open_files
    threads = [
        ask("poll", "GET", f"/channels/{channel}/messages?wait=60"),
        ask("lease", "POST", "/queues/empty/lease?wait=60"),
    ]
    wait_until(lambda: roost.open_files >= before + 2, "both are connected")
    # They wait when a channel's signal for the queue has been subscribed to.
    wait_until(lambda: redis.client().pubsub_numsub(channel)[0][1] > 0, "the poll waits")
    wait_until(lambda: redis.client().pubsub_numsub("roost:{empty}:queue")[0][1] > 0, "the lease waits")
    terminate(roost)
    for thread in threads:
        thread.join(DEADLINE)
    assert answers["poll"].status_code == 200 and answers["poll"].json()["messages"] == []
    assert answers["lease"].status_code == 204
    assert roost.process.wait(DEADLINE) == 0


def test_a_restart_loses_no_acknowledged_publish(start_roost, redis, native, channel):
    """Publishers that never stop, a server that restarts again and again: all that it has acknowledged is kept."""
    config = "channels: [{match: '*', history: {size: 100000, ttl: 1h}}]"
    roost = start_roost("--drain", "300ms", redis_url=redis.url, config=config)
    acknowledged: list[list[int]] = [[] for _ in range(8)]
    stopping = threading.Event()

    def publish(number: int) -> None:
        sent = 0
        while not stopping.is_set():
            try:
                client = NativeClient(roost.ws_url)
            except (OSError, ConnectionClosed, Exception):
                stopping.wait(0.02)
                continue
            try:
                while not stopping.is_set():
                    first = sent
                    for _ in range(20):
                        client.send({"type": "publish", "channel": channel, "data": [number, sent], "ref": sent})
                        sent += 1
                    for _ in range(first, sent):
                        reply = client.receive()
                        if reply["type"] == "published":
                            acknowledged[number].append(reply["ref"])
            except (ConnectionClosed, OSError):
                pass  # what was not acknowledged is not counted on
            finally:
                client.close()

    threads = [threading.Thread(target=publish, args=(number,), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
    total = lambda: sum(map(len, acknowledged))
    for _ in range(5):
        before = total()
        wait_until(lambda: total() > before + 200, "publishes are acknowledged")
        roost.stop()
        roost.start()
    stopping.set()
    for thread in threads:
        thread.join(DEADLINE)
    kept = {tuple(json.loads(fields[1])["data"]) for fields in messages(redis, channel)}
    missing = [(n, ref) for n, refs in enumerate(acknowledged) for ref in refs if (n, ref) not in kept]
    assert total() > 1_000 and missing == []


def messages(redis, channel: str) -> list:
    """What the channel's history holds, in Redis itself."""
    (key,) = [key for key in redis.client().keys(f"roost:{{{channel}}}:*") if redis.client().type(key) == b"stream"]
    return [(entry, next(value for value in fields.values() if value.startswith(b"{"))) for entry, fields in redis.client().xrange(key)]
