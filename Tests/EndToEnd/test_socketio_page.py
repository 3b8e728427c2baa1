"""Socket.IO in a browser: the page of Flask-SocketIO's quick start, with its own JavaScript client, in Chromium."""

import json
from urllib.parse import quote

import httpx
import pytest

from page_support import browser  # noqa: F401  a fixture
from support.daemon import REPOSITORY
from support.documents import blocks
from support.socketio_script import Unavailable, socketio_script
from support.waiting import DEADLINE, wait_until

RULES = """
socketio:
  channel: quick
  namespaces: [/admin]
"""

# As https://flask-socketio.readthedocs.io/en/latest/getting_started.html has it, and a list of what is heard.
PAGE = """<!doctype html>
<script src="/socket.io.min.js"></script>
<script src="/quickstart.js"></script>
"""
SCRIPT = """
var heard = [];
var socket = io(JSON.parse(decodeURIComponent(location.hash.slice(1))));
socket.on('connect', function() {
    socket.emit('my event', {data: 'I\\'m connected!'});
});
socket.onAny((event, ...args) => heard.push([event, ...args.map(
    arg => arg instanceof ArrayBuffer ? {bytes: [...new Uint8Array(arg)]} : arg)]));
"""


@pytest.fixture(scope="module")
def script() -> str:
    try:
        return socketio_script()
    except Unavailable as reason:
        pytest.skip(f"the JavaScript client of Socket.IO cannot be downloaded: {reason}")


@pytest.fixture
def roost(start_roost, script, tmp_path):
    (tmp_path / "quickstart.html").write_text(PAGE)
    (tmp_path / "quickstart.js").write_text(SCRIPT)
    (tmp_path / "socket.io.min.js").write_text(script)
    return start_roost(config=RULES, public=tmp_path)


@pytest.fixture
def visit(browser, roost):  # noqa: F811
    """Opens the page and waits until it is connected."""
    contexts = []

    def open_page(**options):
        # The page may run no text as a script; Playwright does.
        context = browser.new_context(bypass_csp=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(DEADLINE * 1000)
        page.goto(f"{roost.url}/quickstart.html#{quote(json.dumps(options))}")
        page.wait_for_function("socket.connected")
        return page

    yield open_page
    for context in contexts:
        context.close()


def heard(page, count: int) -> list:
    """The first events that the page has heard; the time of each must be there and is left out."""
    page.wait_for_function("count => heard.length >= count", arg=count)
    events = page.evaluate("heard.splice(0)")
    for _, _, about in events:
        assert about.pop("time") > 0 and about.pop("channel") == "quick"
    return events


@pytest.mark.parametrize(
    "transports", [["polling", "websocket"], ["websocket"], ["polling"]], ids="+".join
)
def test_the_quick_start(visit, roost, native, transports):
    page = visit(transports=transports, auth={"user": "alice"})
    assert heard(page, 1) == [["my event", {"data": "I'm connected!"}, {"from": "alice"}]]
    page.wait_for_function("name => socket.io.engine.transport.name === name", arg=transports[-1])
    listener = native(roost)
    listener.subscribe("quick")

    assert page.evaluate("socket.timeout(9000).emitWithAck('message', 'hi')") == {}
    assert heard(page, 1) == [["message", "hi", {"from": "alice"}]]
    assert listener.receive()["data"] == "hi"
    page.evaluate("socket.send('sent')")
    page.evaluate("socket.emit('bytes', new Uint8Array([0, 30, 255]))")
    page.evaluate("socket.emit('several', 1, 'two', {three: [3]})")
    assert heard(page, 3) == [
        ["message", "sent", {"from": "alice"}],
        ["bytes", {"bytes": [0, 30, 255]}, {"from": "alice"}],
        ["several", [1, "two", {"three": [3]}], {"from": "alice"}],
    ]
    with httpx.Client(trust_env=False) as http:
        http.post(f"{roost.url}/channels/quick/messages", content="from curl").raise_for_status()
    assert heard(page, 1) == [["message", "from curl", {}]]


def test_the_documented_script(start_roost, script, browser, tmp_path, closing):  # noqa: F811
    """PROTOCOL.md's, as it is written there."""
    (written,) = blocks((REPOSITORY / "PROTOCOL.md").read_text(), "js")
    (tmp_path / "page.html").write_text('<!doctype html><script src="/socket.io.min.js"></script>')
    (tmp_path / "socket.io.min.js").write_text(script)
    roost = start_roost(public=tmp_path)
    page = browser.new_page(bypass_csp=True)
    closing.callback(page.close)
    said = []
    page.on("console", lambda line: said.append([value.json_value() for value in line.args]))
    page.goto(f"{roost.url}/page.html")
    page.evaluate(f"() => {{ {written} }}")
    expected = [["alice", "hello"], [{"channel": "news", "recovered": False}], [{}], ["alice", 1]]

    def is_said() -> bool:
        page.wait_for_timeout(20)  # lets Playwright hand over what came
        return all(line in said for line in expected)

    wait_until(is_said, f"all is said of {expected}")


def test_channels_acknowledgements_and_errors(visit):
    page, other = visit(), visit()
    ask = "([event, ...args]) => socket.timeout(9000).emitWithAck(event, ...args)"
    assert page.evaluate(ask, ["subscribe", "quick"]) == {"channel": "quick", "recovered": False}
    assert page.evaluate(ask, ["unsubscribe", "quick"]) == {"channel": "quick", "reason": "requested"}
    assert other.evaluate(ask, ["publish", {"channel": "quick", "event": "late", "data": None}]) == {}
    answer = page.evaluate(ask, ["subscribe", {}])
    assert answer["error"]["code"] == "bad_request"
    page.evaluate("socket.emit('subscribe', 7)")
    page.wait_for_function("heard.some(event => event[0] === 'roost:error')")
    assert not page.evaluate("heard.some(event => event[0] === 'late')")


def test_namespaces(visit):
    page = visit()
    page.evaluate(
        """() => {
            admin = io('/admin');
            io('/unknown').on('connect_error', error => { refusal = error.message; });
        }"""
    )
    page.wait_for_function("admin.connected && typeof refusal === 'string'")
    assert page.evaluate("refusal") == "Invalid namespace"
    page.evaluate("() => { admin.on('there', data => { there = data }); socket.emit('there', 5) }")
    page.wait_for_function("typeof there === 'number' && heard.some(event => event[0] === 'there')")


def test_the_page_comes_back_by_itself(visit, roost):
    page = visit()
    heard(page, 1)
    roost.stop()
    page.wait_for_function("!socket.connected")
    roost.start()
    page.wait_for_function("socket.connected")
    assert heard(page, 1)[0][:2] == ["my event", {"data": "I'm connected!"}]
