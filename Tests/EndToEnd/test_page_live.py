"""The chat page: coming back without a gap, who is here, and what waits in the inbox. In a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from page_support import (
    DESKTOP, NARROWEST, PHONE, ChatPage, Door, Line, browser, notify, poor_contrasts, publish, visitor)
from support.waiting import wait_until

__all__ = ["browser", "visitor"]

RULES = """
channels:
  - match: "small-*"
    history: {size: 5, ttl: 1h}
  - match: "test-*"
    history: {size: 5000, ttl: 1h}
    presence: true
"""

NEW = "New messages"
LOST = "Some messages could not be recovered"


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def memory_roost(start_roost):
    return start_roost(config=RULES)


def leave(page: ChatPage, door: Door) -> None:
    """Loses the connection, until `come_back`."""
    door.closes_with = 1013
    door.shut(1001)
    page.wait_for_status("Not connected")


def come_back(page: ChatPage, door: Door) -> None:
    door.closes_with = None
    page.reconnect()


# Coming back

def test_what_was_said_before_is_shown_on_joining(roost, visitor, channel):
    for number in range(110):
        publish(roost, channel, f"number {number}")
    page = visitor(roost).open(f"#{channel}")
    said = [f"number {number}" for number in range(10, 110)]
    page.wait_for(lambda lines: [line.text for line in lines] == said)
    expect(page.row("number 109")).to_be_in_viewport()
    publish(roost, channel, "live")
    page.say("mine")
    page.wait_for(lambda lines: sorted(line.text for line in lines) == sorted([*said, "live", "mine"]))
    # None of that was news to this reader.
    assert NEW not in page.everything and LOST not in page.everything
    expect(page.page).to_have_title(re.compile(r"^#"))
    page.page.reload()
    page.wait_for(lambda lines: {"live", "mine"} < {line.text for line in lines} and len(lines) == 100)


def test_what_was_missed_is_shown_in_its_place(roost, visitor, channel):
    page = visitor(roost)
    door = Door(page.page)
    page.enter(channel)
    other = visitor(roost).enter(channel, "Ben")
    page.wait_for_texts("Ann is here", "Ben is here")
    leave(page, door)
    for number in range(3):
        publish(roost, channel, f"missed {number}")
    page.say("mine")
    come_back(page, door)
    expected = ["Ann is here", "Ben is here", "missed 0", "missed 1", "missed 2", "mine"]
    page.wait_for(lambda lines: [line.text for line in lines] == expected)
    other.wait_for_texts(*expected[2:])
    assert [bool(frame.get("since")) for frame in door.sent("subscribe")] == [False, True]
    assert page.everything == [*expected[:2], NEW, *expected[2:]]
    # Whoever writes has read.
    page.say("answer")
    page.wait_for_texts("mine", "answer")
    assert page.everything == [*expected, "answer"]
    publish(roost, channel, "live")
    page.wait_for_texts("answer", "live")
    assert NEW not in page.everything


def test_a_channel_that_was_quiet_at_first_is_recovered_too(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.open(f"#{channel}")
    page.wait_for_status("Connected")
    page.wait_until(lambda: door.sent("presence"), "it has joined")
    leave(page, door)
    publish(memory_roost, channel, "missed")
    come_back(page, door)
    page.wait_for_texts("missed")
    assert page.everything == [NEW, "missed"]


def test_what_is_gone_for_good_is_said_in_its_place(roost, visitor, channel):
    channel = f"small-{channel}"
    page = visitor(roost)
    door = Door(page.page)
    page.enter(channel)
    leave(page, door)
    for number in range(9):
        publish(roost, channel, f"number {number}")
    come_back(page, door)
    page.wait_for_texts("number 7", "number 8")
    assert page.everything == ["Ann is here", LOST, NEW, *[f"number {number}" for number in range(4, 9)]]
    assert door.sent("history")[-1]["since"] == door.sent("subscribe")[-1]["since"]


def test_a_server_that_forgot_is_noticed(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    memory_roost.stop()
    page.wait_for_status("Not connected")
    memory_roost.start()
    publish(memory_roost, channel, "another stream")
    page.reconnect()
    page.wait_for_texts("Ann is here", "another stream")
    assert page.everything == ["Ann is here", LOST, NEW, "another stream"]
    publish(memory_roost, channel, "goes on")
    page.wait_for_texts("another stream", "goes on")


def test_without_history_a_break_is_told(memory_roost, visitor):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter("plain")
    leave(page, door)
    publish(memory_roost, "plain", "missed")
    come_back(page, door)
    expect(page.log).to_contain_text("messages may be missing here")
    page.say("again")
    page.wait_for_texts("Ann is here", "again")
    # Nobody is asked for a history that there is not.
    assert not door.sent("history") and not page.page.get_by_text("The server says").count()


@pytest.mark.parametrize("ending", ["complete", "trimmed", "gone", "refused"])
def test_a_gap_while_connected_is_filled_first(memory_roost, visitor, channel, ending):
    page = visitor(memory_roost)
    door = Door(page.page)
    seen: list[dict[str, Any]] = []

    def note(frame: dict[str, Any]) -> dict[str, Any]:
        if frame["type"] == "message":
            seen.append(frame)
        return frame

    door.to_page = note
    page.enter(channel)
    first = seen[0]["id"]
    epoch = first.split("-")[1]
    say = [seen[0] | {"id": f"{offset}-{epoch}", "data": f"number {offset}"} for offset in range(7)]
    pages = {
        "complete": [([say[2], say[3]], False), ([say[4]], True)],
        "trimmed": [([say[3]], False), ([say[4]], True)],
        "gone": [([], False)],
        "refused": [],
    }[ending]
    asked: list[dict[str, Any]] = []

    def answer(frame: dict[str, Any]) -> dict[str, Any] | None:
        if frame["type"] != "history":
            return frame
        asked.append(frame)
        # What comes meanwhile has to wait.
        door.answer(say[5])
        if not pages:
            door.answer({"type": "error", "code": "internal_error", "message": "no", "ref": frame["ref"]})
            return None
        messages, complete = pages.pop(0)
        door.answer({
            "type": "history", "channel": channel, "messages": messages, "complete": complete, "id": f"5-{epoch}",
            "ref": frame["ref"]})
        return None

    door.to_server = answer
    door.answer({"type": "gap", "channel": channel, "since": first})
    door.answer(say[5])
    door.answer(say[6])
    page.wait_for_texts("number 6")
    recovered = {
        "complete": [NEW, "number 2", "number 3", "number 4"],
        "trimmed": [LOST, NEW, "number 3", "number 4"],
        "gone": [LOST],
        "refused": [LOST],
    }[ending]
    assert page.everything == ["Ann is here", *recovered, "number 5", "number 6"]
    assert asked[0]["since"] == first and len(asked) == (2 if ending in ("complete", "trimmed") else 1)


def test_nothing_is_shown_twice_or_out_of_order(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    first: list[dict[str, Any]] = []

    def twice(frame: dict[str, Any]) -> dict[str, Any]:
        if frame["type"] == "message":
            first.append(frame)
            door.answer(frame)
            door.answer(first[0])
        return frame

    door.to_page = twice
    page.enter(channel)
    for number in range(5):
        publish(memory_roost, channel, f"number {number}")
    page.say("mine")
    page.wait_for(lambda lines: len(lines) == 7 and page.states("sent") == 2)
    leave(page, door)
    publish(memory_roost, channel, "missed")
    come_back(page, door)
    publish(memory_roost, channel, "live")
    page.wait_for_texts("missed", "live")
    texts = page.texts
    assert len(texts) == len(set(texts)) == 9
    assert [text for text in texts if text.startswith("number")] == [f"number {number}" for number in range(5)]


def test_an_own_message_whose_answer_was_lost_keeps_its_place(roost, visitor, channel):
    ann = visitor(roost)
    door = Door(ann.page)
    ann.enter(channel, "Ann")
    ben = visitor(roost).enter(channel, "Ben")
    ann.wait_for_texts("Ben is here")
    door.to_page = lambda frame: None
    ann.say("once")
    ben.wait_for_texts("once")
    ben.say("after")
    door.to_page = lambda frame: frame
    door.shut(1001)
    ann.wait_for(lambda lines: [line.text for line in lines][-2:] == ["once", "after"] and ann.states("sent") == 2)
    ann.say("end")
    for page in (ann, ben):
        page.wait_for_texts("Ben is here", "once", "after", "end")


def test_the_divider_is_where_one_looked_away(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    publish(memory_roost, channel, "seen")
    page.wait_for_texts("seen")
    page.look_away()
    publish(memory_roost, channel, "one")
    publish(memory_roost, channel, "two")
    page.wait_for_texts("one", "two")
    page.look_away(False)
    assert page.everything == ["Ann is here", "seen", NEW, "one", "two"]
    publish(memory_roost, channel, "three")
    page.wait_for_texts("three")
    assert page.everything == ["Ann is here", "seen", NEW, "one", "two", "three"]
    # Who looks away again has read.
    page.look_away()
    publish(memory_roost, channel, "four")
    page.wait_for_texts("four")
    assert page.everything == ["Ann is here", "seen", "one", "two", "three", NEW, "four"]


def test_the_divider_is_where_one_left_the_channel(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    page.page.goto(f"{page.url}/#{channel}-2")
    expect(page.room).to_have_text(f"{channel}-2")
    publish(memory_roost, channel, "news")
    link = page.page.get_by_role("navigation").get_by_role("link", name=channel).first
    expect(link).to_contain_text("1")
    link.click()
    page.wait_for_texts("Ann is here", "news")
    assert page.everything == ["Ann is here", NEW, "news"]


# Who is here

def people(page: ChatPage) -> Locator:
    return page.page.get_by_role("region", name="Here now").get_by_role("listitem")


def number_here(page: ChatPage, number: int) -> Locator:
    return page.page.get_by_role("button", name=re.compile(f"^{number} here now$"))


def test_who_is_here_is_listed_and_counted(roost, visitor, channel):
    ann = visitor(roost, viewport=DESKTOP).enter(channel, "Ann")
    expect(people(ann)).to_have_text([re.compile("Ann.*you")])
    ben = visitor(roost).enter(channel, "Ben & <b>Bo</b>?#é")
    for page in (ann, ben):
        expect(number_here(page, 2)).to_be_visible()
        expect(people(page).nth(1)).to_contain_text("Ben & <b>Bo</b>?#é")
    expect(people(ben).nth(1)).to_contain_text("you")
    tab = ben.new_tab()
    tab.goto(f"{ben.url}/#{channel}")
    expect(tab.get_by_role("region", name="Here now").get_by_role("listitem")).to_have_count(2)
    expect(tab.get_by_role("region", name="Here now")).to_contain_text("×2")
    ben.page.close()
    ann.say("still two")
    ann.wait_for_texts("still two")
    expect(number_here(ann, 2)).to_be_visible()
    tab.close()
    expect(number_here(ann, 1)).to_be_visible()
    expect(people(ann)).to_have_count(1)


def test_another_name_is_another_user(memory_roost, visitor, channel):
    ann = visitor(memory_roost).enter(channel, "Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    expect(people(ann)).to_have_count(2)
    ben.page.get_by_role("button", name="Change your nickname").click()
    ben.nickname.fill("roost:ben")
    ben.nickname.press("Enter")
    expect(ben.page.get_by_role("alert").filter(has_text="in front are the server")).to_be_visible()
    ben.nickname.fill("Benno")
    ben.nickname.press("Enter")
    expect(people(ann).nth(1)).to_contain_text("Benno")
    expect(people(ann)).to_have_count(2)
    ben.say("hello")
    ann.wait_for(lambda lines: lines[-1] == Line("Benno", "hello"))
    # Nothing is missing for it.
    assert LOST not in ben.everything and not ben.page.get_by_text("No connection").count()


def test_where_there_is_no_presence_nothing_is_said(memory_roost, visitor):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter("plain")
    page.wait_until(lambda: door.sent("presence"), "it has asked")
    page.say("after")
    page.wait_for_texts("Ann is here", "after")
    expect(page.page.get_by_role("button", name="here now")).to_have_count(0)
    expect(page.page.get_by_role("region", name="Here now")).to_have_count(0)


def test_who_goes_while_one_asks_is_gone(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)

    def answer(frame: dict[str, Any]) -> dict[str, Any] | None:
        if frame["type"] != "presence":
            return frame
        names = ["alice", "bob", "Ann", *[f"user {number:03}" for number in range(300)]]
        users = [{"user": name, "connections": 1} for name in names] + [{"user": None, "connections": 3}]
        for kind, user in [("leave", "bob"), ("join", "carol")]:
            door.answer({"type": kind, "channel": channel, "user": user})
        door.answer({"type": "presence", "channel": channel, "users": users, "ref": frame["ref"]})
        return None

    door.to_server = answer
    page.enter(channel)
    # Of many the list shows some.
    expect(number_here(page, 304)).to_be_visible()
    texts = people(page).all_text_contents()
    assert any("carol" in text for text in texts) and not any("bob" in text for text in texts)
    assert len(texts) == 201 and texts[-1] == "and 104 more"


@pytest.mark.parametrize("viewport", [NARROWEST, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_on_a_phone_the_list_is_behind_a_button(memory_roost, visitor, channel, viewport):
    page = visitor(memory_roost, viewport=viewport).enter(channel, "W" * 40)
    notify(memory_roost, "W" * 40, "one")
    expect(page.page.get_by_role("button", name="Notifications, 1 unread")).to_be_in_viewport(ratio=1)
    expect(page.page.get_by_role("status")).to_be_in_viewport(ratio=1)
    width = page.room.bounding_box()["width"]
    assert width > 60, "the channel's name has its place"
    number_here(page, 1).click()
    expect(people(page)).to_have_count(1)
    expect(people(page).first).to_be_in_viewport(ratio=1)
    expect(page.page.get_by_role("heading", name="Here now")).to_be_focused()
    overflow = page.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    if viewport is not DESKTOP:
        page.page.keyboard.press("Escape")
        expect(people(page).first).to_be_hidden()


# The inbox

def bell(page: ChatPage, unread: int) -> Locator:
    name = f"Notifications, {unread} unread" if unread else re.compile("^Notifications")
    return page.page.get_by_role("button", name=name)


def notifications(page: ChatPage) -> Locator:
    return page.page.get_by_role("dialog", name="Notifications").get_by_role("listitem")


def test_notifications_wait_and_are_read_on_all_devices(roost, visitor, channel):
    for number in range(3):
        notify(roost, "Ann", f"number {number}")
    notify(roost, "Ann", {"text": "from a script", "more": 1}, event="deploy", user="Cron")
    pages = [visitor(roost).enter(channel, "Ann") for _ in range(2)]
    for page in pages:
        expect(bell(page, 4)).to_be_visible()
    one, two = pages
    bell(one, 4).click()
    expect(notifications(one)).to_contain_text(["from a script", "number 2", "number 1", "number 0"])
    expect(notifications(one).first).to_contain_text("Cron")
    expect(notifications(one).first).to_contain_text("deploy")
    notify(roost, "Ann", {"load": 0.5})
    expect(bell(two, 5)).to_be_visible()
    expect(notifications(one).first).to_contain_text('{"load":0.5}')
    one.page.get_by_role("button", name="Mark all as read").click()
    for page in pages:
        expect(page.page.get_by_role("button", name="Notifications, 5 unread")).to_have_count(0)
        expect(page.page.locator("#unread")).to_be_hidden()
    # It is done for this browser, reloaded or not.
    one.page.reload()
    one.wait_for_status("Connected")
    expect(bell(one, 0)).to_be_visible()
    bell(one, 0).click()
    expect(one.page.get_by_text("No notifications yet.")).to_be_visible()
    notify(roost, "Ann", "later")
    expect(notifications(one)).to_contain_text(["later"])
    expect(bell(two, 1)).to_be_visible()


def test_a_notification_comes_once_however_often_one_connects(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)
    notify(memory_roost, "Ann", "one")
    expect(bell(page, 1)).to_be_visible()
    leave(page, door)
    notify(memory_roost, "Ann", "two")
    come_back(page, door)
    expect(bell(page, 2)).to_be_visible()
    bell(page, 2).click()
    expect(notifications(page)).to_contain_text(["two", "one"])
    assert len({frame["device"] for frame in door.sent("inbox")}) == 1


def test_another_name_has_another_inbox(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    notify(memory_roost, "Ann", "for Ann")
    expect(bell(page, 1)).to_be_visible()
    page.page.get_by_role("button", name="Change your nickname").click()
    page.nickname.fill("Ben")
    page.nickname.press("Enter")
    expect(page.page.locator("#unread")).to_be_hidden()
    notify(memory_roost, "Ben", "for Ben")
    bell(page, 1).click()
    expect(notifications(page)).to_contain_text(["for Ben"])


@pytest.mark.parametrize("code", ["forbidden", "not_found"])
def test_without_an_inbox_there_is_no_bell(memory_roost, visitor, channel, code):
    page = visitor(memory_roost)
    door = Door(page.page)

    def refuse(frame: dict[str, Any]) -> dict[str, Any] | None:
        if frame["type"] != "inbox":
            return frame
        door.answer({"type": "error", "code": code, "message": "no", "ref": frame["ref"]})
        return None

    door.to_server = refuse
    page.enter(channel)
    page.wait_until(lambda: door.sent("inbox"), "it has asked")
    expect(page.page.locator("#bell")).to_be_hidden()
    assert not page.page.get_by_text("The server says").count()


def test_notifications_are_text_and_the_keyboard_is_enough(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    notify(memory_roost, "Ann", "<img src=x onerror=alert(1)> https://example.org/")
    button = bell(page, 1)
    button.focus()
    page.page.keyboard.press("Enter")
    panel = page.page.get_by_role("dialog", name="Notifications")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("<img src=x onerror=alert(1)>")
    expect(panel.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert panel.locator("img").count() == 0
    page.page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Mark all as read")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#unread")).to_be_hidden()
    page.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.page.locator("#bell")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.page.locator("#bell").click()
    expect(panel).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_colours_contrast_here_too(memory_roost, visitor, channel, scheme, viewport):
    page = visitor(memory_roost, color_scheme=scheme, viewport=viewport)
    door = Door(page.page)
    page.enter(channel)
    leave(page, door)
    publish(memory_roost, channel, "missed")
    notify(memory_roost, "Ann", "one", user="Cron", event="deploy")
    come_back(page, door)
    page.wait_for_texts("missed")
    door.answer({"type": "join", "channel": channel, "user": None})
    expect(number_here(page, 2)).to_be_visible()
    bell(page, 1).click()
    expect(notifications(page)).to_have_count(1)
    assert NEW in page.everything
    expect(page.page.get_by_text("Connected", exact=True)).to_be_attached()
    assert poor_contrasts(page) == []
    page.page.keyboard.press("Escape")
    number_here(page, 2).click()
    expect(people(page)).to_have_count(2)
    wait_until(lambda: poor_contrasts(page) == [], "everything is readable")
