"""Every job is done, and none lost, while consumers and nodes are killed at random.

SOAK=full makes it the full one, as `Deploy/test --soak` does.
"""

import os
import time

import pytest

from support.queues import QueueHTTP
from support.queue_soak import soak

JOBS = 10_000 if os.environ.get("SOAK") == "full" else 1_000


@pytest.mark.timeout(120 + JOBS // 20)
def test_every_job_is_done_although_consumers_and_nodes_are_killed(start_roost, redis, closing, capsys):
    nodes = [start_roost(redis_url=redis.url) for _ in range(2)]
    client = redis.client()
    start = time.monotonic()
    accounts = soak(nodes, client, "soak", JOBS, seconds=90 + JOBS / 25)
    elapsed = time.monotonic() - start
    twice = {data for data, count in accounts.worked.items() if count > 1}
    with capsys.disabled():
        print(
            f"\n{JOBS} jobs done in {elapsed:.1f} s; {len(twice)} worked on more than once, {accounts.late} of"
            f" them late; {accounts.retried} retried; killed: {accounts.deaths} consumers,"
            f" {accounts.node_kills} nodes"
        )
    assert not accounts.faults
    assert set(accounts.worked) == set(range(JOBS)), "jobs that nobody has worked on"
    # Done once, by one: whatever work came before was lost with its lease, and its consumer was not told otherwise.
    assert max(accounts.done.values()) == 1
    for data, count in accounts.worked.items():
        assert count - accounts.done[data] == accounts.lost[data], data
    http = QueueHTTP(nodes[0], "soak")
    closing.callback(http.close)
    assert http.status() == {"done": JOBS}
    assert client.exists("soak") == 0
    assert sorted(client.keys("*")) == [b"roost:{soak}:counts"]
