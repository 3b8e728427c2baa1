"""The chat page in a real browser, against the real daemon."""

import json
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from page_support import DESKTOP, NARROWEST, PHONE, Door, Line, browser, poor_contrasts, publish, visitor
from support.waiting import wait_until

__all__ = ["browser", "visitor"]


# Chatting

def test_two_browsers_chat_both_ways(roost, visitor, channel):
    ann = visitor(roost).enter(channel, "Ann")
    ben = visitor(roost).enter(channel, "Ben")
    ann.say("hello Ben")
    ben.wait_for_texts("Ben is here", "hello Ben")
    ben.say("hello Ann")
    for page in (ann, ben):
        page.wait_for(lambda lines: lines[-2:] == [Line("Ann", "hello Ben"), Line("Ben", "hello Ann")])


def test_redis_cli_publish_shows_in_both_browsers(start_roost, redis, visitor, channel):
    daemon = start_roost(redis_url=redis.url)
    pages = [visitor(daemon).enter(channel, nick) for nick in ("Ann", "Ben")]
    assert redis.cli("PUBLISH", channel, "hello from Redis").strip() != "0"
    for page in pages:
        page.wait_for(lambda lines: lines[-1] == Line("Anonymous", "hello from Redis"))


def test_redis_cli_subscribe_sees_what_a_browser_says(start_roost, redis, visitor, channel):
    daemon = start_roost(redis_url=redis.url)
    page = visitor(daemon).enter(channel, "Ann")
    with redis.client().pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(channel)
        listener.get_message(timeout=10)
        page.say("to all")
        seen = wait_until(lambda: listener.get_message(timeout=1), "the message on Redis")
    message = json.loads(seen["data"])
    assert message["type"] == "message"
    assert message["data"].keys() == {"nick", "text", "key"}
    assert (message["data"]["nick"], message["data"]["text"]) == ("Ann", "to all")


def test_an_own_message_is_marked_and_shown_once(memory_roost, visitor, channel):
    ann = visitor(memory_roost).enter(channel, "Ann")
    other = visitor(memory_roost).enter(channel, "Ann")
    ann.say("mine")
    other.wait_for_texts("mine")
    # The same name does not make it somebody else's own.
    expect(ann.row("mine")).to_contain_class("own")
    expect(ann.row("mine")).to_contain_text("you")
    expect(other.row("mine")).not_to_contain_class("own")
    wait_until(lambda: ann.states("sent") == 2, "the own messages are confirmed")
    publish(memory_roost, channel, "later")
    ann.wait_for_texts("later")
    assert ann.texts.count("mine") == 1


def test_a_message_has_its_time(memory_roost, visitor, channel):
    page = visitor(memory_roost, timezone_id="Asia/Kolkata", locale="en-GB").enter(channel)
    time = page.row("Ann is here").locator("time")
    stamp = time.get_attribute("datetime")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
    minutes = (int(stamp[11:13]) * 60 + int(stamp[14:16]) + 330) % 1440
    expect(time).to_have_text(f"{minutes // 60:02}:{minutes % 60:02}")
    assert re.search(r"day,? \d+ \w+ 20\d\d", time.get_attribute("title"))


def test_many_said_quickly_stay_in_order(roost, visitor, channel):
    ann = visitor(roost)
    door = Door(ann.page)
    ann.enter(channel, "Ann")
    ben = visitor(roost).enter(channel, "Ben")
    said = [f"number {number}" for number in range(20)]
    # Faster than any answer can come.
    ann.message.evaluate("""(field, said) => said.forEach((text) => {
        field.value = text;
        field.form.requestSubmit();
    })""", said)
    for page in (ann, ben):
        page.wait_for_texts(*said)
    # Nothing was sent again without need.
    assert door.published == ["Ann is here", *said]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("just a text", "just a text"), ({"text": "signed", "nick": "Cron"}, "signed"),
        ({"deploy": True, "load": [0.5, 1]}, '{"deploy":true,"load":[0.5,1]}'), ([1, "two"], '[1,"two"]'),
        (42, "42"), (None, "null"), (False, "false"), ("", ""), ({}, "{}"), ({"text": 5}, '{"text":5}'),
    ],
)
def test_every_json_value_is_a_message(memory_roost, visitor, channel, value, shown):
    page = visitor(memory_roost).enter(channel)
    publish(memory_roost, channel, value)
    sender = "Cron" if isinstance(value, dict) and "nick" in value else "Anonymous"
    page.wait_for(lambda lines: lines[-1] == Line(sender, shown))


def test_a_binary_message_is_named_with_its_size(start_roost, redis, visitor, channel):
    page = visitor(start_roost(redis_url=redis.url)).enter(channel)
    redis.client().publish(channel, b"\xff\x00\xfe")
    page.wait_for_texts("binary message, 3 bytes")
    redis.client().publish(channel, b"\xff")
    page.wait_for_texts("binary message, 1 byte")


def test_a_message_by_another_program_may_hold_anything(start_roost, redis, visitor, channel):
    """A whole message on Redis goes through as it is: no member of it may harm the page."""
    page = visitor(start_roost(redis_url=redis.url)).enter(channel)
    head = f'{{"type":"message","channel":"{channel}"'
    client = redis.client()
    client.publish(channel, head + ',"event":"<b>deploy</b>","time":9007199254740993,"from":"<i>root","data":"one"}')
    client.publish(channel, head + ',"event":"constructor","time":0,"data":{"text":"two","nick":"__proto__","key":"x"}}')
    client.publish(channel, head + ',"event":"message","time":1,"data":{"__proto__":{"text":"x"},"key":7}}')
    page.wait_for_texts("one", "two", '{"__proto__":{"text":"x"},"key":7}')
    assert [line.sender for line in page.lines[-3:]] == ["<i>root", "__proto__", "Anonymous"]
    expect(page.log).to_contain_text("<b>deploy</b>")


# Text, never markup

@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", '"><svg onload=alert(1)>',
        "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))", "&lt;b&gt; &amp; é \u202e", "http://", "ftp://a.example/",
        "https://user:secret@example.org/",
    ],
)
def test_a_message_is_text(memory_roost, visitor, channel, text):
    ann = visitor(memory_roost).enter(channel, "<b>Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    ann.say(text)
    for page in (ann, ben):
        page.wait_for(lambda lines: lines[-1] == Line("<b>Ann", text))
        assert page.log.locator(".text *").count() == 0
        assert page.log.locator("img, script, svg, b").count() == 0


def test_links_are_clickable(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    text = (
        "See https://example.org/a_(b)?q=1&r=2#top, (http://example.net/x). HTTPS://EXAMPLE.COM/\n"
        "xhttps://no.example and https://example.org/<b> javascript:https://example.org/y")
    page.say(text)
    page.wait_for_texts(text)
    links = page.log.get_by_role("link")
    expect(links).to_have_count(5)
    assert links.all_text_contents() == [
        "https://example.org/a_(b)?q=1&r=2#top", "http://example.net/x", "HTTPS://EXAMPLE.COM/",
        "https://example.org/", "https://example.org/y"]
    for link in links.all():
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
        assert link.get_attribute("target") == "_blank"
        assert re.match("https?://", link.get_attribute("href"))


# Channels and names

def test_the_channel_is_in_the_address(memory_roost, visitor):
    page = visitor(memory_roost).open()
    expect(page.room).to_have_text("chat")
    for address, name in (
        ("#news", "news"), ("#room:42", "room:42"), ("#caf%C3%A9", "café"), ("#a%20b%2Fc%23d", "a b/c#d"),
        ("#100%", "100%"), ("#", "chat"), ("#roost:secret", "chat"), ("#%00", "chat"), ("#" + "x" * 256, "chat"),
    ):
        page.page.evaluate("hash => { location.hash = hash }", address)
        expect(page.room).to_have_text(name)
    page.page.goto(f"{memory_roost.url}/#direct")
    expect(page.room).to_have_text("direct")
    page.page.reload()
    expect(page.room).to_have_text("direct")
    page.page.go_back()
    expect(page.room).to_have_text("chat")


def test_channels_are_apart(memory_roost, visitor, channel):
    ann = visitor(memory_roost).enter(channel, "Ann")
    ben = visitor(memory_roost).enter(f"{channel}-2", "Ben")
    ann.page.get_by_label("Join a channel").fill(f"#{channel}-2")
    ann.page.get_by_role("button", name="Join").click()
    expect(ann.room).to_have_text(f"{channel}-2")
    ben.say("over here")
    ann.wait_for_texts("over here")
    # Meanwhile the first channel goes on, says so, and has kept what was said.
    publish(memory_roost, channel, "and here")
    other = ann.page.get_by_role("navigation").get_by_role("link", name=channel).first
    expect(other).to_contain_text("1")
    expect(ann.page).to_have_title(re.compile(r"^\(1\) "))
    other.click()
    ann.wait_for_texts("Ann is here", "and here")
    expect(other).to_have_attribute("aria-current", "page")
    assert "over here" not in ann.texts
    ann.page.get_by_role("listitem").filter(has_text=f"{channel}-2").hover()
    ann.page.get_by_role("button", name=f"Leave {channel}-2").click()
    expect(ann.page.get_by_role("navigation").get_by_role("link")).to_have_count(1)


def test_a_name_that_no_channel_can_have_is_refused(memory_roost, visitor):
    page = visitor(memory_roost).open()
    field = page.page.get_by_label("Join a channel")
    for name, words in (("", "needs a name"), ("roost:x", "roost:"), ("é" * 128, "at most 255 bytes")):
        field.fill(name)
        field.press("Enter")
        expect(page.page.get_by_role("alert").filter(has_text=words)).to_be_visible()
        expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.room).to_have_text("chat")


def test_the_nickname_is_asked_for_once_and_can_be_changed(memory_roost, visitor, channel):
    page = visitor(memory_roost).open(f"#{channel}", nick=None)
    expect(page.nickname).to_be_focused()
    page.nickname.press("Enter")
    expect(page.page.get_by_role("alert").filter(has_text="1 to 40")).to_be_visible()
    page.nickname.fill("  Ann \t Lee ")
    page.nickname.press("Enter")
    expect(page.page.get_by_role("dialog")).to_be_hidden()
    page.say("one")
    page.wait_for(lambda lines: lines == [Line("Ann Lee", "one")])
    page.page.reload()
    page.wait_for_status("Connected")
    expect(page.page.get_by_role("dialog")).to_be_hidden()
    page.page.get_by_role("button", name="Change your nickname").click()
    expect(page.nickname).to_have_value("Ann Lee")
    page.nickname.fill("Anna")
    page.nickname.press("Enter")
    page.say("two")
    page.wait_for(lambda lines: lines == [Line("Anna", "two")])


def test_who_says_no_name_is_a_guest(memory_roost, visitor, channel):
    page = visitor(memory_roost).open(f"#{channel}", nick=None)
    page.nickname.press("Escape")
    page.say("hello")
    page.wait_for(lambda lines: len(lines) == 1 and re.fullmatch(r"guest-\d+", lines[0].sender))


def test_it_works_where_storage_is_refused(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    page.context.add_init_script("""
        for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
        }
    """)
    page.enter(channel)
    assert page.texts == ["Ann is here"]


def test_it_works_where_storage_is_full(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    page.context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };")
    page.enter(channel)
    assert page.texts == ["Ann is here"]


# History

HISTORY = "channels: [{match: '*', history: {size: 200}}]"


@pytest.fixture
def keeping_roost(start_roost, broker_url):
    """A daemon whose channels have history, on each of the brokers."""
    return start_roost(redis_url=broker_url, config=HISTORY)


def test_what_was_said_before_is_shown(keeping_roost, visitor, channel):
    ann = visitor(keeping_roost).enter(channel, "Ann")
    ann.say("first")
    publish(keeping_roost, channel, "from afar")
    ann.wait_for_texts("first", "from afar")
    ben = visitor(keeping_roost).enter(channel, "Ben")
    ben.wait_for_texts("Ben is here")
    assert ben.texts == ["Ann is here", "first", "from afar", "Ben is here"]
    ann.page.reload()
    ann.wait_for_texts("Ben is here")
    assert ann.texts == ben.texts
    # What was said before is no news.
    assert not ann.page.title().startswith("(")
    ann.say("on")
    for page in ann, ben:
        page.wait_for_texts("on")
        assert page.texts == ["Ann is here", "first", "from afar", "Ben is here", "on"]


def test_the_last_of_a_long_history_are_shown_in_order(keeping_roost, visitor, channel):
    for number in range(150):
        publish(keeping_roost, channel, f"message {number}")
    page = visitor(keeping_roost).enter(channel)
    assert page.texts == [*[f"message {number}" for number in range(50, 150)], "Ann is here"]


def test_what_was_missed_is_shown_without_a_gap(start_roost, redis, visitor, channel):
    here, there = [start_roost(redis_url=redis.url, config=HISTORY) for _ in range(2)]
    page = visitor(here).enter(channel)
    here.stop()
    page.wait_for_status("Not connected")
    for number in range(3):
        publish(there, channel, f"missed {number}")
    page.say("written meanwhile")
    here.start()
    page.reconnect()
    page.wait_for_texts("written meanwhile")
    wait_until(lambda: page.states("sent") == 2, "it is confirmed")
    assert page.texts == ["Ann is here", "missed 0", "missed 1", "missed 2", "written meanwhile"]
    expect(page.log).not_to_contain_text("messages may be missing")


def test_a_gap_in_the_history_is_told(start_roost, redis, visitor, channel):
    rules = "channels: [{match: '*', history: {size: 2}}]"
    here, there = [start_roost(redis_url=redis.url, config=rules) for _ in range(2)]
    page = visitor(here).enter(channel)
    here.stop()
    page.wait_for_status("Not connected")
    for number in range(4):
        publish(there, channel, f"missed {number}")
    here.start()
    page.reconnect()
    page.wait_for_texts("missed 2", "missed 3")
    expect(page.log).to_contain_text("Some messages could not be recovered")
    assert [text for text in page.texts if text.startswith("missed")] == ["missed 2", "missed 3"]


def test_a_stopped_channel_says_so_and_can_be_joined_again(keeping_roost, visitor, channel):
    page = visitor(keeping_roost).enter(channel)
    with httpx.Client(trust_env=False) as client:
        client.post(f"{keeping_roost.url}/channels/{channel}/stop").raise_for_status()
    expect(page.page.get_by_text("This channel was stopped.")).to_be_visible()
    publish(keeping_roost, channel, "meanwhile")
    page.page.get_by_role("button", name="Join again").click()
    page.wait_for_texts("meanwhile")
    assert page.texts == ["Ann is here", "meanwhile"]
    expect(page.page.get_by_text("This channel was stopped.")).to_be_hidden()


# Losing the server

def test_what_is_typed_while_the_server_is_away_is_delivered_after(memory_roost, visitor, channel):
    ann = visitor(memory_roost).enter(channel, "Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    memory_roost.stop()
    for page in (ann, ben):
        page.wait_for_status("Not connected")
    ann.say("first")
    ann.say("second")
    expect(ann.row("first")).to_contain_text("Waiting for the connection")
    expect(ann.page.get_by_text("2 messages are kept and sent later.")).to_be_visible()
    memory_roost.start()
    ben.reconnect()
    ann.reconnect()
    ann.wait_for_texts("first", "second")
    wait_until(lambda: ann.states("sent") == 3, "both are confirmed")
    assert ann.texts.count("first") == ann.texts.count("second") == 1
    expect(ann.log).to_contain_text("messages may be missing here")
    # Ben may have come back to the channel after them, but never sees one twice or the second alone.
    ann.say("third")
    ben.wait_for_texts("third")
    assert ben.texts[ben.texts.index("Ben is here") + 1:] in (["first", "second", "third"], ["second", "third"], ["third"])


def test_it_reconnects_by_itself(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    memory_roost.stop()
    page.wait_for_status("Not connected")
    expect(page.page.get_by_text("The connection is lost.")).to_be_visible()
    memory_roost.start()
    page.wait_for_status("Connected")
    expect(page.page.get_by_text("The connection is lost.")).to_be_hidden()
    page.say("again")
    page.wait_for(lambda lines: lines[-1].text == "again" and page.states("sent") == 2)


def test_what_waits_survives_a_reload(memory_roost, visitor, channel):
    ann = visitor(memory_roost)
    door = Door(ann.page)
    ann.enter(channel, "Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    door.closes_with = 1013
    door.shut(1001)
    ann.wait_for_status("Not connected")
    ann.say("first")
    ann.say("second")
    ann.message.fill("half writ")
    ann.page.reload()
    ann.wait_for_texts("first", "second")
    expect(ann.row("first")).to_contain_class("own")
    expect(ann.message).to_have_value("half writ")
    ann.message.fill("third")
    ann.message.press("Enter")
    door.closes_with = None
    ann.page.get_by_role("button", name="Try now").click()
    ben.wait_for_texts("Ben is here", "first", "second", "third")
    ann.wait_for_texts("first", "second", "third")
    wait_until(lambda: ann.states("sent") == 3, "all are confirmed")
    ann.page.reload()
    ann.wait_for_status("Connected")
    ann.say("fourth")
    ben.wait_for_texts("second", "third", "fourth")
    assert ann.texts == ["fourth"]


def test_another_tab_sends_what_a_closed_one_left(memory_roost, visitor, channel):
    ann = visitor(memory_roost)
    door = Door(ann.page)
    ann.enter(channel, "Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    door.closes_with = 1013
    door.shut(1001)
    ann.wait_for_status("Not connected")
    ann.say("left behind")
    second = ann.new_tab()
    second.goto(f"{memory_roost.url}/#{channel}-2")
    expect(second.get_by_role("status")).to_contain_text("Connected")
    assert "left behind" not in ben.texts
    # The page goes; as soon as another one connects, its message goes, too.
    ann.page.goto("about:blank")
    second.reload()
    ben.wait_for_texts("Ben is here", "left behind")


def test_a_message_whose_answer_was_lost_is_not_shown_twice(memory_roost, visitor, channel):
    ann = visitor(memory_roost)
    door = Door(ann.page)
    ann.enter(channel, "Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    ann.wait_for_texts("Ben is here")
    door.to_page = lambda frame: None
    ann.say("once")
    ben.wait_for_texts("once")
    door.to_page = lambda frame: frame
    door.shut(1001)
    ann.wait_until(lambda: door.published.count("once") == 2, "it is sent again")
    wait_until(lambda: ann.states("sent") == 2, "it is confirmed")
    ann.say("after")
    for page in (ann, ben):
        page.wait_for_texts("once", "after")
        assert page.texts.count("once") == 1


def test_redis_away_keeps_messages_and_their_order(start_roost, redis, visitor, channel):
    daemon = start_roost(redis_url=redis.url)
    ann = visitor(daemon).enter(channel, "Ann")
    ben = visitor(daemon).enter(channel, "Ben")
    redis.stop()
    wait_until(lambda: daemon.readiness() == 503, "roost knows that Redis is away")
    ann.say("first")
    ann.say("second")
    expect(ann.row("first")).to_contain_text("The server is busy, trying again")
    redis.start()
    wait_until(daemon.is_ready, "roost is ready again")
    ben.wait_for_texts("Ben is here", "first", "second")
    ann.wait_for_texts("first", "second")
    wait_until(lambda: ann.states("sent") == 3, "both are confirmed")


def test_overloaded_is_tried_again_and_other_errors_are_told(memory_roost, visitor, channel):
    ann = visitor(memory_roost)
    door = Door(ann.page)
    ann.enter(channel, "Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    refusals = [
        ("overloaded", "too much at once"), ("unavailable", "not now"), ("forbidden", "You may not <b>write</b> here.")]

    def refuse(frame: dict[str, Any]) -> dict[str, Any] | None:
        if frame["type"] != "publish" or not refusals:
            return frame
        code, words = refusals.pop(0)
        door.answer({"type": "error", "code": code, "message": words, "ref": frame["ref"]})
        return None

    door.to_server = refuse
    ann.say("first")
    ann.say("second")
    # The third refusal is final, so the second message goes past the first.
    ben.wait_for_texts("Ben is here", "second")
    assert door.published[-4:] == ["first", "first", "first", "second"]
    expect(ann.row("first").get_by_role("alert")).to_have_text("Not sent: You may not <b>write</b> here.")
    assert ann.states("failed") == 1
    # A failure is not forgotten with the page.
    ann.page.reload()
    expect(ann.row("first").get_by_role("alert")).to_be_visible()
    ann.row("first").get_by_role("button", name="Try again").click()
    ben.wait_for_texts("second", "first")
    wait_until(lambda: ann.states("sent") == 1, "it is confirmed")
    expect(ann.row("first").get_by_role("alert")).to_have_count(0)


def test_a_failed_message_can_be_discarded(memory_roost, visitor, channel):
    ann = visitor(memory_roost)
    door = Door(ann.page)
    ann.enter(channel, "Ann")

    def refuse(frame: dict[str, Any]) -> dict[str, Any] | None:
        if frame["type"] != "publish":
            return frame
        door.answer({"type": "error", "code": "forbidden", "message": "no", "ref": frame["ref"]})
        return None

    door.to_server = refuse
    ann.say("unwanted")
    ann.row("unwanted").get_by_role("button", name="Discard").click()
    assert ann.texts == ["Ann is here"]
    ann.page.reload()
    ann.wait_for_status("Connected")
    assert ann.texts == []


@pytest.mark.parametrize(("code", "words"), [(1008, "does not allow"), (4003, "An administrator ended")])
def test_a_final_close_code_is_obeyed_and_explained(memory_roost, visitor, channel, code, words):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)
    page.page.clock.install()
    door.shut(code, "house rules")
    page.wait_for_status("Disconnected")
    page.wait_for_status(words)
    page.wait_for_status("house rules")
    page.say("kept")
    page.page.clock.run_for(120_000)
    assert len(door.sockets) == 1
    page.page.get_by_role("button", name="Connect again").click()
    page.wait_for_status("Connected")
    page.wait_for_texts("kept")


@pytest.mark.parametrize("code", [1001, 1011, 1013, 4002, 4004])
def test_other_close_codes_bring_it_back(memory_roost, visitor, channel, code):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)
    door.shut(code)
    page.wait_until(lambda: len(door.sockets) == 2, "it comes back")
    page.wait_for_status("Connected")


def test_a_message_that_closes_the_connection_is_not_sent_again(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)

    def slam(frame: dict[str, Any]) -> dict[str, Any] | None:
        if frame["type"] == "publish" and frame["data"]["text"] == "poison":
            door.shut(1009)
            return None
        return frame

    door.to_server = slam
    page.say("poison")
    page.say("harmless")
    page.wait_for_status("Connected")
    expect(page.row("poison").get_by_role("alert")).to_contain_text("1009")
    expect(page.row("harmless")).to_have_attribute("data-state", "sent")
    assert door.published.count("poison") == 1


def test_waits_grow_with_full_jitter_up_to_their_limit(memory_roost, visitor):
    page = visitor(memory_roost).open()
    samples = page.page.evaluate("""async () => {
        const { backoff } = await import("/roost.js");
        const most = (failures) => Math.max(...Array.from({ length: 2000 }, () => backoff(failures)));
        const least = (failures) => Math.min(...Array.from({ length: 2000 }, () => backoff(failures)));
        return [0, 1, 2, 3, 4, 5, 50].map((failures) => [least(failures), most(failures)]);
    }""")
    for (least, most), limit in zip(samples, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000], strict=True):
        assert 0 <= least < limit * 0.02 and limit * 0.98 < most <= limit


def test_the_network_coming_back_ends_the_wait(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)
    # Time stands still: only the event can bring it back.
    page.page.clock.install()
    page.page.clock.pause_at(page.page.evaluate("Date.now()") + 1000)
    door.shut(1001)
    page.wait_for_status("Not connected")
    page.page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_status("Connected")


def test_a_dead_link_is_noticed(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.page.clock.install()
    page.enter(channel)
    pings: list[dict[str, Any]] = []
    pongs: list[dict[str, Any]] = []

    def count(frame: dict[str, Any]) -> dict[str, Any]:
        if frame["type"] == "ping":
            pings.append(frame)
        return frame

    def answered(frame: dict[str, Any]) -> dict[str, Any]:
        if frame["type"] == "pong":
            pongs.append(frame)
        return frame

    door.to_server = count
    door.to_page = answered
    page.page.clock.run_for(26_000)
    page.wait_until(lambda: len(pings) == len(pongs) == 1, "a ping after 25 s, and its answer")
    page.page.clock.run_for(11_000)
    assert len(door.sockets) == 1
    # From here on nothing comes back, though the connection stands.
    door.to_page = lambda frame: frame if len(door.sockets) > 1 else None
    page.page.clock.run_for(16_000)
    page.wait_until(lambda: len(pings) == 2, "another ping")
    page.wait_for_status("Connected")
    page.page.clock.run_for(12_000)
    page.wait_until(lambda: len(door.sockets) == 2, "a new connection")
    page.wait_for_status("Connected")


def test_a_message_that_is_too_long_is_refused_at_once(memory_roost, visitor, channel):
    ann = visitor(memory_roost).enter(channel)
    ben = visitor(memory_roost).enter(channel, "Ben")
    long = "é" * 32_000
    ann.say(long)
    expect(ann.page.get_by_role("alert").filter(has_text="Too long")).to_be_visible()
    expect(ann.message).to_have_value(long)
    fits = "x" * 62_800
    ann.say(fits)
    ben.wait_for_texts(fits)
    wait_until(lambda: ann.states("sent") == 2, "it is confirmed")


def test_what_waits_is_bounded(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)
    door.closes_with = 1013
    door.shut(1001)
    page.wait_for_status("Not connected")
    for number in range(100):
        page.say(f"number {number}")
    page.say("one too many")
    expect(page.page.get_by_role("alert").filter(has_text="Too much waits")).to_be_visible()
    expect(page.message).to_have_value("one too many")
    door.closes_with = None
    page.page.get_by_role("button", name="Try now").click()
    wait_until(lambda: page.states("sent") == 101, "all are confirmed")
    assert page.texts[1:] == [f"number {number}" for number in range(100)]


# Reading

def test_the_log_is_bounded(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    with httpx.Client(trust_env=False, base_url=memory_roost.url) as client:
        for number in range(1100):
            client.post(f"/channels/{channel}/messages", content=f"number {number}").raise_for_status()
    page.wait_for_texts("number 1098", "number 1099")
    lines = page.texts
    assert len(lines) <= 1000
    assert lines == [f"number {number}" for number in range(1100 - len(lines), 1100)]


def test_the_log_follows_unless_the_reader_is_elsewhere(memory_roost, visitor, channel):
    page = visitor(memory_roost, viewport=PHONE).enter(channel)
    for number in range(40):
        publish(memory_roost, channel, f"number {number}")
    page.wait_for_texts("number 39")
    expect(page.row("number 39")).to_be_in_viewport()
    page.log.evaluate("log => { log.scrollTop = 200 }")
    wait_until(lambda: page.log.evaluate("log => log.scrollTop") == 200, "it is scrolled")
    publish(memory_roost, channel, "news 1")
    expect(page.page.get_by_role("button", name="1 new message")).to_be_visible()
    publish(memory_roost, channel, "news 2")
    button = page.page.get_by_role("button", name="2 new messages")
    expect(button).to_be_visible()
    assert page.log.evaluate("log => log.scrollTop") == 200
    button.click()
    expect(page.row("news 2")).to_be_in_viewport()
    expect(page.page.get_by_role("button", name="new message")).to_be_hidden()
    publish(memory_roost, channel, "news 3")
    expect(page.row("news 3")).to_be_in_viewport()
    # What one says oneself is seen, wherever one was reading.
    page.log.evaluate("log => { log.scrollTop = 0 }")
    page.say("mine")
    expect(page.row("mine")).to_be_in_viewport()


@pytest.mark.parametrize("viewport", [NARROWEST, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_nothing_breaks_the_layout(memory_roost, visitor, viewport):
    channel = "long-" + "c" * 240
    page = visitor(memory_roost, viewport=viewport).enter(channel, "N" * 40)
    for text in (
        "w" * 3000, "https://example.org/" + "p" * 900, "one\ntwo\n\n\nsix", "a\tb" * 200, "Z\u0351\u036b\u0343" * 60,
        "{" + "[" * 500,
    ):
        page.say(text)
        page.wait_for_texts(text)
    publish(memory_roost, channel, {"k" * 900: ["v" * 900]})
    page.wait_for(lambda lines: lines[-1].text.startswith('{"kkk'))
    widths = page.page.evaluate("""() => [document.documentElement, document.body, ...document.querySelectorAll(
        "#main, #log, .messages, .row, header, #compose")].filter((element) => element.scrollWidth > element.clientWidth + 1
        || element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.className || element.localName)""")
    assert widths == []
    six = page.row("one\ntwo\n\n\nsix").locator(".text")
    assert six.bounding_box()["height"] > 5 * 16
    expect(page.message).to_be_in_viewport(ratio=1)
    expect(page.page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
    expect(page.page.get_by_role("status")).to_be_in_viewport(ratio=1)


def test_the_channels_are_a_drawer_on_a_phone(memory_roost, visitor, channel):
    page = visitor(memory_roost, viewport=PHONE, has_touch=True).enter(channel)
    expect(page.page.get_by_role("link", name=channel)).to_be_hidden()
    opener = page.page.get_by_role("button", name="Channels")
    opener.tap()
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.page.get_by_role("link", name=channel)).to_be_visible()
    expect(page.page.get_by_role("button", name="Close the channel list")).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("link", name=channel)).to_be_hidden()
    expect(opener).to_be_focused()
    opener.tap()
    page.page.get_by_label("Join a channel").fill("elsewhere")
    page.page.get_by_role("button", name="Join").tap()
    expect(page.room).to_have_text("elsewhere")
    expect(page.page.get_by_role("link", name="elsewhere")).to_be_hidden()
    page.message.tap()
    expect(page.message).to_be_focused()


# For everyone

def test_the_keyboard_is_enough(memory_roost, visitor, channel):
    page = visitor(memory_roost).open(f"#{channel}", nick=None)
    keyboard = page.page.keyboard
    keyboard.type("Ann")
    keyboard.press("Enter")
    expect(page.message).to_be_focused()
    keyboard.type("one")
    keyboard.press("Shift+Enter")
    keyboard.type("two")
    keyboard.press("Enter")
    page.wait_for_texts("one\ntwo")
    expect(page.message).to_have_value("")
    # Nothing is sent for nothing, nor while an input method composes.
    keyboard.press("Enter")
    keyboard.type("   ")
    keyboard.press("Enter")
    page.message.fill("nihao")
    page.message.evaluate("""field => field.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))""")
    assert page.texts == ["one\ntwo"]
    page.message.fill("")

    seen = []
    for _ in range(12):
        keyboard.press("Shift+Tab")
        seen.append(page.page.evaluate("""() => {
            const { activeElement: element } = document;
            const { outlineStyle, outlineWidth } = getComputedStyle(element);
            const text = (element.querySelector("bdi") ?? element).textContent;
            const name = element.ariaLabel ?? element.labels?.[0]?.textContent ?? text;
            return element === document.body ? null : [name.trim(), outlineStyle, parseFloat(outlineWidth)];
        }"""))
        if seen[-1] and seen[-1][0] == channel:
            break
    names = [name for name, _, _ in filter(None, seen)]
    assert names == [
        f"Messages in {channel}", "Notifications", "Change your nickname", "Join", "Join a channel", channel]
    assert all(style != "none" and width >= 2 for _, style, width in filter(None, seen))
    keyboard.press("Tab")
    keyboard.type("typed")
    keyboard.press("Enter")
    expect(page.room).to_have_text("typed")
    expect(page.message).to_be_focused()


def test_a_screen_reader_finds_its_way(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    expect(page.page.get_by_role("log", name=f"Messages in {channel}")).to_be_visible()
    expect(page.page.get_by_role("log").get_by_role("list").get_by_role("listitem")).to_have_count(1)
    expect(page.page.get_by_role("status")).to_have_text("Connected")
    expect(page.page.get_by_role("main")).to_be_visible()
    expect(page.page.get_by_role("complementary", name="Channels and your name")).to_be_visible()
    expect(page.page.get_by_role("navigation", name="Channels")).to_be_visible()
    expect(page.page.get_by_role("textbox", name="Message", exact=True)).to_be_visible()
    expect(page.page.get_by_role("textbox", name="Join a channel")).to_be_visible()
    expect(page.page.get_by_role("button", name="Send")).to_be_visible()
    page.page.get_by_role("button", name="Change your nickname").click()
    dialog = page.page.get_by_role("dialog", name="What should others call you?")
    expect(dialog.get_by_role("textbox", name="Nickname")).to_be_focused()
    nameless = page.page.evaluate("""() => [...document.querySelectorAll("button, input, textarea, a")].filter(
        (element) => !(element.ariaLabel || element.labels?.length || element.textContent.trim())
          && element.id !== "newer" && element.id !== "banner-button").map((element) => element.outerHTML)""")
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_colours_contrast(memory_roost, visitor, channel, scheme, viewport):
    page = visitor(memory_roost, color_scheme=scheme, viewport=viewport)
    door = Door(page.page)
    page.enter(channel)
    for nick in ("Ben", "Charlotte", "Dai", "Ekaterina", "Farid", "Gül", "Hiro", "Ines", "João"):
        publish(memory_roost, channel, {"text": "see https://example.org/", "nick": nick})
    publish(memory_roost, channel, {"not": "a text"})

    def refuse(frame: dict[str, Any]) -> dict[str, Any] | None:
        if frame["type"] == "publish":
            door.answer({"type": "error", "code": "forbidden", "message": "not allowed", "ref": frame["ref"]})
            return None
        return frame

    door.to_server = refuse
    page.say("refused")
    expect(page.row("refused").get_by_role("alert")).to_be_visible()
    door.closes_with = 1013
    door.shut(1001)
    page.wait_for_status("Not connected")
    page.say("waiting")
    page.page.evaluate("document.querySelector('#newer').hidden = false")
    ground = page.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground))) > 384) == (scheme == "light")

    assert poor_contrasts(page) == []
    if viewport is PHONE:
        page.page.get_by_role("button", name="Channels").click()
        assert poor_contrasts(page) == []
    page.page.get_by_role("button", name="Change your nickname").click()
    assert poor_contrasts(page) == []


def test_the_first_load_is_small_and_from_here_alone(memory_roost, visitor):
    page = visitor(memory_roost)
    sizes: dict[str, int] = {}
    page.page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    page.open()
    page.wait_for_status("Connected")
    page.page.wait_for_load_state("networkidle")
    names = {url.removeprefix(memory_roost.url) for url in sizes}
    assert {"/", "/chat.css", "/chat.js", "/roost.js"} <= names
    assert sum(sizes.values()) <= 60_000, sizes
    assert all(url.startswith(memory_roost.url + "/") for url in sizes)


def test_nothing_inline_would_run(memory_roost, visitor, channel):
    """The policy that came with the page is in force; the page itself never needs what it forbids."""
    page = visitor(memory_roost).enter(channel)
    page.check()
    ran = page.page.evaluate("""() => new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.head.append(script);
    })""")
    assert ran == "script-src-elem"
    assert page.page.evaluate("window.ran") is None
    assert page.violations
    page.violations.clear()
