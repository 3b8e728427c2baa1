"""The chat page as its user sees it, and a door in the middle that a test can shut."""

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect, sync_playwright

from support.daemon import Roost
from support.waiting import DEADLINE, wait_until

CHROMIUM = os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 568}


# For each file of its own: while Playwright's synchronous interface is up, no other test could run an asyncio loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser, start_roost: Callable[..., Roost]) -> Iterator[Callable[..., "ChatPage"]]:
    """Makes visitors to a daemon; at the end nothing forbidden may have happened to any of them."""
    visitors: list[ChatPage] = []

    def make(daemon: Roost, **options: Any) -> ChatPage:
        visitors.append(ChatPage(browser, daemon.url, **options))
        return visitors[-1]

    yield make
    for one in visitors:
        one.context.close()
    for one in visitors:
        one.check()


def publish(daemon: Roost, channel: str, data: Any) -> None:
    """Publishes a JSON value over HTTP."""
    post(f"{daemon.url}/channels/{channel}/messages", data)


def notify(daemon: Roost, user: str, data: Any, /, **parameters: str) -> None:
    """Puts a JSON value into a user's inbox."""
    post(f"{daemon.url}/users/{user}/notifications", data, **parameters)


def post(url: str, data: Any, /, **parameters: str) -> None:
    with httpx.Client(trust_env=False) as client:
        client.post(
            url, content=json.dumps(data), params=parameters, headers={"Content-Type": "application/json"}
        ).raise_for_status()


def poor_contrasts(page: "ChatPage") -> list[Any]:
    """Visible texts that are hard to read: by WCAG's level AA, and none is tiny."""
    found = page.page.evaluate(CONTRASTS)
    assert len(found) > 20
    return [one for one in found if one[1] < 4.5 or one[2] < 12]


class Line(NamedTuple):
    """A message as shown."""

    sender: str
    text: str


class ChatPage:
    """One visitor: a browser profile of its own and the page in it. What must never happen is noted all along."""

    def __init__(self, browser: Browser, url: str, **options: Any):
        self.url = url
        self.context: BrowserContext = browser.new_context(**{"color_scheme": "light"} | options)
        self.context.set_default_timeout(DEADLINE * 1000)
        self.violations: list[str] = []
        self.addresses: list[str] = []
        self.context.on("request", lambda request: self.addresses.append(request.url))
        self.context.on("dialog", self._note_dialog)
        self.context.on("weberror", lambda error: self.violations.append(f"error: {error.error}"))
        self.context.on("console", self._note_console)
        self.context.add_init_script("""
            addEventListener("securitypolicyviolation", (event) => console.error("policy violated:", event.blockedURI));
        """)
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.on("websocket", lambda socket: self.addresses.append(socket.url))
        return page

    def _note_dialog(self, dialog: Any) -> None:
        self.violations.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_console(self, message: Any) -> None:
        # That a server which is stopped takes no connections is part of some tests.
        is_expected = re.match("WebSocket connection to .* failed: .*net::ERR_(CONNECTION_|SOCKET_NOT_CONNECTED)", message.text)
        if message.type in ("error", "warning") and not is_expected:
            self.violations.append(f"console: {message.text}")

    def check(self) -> None:
        """Nothing ran that should not, and nothing was asked of another server."""
        own = (self.url + "/", self.url.replace("http:", "ws:") + "/")
        strange = [address for address in self.addresses if not address.startswith((*own, "about:"))]
        assert not self.violations, self.violations
        assert not strange, strange

    # -- What a user does

    def open(self, address: str = "", nick: str | None = "Ann") -> "ChatPage":
        """Goes to the page and, as a first visitor, says a name."""
        self.page.goto(f"{self.url}/{address}")
        if nick is not None:
            self.nickname.fill(nick)
            self.nickname.press("Enter")
        return self

    def enter(self, channel: str, nick: str = "Ann") -> "ChatPage":
        """Opens a channel, and returns once everything said there is seen."""
        self.open(f"#{channel}", nick)
        self.wait_for_status("Connected")
        # Subscribing takes a moment more than connecting: a message to oneself comes back when it is done.
        self.say(f"{nick} is here")
        self.wait_for(lambda lines: Line(nick, f"{nick} is here") in lines and not self.states("sending"))
        return self

    def say(self, text: str) -> None:
        self.message.fill(text)
        self.message.press("Enter")

    def look_away(self, is_hidden: bool = True) -> None:
        """What the browser says when another tab is looked at, or this one again."""
        self.page.evaluate("""(isHidden) => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""", is_hidden)

    def reconnect(self) -> None:
        """What the browser says when its network is back: the wait for the next try is over."""
        self.page.evaluate("dispatchEvent(new Event('online'))")
        self.wait_for_status("Connected")

    # -- What a user sees

    @property
    def nickname(self) -> Locator:
        return self.page.get_by_label("Nickname", exact=True)

    @property
    def message(self) -> Locator:
        return self.page.get_by_label("Message", exact=True)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def room(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    def row(self, text: str) -> Locator:
        """The message with exactly this text."""
        return self.log.get_by_role("listitem").filter(
            has=self.page.get_by_text(re.compile(f"^{re.escape(text)}$")))

    @property
    def everything(self) -> list[str]:
        """All lines of the log, also those by the page itself: of messages the text."""
        return self.log.evaluate(
            "log => [...log.querySelectorAll('li')].map(li => (li.querySelector('.text') ?? li).textContent)")

    @property
    def lines(self) -> list[Line]:
        return [Line(*line) for line in self.log.evaluate(
            "log => [...log.querySelectorAll('.row')].map(row => ["
            " row.querySelector('.who bdi').textContent, row.querySelector('.text').textContent])")]

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def states(self, state: str) -> int:
        """How many own messages stand like that: `sending`, `waiting`, `delayed`, `sent`, `failed`."""
        return self.log.locator(f".own[data-state={state}]").count()

    def wait_for(self, condition: Callable[[list[Line]], Any]) -> None:
        lines: list[Line] = []

        def holds() -> bool:
            lines[:] = self.lines
            return bool(condition(lines))

        try:
            wait_until(holds, "the messages that the test waits for")
        except AssertionError as failure:
            raise AssertionError(f"{failure}; the page shows {lines[-10:]}") from None

    def wait_for_texts(self, *texts: str) -> None:
        """These are the last messages shown, in this order."""
        self.wait_for(lambda lines: [line.text for line in lines][-len(texts):] == list(texts))

    def wait_until(self, condition: Callable[[], Any], what: str) -> None:
        """Waits for something that happens outside the page, letting the browser's events in meanwhile."""
        def holds() -> bool:
            self.page.evaluate("0")
            return bool(condition())

        wait_until(holds, what)

    def wait_for_status(self, words: str) -> None:
        expect(self.page.get_by_role("status")).to_contain_text(words)


class Door:
    """Stands between a page and `/ws`; a test replaces its attributes to have frames changed, lost or answered."""

    def __init__(self, page: Page):
        self.closes_with: int | None = None
        # Each takes a frame and returns the one to pass on, or None to drop it.
        self.to_server: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda frame: frame
        self.to_page: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda frame: frame
        self.published: list[str] = []
        # What the page has sent.
        self.frames: list[dict[str, Any]] = []
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket(re.compile(r"/ws(\?|$)"), self._opened)

    def answer(self, frame: dict[str, Any]) -> None:
        """Says something to the page in the server's name."""
        self.sockets[-1].send(json.dumps(frame))

    def sent(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == kind]

    def shut(self, code: int, reason: str = "") -> None:
        """Closes the open connection in the server's name."""
        self.sockets[-1].close(code=code, reason=reason)

    def _opened(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        if self.closes_with is not None:
            socket.close(code=self.closes_with)
            return
        server = socket.connect_to_server()

        def from_page(text: str) -> None:
            frame = json.loads(text)
            self.frames.append(frame)
            if frame["type"] == "publish":
                self.published.append(frame["data"]["text"])
            if (passed := self.to_server(frame)) is not None:
                server.send(json.dumps(passed))

        def from_server(text: str) -> None:
            if (passed := self.to_page(json.loads(text))) is not None:
                socket.send(json.dumps(passed))

        socket.on_message(from_page)
        server.on_message(from_server)


# For each visible text: its words, its contrast with what is behind it (WCAG 2.1), its size in CSS pixels.
CONTRASTS = """() => {
  const known = new Map();
  const channels = (color) => {
    if (!known.has(color)) known.set(color, paint(color));
    return known.get(color);
  };
  const paint = (color) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const [r, g, b] = channels(color).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (channels(backgroundColor)[3] === 255) return backgroundColor;
    }
    return "white";
  };
  const found = [];
  const judge = (element, text, color) => {
    const [one, other] = [light(color), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found.push([text, ratio, parseFloat(getComputedStyle(element).fontSize)]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
      judge(element, text, getComputedStyle(element).color);
    }
  }
  for (const field of document.querySelectorAll("[placeholder]")) {
    judge(field, field.placeholder, getComputedStyle(field, "::placeholder").color);
  }
  return found;
}"""
