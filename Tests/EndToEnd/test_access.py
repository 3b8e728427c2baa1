"""Who may enter, for how long, and what becomes of those whose time is over. What may be done: test_access_matrix.py."""

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from support import access
from support.access_doors import websocket
from support.cli import run
from support.daemon import Roost
from support.native import NativeClient
from support.plain import PlainClient
from support.waiting import DEADLINE, wait_until


def entry(daemon: Roost, token: str) -> int:
    """The status that a request with this token gets, which needs the permission to subscribe to `a`."""
    response = httpx.get(
        f"{daemon.url}/channels/a/presence", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    return response.status_code


def native(daemon: Roost, token: str) -> NativeClient:
    return NativeClient(daemon.ws_url, path=f"/ws?token={token}")


@pytest.fixture
def guarded(start_roost: Callable[..., Roost]) -> Roost:
    return start_roost(config=access.configuration())


# -- Keys


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_in_a_file(start_roost: Callable[..., Roost], tmp_path: Path, algorithm: str):
    path = access.secret_file(tmp_path)
    daemon = start_roost(config=f"auth: {{hmac_secret_file: {path}, audience: {access.AUDIENCE}}}")
    assert entry(daemon, access.token(algorithm=algorithm, subscribe="a")) == 404
    assert entry(daemon, access.token(algorithm=algorithm, key=access.OTHER_SECRET, subscribe="a")) == 401


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_public_key(start_roost: Callable[..., Roost], tmp_path: Path, algorithm: str):
    key, other = access.private_key(algorithm), access.private_key(algorithm)
    path = tmp_path / "key.pem"
    path.write_text(access.public_pem(key))
    daemon = start_roost(config=f"auth: {{public_key_file: {path}, audience: {access.AUDIENCE}}}")
    assert entry(daemon, access.token(key=key, algorithm=algorithm, subscribe="a")) == 404
    assert entry(daemon, access.token(key=other, algorithm=algorithm, subscribe="a")) == 401
    # With the public key for a secret: anybody could do that.
    assert entry(daemon, access.token(subscribe="a")) == 401


def test_a_key_set_is_read_again_when_it_changes(start_roost: Callable[..., Roost], tmp_path: Path):
    keys = {algorithm: access.private_key(algorithm) for algorithm in ("RS256", "ES256", "EdDSA")}
    path = tmp_path / "keys.json"

    def write(*algorithms: str) -> None:
        # As those do it who know that somebody may be reading.
        new = tmp_path / "new.json"
        new.write_text(access.key_set(*(access.jwk(name, keys[name], f"key {name}") for name in algorithms)))
        new.rename(path)

    def status(algorithm: str, kid: str | None = None) -> int:
        kid = kid or f"key {algorithm}"
        return entry(daemon, access.token(key=keys[algorithm], algorithm=algorithm, kid=kid, subscribe="a"))

    write("RS256", "ES256")
    daemon = start_roost(config=f"auth: {{jwks_file: {path}, audience: {access.AUDIENCE}}}")
    assert [status(name) for name in keys] == [404, 404, 401]
    assert status("RS256", kid="key ES256") == 401
    write("ES256", "EdDSA")
    wait_until(lambda: status("EdDSA") == 404, "the new key holds")
    assert [status(name) for name in keys] == [401, 404, 404]
    path.write_text('{"keys": [')
    wait_until(lambda: "the keys from before stay" in daemon.log, "the bad file is told of")
    assert [status(name) for name in keys] == [401, 404, 404]
    write("RS256")
    wait_until(lambda: status("RS256") == 404, "the file is good again")
    assert [status(name) for name in keys] == [404, 401, 401]


def test_keys_for_back_ends(start_roost: Callable[..., Roost]):
    done = run("token", "--api-key", "mailer", "--publish", "a", "--subscribe", "a")
    key, line = done.stdout.splitlines()
    assert re.fullmatch(r"roost_[A-Za-z0-9_-]{43}", key) and key not in line
    daemon = start_roost(config=f"auth:\n  api_keys:\n    {line}\n")
    assert entry(daemon, key) == 404
    assert entry(daemon, run("token", "--api-key", "x").stdout.splitlines()[0]) == 401
    sent = run("publish", "--server", daemon.url, "--token", key, "a", "hello")
    assert sent.returncode == 0, sent
    refused = run("publish", "--server", daemon.url, "--token", key, "b", "hello")
    assert refused.returncode == 1 and "not permitted" in refused.stderr
    with native(daemon, key) as client:
        assert client.welcome["user"] is None
        assert client.request({"type": "inbox"})["code"] == "forbidden"


# -- roost token


def test_a_token_of_our_own(start_roost: Callable[..., Roost], tmp_path: Path):
    config = access.configuration("issuer: us")
    daemon = start_roost(config=config)
    arguments = ["token", "--config", str(daemon.config_path), "--user", "alice", "--ttl", "10m"]
    token = run(*arguments, "--subscribe", "a").stdout.strip()
    assert entry(daemon, token) == 200
    assert entry(daemon, run(*arguments, "--subscribe", "b").stdout.strip()) == 403
    with native(daemon, token) as client:
        assert client.welcome["user"] == "alice"
    key = access.private_key("ES256")
    (tmp_path / "private.pem").touch(0o600)
    (tmp_path / "private.pem").write_text(access.private_pem(key))
    (tmp_path / "public.pem").write_text(access.public_pem(key))
    daemon = start_roost(config=f"auth: {{public_key_file: {tmp_path / 'public.pem'}}}")
    token = run("token", "--user", "bob", "--admin", "--private-key", str(tmp_path / "private.pem")).stdout
    assert entry(daemon, token.strip()) == 404


def test_nothing_to_sign_with():
    done = run("token", "--user", "alice")
    assert done.returncode == 2 and "auth.hmac_secret_file" in done.stderr
    assert run("token").returncode == run("token", "--user", "a", "--api-key", "b").returncode == 2


# -- Time


def test_connections_end_with_their_token(guarded: Roost):
    lasting = access.token(subscribe="a", publish="a")
    # The leeway lets it in, and holds until the end as well.
    short = access.token(ttl=-7, subscribe="a", publish="a")
    with (
        native(guarded, short) as client,
        PlainClient(guarded.ws_url, "a", token=short) as plain,
        native(guarded, lasting) as other,
        httpx.Client(base_url=guarded.url, timeout=DEADLINE, trust_env=False) as http,
        http.stream("GET", "/channels/a/events", params={"token": short}) as events,
    ):
        assert events.status_code == 200
        assert client.closing() == (4001, "the token has expired")
        assert plain.closing()[0] == 4001
        text = "".join(events.iter_text())
        assert "event: roost:error\n" in text and '"unauthorized"' in text
        assert other.has_nothing()
    assert entry(guarded, short) == 401


@pytest.mark.parametrize(
    "method, path, status",
    [("GET", "/channels/a/messages?since=1-none&wait=60", 200), ("POST", "/queues/a/lease?wait=60", 204)],
)
def test_requests_wait_no_longer_than_their_token_holds(guarded: Roost, method: str, path: str, status: int):
    with httpx.Client(base_url=guarded.url, timeout=DEADLINE, trust_env=False) as http:
        # The history begins with something, so that there is nothing lost to tell of.
        sent = http.post("/channels/a/messages", content="x", params={"token": access.token(publish="a")})
        short = access.token(ttl=-7, history="a", queues="a")
        path = path.replace("1-none", sent.json()["id"])
        answer = http.request(method, path, headers={"Authorization": f"Bearer {short}"})
        assert answer.status_code == status, answer.text


def test_socket_io_clients_end_with_their_token(guarded: Roost):
    with websocket(guarded, "/socket.io/?EIO=4&transport=websocket", None) as socket:
        assert socket.recv(DEADLINE).startswith("0{")
        socket.send("40" + json.dumps({"token": access.token(ttl=-7, subscribe="chat")}))
        assert socket.recv(DEADLINE).startswith("40{")
        while (packet := socket.recv(DEADLINE)) == "2":
            socket.send("3")
        name, error = json.loads(packet.removeprefix("42"))
        assert (name, error["code"]) == ("roost:error", "unauthorized")
        assert socket.recv(DEADLINE) == "41"
        # The session is still there, for another token.
        socket.send("40" + json.dumps({"token": access.token(subscribe="chat")}))
        assert socket.recv(DEADLINE).startswith("40{")


def test_a_fresh_token_keeps_a_connection(start_roost: Callable[..., Roost]):
    guarded = start_roost(config=f'auth: {{hmac_secret: "{access.SECRET}", audience: {access.AUDIENCE}}}')
    short = access.token(ttl=-7, subscribe=["a", "b*"])
    with native(guarded, short) as client, native(guarded, short) as witness:
        for topic in ({"channel": "a"}, {"channel": "b1"}, {"pattern": "b*"}):
            assert client.request({"type": "subscribe"} | topic)["type"] == "subscribed"
        fresh = access.token(subscribe=["a"], publish=["a"])
        client.send({"type": "authenticate", "token": fresh, "ref": "t"})
        frames = [client.receive() for _ in range(3)]
        assert {(f.get("channel"), f.get("pattern")) for f in frames if f["type"] == "unsubscribed"} == {
            ("b1", None),
            (None, "b*"),
        }
        assert all(f.get("reason", "forbidden") == "forbidden" for f in frames)
        (answer,) = [f for f in frames if f["type"] == "authenticated"]
        assert answer["user"] == "alice" and answer["ref"] == "t" and answer["expires"] > 2**40
        assert witness.closing()[0] == 4001
        assert client.request({"type": "publish", "channel": "b1", "data": 1})["code"] == "forbidden"
        assert client.has_nothing()


def test_the_fresh_token_must_be_good_and_of_the_same_user(guarded: Roost):
    with native(guarded, access.token(subscribe="a")) as client:
        for token, code in (
            (access.token("bob", subscribe="a"), "forbidden"),
            (access.token(ttl=-60), "unauthorized"),
            ("x", "unauthorized"),
        ):
            assert client.request({"type": "authenticate", "token": token})["code"] == code
        assert client.request({"type": "authenticate"})["code"] == "bad_request"
        assert client.request({"type": "subscribe", "channel": "a"})["type"] == "subscribed"


def test_an_open_server_takes_any_token(memory_roost: Roost):
    with NativeClient(memory_roost.ws_url, path="/ws?user=alice&token=x") as client:
        answer = client.request({"type": "authenticate", "token": "y"})
        assert answer == {"type": "authenticated", "user": "alice", "expires": None}


# -- Names


def test_the_token_says_who_one_is(guarded: Roost):
    token = access.token("alice", publish="a", subscribe="a")
    with pytest.raises(InvalidStatus) as refusal:
        NativeClient(guarded.ws_url, path=f"/ws?token={token}&user=bob")
    assert refusal.value.response.status_code == 400
    sent = httpx.post(
        f"{guarded.url}/channels/a/messages", content="x", params={"token": token}, trust_env=False
    )
    assert sent.status_code == 200
    found = httpx.get(f"{guarded.url}/channels/a/messages", params={"token": token}, trust_env=False)
    assert [message["from"] for message in found.json()["messages"]] == ["alice"]
    with native(guarded, token) as client:
        assert client.request({"type": "subscribe", "channel": "user:alice"})["type"] == "subscribed"
    with native(guarded, token) as client:
        assert client.request({"type": "subscribe", "channel": "user:bob"})["code"] == "forbidden"
        assert client.request({"type": "subscribe", "pattern": "*"})["code"] == "forbidden"
        assert client.request({"type": "inbox"}) == {"type": "inbox", "unread": 0}


def test_what_anonymous_clients_may(start_roost: Callable[..., Roost]):
    daemon = start_roost(config="auth: {anonymous: {subscribe: 'news.*'}}\nchannels: [{match: '*', history: {}}]")
    with NativeClient(daemon.ws_url) as client:
        assert client.welcome["user"] is None
        assert client.request({"type": "subscribe", "pattern": "news.[ab]"})["type"] == "subscribed"
        assert client.request({"type": "subscribe", "channel": "chat"})["code"] == "unauthorized"
        assert client.request({"type": "publish", "channel": "news.a", "data": 1})["code"] == "unauthorized"
    for path, status in (("news.a", 200), ("chat", 401)):
        assert httpx.get(f"{daemon.url}/channels/{path}/messages", trust_env=False).status_code == status
    assert entry(daemon, access.token(subscribe="*")) == 401
    assert "everyone (subscribe, history, presence)" in daemon.log


# -- What must not show


def test_what_rules_of_channels_permit(start_roost: Callable[..., Roost]):
    rules = f"""
auth: {{hmac_secret: "{access.SECRET}", audience: [{access.AUDIENCE}]}}
channels:
  - {{match: "news.internal", users: [subscribe]}}
  - {{match: "news.*", anonymous: subscribe, users: [subscribe, publish]}}
"""
    daemon = start_roost(config=rules)
    with NativeClient(daemon.ws_url) as anybody, native(daemon, access.token()) as alice:
        anybody.subscribe("news.sport")
        alice.publish("news.sport", "goal")
        assert anybody.data(1) == ["goal"]
        for command in [
            {"type": "publish", "channel": "news.sport", "data": 1},
            {"type": "subscribe", "channel": "news.internal"},
            {"type": "subscribe", "pattern": "news.*"},
            {"type": "history", "channel": "news.sport"},
        ]:
            assert anybody.request(command)["code"] == "unauthorized", command
        alice.subscribe("news.internal")
        alice.subscribe_pattern("news.s*")
        for command in [
            {"type": "publish", "channel": "news.internal", "data": 1},
            {"type": "subscribe", "channel": "other"},
        ]:
            assert alice.request(command)["code"] == "forbidden", command
    assert "everyone (subscribe)" in daemon.log


def test_tokens_are_in_no_log_and_no_answer(start_roost: Callable[..., Roost]):
    daemon = start_roost("--log-level", "trace", config=access.configuration())
    tokens = {
        "good": access.token(subscribe="a"),
        "expired": access.token(ttl=-60),
        "key": "roost_" + "B" * 43,
        "odd": "secret-thing%0Awith-a-line",
    }
    answers = ""
    with httpx.Client(base_url=daemon.url, trust_env=False) as http:
        for token in tokens.values():
            for path in ("/", "/nowhere", "/ws", "/channels/a/messages", "/channels/a%00/messages", "/channels/%zz/socket"):
                for request in ({"params": {"token": token}}, {"headers": {"Authorization": f"Bearer {token}"}}):
                    answer = http.get(path, **request)
                    answers += answer.text + str(answer.headers)
    for name, token in tokens.items():
        assert token not in daemon.log and token not in answers, name
        assert token.split(".")[-1] not in daemon.log
    assert access.SECRET not in daemon.log
    shown = run("check", "--config", str(daemon.config_path))
    assert shown.returncode == 0 and access.SECRET not in shown.stdout + shown.stderr
    # A page that was opened with a token in its URL does not tell others.
    assert httpx.get(f"{daemon.url}/", trust_env=False).headers["referrer-policy"] == "no-referrer"


# -- Starting


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_a_public_listener_is_refused_unless_somebody_is_asked(tmp_path: Path, address: str):
    for command in ("serve", "check"):
        done = run(command, "--listen", address)
        assert done.returncode == 2, done
        assert "auth: {hmac_secret_file: /etc/roost/secret}" in done.stderr
        assert 'auth: {anonymous: {subscribe: "*", publish: "*"}}' in done.stderr
    config = tmp_path / "roost.yaml"
    config.write_text('auth: {anonymous: {subscribe: "*", publish: "*"}}')
    done = run("check", "--listen", address, "--config", str(config))
    assert done.returncode == 0, done
    assert done.stderr.count("warning: ") >= 3, done.stderr


def test_a_configuration_that_would_open_the_door_is_not_taken_over(start_roost: Callable[..., Roost]):
    daemon = start_roost(config=access.configuration(), listen=("0.0.0.0:0",))
    daemon.addresses = [daemon.url.replace("0.0.0.0", "127.0.0.1")]
    token = access.token(subscribe="a")
    assert entry(daemon, token) == 200
    daemon.config_path.write_text("listen: 127.0.0.1:1\nauth: {}\n")
    os.kill(daemon.pid, signal.SIGHUP)
    wait_until(lambda: "nothing was changed" in daemon.log, "the configuration is refused")
    assert entry(daemon, token) == 200 and entry(daemon, "x") == 401
    daemon.config_path.write_text(access.configuration().replace(access.SECRET, access.OTHER_SECRET))
    os.kill(daemon.pid, signal.SIGHUP)
    wait_until(lambda: entry(daemon, token) == 401, "the old secret is gone")
    assert entry(daemon, access.token(key=access.OTHER_SECRET, subscribe="a")) == 200


def test_the_log_says_who_may_enter(guarded: Roost, memory_roost: Roost):
    assert 'access="holders of a token"' in guarded.log
    assert 'access="everyone may do everything"' in memory_roost.log


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path):
    path = access.secret_file(tmp_path)
    path.chmod(0o644)
    done = run("serve", "--listen", "127.0.0.1:0", environment={"ROOST_AUTH_HMAC_SECRET_FILE": str(path)})
    assert done.returncode == 2 and "chmod 600" in done.stderr
    assert access.SECRET not in done.stderr
