"""The chat page: the bell, and what waits in the inbox. In a real browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from page_support import DESKTOP, NEW, PHONE, RULES, Door, browser, notify, poor_contrasts, publish, visitor
from support.waiting import wait_until

__all__ = ["browser", "visitor"]


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def memory_roost(start_roost):
    return start_roost(config=RULES)


def test_notifications_wait_and_are_read_on_all_devices(roost, visitor, channel):
    for number in range(3):
        notify(roost, "Ann", f"number {number}")
    notify(roost, "Ann", {"text": "from a script", "more": 1}, event="deploy", user="Cron")
    pages = [visitor(roost).enter(channel, "Ann") for _ in range(2)]
    for page in pages:
        expect(page.bell(4)).to_be_visible()
    one, two = pages
    one.bell(4).click()
    expect(one.notifications).to_contain_text(["from a script", "number 2", "number 1", "number 0"])
    expect(one.notifications.first).to_contain_text("Cron")
    expect(one.notifications.first).to_contain_text("deploy")
    notify(roost, "Ann", {"load": 0.5})
    expect(two.bell(5)).to_be_visible()
    expect(one.notifications.first).to_contain_text('{"load":0.5}')
    one.page.get_by_role("button", name="Mark all as read").click()
    for page in pages:
        expect(page.page.get_by_role("button", name="Notifications, 5 unread")).to_have_count(0)
        expect(page.page.locator("#unread")).to_be_hidden()
    # It is done for this browser, reloaded or not.
    one.page.reload()
    one.wait_for_status("Connected")
    expect(one.bell(0)).to_be_visible()
    one.bell(0).click()
    expect(one.page.get_by_text("No notifications yet.")).to_be_visible()
    notify(roost, "Ann", "later")
    expect(one.notifications).to_contain_text(["later"])
    expect(two.bell(1)).to_be_visible()


def test_a_notification_comes_once_however_often_one_connects(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)
    notify(memory_roost, "Ann", "one")
    expect(page.bell(1)).to_be_visible()
    page.lose(door)
    notify(memory_roost, "Ann", "two")
    page.come_back(door)
    expect(page.bell(2)).to_be_visible()
    page.bell(2).click()
    expect(page.notifications).to_contain_text(["two", "one"])
    assert len({frame["device"] for frame in door.sent("inbox")}) == 1


def test_another_name_has_another_inbox(memory_roost, visitor, channel):
    page = visitor(memory_roost).enter(channel)
    notify(memory_roost, "Ann", "for Ann")
    expect(page.bell(1)).to_be_visible()
    page.page.get_by_role("button", name="Change your nickname").click()
    page.nickname.fill("Ben")
    page.nickname.press("Enter")
    expect(page.page.locator("#unread")).to_be_hidden()
    notify(memory_roost, "Ben", "for Ben")
    page.bell(1).click()
    expect(page.notifications).to_contain_text(["for Ben"])


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
    button = page.bell(1)
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
    page.lose(door)
    publish(memory_roost, channel, "missed")
    notify(memory_roost, "Ann", "one", user="Cron", event="deploy")
    page.come_back(door)
    page.wait_for_texts("missed")
    door.answer({"type": "join", "channel": channel, "user": None})
    expect(page.number_here(2)).to_be_visible()
    page.bell(1).click()
    expect(page.notifications).to_have_count(1)
    assert NEW in page.everything
    expect(page.page.get_by_text("Connected", exact=True)).to_be_attached()
    assert poor_contrasts(page) == []
    page.page.keyboard.press("Escape")
    page.number_here(2).click()
    expect(page.people).to_have_count(2)
    wait_until(lambda: poor_contrasts(page) == [], "everything is readable")
