"""Every notification that was answered for reaches every device, while nodes, Redis and connections break.

INBOX_SOAK_COUNT=1000 and INBOX_SOAK_FAULTS=20 make it the full one.
"""

import os
import random
import time

from support.inbox import Backend
from support.inbox_soak import Sender, SoakDevice, wait_for
from support.waiting import wait_until

COUNT = int(os.environ.get("INBOX_SOAK_COUNT", "150"))
FAULTS = int(os.environ.get("INBOX_SOAK_FAULTS", "6"))
USERS = 2


def test_nodes_are_killed_redis_is_restarted_connections_are_cut(start_roost, start_redis, closing, capsys):
    redis = start_redis("--appendonly", "yes")
    nodes = [start_roost(redis_url=redis.url) for _ in range(2)]
    users = [f"user-{number}" for number in range(USERS)]
    devices = {
        user: [SoakDevice(nodes, user, name, index) for index, name in enumerate(["phone", "laptop"])]
        for user in users
    }
    # Each device is known before the first notification: what only the others have had is kept for it.
    backend = Backend(nodes[0])
    for user in users:
        for device in devices[user]:
            backend.read(user, device=device.device_name)
    backend.close()
    senders = [Sender(nodes, user, COUNT, index) for index, user in enumerate(users)]
    threads = [*senders, *[device for user in users for device in devices[user]]]

    def stop() -> None:
        for user in users:
            for device in devices[user]:
                device.stopping.set()

    closing.callback(stop)
    for thread in threads:
        thread.start()
    chance = random.Random(1)
    for number in range(FAULTS):
        time.sleep(chance.uniform(0.2, 0.6))
        if number % 3 == 0:
            node = nodes[number // 3 % 2]
            node.kill()
            node.start()
        elif number % 3 == 1:
            client = redis.client()
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        else:
            redis.stop()
            redis.start()
            wait_until(lambda: all(node.is_ready() for node in nodes), "both nodes are back")
    assert wait_for(threads, lambda: not any(sender.is_alive() for sender in senders), 120), "sending ends"
    for user, sender in zip(users, senders, strict=True):
        for device in devices[user]:
            assert wait_for([device], lambda: device.has_all(sender.ids), 60), (  # noqa: B023
                f"{user}'s {device.device_name} lacks {sorted(set(sender.ids) - device.seen)[:10]}"
            )
            assert device.faults == []
        assert len(set(sender.ids)) == COUNT, "each was kept once"
    stop()
    # What was acknowledged by all is gone, and nothing else.
    with capsys.disabled():
        print(
            f"\ninboxes under faults: {COUNT * USERS} notifications, {sum(s.repeated for s in senders)} attempts"
            f" repeated, {sum(d.deliveries for u in users for d in devices[u])} deliveries on"
            f" {sum(d.connections for u in users for d in devices[u])} connections, {FAULTS} faults, none lost"
        )
    backend = Backend(nodes[0])
    closing.callback(backend.close)
    for user, sender in zip(users, senders, strict=True):
        for device in devices[user]:
            assert wait_for([device], lambda: not device.is_alive(), 10)  # noqa: B023
            assert backend.acknowledge(user, sender.ids[-1], device=device.device_name) == 0
        page = backend.read(user, device="new")
        assert page == {"notifications": [], "unread": 0, "dropped": 0}
