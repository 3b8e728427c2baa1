"""Nothing acknowledged is lost, doubled or disordered while things break.

SOAK=full makes it the full one, as `Deploy/test --soak` does.
"""

import asyncio
import os
import random

import httpx
import pytest

from support.history_soak import CHANNELS, Accounts, Publisher, Subscriber, until
from support.redis_proxy import RedisProxy
from support.sentinels import Sentinels

IS_FULL = os.environ.get("SOAK") == "full"
FAULTS = 20 if IS_FULL else 4
PUBLISHERS = 200 if IS_FULL else 40
pytestmark = pytest.mark.timeout(600 if IS_FULL else 240)
RULES = "[{match: 'soak:*', history: {size: 50000, ttl: 1h}}]"
# A silent Redis is noticed within a second.
SETTINGS = {"ROOST_CHANNELS": RULES, "ROOST_REDIS_PROBE_INTERVAL": "400ms"}


async def run_with_load(nodes, break_things, publishers=PUBLISHERS) -> Accounts:
    """Publishes from all sides, four subscribers listening, until `break_things` is done and all has arrived."""
    accounts = Accounts()
    urls = [f"{node.ws_url}/ws" for node in nodes]

    def prefer(index: int):
        """Its own node, the other if that is down."""
        def url() -> str:
            order = [index % len(nodes), (index + 1) % len(nodes)]
            return urls[next((i for i in order if nodes[i].process.poll() is None), order[0])]
        return url

    subscribers = [Subscriber(f"subscriber {index}", prefer(index), accounts) for index in range(4)]
    for subscriber in subscribers:
        await subscriber.start()
    # Together some hundred messages a second, whatever their number.
    speakers = [
        Publisher(f"publisher {index}", prefer(index), accounts, publishers / 400) for index in range(publishers)
    ]
    tasks = [asyncio.create_task(speaker.run()) for speaker in speakers]
    await break_things()
    before = accounts.count
    assert await until(lambda: accounts.count > before + 20, 60), "publishing does not go on"
    for speaker in speakers:
        speaker.stopping.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 90)
    await until(lambda: all(accounts.has_all(subscriber.name) for subscriber in subscribers), 60)
    for subscriber in subscribers:
        await subscriber.stop()
    return accounts


def report(capsys, what: str, accounts: Accounts) -> None:
    with capsys.disabled():
        print(
            f"\n{what}: {accounts.count} messages acknowledged, {accounts.repeated} attempts repeated,"
            f" {accounts.resumed} subscriptions resumed; faults: {len(accounts.faults())}"
        )


def test_redis_is_restarted_cut_off_and_falls_silent(start_roost, start_redis, capsys):
    redis = start_redis("--appendonly", "yes")

    async def soak() -> Accounts:
        proxies = [await RedisProxy(redis.port).start() for _ in range(2)]
        nodes = await asyncio.gather(
            *[asyncio.to_thread(start_roost, redis_url=proxy.url, environment=SETTINGS) for proxy in proxies])

        async def break_things() -> None:
            chance = random.Random(1)
            for number in range(FAULTS):
                await asyncio.sleep(chance.uniform(0.3, 1))
                proxy = proxies[number // 4 % 2]
                match number % 4:
                    case 0:
                        await asyncio.to_thread(redis.stop)
                        await asyncio.sleep(chance.uniform(0, 0.5))
                        await asyncio.to_thread(redis.start)
                    case 1:
                        proxy.cut()
                    case 2:
                        proxy.fall_silent()
                        await asyncio.sleep(chance.uniform(0.3, 2))
                        proxy.speak()
                    case 3:
                        redis.pause()
                        await asyncio.sleep(chance.uniform(0.3, 2))
                        redis.resume()

        accounts = await run_with_load(nodes, break_things)
        for proxy in proxies:
            await proxy.close()
        return accounts

    accounts = asyncio.run(soak())
    report(capsys, f"Redis restarted, cut off and silenced {FAULTS} times", accounts)
    assert not accounts.faults(), accounts.faults()[:5]
    assert accounts.repeated > 0, "no publisher noticed anything"


def test_a_node_is_killed_under_load(start_roost, redis, capsys):
    nodes = [start_roost(redis_url=redis.url, environment=SETTINGS) for _ in range(2)]

    async def break_things() -> None:
        for number in range(max(2, FAULTS // 4)):
            await asyncio.sleep(1)
            victim = nodes[number % 2]
            victim.kill()
            await asyncio.sleep(1)
            await asyncio.to_thread(victim.start)

    accounts = asyncio.run(run_with_load(nodes, break_things))
    report(capsys, "Nodes killed under load", accounts)
    assert not accounts.faults(), accounts.faults()[:5]
    assert accounts.resumed > 0, "nobody had to come back"


@pytest.mark.parametrize("lag", [0, 0.5], ids=["a replica that keeps up", "a replica that lags"])
def test_sentinels_fail_over_under_load(start_roost, tmp_path_factory, closing, capsys, lag):
    """What the old master had acknowledged and not passed on is missing in the history: it is counted, and said by gaps.
    Who stays has all that is kept, and nothing twice."""
    sentinels = Sentinels(tmp_path_factory.mktemp("sentinels"))
    closing.callback(sentinels.close)
    nodes = [start_roost(redis_url=sentinels.url, environment=SETTINGS) for _ in range(2)]

    async def break_things() -> None:
        for _ in range(3 if IS_FULL else 1):
            await asyncio.sleep(1)
            await asyncio.to_thread(sentinels.fail_over, lag)

    accounts = asyncio.run(run_with_load(nodes, break_things))
    kept = {channel: history(nodes[0], channel) for channel in CHANNELS}
    missing = sum(len(messages - kept[channel]) for channel, messages in accounts.acknowledged.items())
    report(capsys, f"Sentinel fail-over, the replica {lag} s behind: {missing} not in the history any more, {accounts.lost()} not heard either", accounts)
    assert accounts.repeated > 0, "no publisher noticed anything"
    unheard = [
        (subscriber, message)
        for subscriber, channels in accounts.received.items()
        for channel, messages in accounts.acknowledged.items()
        for message in messages & kept[channel] - set(channels[channel])
    ]
    assert not unheard, unheard[:5]
    assert accounts.doubled() == 0
    assert not accounts.unrecovered
    if missing:
        assert accounts.gaps, "nobody was told"
    else:
        assert not accounts.faults(), accounts.faults()[:5]


def history(node, channel: str) -> set[tuple[str, str]]:
    """What a channel's history holds."""
    reply = httpx.get(f"{node.url}/channels/{channel}/messages?limit=1000", trust_env=False, timeout=30).json()
    assert reply["complete"], "the test expects less than one answer holds"
    return {(message["id"], message["data"]) for message in reply["messages"]}
