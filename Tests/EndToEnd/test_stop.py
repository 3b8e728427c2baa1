"""Ending a channel's subscriptions on every node: PROTOCOL.md, "Stopping a channel"."""

import httpx
import pytest


def post(roost, path: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=15) as client:
        return client.post(f"{roost.url}{path}")


def test_stop_ends_the_subscriptions_of_all_doors_on_all_nodes(nodes, native, plain, channel):
    natives, plains = [native(node) for node in nodes], [plain(node, channel) for node in nodes]
    other = f"{channel}-other"
    for client in natives:
        client.subscribe(channel)
        client.subscribe(other)
        client.subscribe_pattern(f"{channel}*")
    for index, client in enumerate(plains):
        client.send(f"ready {index}")
        while client.receive() != f"ready {index}":
            pass
    reply = post(nodes[0], f"/channels/{channel}/stop")
    assert (reply.status_code, reply.json()) == (200, {})
    for client in natives:
        frames = [client.receive()]
        while frames[-1]["type"] == "message":
            frames.append(client.receive())
        assert frames[-1] == {"type": "unsubscribed", "channel": channel, "reason": "stopped"}
    for client in plains:
        assert client.closing() == (1000, "the channel was stopped")
    # The rest goes on, and one may come back.
    publisher = native(nodes[1])
    publisher.publish(channel, "to the pattern")
    publisher.publish(other, "to the other")
    for client in natives:
        assert sorted(client.data(3)) == ["to the other", "to the other", "to the pattern"]
        client.subscribe(channel)
    publisher.publish(channel, "again")
    assert natives[0].data(2) == ["again", "again"]


def test_stop_works_on_every_broker_and_for_history_too(start_roost, broker_url, native, channel):
    rules = {"ROOST_CHANNELS": "[{match: '*', history: {size: 10}}]"}
    node = start_roost(redis_url=broker_url, environment=rules)
    client = native(node)
    assert client.request({"type": "subscribe", "channel": channel})["type"] == "subscribed"
    assert post(node, f"/channels/{channel}/stop").json() == {}
    assert client.receive() == {"type": "unsubscribed", "channel": channel, "reason": "stopped"}
    assert client.has_nothing()
    assert post(node, "/channels/nobody/stop").json() == {}


@pytest.mark.parametrize("path", ["/channels//stop", "/channels/roost:x/stop", "/channels/%00/stop"])
def test_only_channels_can_be_stopped(shared_roost, path):
    assert post(shared_roost, path).status_code == 400


def test_anyone_on_redis_can_stop_and_nonsense_does_no_harm(start_roost, redis, native, channel):
    node = start_roost(redis_url=redis.url)
    client = native(node)
    client.subscribe(channel)
    for nonsense in ["", "{", "[]", '{"stop":1}', '{"stop":"roost:x"}', "\xff", '{"go":"on"}']:
        redis.client().publish("roost:control", nonsense)
    redis.client().publish("roost:control", f'{{"stop":"{channel}"}}')
    assert client.receive() == {"type": "unsubscribed", "channel": channel, "reason": "stopped"}
