"""The chat page: who is here. In a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from page_support import DESKTOP, LOST, NARROWEST, PHONE, RULES, Door, Line, browser, notify, visitor

__all__ = ["browser", "visitor"]


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def memory_roost(start_roost):
    return start_roost(config=RULES)


def test_who_is_here_is_listed_and_counted(roost, visitor, channel):
    ann = visitor(roost, viewport=DESKTOP).enter(channel, "Ann")
    expect(ann.people).to_have_text([re.compile("Ann.*you")])
    ben = visitor(roost).enter(channel, "Ben & <b>Bo</b>?#é")
    for page in (ann, ben):
        expect(page.number_here(2)).to_be_visible()
        expect(page.people.nth(1)).to_contain_text("Ben & <b>Bo</b>?#é")
    expect(ben.people.nth(1)).to_contain_text("you")
    tab = ben.new_tab()
    tab.goto(f"{ben.url}/#{channel}")
    expect(tab.get_by_role("region", name="Here now").get_by_role("listitem")).to_have_count(2)
    expect(tab.get_by_role("region", name="Here now")).to_contain_text("×2")
    ben.page.close()
    ann.say("still two")
    ann.wait_for_texts("still two")
    expect(ann.number_here(2)).to_be_visible()
    tab.close()
    expect(ann.number_here(1)).to_be_visible()
    expect(ann.people).to_have_count(1)


def test_another_name_is_another_user(memory_roost, visitor, channel):
    ann = visitor(memory_roost).enter(channel, "Ann")
    ben = visitor(memory_roost).enter(channel, "Ben")
    expect(ann.people).to_have_count(2)
    ben.page.get_by_role("button", name="Change your nickname").click()
    ben.nickname.fill("roost:ben")
    ben.nickname.press("Enter")
    expect(ben.page.get_by_role("alert").filter(has_text="in front are the server")).to_be_visible()
    ben.nickname.fill("Benno")
    ben.nickname.press("Enter")
    expect(ann.people.nth(1)).to_contain_text("Benno")
    expect(ann.people).to_have_count(2)
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
    expect(page.number_here(304)).to_be_visible()
    texts = page.people.all_text_contents()
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
    page.number_here(1).click()
    expect(page.people).to_have_count(1)
    expect(page.people.first).to_be_in_viewport(ratio=1)
    expect(page.page.get_by_role("heading", name="Here now")).to_be_focused()
    overflow = page.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    if viewport is not DESKTOP:
        page.page.keyboard.press("Escape")
        expect(page.people.first).to_be_hidden()
