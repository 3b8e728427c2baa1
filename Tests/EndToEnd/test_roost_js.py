"""roost.js, the client for browsers and Node: by itself, in Chromium from another origin, and in the examples."""

import re
import shutil
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from playwright.sync_api import expect

from page_support import PHONE, RULES, browser, publish
from support.daemon import PUBLIC
from support.fake_server import FakeServer
from support.node import NODE, NodeScript
from support.waiting import DEADLINE, wait_until

__all__ = ["browser"]

FILE = PUBLIC / "roost.js"
EXAMPLES = PUBLIC / "examples"
in_node = pytest.mark.skipif(NODE is None, reason="there is no node with a WebSocket (20.10 or later) on this machine")


@pytest.fixture
def node(closing, tmp_path) -> Callable[..., NodeScript]:
    """Runs a script with `Roost`, `say(value)`, `url` and `channel`."""

    def run(script: str, *arguments: str) -> NodeScript:
        started = NodeScript(tmp_path, script, *arguments)
        closing.callback(started.close)
        return started

    return run


@pytest.fixture
def fake(closing) -> Callable[..., FakeServer]:
    def start(*arguments, **options) -> FakeServer:
        server = FakeServer(*arguments, **options)
        closing.callback(server.close)
        return server

    return start


# The file

def test_it_is_one_small_file():
    text = FILE.read_text()
    assert FILE.stat().st_size <= 10_240
    assert not re.search(r"\bimport\b(?!\.meta)|\brequire\b", text)
    assert "export default Roost" in text and "export class Roost" in text
    # It is not minified, and every type has a name.
    assert max(map(len, text.splitlines())) <= 120
    for name in ("Message", "Notification", "Presence", "Job", "Options"):
        assert re.search(rf"@typedef .*(\n \* .*)?\}}}}? {name}\b|@typedef \{{.*\}} {name}\b", text), name


# In Node

@in_node
def test_it_says_and_hears_everything(start_roost, broker_url, node, channel):
    roost = start_roost(redis_url=broker_url, config=RULES)
    script = node("""
        const roost = new Roost(url, { user: "alice" }).connect();
        const next = (type) => new Promise((resolve) =>
          roost.addEventListener(type, ({ detail }) => resolve(detail), { once: true }));
        const subscribed = next("subscribed");
        const join = next("join");
        const message = new Promise((resolve) => roost.subscribe(channel, resolve));
        say((await subscribed).channel);
        say((await join).user);
        const { id } = await roost.publish(channel, { text: "hello" }, { event: "greeting" });
        const { event, from, data, age } = await message;
        say([event, from, data, age, id === (await message).id]);
        say((await roost.history(channel, { limit: 5 })).messages.map(({ data }) => data));
        say((await roost.presence(channel)).users);

        const first = next("notification");
        const read = next("read");
        roost.inbox("phone");
        say((await read).unread);
        await fetch(`${url}/users/alice/notifications`, { method: "POST", body: "dinner" });
        const notification = await first;
        say(notification.data);
        say((await roost.ack(notification.id)).unread);

        await roost.request("push", { queue: channel, data: { to: "bob" } });
        let job = next("job");
        roost.work(channel);
        say([(await job).data, (await job).attempt]);
        const again = next("job");
        await roost.retry(await job);
        say((await again).attempt);
        say((await roost.done(await again)).type);
        say(await roost.done(await again).catch(({ code, command }) => [code, command.type]));
        say(await roost.presence("plain").catch(({ code }) => code));
        roost.unsubscribe(channel);
        say((await next("unsubscribed")).reason);
        roost.close();
        say(roost.state);
    """, roost.url, channel)
    assert script.next_ones(15) == [
        channel, "alice", ["greeting", "alice", {"text": "hello"}, "live", True], [{"text": "hello"}],
        [{"user": "alice", "connections": 1}], 0, "dinner", 0, [{"to": "bob"}, 1], 2, "done",
        ["lease_lost", "done"], "not_found", "requested", "closed",
    ]


WATCH = """
    const roost = new Roost(url).connect();
    hurry(roost);
    roost.addEventListener("gap", () => say("gap"));
    roost.addEventListener("subscribed", () => say("subscribed"));
    roost.subscribe(channel, ({ data, age }) => say([data, age]), { history: 10 });
"""


@in_node
def test_it_resumes_without_gap_or_duplicate(start_roost, redis, node, channel):
    here, there = [start_roost(redis_url=redis.url, config=RULES) for _ in range(2)]
    publish(there, channel, 0)
    script = node(WATCH, here.url, channel)
    assert script.next_ones(2) == [[0, "old"], "subscribed"]
    publish(there, channel, 1)
    assert script.next() == [1, "live"]
    for turn in (2, 1200):
        # The first time the server replays what was missed, the second time it is too much for that.
        here.stop()
        with httpx.Client(trust_env=False) as client:
            missed = [f"{turn} {number}" for number in range(turn)]
            for data in missed:
                client.post(f"{there.url}/channels/{channel}/messages", content=data).raise_for_status()
        here.start()
        seen = []
        while len(seen) < turn:
            if (said := script.next()) != "subscribed":
                seen.append(said)
        assert seen == [[data, "missed"] for data in missed]
    publish(there, channel, "end")
    while (said := script.next()) == "subscribed":
        pass
    assert said == ["end", "live"]


@in_node
def test_what_is_gone_for_good_is_told(start_roost, redis, node, channel):
    channel = f"small-{channel}"
    here, there = [start_roost(redis_url=redis.url, config=RULES) for _ in range(2)]
    publish(there, channel, 0)
    script = node(WATCH, here.url, channel)
    assert script.next_ones(2) == [[0, "old"], "subscribed"]
    here.stop()
    for number in range(9):
        publish(there, channel, number)
    here.start()
    assert script.next_ones(7) == ["gap", *[[number, "missed"] for number in range(4, 9)], "subscribed"]


@in_node
def test_without_history_a_break_is_a_gap(start_roost, node):
    roost = start_roost()
    script = node(WATCH, roost.url, "plain")
    assert script.next() == "subscribed"
    roost.stop()
    roost.start()
    assert script.next_ones(2) == ["gap", "subscribed"]


@in_node
def test_what_is_published_offline_goes_out_in_order_and_once(start_roost, node, channel):
    roost = start_roost(config=RULES)
    script = node("""
        const roost = new Roost(url);
        hurry(roost);
        const send = (from, to) => Promise.all(
          Array.from({ length: to - from }, (_, index) => roost.publish(channel, from + index)));
        const before = send(0, 20);
        roost.connect();
        await before;
        say("sent");
        await new Promise((resolve) => roost.addEventListener("state", ({ detail }) =>
          detail.state === "waiting" && resolve()));
        const after = send(20, 40);
        say("lost");
        await after;
        say((await roost.history(channel, { limit: 100 })).messages.map(({ data }) => data));
    """, roost.url, channel)
    assert script.next() == "sent"
    roost.stop()
    assert script.next() == "lost"
    roost.start()
    # The memory broker has forgotten the first ones.
    assert script.next() == list(range(20, 40))


@in_node
def test_what_may_wait_is_bounded(node):
    script = node("""
        const roost = new Roost("http://127.0.0.1:9");
        for (let number = 0; number < 1000; number += 1) roost.publish("chat", number);
        say(await roost.publish("chat", "one too many").catch(({ code }) => code));
    """)
    assert script.next() == "full"


def published(frame):
    return {"type": "published", "ref": frame["ref"]}


@in_node
def test_a_publish_without_answer_is_said_again_with_its_key(node, fake):
    server = fake(lambda frame, number: [1001] if number == 1 else [published(frame)])
    script = node("""
        const roost = new Roost(url).connect();
        await Promise.all([roost.publish("chat", 1), roost.publish("chat", 2, { key: "mine" })]);
        say("done");
    """, server.url)
    assert script.next() == "done"
    assert [frame["data"] for frame in server.frames] == [1, 1, 2]
    keys = [frame["key"] for frame in server.frames]
    assert keys[0] == keys[1] and keys[2] == "mine"


@in_node
def test_not_now_is_asked_again_and_no_is_told(node, fake):
    codes = ["overloaded", "unavailable", "rate_limited"]

    def answer(frame, number):
        code = codes.pop(0) if codes else "forbidden" if frame["data"] == 1 else None
        return [{"type": "error", "code": code, "message": "no", "ref": frame["ref"]} if code else published(frame)]

    server = fake(answer)
    script = node("""
        const roost = new Roost(url).connect();
        roost.addEventListener("error", ({ detail: { code, command } }) => say([code, command.data]));
        roost.publish("chat", 1).catch(({ code, message }) => say(["rejected", code, message]));
        await roost.publish("chat", 2);
        say("done");
    """, server.url)
    assert script.next_ones(5) == [
        ["overloaded", 1], ["unavailable", 1], ["rate_limited", 1], ["rejected", "forbidden", "no"], "done"
    ]
    assert [frame["data"] for frame in server.frames] == [1, 1, 1, 1, 2]


@in_node
def test_what_is_too_large_is_not_said_again(node, fake):
    server = fake(lambda frame, number: [1009] if number == 1 else [published(frame)])
    script = node("""
        const roost = new Roost(url).connect();
        say(await roost.publish("chat", "large").catch(({ code }) => code));
        await roost.publish("chat", "small");
        say("done");
    """, server.url)
    assert script.next_ones(2) == ["too_large", "done"]
    assert [frame["data"] for frame in server.frames] == ["large", "small"]


@in_node
def test_what_is_no_json_is_refused_and_holds_nobody_up(node, fake):
    script = node("""
        const roost = new Roost(url);
        roost.publish("chat", 1n).catch((error) => say(error instanceof TypeError));
        const sent = roost.publish("chat", "fine");
        roost.connect();
        await sent;
        say("done");
    """, fake(lambda frame, number: [published(frame)]).url)
    assert script.next_ones(2) == [True, "done"]


@in_node
def test_an_answer_has_its_time(node, fake):
    script = node("""
        const roost = new Roost(url).connect();
        say(await roost.request("ping", {}, 50).catch(({ code }) => code));
    """, fake().url)
    assert script.next() == "timeout"


@in_node
def test_a_token_is_asked_for_before_each_connection(node, fake):
    expired = fake(welcome=lambda number: [{"type": "welcome"}] if number == 3 else [{"type": "welcome"}, 4001])
    script = node("""
        let count = 0;
        const roost = new Roost(url, { user: "bob & co", token: async () => {
          count += 1;
          if (count === 2) throw new Error("not now");
          return `token ${count}`;
        } });
        roost.addEventListener("error", ({ detail }) => { say(detail.message); roost.connect({}); });
        roost.addEventListener("state", ({ detail: { state, code } }) => state === "waiting" && say(code));
        roost.connect();
    """, expired.url)
    assert script.next_ones(3) == [4001, "not now", 4001]
    wait_until(lambda: len(expired.paths) == 3, "the third connection")
    assert [httpx.URL(path).params["token"] for path in expired.paths] == ["token 1", "token 3", "token 4"]
    assert httpx.URL(expired.paths[0]).params["user"] == "bob & co"


@in_node
@pytest.mark.parametrize("code", [1008, 4003])
def test_some_codes_end_it(node, fake, code):
    server = fake(welcome=lambda number: [{"type": "welcome"}, *([code] if number == 1 else [])])
    script = node("""
        const roost = new Roost(url).connect();
        roost.addEventListener("state", ({ detail: { state, code } }) => {
          say([state, code]);
          // Only who asks for it comes back.
          if (state === "closed") setTimeout(() => roost.connect(), 1500);
        });
    """, server.url)
    assert script.next_ones(4) == [["open", None], ["closed", code], ["connecting", None], ["open", None]]
    assert len(server.paths) == 2


@in_node
def test_waits_have_full_jitter(node):
    script = node("""
        const waits = [];
        globalThis.setTimeout = (action, time) => { waits.push(time); return 0; };
        class Closed { constructor() { queueMicrotask(() => this.onclose({ code: 1006 })); } close() {} }
        let random = 0;
        Math.random = () => random;
        for (random of [0, 0.25, 0.999]) {
          waits.length = 0;
          const roost = new Roost("ws://127.0.0.1:9", { WebSocket: Closed }).connect();
          for (let tries = 0; tries < 7; tries += 1) {
            await new Promise((resolve) => setImmediate(resolve));
            roost.connect();
          }
          await new Promise((resolve) => setImmediate(resolve));
          say(waits.filter((time) => time !== 15_000).slice(0, 7));
        }
        say([0, 1, 5, 50].map((failures) => backoff(failures) / 0.999));
    """)
    most = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
    assert script.next() == [0] * 7
    assert script.next() == [limit / 4 for limit in most]
    assert script.next() == pytest.approx([limit * 0.999 for limit in most])
    assert script.next() == pytest.approx([1000, 2000, 30_000, 30_000])


@in_node
def test_a_failed_connection_is_no_uncaught_error(node):
    script = node("""
        // As an EventEmitter does: an error that nobody listens to is thrown.
        class Failing {
          static count = 0;
          constructor() {
            Failing.count += 1;
            if (Failing.count === 1) setImmediate(() => { this.fail(); this.onclose({ code: 1006 }); });
          }
          fail() { if (!this.onerror) throw new Error("unhandled"); this.onerror({ type: "error" }); }
          close() { setImmediate(() => this.fail()); }
        }
        const roost = new Roost("ws://127.0.0.1:9", { WebSocket: Failing }).connect();
        roost.addEventListener("state", ({ detail }) => {
          say(detail.state);
          if (detail.state !== "waiting") return;
          roost.connect();
          // While it connects.
          setImmediate(() => roost.close());
          setTimeout(() => say("alive"), 50);
        });
    """)
    assert script.next_ones(4) == ["waiting", "connecting", "closed", "alive"]


@in_node
@pytest.mark.parametrize("options", [
    "token: () => { if (fails()) throw new Error('no luck'); return 'mine'; }",
    "token: async () => { if (fails()) throw new Error('no luck'); return 'mine'; }",
    "WebSocket: class { constructor(url) { if (fails()) throw new Error('no luck'); return new WebSocket(url); } }",
], ids=["token throws", "token rejects", "constructor throws"])
def test_what_fails_before_a_connection_is_told_and_tried_again(node, fake, options):
    script = node(f"""
        let tries = 0;
        const fails = () => (tries += 1) < 3;
        Math.random = () => 0;
        const roost = new Roost(url, {{ {options} }});
        roost.addEventListener("error", ({{ detail }}) => say(detail.message));
        roost.addEventListener("state", ({{ detail }}) => say(detail.state));
        roost.connect();
    """, fake().url)
    assert script.next_ones(8) == [*["connecting", "no luck", "waiting"] * 2, "connecting", "open"]


@in_node
def test_an_expired_token_that_stays_the_same_is_told_and_tried_ever_less(node, fake):
    script = node("""
        const pauses = [1000, 2000, 4000];
        const { setTimeout } = globalThis;
        globalThis.setTimeout = (action, time, ...more) => {
          if (pauses.includes(time)) say(time);
          return setTimeout(action, pauses.includes(time) ? 0 : time, ...more);
        };
        Math.random = () => 1;
        const roost = new Roost(url, { token: "mine" }).connect();
        roost.addEventListener("error", ({ detail }) => say([detail instanceof Error, detail.code]));
    """, fake(welcome=lambda number: [{"type": "welcome"}, 4001]).url)
    assert script.next_ones(6) == [1000, [True, 4001], 2000, [True, 4001], 4000, [True, 4001]]


def message(offset):
    return {"type": "message", "channel": "chat", "id": f"{offset}-a", "event": "message", "time": 0, "data": offset}


def history(frame, offsets, newest):
    messages = [message(offset) for offset in offsets]
    return {
        "type": "history", "channel": "chat", "messages": messages, "complete": newest in offsets,
        "id": f"{newest}-a", "ref": frame["ref"],
    }


def subscribed(frame, newest):
    return {"type": "subscribed", "channel": "chat", "id": f"{newest}-a", "recovered": False, "ref": frame["ref"]}


# As if 25 s had passed, and 10 s.
SILENCE = """
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (action, time, ...more) =>
      setTimeout(action, time === 25_000 ? 20 : time === 10_000 ? 200 : time, ...more);
"""


@in_node
def test_a_full_queue_stops_neither_recovery_nor_pings(node, fake):
    def answer(frame, number):
        match frame["type"]:
            case "subscribe": return [subscribed(frame, 3)]
            case "history": return [history(frame, [2, 3], 3)]
            case "ping": return [{"type": "pong"}]

    server = fake(answer)
    script = node(SILENCE + """
        const roost = new Roost(url);
        for (const type of ["gap", "subscribed"]) roost.addEventListener(type, () => say(type));
        roost.addEventListener("state", ({ detail }) => say(detail.state));
        roost.subscribe("chat", ({ data, age }) => say([data, age]), { since: "1-a" });
        for (let number = 0; number < 999; number += 1) roost.publish("other", number);
        roost.publish("other", "one too many").catch(({ code }) => say(code));
        roost.connect();
    """, server.url)
    assert script.next_ones(6) == ["connecting", "full", "open", [2, "missed"], [3, "missed"], "subscribed"]
    wait_until(lambda: [frame["type"] for frame in server.frames].count("ping") >= 3, "pings")
    assert script.is_silent and len(server.paths) == 1


@in_node
def test_who_does_not_answer_a_ping_is_left(node, fake):
    server = fake()
    script = node(SILENCE + """
        const roost = new Roost(url).connect();
        roost.addEventListener("state", ({ detail }) => say(detail.state));
    """, server.url)
    assert script.next_ones(2) == ["open", "waiting"]
    assert [frame["type"] for frame in server.frames] == ["ping"]


@in_node
def test_what_is_left_passes_nothing_to_who_comes_after(node, fake):
    asked = []

    def answer(frame, number):
        match frame["type"]:
            case "subscribe": return [subscribed(frame, 3)]
            case "unsubscribe": return [
                # Too late: the first subscription is left already.
                history(asked[0], [2, 3], 9), message(4), {"type": "unsubscribed", "channel": "chat", "ref": "chat"},
            ]
            case "history":
                asked.append(frame)
                return [history(frame, [2, 3], 3), message(5)] if len(asked) > 1 else [{"type": "asked"}]

    server = fake(answer)
    script = node("""
        const roost = new Roost(url).connect();
        for (const type of ["gap", "subscribed"]) roost.addEventListener(type, () => say(type));
        roost.addEventListener("message", ({ detail }) => say(detail.data));
        roost.subscribe("chat", ({ data, age }) => say(["first", data, age]), { since: "1-a" });
        roost.addEventListener("asked", () => {
          roost.unsubscribe("chat");
          roost.subscribe("chat", ({ data, age }) => say(["second", data, age]), { history: 20 });
        });
    """, server.url)
    assert script.next_ones(7) == [
        ["second", 2, "old"], 2, ["second", 3, "old"], 3, "subscribed", ["second", 5, "live"], 5,
    ]
    assert [frame.get("limit") for frame in asked] == [1000, 20]


@in_node
def test_after_unsubscribing_nothing_more_comes(node, fake):
    def answer(frame, number):
        match frame["type"]:
            case "subscribe": return [subscribed(frame, 3), message(4)]
            case "unsubscribe": return [
                message(5), {"type": "gap", "channel": "chat"},
                {"type": "unsubscribed", "channel": "chat", "ref": frame["ref"]},
            ]
            case "publish": return [published(frame)]

    script = node("""
        const roost = new Roost(url).connect();
        roost.addEventListener("gap", () => say("gap"));
        roost.addEventListener("unsubscribed", () => say("unsubscribed"));
        roost.addEventListener("message", ({ detail }) => { say(detail.data); roost.unsubscribe("chat"); });
        roost.subscribe("chat");
        roost.addEventListener("unsubscribed", async () => { await roost.publish("chat", 1); say("published"); });
    """, fake(answer).url)
    assert script.next_ones(3) == [4, "unsubscribed", "published"]


@in_node
def test_what_is_no_server_is_refused(node):
    script = node("""
        for (const bad of ["ftp://example.org", "nonsense", undefined]) {
          try { new Roost(bad); } catch (error) { say(error instanceof TypeError); }
        }
        try { new Roost("http://127.0.0.1", { WebSocket: null }); } catch ({ message }) { say(message); }
    """)
    assert script.next_ones(4) == [True, True, True, "no WebSocket to http://127.0.0.1"]


# In a browser

class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def elsewhere(tmp_path, closing) -> str:
    """Another origin, which has a page and its own copy of roost.js."""
    (tmp_path / "index.html").write_text('<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">')
    shutil.copy(FILE, tmp_path / "roost.js")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=tmp_path))
    thread = Thread(target=server.serve_forever)
    thread.start()
    closing.callback(thread.join)
    closing.callback(server.server_close)
    closing.callback(server.shutdown)
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def new_page(browser, start_roost):
    contexts = []
    problems: list[str] = []

    def note(message) -> None:
        # Servers are stopped here.
        if message.type == "error" and not re.match("WebSocket connection to .* failed", message.text):
            problems.append(message.text)

    def make(**options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(DEADLINE * 1000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", note)
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.mark.parametrize("file_from", ["the page's server", "roost"])
def test_it_works_from_another_origin(start_roost, new_page, elsewhere, channel, file_from):
    roost = start_roost(environment={"ROOST_HTTP_ORIGINS": elsewhere})
    page = new_page()
    page.goto(elsewhere)
    # Without a URL, it talks to where it is from.
    arguments = [roost.url, None] if file_from == "roost" else ["", roost.ws_url]
    heard = page.evaluate("""async ([from, url, channel]) => {
        const { default: Roost } = await import(`${from}/roost.js`);
        const roost = new Roost(url ?? undefined).connect();
        const message = new Promise((resolve) => roost.subscribe(channel, resolve));
        await roost.publish(channel, "from elsewhere");
        return (await message).data;
    }""", [*arguments, channel])
    assert heard == "from elsewhere"


# The examples

@pytest.mark.parametrize("name", ["counter", "notifications", "queue"])
def test_an_example_is_short(name):
    lines = [line for kind in ("html", "js") for line in (EXAMPLES / f"{name}.{kind}").read_text().splitlines()]
    assert len(lines) < 50
    assert f'href="{name}.html"' in (EXAMPLES / "index.html").read_text()


@pytest.mark.parametrize("name", ["index", "counter", "notifications", "queue"])
def test_an_example_fits_a_phone(memory_roost, new_page, name):
    page = new_page(viewport=PHONE)
    page.goto(f"{memory_roost.url}/examples/{name}.html")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_two_windows_count_together(memory_roost, new_page):
    one, two = [new_page() for _ in range(2)]
    for page in (one, two):
        page.goto(f"{memory_roost.url}/examples/counter.html")
        expect(page.get_by_text("open", exact=True)).to_be_visible()
    button = [page.get_by_role("button", name="One more") for page in (one, two)]
    for count in range(3):
        button[0].click()
        button[1].click()
    for page in (one, two):
        expect(page.locator("#total")).to_have_text("6")
    # What was counted while the server was away is made up for, and who comes later is told.
    memory_roost.stop()
    expect(one.get_by_text("waiting", exact=True)).to_be_visible()
    button[0].click()
    memory_roost.start()
    # The page waits longer from try to try.
    expect(two.locator("#total")).to_have_text("7", timeout=60_000)
    three = new_page()
    three.goto(f"{memory_roost.url}/examples/counter.html")
    expect(three.locator("#total")).to_have_text("7")


def test_notifications_wait_behind_the_bell(memory_roost, new_page):
    pages = [new_page() for _ in range(2)]
    for page in pages:
        page.goto(f"{memory_roost.url}/examples/notifications.html?user=bob")
        expect(page.locator("#unread")).to_have_text("0")
    for text in ("one", "two"):
        pages[0].get_by_label("Notification").fill(text)
        pages[0].get_by_role("button", name="Send").click()
        for page in pages:
            expect(page.get_by_role("listitem").first).to_have_text(text)
    for page in pages:
        expect(page.locator("#unread")).to_have_text("2")
    pages[1].get_by_role("button", name="Mark all as read").click()
    for page in pages:
        expect(page.locator("#unread")).to_have_text("0")
        expect(page.get_by_role("listitem")).to_have_count(0)


def test_jobs_are_done_by_who_works(memory_roost, new_page):
    one, two = [new_page() for _ in range(2)]
    for page in (one, two):
        page.goto(f"{memory_roost.url}/examples/queue.html")
    one.get_by_role("button", name="Push a job").click()
    expect(one.get_by_role("status")).to_have_text("1 waiting, 0 in work, 0 done")
    two.get_by_role("button", name="Work in this window").click()
    expect(two.locator("li.done")).to_have_count(1)
    expect(one.get_by_role("status")).to_have_text("0 waiting, 0 in work, 1 done")
    expect(one.get_by_role("listitem")).to_have_count(0)
    two.get_by_role("button", name="Stop working").click()
    one.get_by_role("button", name="Push a job").click()
    expect(one.get_by_role("status")).to_have_text("1 waiting, 0 in work, 1 done")
