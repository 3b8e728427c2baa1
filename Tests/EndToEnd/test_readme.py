"""The documents say what is so: their commands and frames are run, their tables compared with the code."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from shutil import which

import pytest

from support import cli
from support.daemon import BINARY, PUBLIC, REPOSITORY, clean_environment
from support.native import NativeClient
from support.redis_server import free_port
from support.waiting import DEADLINE

README = (REPOSITORY / "README.md").read_text()
PROTOCOL = (REPOSITORY / "PROTOCOL.md").read_text()
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()


def blocks(text: str, kind: str) -> list[str]:
    """The fenced blocks whose opening line is exactly ```kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# -- The tour: blocks ```console tour


@dataclass
class Step:
    command: str
    output: list[str]


def steps(text: str) -> list[Step]:
    found: list[Step] = []
    for line in "".join(blocks(text, "console tour")).splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], []))
        else:
            found[-1].output.append(line)
    return found


class Terminal:
    """Runs the tour's commands as one shell session would, and collects what appears on its screen.

    A command that ends in & goes on in the background; its lines appear whenever they come.
    """

    def __init__(self, folder: Path, environment: dict[str, str]):
        self.folder, self.environment = folder, environment
        self.screen: Queue[str] = Queue()
        self.background: list[subprocess.Popen[str]] = []
        self.threads: list[threading.Thread] = []

    def run(self, command: str) -> None:
        in_background = command.endswith("&")
        process = subprocess.Popen(
            ["bash", "-c", "exec " * in_background + command.rstrip("& ")],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if in_background:
            self.background.append(process)
            self.threads.append(threading.Thread(target=self._read, args=(process,), daemon=True))
            self.threads[-1].start()
        else:
            output, _ = process.communicate(timeout=DEADLINE)
            for line in output.splitlines():
                self.screen.put(line)

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            self.screen.put(line.rstrip("\n"))

    def shows(self, step: Step) -> None:
        """Waits until every line of the step's output has appeared, in any order, and nothing else."""
        missing, seen = list(step.output), []
        deadline = time.monotonic() + DEADLINE
        while missing:
            try:
                seen.append(self.screen.get(timeout=max(0.0, deadline - time.monotonic())))
            except Empty:
                raise AssertionError(f"$ {step.command}\nshows {seen}, not {missing}") from None
            match = next((line for line in missing if matches(line, seen[-1])), None)
            assert match is not None, f"$ {step.command}\nshows {seen[-1]!r}, not one of {missing}"
            missing.remove(match)
        assert self.screen.empty(), f"$ {step.command}\nshows also {self.screen.get()!r}"

    def close(self) -> None:
        for process in reversed(self.background):
            process.terminate()
        for process in self.background:
            process.wait(DEADLINE)
        for thread in self.threads:
            thread.join(DEADLINE)
        for process in self.background:
            process.stdout.close()


def matches(expected: str, shown: str) -> bool:
    """Whether a line is as a document says; … stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), shown) is not None


@pytest.mark.parametrize("document", ["README.md", "PROTOCOL.md"])
def test_the_tour_can_be_taken(start_roost, redis, tmp_path, closing, document):
    # The README's is taken with what Deploy/run starts.
    rules = {"ROOST_CHANNELS": "[{match: '*', history: {size: 100, ttl: 24h}, presence: true}]"}
    roost = start_roost(redis_url=redis.url, public=PUBLIC, environment=rules if document == "README.md" else None)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, command in {
        "roost": str(BINARY),
        "redis-cli": f"{which('redis-cli')} --no-raw -p {redis.port}",
        "websocat": shlex.join([sys.executable, str(Path(__file__).parent / "support" / "websocat.py")]),
        "curl": f"{which('curl')} --silent --noproxy '*'",
    }.items():
        (tools / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (tools / name).chmod(0o755)
    environment = clean_environment(
        ROOST_SERVER=roost.url, PATH=f"{tools}:{os.environ['PATH']}", LC_ALL="C.UTF-8"
    )
    terminal = Terminal(tmp_path, environment)
    closing.callback(terminal.close)
    places = {":8080": f":{roost.port}", ":8081": f":{free_port()}", ":6379": f":{redis.port}"}
    taken = steps((REPOSITORY / document).read_text())
    assert len(taken) >= 3
    for step in taken:
        for place, actual in places.items():
            step.command = step.command.replace(place, actual)
            step.output = [line.replace(place, actual) for line in step.output]
        terminal.run(step.command)
        terminal.shows(step)


# -- Frames: blocks ```frames, and ```frames as USER


FRAMES = re.findall(r"^```frames(?: as (\w+))?\n(.*?)^```$", PROTOCOL, re.MULTILINE | re.DOTALL)

# The channels whose names begin with `room:` have everything that a channel can have.
RULES = "[{match: 'room:*', history: {size: 100}, presence: true}]"


def is_frame(expected: dict, shown: dict) -> bool:
    """Whether a frame is as the document says: … stands for any text or its rest, any time for any other."""
    if set(expected) != set(shown):
        return False
    for key, value in expected.items():
        if value == ["…"]:
            if not isinstance(shown[key], list) or not shown[key]:
                return False
        elif isinstance(value, str) and value.endswith("…"):
            if not isinstance(shown[key], str) or len(shown[key]) < len(value) or shown[key][: len(value) - 1] != value[:-1]:
                return False
        elif key == "time":
            if not isinstance(shown[key], int):
                return False
        elif shown[key] != value:
            return False
    return True


@pytest.mark.parametrize("user, block", FRAMES, ids=range(len(FRAMES)))
def test_frames_are_as_documented(start_roost, broker_url, closing, user, block):
    roost = start_roost(redis_url=broker_url, environment={"ROOST_CHANNELS": RULES})
    client = NativeClient(roost.ws_url, path=f"/ws?user={user}" if user else "/ws")
    closing.callback(client.close)
    in_any_order: list[dict] = []
    # What … stands for in the id of a frame that is sent: the id that came last.
    last_id = ""
    for line in [*block.splitlines(), "end"]:
        arrow, frame = line[0], line[2:]
        while in_any_order and arrow != "⇐":
            shown = client.receive()
            last_id = shown.get("id", last_id)
            match = next((frame for frame in in_any_order if is_frame(frame, shown)), None)
            assert match, f"{shown} is none of {in_any_order}"
            in_any_order.remove(match)
        if arrow == "→":
            client.send(frame.replace('"id":"…"', f'"id":"{last_id}"'))
        elif arrow == "⇐":
            in_any_order.append(json.loads(frame))
        elif arrow == "←":
            expected = json.loads(frame)
            shown = client.welcome if expected["type"] == "welcome" else client.receive()
            last_id = shown.get("id", last_id)
            assert is_frame(expected, shown), f"{shown} instead of {expected}"
        else:
            assert line == "end", line
    assert client.has_nothing()


def test_json_in_the_documents_is_json():
    for text in README, PROTOCOL:
        for block in blocks(text, "json"):
            json.loads(block)


# -- Tables


def test_every_code_is_documented():
    codes = REPOSITORY / "Sources" / "Wire" / "Codes"
    for code in re.findall(
        r'^    case (\w+)(?: = "(\w+)")?$', (codes / "ErrorCode.swift").read_text(), re.MULTILINE
    ):
        assert f"| `{code[1] or code[0]}` |" in PROTOCOL
    for code in re.findall(r"^    case \w+ = (\d+)$", (codes / "CloseCode.swift").read_text(), re.MULTILINE):
        assert f"| {code} |" in PROTOCOL


def test_every_setting_is_documented_with_its_default():
    shown = cli.run("check").stdout.splitlines()
    assert len(shown) > 10
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| `([^`]*)` \|", README, re.MULTILINE))
    assert rows == {
        match[1]: match[2].strip('"')
        for line in shown
        if (match := re.match(r"(\S+) = (.*?) *# default$", line))
    }


def test_every_command_is_documented():
    help_text = cli.run("--help").stdout
    commands = re.findall(r"^  ([a-z]+)  ", help_text.split("SUBCOMMANDS:")[1], re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        assert f"`roost {command}" in README


def test_the_source_map_names_every_folder_and_only_files_that_exist():
    source_map = README.split("## Source map")[1].split("\n## ")[0]
    named = set(re.findall(r"[\w./+]+", source_map))
    folders = [
        path
        for top in ("Sources", "Tests")
        for path in (REPOSITORY / top).iterdir()
        if path.is_dir() and any(path.rglob("*.*"))
    ]
    folders += [
        path for folder in folders if "Sources" in folder.parts for path in folder.iterdir() if path.is_dir()
    ]
    for folder in folders:
        assert f"{folder.name}/" in named or folder.name == "include", f"{folder} is not in the source map"
    for name in named:
        if name.endswith(".swift"):
            found = (REPOSITORY / name).exists() or any(REPOSITORY.glob(f"Sources/**/{name}"))
            assert found, f"{name} does not exist"
    for file in (REPOSITORY / "Deploy").iterdir():
        assert file.name in named, f"{file} is not in the source map"


@pytest.mark.parametrize("document", ["README.md", "PROTOCOL.md", "CHANGELOG.md"])
def test_links_lead_somewhere(document):
    text = (REPOSITORY / document).read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text):
        path, _, anchor = (target[0] or target[1]).partition("#")
        if "://" in path:
            continue
        file = REPOSITORY / (path or document)
        assert file.exists(), f"{document}: {path}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{document}: #{anchor} is none of {sorted(slugs)}"


def test_the_changelog_has_the_form_of_keep_a_changelog():
    assert CHANGELOG.startswith("# Changelog\n")
    assert "## [Unreleased]" in CHANGELOG
    headings = re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)
    assert headings and set(headings) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
