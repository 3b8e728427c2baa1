"""Work queues: PROTOCOL.md, "Queues"."""

import json
import socket
import threading
import time

import pytest

from support.queues import QueueHTTP, done, job, work
from support.raw_http import RawHTTP
from support.raw_websocket import TEXT, frame
from support.waiting import wait_until


@pytest.fixture
def queue(channel):
    """A queue that no other test has."""
    return channel


@pytest.fixture
def over_http(closing):
    """Opens a queue over HTTP, closed at the end."""

    def open_queue(daemon, queue):
        http = QueueHTTP(daemon, queue)
        closing.callback(http.close)
        return http

    return open_queue


# -- A job's way


def test_a_job_goes_from_one_client_to_another_until_it_is_done(roost, native, over_http, queue):
    producer, consumer, http = native(roost), native(roost), over_http(roost, queue)
    work(consumer, queue, 1)
    reply = producer.request({"type": "push", "queue": queue, "data": {"to": "bob"}})
    assert reply == {"type": "pushed", "queue": queue}
    taken = job(consumer, queue)
    assert taken == {
        "type": "job",
        "queue": queue,
        "id": taken["id"],
        "attempt": 1,
        "data": {"to": "bob"},
    }
    assert http.status() == {"leased": 1}
    done(consumer, taken)
    assert http.status() == {"done": 1}
    assert consumer.has_nothing()


def test_jobs_come_in_the_order_in_which_they_were_pushed(roost, native, over_http, queue):
    http, consumer = over_http(roost, queue), native(roost)
    for number in range(60):
        http.push(f"job {number}")
    work(consumer, queue, 7)
    seen, finished = [], 0
    while finished < 60:
        reply = consumer.receive()
        if reply["type"] == "job":
            seen.append(reply["data"])
            consumer.send({"type": "done", "queue": queue, "id": reply["id"]})
        else:
            assert reply["type"] == "done"
            finished += 1
    assert seen == [f"job {number}" for number in range(60)]


def test_each_job_goes_to_exactly_one_consumer(nodes, redis, native, queue):
    consumers = [native(nodes[index % 2]) for index in range(6)]
    for consumer in consumers:
        work(consumer, queue, 5)
    client = redis.client()
    for number in range(200):
        client.rpush(queue, number)
    seen = []
    finished = 0
    deadline = time.monotonic() + 30
    while finished < 200:
        assert time.monotonic() < deadline
        for consumer in consumers:
            try:
                reply = json.loads(consumer.socket.recv(timeout=0.002))
            except TimeoutError:
                continue
            if reply["type"] == "job":
                seen.append(reply["data"])
                consumer.send({"type": "done", "queue": queue, "id": reply["id"]})
            else:
                assert reply["type"] == "done"
                finished += 1
    assert sorted(seen) == list(range(200))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (b'{"a": [1, 2]}', {"data": {"a": [1, 2]}}),
        (b"hello", {"data": "hello"}),
        (b"", {"data": ""}),
        (b"17", {"data": 17}),
        (b'"17"', {"data": "17"}),
        (b"null", {"data": None}),
        ("é😀 \n".encode(), {"data": "é😀 \n"}),
        (b"\xff\x00", {"encoding": "base64", "data": "/wA="}),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_anyone_pushes_in_redis_is_a_job(start_roost, redis, native, over_http, queue, item, expected):
    roost = start_roost(redis_url=redis.url)
    redis.client().rpush(queue, item)
    consumer = native(roost)
    work(consumer, queue, 1)
    taken = job(consumer, queue)
    assert taken == {"type": "job", "queue": queue, "id": taken["id"], "attempt": 1} | expected
    assert consumer.request({"type": "retry", "queue": queue, "id": taken["id"]})["type"] == "retried"
    again = job(consumer, queue)
    assert again == taken | {"attempt": 2, "id": again["id"]}
    # What Roost leaves for other programs is what they put in.
    http = over_http(roost, queue)
    consumer.close()
    http.wait_for(waiting=1)
    taken = http.lease()
    assert taken == {"queue": queue, "id": taken["id"], "attempt": 3} | expected


def test_what_roost_pushes_stands_in_redis_as_it_was_said(start_roost, redis, native, over_http, queue):
    roost = start_roost(redis_url=redis.url)
    http, client = over_http(roost, queue), native(roost)
    client.send(f'{{"type":"push","queue":"{queue}","data": {{"a":  1.50}} }}')
    assert client.receive()["type"] == "pushed"
    client.request({"type": "push", "queue": queue, "data": "text"})
    http.push("plain")
    http.push("1")
    http.client.post(f"{http.base}/jobs", json=[1]).raise_for_status()
    http.client.post(
        f"{http.base}/jobs", content=b"\xff", headers={"Content-Type": "application/octet-stream"}
    ).raise_for_status()
    items = redis.client().lrange(queue, 0, -1)
    assert items == [b'{"a":  1.50}', b'"text"', b"plain", b'"1"', b"[1]", b"\xff"]
    assert [http.lease()["data"] for _ in range(6)] == [{"a": 1.5}, "text", "plain", "1", [1], "/w=="]


def test_a_waiting_consumer_hears_of_an_rpush_at_once(nodes, redis, native, over_http, queue):
    consumer = native(nodes[0])
    work(consumer, queue, 10)
    assert consumer.has_nothing()
    # Until it is seen to wait in Redis: then the answer cannot come from looking again and again.
    wait_until(lambda: "cmd=blmove" in redis.cli("CLIENT", "LIST"), "it waits in Redis")
    for number in range(20):
        redis.client().rpush(queue, number)
        taken = job(consumer, queue)
        assert taken["data"] == number
        done(consumer, taken)
    assert redis.client().exists(queue) == 0


# -- Credit


def test_a_consumer_has_no_more_unfinished_jobs_than_its_credit(roost, native, over_http, queue):
    http, consumer = over_http(roost, queue), native(roost)
    for number in range(10):
        http.push(f"job {number}")
    work(consumer, queue, 3)
    jobs = [job(consumer, queue) for _ in range(3)]
    assert consumer.has_nothing() and http.status() == {"waiting": 7, "leased": 3}
    consumer.send({"type": "done", "queue": queue, "id": jobs[0]["id"]})
    replies = [consumer.receive(), consumer.receive()]
    assert sorted(reply["type"] for reply in replies) == ["done", "job"]
    # More credit, then none: what it has stays its own.
    consumer.send({"type": "work", "queue": queue, "credit": 5})
    replies = [consumer.receive() for _ in range(3)]
    assert [reply["type"] for reply in replies] == ["working", "job", "job"]
    work(consumer, queue, 0)
    for taken in [jobs[1], replies[1]]:
        done(consumer, taken)
    assert consumer.has_nothing() and http.status() == {"waiting": 4, "leased": 3, "done": 3}


def test_a_job_done_over_another_connection_makes_room_for_the_next(nodes, native, over_http, queue):
    consumer, http = native(nodes[0]), over_http(nodes[1], queue)
    work(consumer, queue, 1)
    for number in range(5):
        http.push(f"job {number}")
    for number in range(5):
        taken = job(consumer, queue)
        assert taken["data"] == f"job {number}"
        assert http.done(taken["id"]) == 200
    assert http.status() == {"done": 5}


def test_consumers_take_turns(memory_roost, native, over_http, queue):
    http = over_http(memory_roost, queue)
    consumers = [native(memory_roost) for _ in range(3)]
    for consumer in consumers:
        work(consumer, queue, 1)
    for number in range(3):
        http.push(f"job {number}")
    assert sorted(job(consumer, queue)["data"] for consumer in consumers) == ["job 0", "job 1", "job 2"]


# -- Giving back


def test_a_job_that_is_retried_comes_again_until_it_is_dead(roost, native, over_http, queue):
    http, consumer = over_http(roost, queue), native(roost)
    http.push("bad")
    http.push("good")
    work(consumer, queue, 1)
    for attempt in range(1, 6):
        taken = job(consumer, queue)
        assert (taken["data"], taken["attempt"]) == ("bad", attempt)
        consumer.send({"type": "retry", "queue": queue, "id": taken["id"], "ref": attempt})
        reply = consumer.receive()
        assert reply == {"type": "retried", "queue": queue, "id": taken["id"], "ref": attempt}
    assert job(consumer, queue)["data"] == "good"
    assert http.status() == {"leased": 1, "dead": 1}


def test_dead_jobs_are_a_list_in_redis(start_roost, redis, over_http, queue):
    http = over_http(start_roost(redis_url=redis.url), queue)
    redis.client().rpush(queue, b'{"raw": \xff}')
    for _ in range(5):
        assert http.change(http.lease()["id"], "retry").status_code == 200
    assert http.lease() is None
    assert redis.client().lrange(f"roost:{{{queue}}}:dead", 0, -1) == [b'{"raw": \xff}']


def test_a_delay_is_waited_for(roost, native, over_http, queue):
    http, consumer = over_http(roost, queue), native(roost)
    work(consumer, queue, 2)
    http.push("later", delay="1h")
    http.push("soon", delay=1)
    assert http.status() == {"delayed": 2}
    taken = job(consumer, queue)
    assert (taken["data"], taken["attempt"]) == ("soon", 1)
    reply = consumer.request({"type": "retry", "queue": queue, "id": taken["id"], "delay": 1})
    assert reply["type"] == "retried" and http.status() == {"delayed": 2}
    assert job(consumer, queue) == taken | {"attempt": 2, "id": taken["id"].replace("-1", "-2")}
    reply = consumer.request({"type": "retry", "queue": queue, "id": taken["id"]})
    assert (reply["type"], reply["code"]) == ("error", "lease_lost")


def test_a_lease_that_ends_gives_the_job_to_somebody_else(roost, native, over_http, queue):
    slow, quick, http = native(roost), native(roost), over_http(roost, queue)
    work(slow, queue, 1, lease=1)
    http.push("job")
    first = job(slow, queue)
    work(slow, queue, 0)
    work(quick, queue, 1)
    second = job(quick, queue)
    assert (second["data"], second["attempt"]) == ("job", 2)
    for command in ["done", "retry", "renew"]:
        reply = slow.request({"type": command, "queue": queue, "id": first["id"]})
        assert (reply["type"], reply["code"]) == ("error", "lease_lost")
    assert http.done(first["id"]) == 409
    done(quick, second)
    assert http.status() == {"done": 1}


def test_a_consumer_that_forgets_a_job_gets_it_again(roost, native, over_http, queue):
    consumer = native(roost)
    work(consumer, queue, 1, lease=1)
    over_http(roost, queue).push("job")
    assert [job(consumer, queue)["attempt"] for _ in range(3)] == [1, 2, 3]


def test_a_lease_can_be_renewed(roost, native, over_http, queue):
    consumer, http = native(roost), over_http(roost, queue)
    work(consumer, queue, 1, lease=1)
    http.push("job")
    taken = job(consumer, queue)
    reply = consumer.request({"type": "renew", "queue": queue, "id": taken["id"], "lease": 3600})
    assert reply == {"type": "renewed", "queue": queue, "id": taken["id"], "lease": 3600}
    # Another job's lease of the same length ends meanwhile.
    http.push("other")
    other = http.lease(lease=1)
    http.wait_for(waiting=1, leased=1)
    assert http.change(other["id"], "renew").json()["error"]["code"] == "lease_lost"
    assert consumer.has_nothing()
    done(consumer, taken)


def test_a_socket_that_dies_gives_its_jobs_back_at_once(nodes, native, over_http, queue):
    dying, other = native(nodes[0]), native(nodes[1])
    http = over_http(nodes[1], queue)
    for number in range(6):
        http.push(f"job {number}")
    work(dying, queue, 3, lease=3600)
    taken = [job(dying, queue) for _ in range(3)]
    done(dying, taken[1])
    dying.socket.socket.shutdown(socket.SHUT_RDWR)
    work(other, queue, 10)
    jobs = [job(other, queue) for _ in range(5)]
    assert sorted(found["data"] for found in jobs) == [f"job {number}" for number in (0, 2, 3, 4, 5)]
    attempts = {found["data"]: found["attempt"] for found in jobs}
    assert attempts["job 0"] == attempts["job 2"] == 2 and attempts["job 5"] == 1
    assert http.status() == {"leased": 5, "done": 1}


def test_a_node_that_is_killed_loses_no_job(start_roost, redis, native, over_http, queue):
    doomed, survivor = start_roost(redis_url=redis.url), start_roost(redis_url=redis.url)
    http = over_http(survivor, queue)
    other = native(survivor)
    victim = native(doomed)
    work(victim, queue, 5, lease=2)
    redis.client().rpush(queue, *[f"job {number}" for number in range(5)])
    assert [job(victim, queue)["data"] for _ in range(5)] == [f"job {number}" for number in range(5)]
    work(other, queue, 10)
    doomed.kill()
    jobs = [job(other, queue) for _ in range(5)]
    assert [found["data"] for found in jobs] == [f"job {number}" for number in range(5)]
    assert all(found["attempt"] == 2 for found in jobs)
    for found in jobs:
        assert http.done(found["id"]) == 200
    assert http.status() == {"done": 5}


def test_a_node_that_is_stopped_gives_its_jobs_back_at_once(start_roost, redis, native, over_http, queue):
    leaving, staying = start_roost(redis_url=redis.url), start_roost(redis_url=redis.url)
    consumer, http = native(leaving), over_http(staying, queue)
    work(consumer, queue, 3, lease=3600)
    for number in range(4):
        http.push(f"job {number}")
    for _ in range(3):
        job(consumer, queue)
    leaving.stop()
    assert http.status() == {"waiting": 4}
    assert [http.lease()["data"] for _ in range(4)] == [f"job {number}" for number in range(4)]


def test_an_outage_of_redis_is_survived(start_roost, start_redis, tmp_path, native, over_http, queue):
    redis = start_redis("--appendonly", "yes", "--appendfsync", "always")
    roost = start_roost(redis_url=redis.url)
    consumer, http = native(roost), over_http(roost, queue)
    work(consumer, queue, 2)
    http.push("before")
    taken = job(consumer, queue)
    redis.stop()
    reply = consumer.request({"type": "done", "queue": queue, "id": taken["id"]})
    assert (reply["type"], reply["code"]) == ("error", "unavailable")
    assert consumer.request({"type": "push", "queue": queue, "data": 1})["code"] == "unavailable"
    assert http.client.post(f"{http.base}/lease").status_code == 503
    redis.start()
    wait_until(roost.is_ready, "roost is ready")
    redis.client().rpush(queue, "after")
    assert job(consumer, queue)["data"] == "after"
    done(consumer, taken)


def test_scripts_that_redis_has_lost_are_loaded_again(start_roost, redis, native, over_http, queue):
    roost = start_roost(redis_url=redis.url)
    consumer = native(roost)
    work(consumer, queue, 1)
    redis.client().script_flush()
    redis.client().rpush(queue, "job")
    done(consumer, job(consumer, queue))


# -- Rules


def test_a_rule_says_how_long_a_lease_is_and_how_many_attempts_there_are(
    start_roost, broker_url, native, over_http, queue
):
    config = f"queues:\n  - match: '{queue[:8]}*'\n    lease: 1s\n    attempts: 2\n"
    roost = start_roost(redis_url=broker_url, config=config)
    http, consumer = over_http(roost, queue), native(roost)
    http.push("job")
    work(consumer, queue, 1)
    assert [job(consumer, queue)["attempt"] for _ in range(2)] == [1, 2]
    http.wait_for(dead=1)
    http.push("more")
    taken = job(consumer, queue)
    assert http.change(taken["id"], "renew").json() == {"lease": 1}


# -- HTTP


def test_a_job_over_http(roost, over_http, queue):
    http = over_http(roost, queue)
    assert http.lease() is None and http.status() == {}
    http.push('{"a":1}')
    taken = http.lease(lease="1m")
    assert taken == {"queue": queue, "id": taken["id"], "attempt": 1, "data": '{"a":1}'}
    assert http.change(taken["id"], "renew", lease="1h").json() == {"lease": 3600}
    assert http.change(taken["id"], "retry", delay="1h").json() == {}
    assert http.status() == {"delayed": 1}
    http.push("b")
    taken = http.lease()
    assert [http.done(taken["id"]), http.done(taken["id"])] == [200, 409]
    assert http.client.delete(f"{http.base}/jobs/{taken['id']}").json()["error"]["code"] == "lease_lost"
    assert http.status() == {"delayed": 1, "done": 1}


def test_a_request_waits_for_a_job(nodes, redis, over_http, queue):
    first, second = over_http(nodes[0], queue), over_http(nodes[1], queue)
    found = []
    threads = [threading.Thread(target=lambda q=q: found.append(q.lease(wait=30))) for q in (first, second)]
    for thread in threads:
        thread.start()
    wait_until(lambda: redis.cli("CLIENT", "LIST").count("cmd=blmove") == 2, "both wait in Redis")
    redis.client().rpush(queue, "a", "b")
    for thread in threads:
        thread.join(20)
    assert sorted(taken["data"] for taken in found) == ["a", "b"]


def test_a_request_waits_no_longer_than_it_says(roost, over_http, queue):
    http = over_http(roost, queue)
    before = time.monotonic()
    assert http.lease(wait=1) is None
    assert time.monotonic() - before >= 1


def test_a_request_that_has_gone_gets_no_job(start_roost, broker_url, over_http, queue):
    roost = start_roost(redis_url=broker_url, workers=1)
    http = over_http(roost, queue)
    for _ in range(5):
        with RawHTTP(roost.host, roost.port) as gone:
            gone.send(f"POST /queues/{queue}/lease?wait=60 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    # One worker: what came before these requests has been seen when they are answered.
    for _ in range(3):
        assert http.status() == {}
    http.push("job")
    assert http.lease(wait=10)["attempt"] == 1


# -- Hostile input


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"type": "work", "queue": "", "credit": 1}, "bad_request"),
        ({"type": "work", "queue": "roost:x", "credit": 1}, "bad_request"),
        ({"type": "work", "queue": "q", "credit": 100_000}, "bad_request"),
        ({"type": "work", "queue": "q", "credit": -1}, "bad_request"),
        ({"type": "work", "queue": "q", "credit": 1, "lease": 0}, "bad_request"),
        ({"type": "push", "queue": "q"}, "bad_request"),
        ({"type": "push", "queue": "q", "data": 1, "delay": 10**12}, "bad_request"),
        ({"type": "done", "queue": "q", "id": "1-1"}, "lease_lost"),
        ({"type": "done", "queue": "q", "id": "9007199254740992-4294967295"}, "lease_lost"),
        ({"type": "done", "queue": "q", "id": "99999999999999999999-1"}, "bad_request"),
        ({"type": "done", "queue": "q", "id": {"a": 1}}, "bad_request"),
        ({"type": "retry", "queue": "q", "id": "1-1"}, "lease_lost"),
        ({"type": "renew", "queue": "q", "id": "1-1"}, "lease_lost"),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
def test_a_frame_that_cannot_be_meant_is_refused(roost, native, command, code):
    client = native(roost)
    reply = client.request(command)
    assert (reply["type"], reply["code"]) == ("error", code) and len(reply["message"]) > 10
    assert client.has_nothing()


@pytest.mark.parametrize(
    ("request_line", "status", "code"),
    [
        ("GET /queues/q/jobs", 405, "method_not_allowed"),
        ("POST /queues/q", 405, "method_not_allowed"),
        ("POST /queues/q/jobs/1-1", 405, "method_not_allowed"),
        ("DELETE /queues/q/jobs/nothing", 400, "bad_request"),
        ("DELETE /queues/q/jobs/1-1", 409, "lease_lost"),
        ("POST /queues/q/jobs/1-1/retry?delay=x", 400, "bad_request"),
        ("POST /queues/q/jobs/1-1/renew?lease=2d", 400, "bad_request"),
        ("POST /queues/q/lease?wait=61", 400, "bad_request"),
        ("POST /queues/q/lease?wait=-1", 400, "bad_request"),
        ("POST /queues/roost:q/lease", 400, "bad_request"),
        ("POST /queues/%FF/lease", 400, "bad_request"),
        ("GET /queues/", 400, "bad_request"),
        ("GET /queues/q/else", 404, "not_found"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(http, request_line, status, code):
    http.send(f"{request_line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    http.response().is_error(status, code)


def test_a_job_needs_a_body_no_larger_than_a_message(http):
    http.send("POST /queues/q/jobs HTTP/1.1\r\nHost: x\r\n\r\n")
    http.response().is_error(411, "length_required")
    http.send("POST /queues/q/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n")
    http.response().is_error(413, "too_large")


def test_a_connection_takes_from_a_bounded_number_of_queues(memory_roost, native):
    client = native(memory_roost)
    for number in range(128):
        work(client, f"queue {number}", 1)
    reply = client.request({"type": "work", "queue": "one more", "credit": 1})
    assert (reply["type"], reply["code"]) == ("error", "limit_exceeded")
    work(client, "queue 5", 2)


def test_a_key_that_is_no_list_is_named(start_roost, redis, native, over_http, queue):
    roost = start_roost(redis_url=redis.url)
    redis.client().set(queue, "text")
    consumer, http = native(roost), over_http(roost, queue)
    work(consumer, queue, 1)
    error = consumer.receive()
    assert (error["type"], error["code"]) == ("error", "unavailable")
    assert "not a list" in error["message"] and queue in error["message"]
    assert http.client.post(f"{http.base}/lease", params={"wait": 20}).status_code == 503
    assert consumer.request({"type": "push", "queue": queue, "data": 1})["code"] == "unavailable"
    before = int(redis.client().info("commandstats")["cmdstat_evalsha"]["calls"])
    assert consumer.has_nothing()
    # It is tried again, but not in a hurry; and works once there is a list.
    redis.client().delete(queue)
    redis.client().rpush(queue, "job")
    assert job(consumer, queue)["data"] == "job"
    assert int(redis.client().info("commandstats")["cmdstat_evalsha"]["calls"]) - before < 100


def test_a_job_that_is_too_large_is_a_dead_letter(start_roost, redis, native, over_http, queue):
    roost = start_roost(redis_url=redis.url)
    consumer = native(roost)
    work(consumer, queue, 5)
    redis.client().rpush(queue, "x" * 70_000, "small")
    assert job(consumer, queue)["data"] == "small"
    assert over_http(roost, queue).status() == {"leased": 1, "dead": 1}
    assert redis.client().llen(f"roost:{{{queue}}}:dead") == 1


def test_a_consumer_that_does_not_read_gets_no_more_than_it_takes(
    start_roost, redis, raw_websocket, over_http, queue
):
    roost = start_roost(redis_url=redis.url)
    http = over_http(roost, queue)
    pipeline = redis.client().pipeline()
    for number in range(600):
        pipeline.rpush(queue, f"{number} " + "x" * 50_000)
    pipeline.execute()
    consumer = raw_websocket(roost, "/ws")
    consumer.frame()
    consumer.send(frame(TEXT, json.dumps({"type": "work", "queue": queue, "credit": 1000}).encode()))
    counts = []

    def is_stuck() -> bool:
        counts.append(http.status().get("leased", 0))
        return len(counts) > 100 and counts[-100] == counts[-1] > 0

    wait_until(is_stuck, "no more jobs are leased")
    # All 30 MB at once would be more than a connection may be owed: it would be closed as too slow.
    assert counts[-1] < 600
    assert json.loads(consumer.frame()[1])["type"] == "working"
    jobs = [json.loads(consumer.frame()[1])["data"] for _ in range(600)]
    assert [int(data.split()[0]) for data in jobs] == list(range(600))
    assert http.status() == {"leased": 600}
