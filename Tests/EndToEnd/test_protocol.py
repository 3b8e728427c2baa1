"""PROTOCOL.md's examples are so, and everything that the server says or takes has one.

Frames stand in blocks ```frames, ```frames as USER or ```frames on redis (`support/frame_script.py`); what is done over
HTTP, and with other programs, in blocks ```console tour, which test_readme.py runs in their order
(`support/terminal.py`). A door that streams is shown with a command in the background, whose lines appear when they
come:

    $ curl -N 'http://127.0.0.1:8080/channels/chat/events?format=text' &
    …
    $ curl -d hello http://127.0.0.1:8080/channels/chat/messages
    {}
    data: hello
    $ kill %1
"""

import json
import re
import shlex
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from support.daemon import PUBLIC, REPOSITORY
from support.documents import RULES_OF_PROTOCOL, blocks
from support.frame_script import FrameScript
from support.native import NativeClient
from support.terminal import Step, Terminal, steps

PROTOCOL = (REPOSITORY / "PROTOCOL.md").read_text()
SOURCES = REPOSITORY / "Sources"

FRAMES = re.findall(r"^```frames(?: as (\w+))?( on redis)?\n(.*?)^```$", PROTOCOL, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("user, on_redis, block", FRAMES, ids=range(len(FRAMES)))
def test_frames_are_as_documented(start_roost, broker, request, tmp_path, closing, user, on_redis, block):
    if on_redis and broker != "redis":
        pytest.skip("this one is about Redis")
    redis = request.getfixturevalue("redis") if broker == "redis" else None
    roost = start_roost(redis_url=redis and redis.url, environment={"ROOST_CHANNELS": RULES_OF_PROTOCOL})
    terminal = Terminal(tmp_path, roost, redis)
    closing.callback(terminal.close)
    client = NativeClient(roost.ws_url, path=f"/ws?user={user}" if user else "/ws")
    closing.callback(client.close)
    FrameScript(client, terminal).play(block)


# -- Everything has an example


def shown_frames(arrows: str) -> list[dict]:
    """The frames of the examples that stand behind one of these arrows."""
    lines = [line for *_, block in FRAMES for line in block.splitlines() if line[0] in arrows]
    return [json.loads(line[2:]) for line in lines if line[2:].startswith("{")]


def shown_types(arrows: str) -> set[str]:
    return {frame["type"] for frame in shown_frames(arrows)}


def source(pattern: str) -> str:
    files = sorted(SOURCES.glob(pattern))
    assert files, pattern
    return "".join(file.read_text() for file in files)


def test_every_command_has_an_example():
    known = set(re.findall(r'type\.isString\("(\w+)"', source("Wire/Native/NativeDecoder*.swift")))
    assert {"subscribe", "inbox", "work"} <= known
    assert known <= shown_types("→"), f"no example sends {known - shown_types('→')}"


def test_every_frame_of_the_server_has_an_example():
    text = "".join(source(f"Wire/{folder}/*Encoder*.swift") for folder in ("Native", "Message", "Notification"))
    known = set(re.findall(r'"type":"(\w+)"', text)) | set(re.findall(r'append\("(\w+)", queue', text))
    answers = re.search(r"enum JobAnswer: String.*?\{(.*?)\}", text, re.DOTALL)
    assert answers
    known |= set(re.findall(r"case (\w+)", answers[1]))
    assert {"welcome", "message", "notification", "pushed", "done"} <= known
    assert known <= shown_types("←⇐"), f"no example shows {known - shown_types('←⇐')}"


# Codes that no example can bring about at once, and why.
NOT_SHOWN = {
    "timeout": "a request must be slow for it",
    "unavailable": "Redis must be away",
    "overloaded": "Redis must be slow",
    "internal_error": "the server must have a fault",
}


def test_every_error_code_has_an_example():
    text = source("Wire/Codes/ErrorCode.swift")
    known = {raw or name for name, raw in re.findall(r'^    case (\w+)(?: = "(\w+)")?$', text, re.MULTILINE)}
    shown = {frame.get("code") for frame in shown_frames("←⇐")}
    output = "\n".join(line for step in tour() for line in step.output)
    shown |= set(re.findall(r'"code":"(\w+)"', output)) | set(re.findall(r"\((\w+)\)$", output, re.MULTILINE))
    assert set(NOT_SHOWN) < known
    assert known - set(NOT_SHOWN) <= shown, f"no example shows {known - set(NOT_SHOWN) - shown}"


def tour() -> list[Step]:
    return steps("".join(blocks(PROTOCOL, "console tour")))


def requests() -> set[tuple[str, str]]:
    """Method and path of every request that the examples make."""
    commands = [step.command for step in tour()]
    commands += [line[2:] for *_, block in FRAMES for line in block.splitlines() if line[0] == "$"]
    found = {("GET", "/ws")} if FRAMES else set()
    for command in commands:
        for part in command.rstrip("& ").split("|"):
            words = shlex.split(part)
            urls = [word for word in words if re.match(r"(http|ws)://", word)]
            if not urls or words[0] not in ("curl", "websocat"):
                continue
            method = "GET"
            if {"-d", "--json", "--data-binary"} & set(words):
                method = "POST"
            if "-I" in words:
                method = "HEAD"
            if "-X" in words:
                method = words[words.index("-X") + 1]
            found.add((method, re.sub(r"^\w+://[^/]*|\?.*$", "", urls[0])))
    return found


# What each case of `Route` and `QueueResource` is in a URL.
PATHS = {
    "nativeSocket": r"/ws",
    "plainSocket": r"/channels/[^/]+/socket",
    "messages": r"/channels/[^/]+/messages",
    "channelEvents": r"/channels/[^/]+/events",
    "events": r"/events",
    "socketIO": r"/socket\.io/?",
    "stop": r"/channels/[^/]+/stop",
    "presence": r"/channels/[^/]+/presence",
    "notifications": r"/users/[^/]+/notifications",
    "acknowledgement": r"/users/[^/]+/notifications/[^/]+/ack",
    "health": r"/healthz",
    "readiness": r"/readyz",
    "metrics": r"/metrics",
    "file": r"/",
    "status": r"/queues/[^/]+",
    "jobs": r"/queues/[^/]+/jobs",
    "lease": r"/queues/[^/]+/lease",
    "job": r"/queues/[^/]+/jobs/[^/]+",
    "retry": r"/queues/[^/]+/jobs/[^/]+/retry",
    "renew": r"/queues/[^/]+/jobs/[^/]+/renew",
}


def routes() -> dict[str, list[str]]:
    """The cases of `Route` and `QueueResource`, and the methods of each, as the sources have them."""
    found: dict[str, list[str]] = {}
    for name in "Route", "QueueResource":
        text = source(f"Server/HTTP/{name}.swift")
        cases = re.search(rf"enum {name}: Equatable \{{(.*?)\n\n", text, re.DOTALL)
        methods = re.search(r"var methods.*?\n    \}\n", text, re.DOTALL)
        assert cases and methods, f"{name}.swift is not as this test knows it"
        for case in re.findall(r"^    case (\w+)", cases[1], re.MULTILINE):
            line = re.search(rf"case [^:]*\.{case}\b[^:]*: (?:\[(.*?)\]|resource)", methods[0])
            assert line, f"{case} has no methods"
            if line[1]:
                found[case] = re.findall(r'"(\w+)"', line[1])
    return found


def test_every_url_has_an_example():
    made = requests()
    assert len(routes()) >= 15
    for case, methods in routes().items():
        assert case in PATHS, f"PATHS does not say what .{case} is in a URL"
        for method in methods:
            # HEAD is GET without a body.
            has_one = any(
                re.fullmatch(PATHS[case], path) and (shown == method or (method, shown) == ("GET", "HEAD"))
                for shown, path in made
            )
            assert has_one or method == "HEAD", f"no example makes {method} {PATHS[case]}"


# -- The terminal itself


@pytest.fixture
def streaming_server(closing):
    """Answers GET with a stream that goes on with what is POSTed."""
    arrived: list[bytes] = []
    has_more = threading.Condition()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b": hello\r\n\r\n")
            for number in range(2):
                with has_more:
                    has_more.wait_for(lambda: len(arrived) > number, 10)
                self.wfile.write(b'data: %s\r\n\r\n' % arrived[number])

        def do_POST(self):
            with has_more:
                arrived.append(self.rfile.read(int(self.headers["Content-Length"])))
                has_more.notify_all()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"id":"%d-x"}\n' % len(arrived))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    closing.callback(server.server_close)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    closing.callback(thread.join)
    closing.callback(server.shutdown)
    port = server.server_address[1]
    return SimpleNamespace(port=port, url=f"http://127.0.0.1:{port}")


def test_a_stream_can_be_an_example(streaming_server, tmp_path, closing):
    terminal = Terminal(tmp_path, streaming_server, None)
    closing.callback(terminal.close)
    text = """\
$ curl -N http://127.0.0.1:8080/events &
: hello

$ curl -d one http://127.0.0.1:8080/
{"id":"1-…"}
data: one

$ curl -i -d … http://127.0.0.1:8080/
HTTP/1.0 200 OK
…
data: 1-x
$ kill %1
"""
    for step in steps(text):
        terminal.take(step)
    terminal.run("echo more")
    with pytest.raises(AssertionError, match="shows also 'more'"):
        terminal.shows(Step("echo more"))
