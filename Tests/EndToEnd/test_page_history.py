"""The chat page: coming back without a gap. In a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from page_support import LOST, NEW, RULES, Door, browser, publish, visitor

__all__ = ["browser", "visitor"]


@pytest.fixture
def roost(start_roost, broker_url):
    return start_roost(redis_url=broker_url, config=RULES)


@pytest.fixture
def memory_roost(start_roost):
    return start_roost(config=RULES)


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
    page.lose(door)
    for number in range(3):
        publish(roost, channel, f"missed {number}")
    page.say("mine")
    page.come_back(door)
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
    page.lose(door)
    publish(memory_roost, channel, "missed")
    page.come_back(door)
    page.wait_for_texts("missed")
    assert page.everything == [NEW, "missed"]


def test_what_is_gone_for_good_is_said_in_its_place(roost, visitor, channel):
    channel = f"small-{channel}"
    page = visitor(roost)
    door = Door(page.page)
    page.enter(channel)
    page.lose(door)
    for number in range(9):
        publish(roost, channel, f"number {number}")
    page.come_back(door)
    page.wait_for_texts("number 7", "number 8")
    assert page.everything == ["Ann is here", LOST, NEW, *[f"number {number}" for number in range(4, 9)]]
    assert door.sent("history")[-1]["since"] == door.sent("subscribe")[-1]["since"]


def test_a_server_that_forgot_is_noticed(memory_roost, visitor, channel):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter(channel)
    # Nothing is being loaded any more.
    expect(page.number_here(1)).to_be_visible()
    page.lose(door)
    memory_roost.stop()
    memory_roost.start()
    publish(memory_roost, channel, "another stream")
    page.come_back(door)
    page.wait_for_texts("Ann is here", "another stream")
    assert page.everything == ["Ann is here", LOST, NEW, "another stream"]
    publish(memory_roost, channel, "goes on")
    page.wait_for_texts("another stream", "goes on")


def test_without_history_a_break_is_told(memory_roost, visitor):
    page = visitor(memory_roost)
    door = Door(page.page)
    page.enter("plain")
    page.lose(door)
    publish(memory_roost, "plain", "missed")
    page.come_back(door)
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
    page.lose(door)
    publish(memory_roost, channel, "missed")
    page.come_back(door)
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
