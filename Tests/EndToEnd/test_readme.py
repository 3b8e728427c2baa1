"""The documents say what is so: their tours are taken, their tables compared with the code.

test_protocol.py plays the frames, and asks whether everything has an example.
"""

import json
import re

import pytest

from support import cli
from support.daemon import PUBLIC, REPOSITORY
from support.documents import RULES_OF_PROTOCOL, blocks
from support.terminal import Terminal, steps

README = (REPOSITORY / "README.md").read_text()
PROTOCOL = (REPOSITORY / "PROTOCOL.md").read_text()
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()


# -- The tour: blocks ```console tour


# README.md's is taken with what Deploy/run starts.
RULES = {
    "README.md": "[{match: '*', history: {size: 100, ttl: 24h}, presence: true}]",
    "PROTOCOL.md": RULES_OF_PROTOCOL,
}


@pytest.mark.parametrize("document", ["README.md", "PROTOCOL.md"])
def test_the_tour_can_be_taken(start_roost, redis, tmp_path, closing, document):
    roost = start_roost(redis_url=redis.url, public=PUBLIC, environment={"ROOST_CHANNELS": RULES[document]})
    terminal = Terminal(tmp_path, roost, redis)
    closing.callback(terminal.close)
    taken = steps("".join(blocks((REPOSITORY / document).read_text(), "console tour")))
    assert len(taken) >= 3
    for step in taken:
        terminal.take(step)


# -- JSON


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
