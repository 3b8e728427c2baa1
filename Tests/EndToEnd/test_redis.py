"""Redis as broker and as a door: PROTOCOL.md, "Redis"."""

import base64
import json
import subprocess
import threading
import time

import httpx
import pytest

from support.native import NativeClient
from support.raw_http import RawHTTP
from support.waiting import wait_until


@pytest.fixture
def roost(start_roost, redis):
    return start_roost(redis_url=redis.url)


def post(roost, channel: str, body: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=15) as client:
        return client.post(f"{roost.url}/channels/{channel}/messages", content=body)


def listener(redis, channel: str):
    """A redis-py subscription that is live."""
    subscription = redis.client().pubsub()
    subscription.subscribe(channel)
    assert subscription.get_message(timeout=15)["type"] == "subscribe"
    return subscription


def heard(subscription) -> bytes:
    message = wait_until(lambda: subscription.get_message(timeout=1), "a message on Redis")
    assert message["type"] == "message"
    return message["data"]


# -- Redis as a door


def test_what_redis_cli_publishes_reaches_every_client(nodes, redis, native, plain, channel):
    natives, plains = [native(node) for node in nodes], [plain(node, channel) for node in nodes]
    for client in natives:
        client.subscribe(channel)
    for index, client in enumerate(plains):
        client.send(f"ready {index}")
        while client.receive() != f"ready {index}":
            pass
    for client in natives:
        list(client.until("ready 1"))
    assert plains[0].receive() == "ready 1"
    before = time.time() * 1000
    assert int(redis.cli("PUBLISH", channel, "hello")) >= 2
    for client in natives:
        message = client.receive()
        assert before - 2 <= message.pop("time") <= time.time() * 1000 + 2
        assert message == {"type": "message", "channel": channel, "event": "message", "data": "hello"}
    for client in plains:
        assert client.receive() == "hello"


@pytest.mark.parametrize(
    "text",
    ["", " ", "é😀", 'say "hi" \\ \n\t\x01', '{"a":1}', "1", "null", '"quoted"', "x" * 200_000, "\u2028"],
    ids=lambda text: f"{text:.10}" or "empty",
)
def test_a_payload_is_text(roost, redis, native, plain, channel, text):
    client, bare = native(roost), plain(roost, channel)
    client.subscribe(channel)
    bare.echo("ready")
    assert client.data(1) == ["ready"]
    redis.client().publish(channel, text)
    assert client.data(1) == [text]
    assert bare.receive() == text


@pytest.mark.parametrize("data", [b"\xff", b"\x00\xc3", b"\xed\xa0\x80", b"caf\xe9", bytes(range(256)) * 100])
def test_a_payload_that_is_not_utf_8_is_bytes(roost, redis, native, plain, channel, data):
    client, bare = native(roost), plain(roost, channel)
    client.subscribe(channel)
    bare.echo("ready")
    assert client.data(1) == ["ready"]
    redis.client().publish(channel, data)
    message = client.receive()
    assert message["encoding"] == "base64" and base64.b64decode(message["data"], validate=True) == data
    assert bare.receive() == data


def test_redis_sees_exactly_the_native_frame(roost, redis, native, channel):
    subscription, client, publisher = listener(redis, channel), native(roost), native(roost)
    client.subscribe(channel)
    for frame in (
        {"data": "hello"},
        {"data": {"a": [1, "é\n"]}, "event": "x"},
        {"data": None, "echo": False},
        {"data": 1.0},
    ):
        publisher.publish(channel, **frame)
        assert heard(subscription) == client.receive_text().encode()
    assert post(roost, channel, "by HTTP").json() == {}
    assert heard(subscription) == client.receive_text().encode()


def test_a_whole_message_is_passed_on_byte_for_byte(roost, redis, native, plain, channel):
    client, bare = native(roost), plain(roost, channel)
    client.subscribe(channel)
    bare.echo("ready")
    assert client.data(1) == ["ready"]
    for text in (
        '{"type":"message","channel":"%s","event":"e","time":5,"data":"x"}',
        '{ "data" : "x" , "time":5,"event":"","from":"bob","id":"1-2","channel":"%s","type":"message","x":[1]} \n',
    ):
        redis.client().publish(channel, text % channel)
        assert client.receive_text() == text % channel
        assert bare.receive() == "x"


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"message","channel":"another","event":"e","time":5,"data":"x"}',
        '{"type":"message","channel":"%sx","event":"e","time":5,"data":"x"}',
        '{"type":"notice","channel":"%s","event":"e","time":5,"data":"x"}',
        '{"type":"message","channel":"%s","time":5,"data":"x"}',
        '{"type":"message","channel":"%s","event":"e","data":"x"}',
        '{"type":"message","channel":"%s","event":"e","time":5}',
        '{"type":"message","channel":"%s","event":"e","time":"5","data":"x"}',
        '{"type":"message","channel":"%s","event":"e","time":-5,"data":"x"}',
        '{"type":"message","channel":"%s","event":"e","time":5.5,"data":"x"}',
        '{"type":"message","channel":"%s","event":7,"time":5,"data":"x"}',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":"x","from":7}',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":"x","id":7}',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":"x","data":"y"}',
        '{"type":"message","type":"message","channel":"%s","event":"e","time":5,"data":"x"}',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":"x","encoding":"gzip"}',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":1,"encoding":"base64"}',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":"x"} x',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":"x"',
        '{"type":"message","channel":"%s","event":"e","time":5,"data":x}',
        '[{"type":"message","channel":"%s","event":"e","time":5,"data":"x"}]',
    ],
)
def test_a_payload_that_only_looks_like_a_message_is_data(roost, redis, native, channel, text):
    client = native(roost)
    client.subscribe(channel)
    payload = text.replace("%s", channel)
    redis.client().publish(channel, payload)
    message = client.receive()
    assert (message["channel"], message["event"], message["data"]) == (channel, "message", payload)
    assert "from" not in message and "id" not in message


def test_a_pattern_hears_what_redis_cli_publishes(nodes, redis, native, channel):
    clients = [native(node) for node in nodes]
    for client in clients:
        client.subscribe_pattern(f"{channel}.*")
    redis.cli("PUBLISH", f"{channel}", "no")
    redis.cli("PUBLISH", f"{channel}.sport", "goal")
    for client in clients:
        message = client.receive()
        assert (message["channel"], message["data"]) == (f"{channel}.sport", "goal")


def test_channels_that_clients_could_not_name_do_no_harm(roost, redis, native, channel):
    client = native(roost)
    client.subscribe_pattern("*")
    connection = redis.client()
    for name in b"\xff", b"", b"a\nb", b"x" * 1000, b"roost:x", b"\x00":
        connection.publish(name, b"odd")
    connection.publish(channel, b"end")
    seen = list(client.until("end"))
    assert seen[-1]["channel"] == channel


def test_subscriptions_on_redis_end_with_the_last_client(roost, redis, native, channel):
    connection = redis.client()
    clients = [native(roost) for _ in range(12)]
    for client in clients:
        client.subscribe(channel)
        client.subscribe_pattern(f"{channel}*")
    assert 1 <= connection.pubsub_numsub(channel)[0][1] <= roost.workers, "one per worker, not per client"
    for client in clients[:6]:
        client.close()
    for client in clients[6:]:
        client.request({"type": "unsubscribe", "channel": channel})
        client.request({"type": "unsubscribe", "pattern": f"{channel}*"})
    wait_until(lambda: connection.pubsub_numsub(channel)[0][1] == 0, "the channel is given up")
    wait_until(lambda: connection.pubsub_numpat() == 0, "the pattern is given up")


# -- Nodes


def test_nodes_on_one_redis_are_one_server(nodes, native, channel):
    subscribers = [native(node) for node in nodes for _ in range(8)]
    for subscriber in subscribers:
        subscriber.subscribe(channel)
    publishers = [native(node) for node in nodes]
    for number in range(100):
        for index, publisher in enumerate(publishers):
            publisher.send(json.dumps({"type": "publish", "channel": channel, "data": [index, number]}))
    orders = [subscriber.data(200) for subscriber in subscribers]
    assert all(order == orders[0] for order in orders), "all see the same order"
    for index in range(2):
        assert [number for who, number in orders[0] if who == index] == list(range(100))
    assert all(subscriber.has_nothing() for subscriber in subscribers), "and nothing twice"


def test_echo_is_suppressed_for_the_publisher_only(nodes, native, channel):
    here, there = native(nodes[0]), native(nodes[1])
    for client in here, there:
        client.subscribe(channel)
        client.subscribe_pattern(f"{channel}*")
    here.publish(channel, 1, echo=False)
    here.send({"type": "publish", "channel": channel, "data": 2})
    assert here.data(2) == [2, 2]
    assert sorted(there.data(4)) == [1, 1, 2, 2]


def test_a_prefix_keeps_systems_apart(start_roost, redis, native, channel):
    ours = start_roost(redis_url=redis.url, environment={"ROOST_REDIS_PREFIX": "app:"})
    theirs = start_roost(redis_url=redis.url)
    client, other = native(ours), native(theirs)
    client.subscribe(channel)
    client.subscribe_pattern(f"{channel}.*")
    other.subscribe(channel)
    other.subscribe(f"app:{channel}")
    redis.cli("PUBLISH", f"app:{channel}", "hello")
    redis.cli("PUBLISH", f"app:{channel}.x", "pattern")
    redis.cli("PUBLISH", channel, "for others")
    got = client.messages(2)
    assert [(message["channel"], message["data"]) for message in got] == [
        (channel, "hello"),
        (f"{channel}.x", "pattern"),
    ]
    assert [(m["channel"], m["data"]) for m in other.messages(2)] == [
        (f"app:{channel}", "hello"),
        (channel, "for others"),
    ]
    subscription = listener(redis, f"app:{channel}")
    native(ours).publish(channel, "out")
    assert json.loads(heard(subscription))["channel"] == channel
    assert client.data(1) == ["out"]


# -- Reaching Redis


def test_a_password_a_user_a_database_and_a_unix_socket(start_redis, start_roost, native, channel):
    redis = start_redis(password="p@ss:w/rd%?#")
    redis.client().execute_command("ACL", "SETUSER", "alice-é", "on", ">s3cr:t", "~*", "&*", "+@all")
    encoded = "p%40ss%3Aw%2Frd%25%3F%23"
    urls = [
        f"redis://:{encoded}@127.0.0.1:{redis.port}",
        f"redis://default:{encoded}@localhost:{redis.port}/3",
        f"redis://alice-%C3%A9:s3cr%3At@127.0.0.1:{redis.port}/0",
    ]
    for url in urls:
        roost = start_roost(redis_url=url)
        client = native(roost)
        client.subscribe(channel)
        redis.cli("PUBLISH", channel, "hello")
        assert client.data(1) == ["hello"]
        assert "s3cr" not in roost.log and "ss:w" not in roost.log and encoded not in roost.log
    open_redis = start_redis()
    roost = start_roost(redis_url=f"unix:{open_redis.unix_path}")
    client = native(roost)
    client.subscribe(channel)
    open_redis.cli("PUBLISH", channel, "hello")
    assert client.data(1) == ["hello"]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority, and a certificate of its for `localhost`."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    for name in "ca", "other":
        openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.crt",
            "-subj",
            f"/CN={name}",
            "-days",
            "2",
        )
    openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "redis.key",
        "-out",
        "redis.csr",
        "-subj",
        "/CN=localhost",
    )
    (folder / "san").write_text("subjectAltName=DNS:localhost\n")
    openssl(
        "x509",
        "-req",
        "-in",
        "redis.csr",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        "redis.crt",
        "-days",
        "2",
        "-extfile",
        "san",
    )
    return folder


@pytest.fixture
def tls_redis(start_redis, certificates):
    from support.redis_server import free_port

    port = free_port()
    server = start_redis(
        "--tls-port",
        str(port),
        "--tls-cert-file",
        str(certificates / "redis.crt"),
        "--tls-key-file",
        str(certificates / "redis.key"),
        "--tls-ca-cert-file",
        str(certificates / "ca.crt"),
        "--tls-auth-clients",
        "no",
    )
    server.tls_port = port
    return server


def test_redis_over_tls_is_verified(start_roost, tls_redis, certificates, native, channel):
    roost = start_roost(
        redis_url=f"rediss://localhost:{tls_redis.tls_port}",
        environment={"ROOST_REDIS_CA_FILE": str(certificates / "ca.crt")},
    )
    client = native(roost)
    client.subscribe(channel)
    tls_redis.cli("PUBLISH", channel, "hello")
    assert client.data(1) == ["hello"]
    big = "x" * 60000
    client.send({"type": "publish", "channel": channel, "data": big})
    assert client.data(1) == [big]


@pytest.mark.parametrize(
    ("host", "authority"), [("localhost", "other.crt"), ("127.0.0.1", "ca.crt"), ("localhost", None)]
)
def test_a_redis_that_cannot_prove_who_it_is_is_not_used(tls_redis, certificates, host, authority):
    from support import cli

    environment = {"ROOST_REDIS_CA_FILE": str(certificates / authority)} if authority else {}
    result = cli.run(
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--redis",
        f"rediss://{host}:{tls_redis.tls_port}",
        environment=environment,
    )
    assert result.returncode == 1
    assert "certificate" in result.stderr.lower()


# -- Redis away


def wait_for_status(roost, status: int) -> None:
    wait_until(lambda: roost.readiness() == status, f"/readyz says {status}")


def test_while_redis_is_away_publishers_are_told_at_once_and_sockets_stay(
    roost, redis, native, plain, channel
):
    client, publisher, bare = native(roost), native(roost), plain(roost, channel)
    client.subscribe(channel)
    client.subscribe_pattern(f"{channel}.*")
    bare.echo("ready")
    assert client.data(1) == ["ready"]
    redis.stop()
    wait_for_status(roost, 503)
    for _ in range(20):
        error = publisher.request({"type": "publish", "channel": channel, "data": 1})
        assert (error["type"], error["code"]) == ("error", "unavailable")
    response = post(roost, channel, "x")
    assert response.status_code == 503 and response.json()["error"]["code"] == "unavailable"
    assert int(response.headers["retry-after"]) >= 1
    with RawHTTP(roost.host, roost.port) as http:
        assert http.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").response().status == 200
        assert http.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").response().is_error(503, "unavailable")
    bare.send("lost?")
    assert bare.closing()[0] == 1013, "a plain socket has no other way to say it"
    assert client.has_nothing(), "and is still there"
    # What is asked for meanwhile is done when Redis is back.
    publisher.send({"type": "subscribe", "channel": f"{channel}-late", "ref": "late"})
    client.request({"type": "unsubscribe", "pattern": f"{channel}.*"})
    redis.start()
    wait_for_status(roost, 200)
    reply = publisher.receive()
    assert reply["type"] == "subscribed" and reply["ref"] == "late"
    wait_until(lambda: redis.client().pubsub_numsub(channel)[0][1] == 1, "the subscription is restored")
    redis.cli("PUBLISH", f"{channel}.x", "not wanted any more")
    redis.cli("PUBLISH", channel, "back")
    redis.cli("PUBLISH", f"{channel}-late", "late")
    assert client.data(1) == ["back"]
    assert publisher.data(1) == ["late"]
    publisher.publish(channel, "sent")
    assert client.data(1) == ["sent"]


class Load(threading.Thread):
    """Publishes numbers as fast as they are answered, until told to stop; says which were accepted."""

    def __init__(self, client: NativeClient, channel: str, name: int):
        super().__init__(daemon=True)
        self.client, self.channel, self.who = client, channel, name
        self.accepted: list[int] = []
        self.refused: list[int] = []
        self.failure: BaseException | None = None
        self.stopping = threading.Event()

    def run(self) -> None:
        number = 0
        try:
            while not self.stopping.is_set():
                reply = self.client.request(
                    {"type": "publish", "channel": self.channel, "data": [self.who, number]}
                )
                if reply["type"] == "published":
                    self.accepted.append(number)
                else:
                    assert reply["code"] == "unavailable", reply
                    self.refused.append(number)
                    time.sleep(0.002)
                number += 1
        except BaseException as failure:
            self.failure = failure

    def end(self) -> None:
        self.stopping.set()
        self.join(30)
        assert not self.is_alive()
        if self.failure:
            raise self.failure


def accept_more(loads: list[Load]) -> None:
    """Waits until each has had another hundred messages accepted."""
    for load in loads:
        wanted = len(load.accepted) + 100
        wait_until(lambda: len(load.accepted) >= wanted, "messages are accepted")


def test_redis_may_come_and_go_under_load(nodes, redis, native, channel):
    subscribers = [native(node) for node in nodes for _ in range(3)]
    for subscriber in subscribers:
        subscriber.subscribe(channel)
    loads = [Load(native(node), channel, index) for index, node in enumerate(nodes)]
    for load in loads:
        load.start()
    for _ in range(3):
        accept_more(loads)
        redis.stop()
        for node in nodes:
            wait_for_status(node, 503)
        refused = sum(len(load.refused) for load in loads)
        wait_until(lambda: sum(len(load.refused) for load in loads) > refused + 10, "publishers are told")
        redis.start()
        for node in nodes:
            wait_for_status(node, 200)
        wait_until(
            lambda: redis.client().pubsub_numsub(channel)[0][1] >= len(nodes),
            "the nodes are subscribed again",
        )
    accept_more(loads)
    for load in loads:
        load.end()
    closer = native(nodes[0])
    wait_until(
        lambda: (
            closer.request({"type": "publish", "channel": channel, "data": "end"}) == {"type": "published"}
        ),
        "the end is published",
    )
    accepted = [set(load.accepted) for load in loads]
    for subscriber in subscribers:
        seen = [message["data"] for message in subscriber.until("end")][:-1]
        for index in range(len(loads)):
            numbers = [number for who, number in seen if who == index]
            assert numbers == sorted(set(numbers)), "in order, nothing twice"
            # The last hundred were published with everything up: none of those may be missing.
            assert set(sorted(accepted[index])[-100:]) <= set(numbers)
            # An answer can be lost on its way from Redis; a message that Redis refused cannot arrive.
            assert len(set(numbers) - accepted[index]) <= 3


def test_a_redis_that_hangs_is_noticed(start_roost, redis, native, channel):
    roost = start_roost(redis_url=redis.url, environment={"ROOST_REDIS_PROBE_INTERVAL": "200ms"})
    client, publisher = native(roost), native(roost)
    client.subscribe(channel)
    redis.pause()
    error = publisher.request({"type": "publish", "channel": channel, "data": "into the void"})
    assert (error["type"], error["code"]) == ("error", "unavailable")
    wait_for_status(roost, 503)
    assert post(roost, channel, "x").status_code == 503
    redis.resume()
    wait_for_status(roost, 200)
    wait_until(lambda: redis.client().pubsub_numsub(channel)[0][1] == 1, "the subscription is restored")
    publisher.publish(channel, "back")
    seen = [message["data"] for message in client.until("back")]
    assert seen in (["back"], ["into the void", "back"])


@pytest.mark.parametrize("kind", ["normal", "pubsub"])
def test_a_killed_connection_is_made_again(roost, redis, native, channel, kind):
    client, publisher, connection = native(roost), native(roost), redis.client()
    client.subscribe(channel)

    def is_published(data: object) -> bool:
        reply = publisher.request({"type": "publish", "channel": channel, "data": data})
        assert reply["type"] == "published" or reply["code"] == "unavailable", reply
        return reply["type"] == "published"

    for attempt in range(3):
        redis.cli("CLIENT", "KILL", "TYPE", kind)
        wait_until(lambda: is_published("again?"), "publishing works again")
        wait_until(lambda: connection.pubsub_numsub(channel)[0][1] == 1, "it is subscribed again")
        publisher.publish(channel, attempt)
        list(client.until(attempt))


def test_thousands_of_subscriptions_are_restored(roost, redis, native, channel):
    clients = [native(roost) for _ in range(20)]
    names = [[f"{channel}-{index}-{number}" for number in range(120)] for index in range(len(clients))]
    for client, own in zip(clients, names, strict=True):
        for name in own:
            client.send({"type": "subscribe", "channel": name})
        assert {client.receive()["channel"] for _ in own} == set(own)
    redis.stop()
    wait_for_status(roost, 503)
    redis.start()
    connection = redis.client()
    wait_until(lambda: len(connection.pubsub_channels(f"{channel}-*")) == 20 * 120, "all are restored")
    for own in names:
        for name in own:
            connection.publish(name, name)
    for client, own in zip(clients, names, strict=True):
        assert client.data(len(own)) == own


def test_what_redis_does_not_permit_is_an_error(start_roost, redis, native, channel):
    redis.client().execute_command(
        "ACL", "SETUSER", "limited", "on", ">pw", "~*", "resetchannels", "&ok:*", "&roost:*", "+@all"
    )
    roost = start_roost(redis_url=f"redis://limited:pw@127.0.0.1:{redis.port}")
    client, other = native(roost), native(roost)
    client.subscribe("ok:1")
    error = other.request({"type": "publish", "channel": channel, "data": 1})
    assert error["type"] == "error" and "refused" in error["message"]
    other.publish("ok:1", 2)
    assert client.data(1) == [2]


def test_a_subscription_that_redis_does_not_permit_is_an_error(
    start_roost, redis, native, plain, raw_websocket, channel
):
    redis.client().execute_command(
        "ACL", "SETUSER", "limited", "on", ">pw", "~*", "resetchannels", "&ok:*", "&roost:*", "+@all"
    )
    roost = start_roost(redis_url=f"redis://limited:pw@127.0.0.1:{redis.port}")
    client = native(roost)
    for topic in {"channel": channel}, {"pattern": f"{channel}*"}:
        error = client.request({"type": "subscribe"} | topic)
        assert error["type"] == "error" and error["code"] in ("forbidden", "unavailable"), error
    client.subscribe("ok:1")
    native(roost).publish("ok:1", 1)
    assert client.data(1) == [1]
    assert plain(roost, channel).closing()[0] in (1008, 1013)
