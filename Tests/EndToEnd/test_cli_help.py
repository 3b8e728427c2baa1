"""What the commands say of themselves: help, completion scripts, the manual page."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from shutil import which

import pytest

from support import cli
from support.daemon import BINARY, REPOSITORY


def commands(command: dict | None = None, path: str = "") -> Iterator[tuple[str, dict]]:
    """All commands, as swift-argument-parser knows them."""
    command = command or json.loads(cli.run("--experimental-dump-help").stdout)["command"]
    path = f"{path} {command['commandName']}".strip()
    yield path, command
    for subcommand in command.get("subcommands", []):
        if subcommand["commandName"] != "help":
            yield from commands(subcommand, path)


def options(command: dict) -> Iterator[tuple[str, dict]]:
    for argument in command.get("arguments", []):
        yield argument.get("valueName", ""), argument


# -- Help


def test_every_command_and_option_has_a_help_text():
    found = dict(commands())
    assert {"roost publish", "roost queue work", "roost bench fanout"} <= set(found)
    for path, command in found.items():
        assert command["abstract"].endswith("."), path
        for name, argument in options(command):
            text = argument.get("abstract", "")
            # A sentence; its default stands behind it, once.
            assert text.endswith((".", ")")), f"{path} {name}: {text!r}"
            assert "Default:" not in text and text.count("(default:") <= 1, f"{path} {name}: {text!r}"


def test_the_same_option_is_called_the_same_everywhere():
    seen: dict[str, dict] = {}
    for path, command in commands():
        for _, argument in options(command):
            name = (argument.get("preferredName") or {}).get("name")
            if name in ("server", "ca", "token", "config", "event", "verbose"):
                expected = seen.setdefault(name, argument)
                assert argument.get("valueName") == expected.get("valueName"), f"{path} --{name}"


@pytest.mark.parametrize("path", [path for path, _ in commands()])
def test_help_fits_a_terminal_and_is_on_standard_output(path):
    result = cli.run(*path.split()[1:], "--help", environment={"COLUMNS": "80"})
    assert (result.returncode, result.stderr) == (0, "")
    for line in result.stdout.splitlines():
        assert len(line) <= 80 or line.startswith("USAGE:"), line


# -- Completion


@pytest.fixture(scope="module")
def scripts(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("completion")
    scripts = {}
    for shell in "bash", "zsh", "fish":
        result = cli.run("--generate-completion-script", shell)
        assert (result.returncode, result.stderr) == (0, "")
        scripts[shell] = str(folder / f"roost.{shell}")
        with open(scripts[shell], "w") as file:
            file.write(result.stdout)
    return scripts


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_valid(scripts, shell):
    if not which(shell):
        pytest.skip(f"there is no {shell} here")
    result = subprocess.run([shell, "-n", scripts[shell]], capture_output=True, timeout=30)
    assert (result.returncode, result.stderr) == (0, b"")


def completions(script: str, folder, *words: str) -> list[str]:
    """What bash offers behind the words, the last of which has just been begun."""
    program = """
        source "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _roost "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    result = subprocess.run(
        ["bash", "-c", program, "bash", script, "roost", *words],
        cwd=folder,
        env=os.environ | {"PATH": f"{BINARY.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return sorted(filter(None, result.stdout.splitlines()))


def test_bash_completes_commands_options_and_files(scripts, tmp_path):
    for name in "roost.yaml", "notes.txt", "authority.pem":
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()

    def offered(*words: str) -> list[str]:
        return completions(scripts["bash"], tmp_path, *words)

    assert "publish" in offered("")
    assert offered("pub") == ["publish"]
    assert offered("queue", "w") == ["work"]
    assert "--event" in offered("publish", "--")
    assert offered("check", "--config", "") == ["folder", "roost.yaml"]
    assert offered("publish", "--ca", "") == ["authority.pem", "folder"]
    assert offered("serve", "--public", "") == ["folder"]
    assert offered("serve", "--log-level", "de") == ["debug"]
    assert offered("bench", "idle", "--door", "na") == ["native"]
    # Channels, users and queues are no files.
    for command in ["publish"], ["subscribe"], ["notify"], ["queue", "work"]:
        assert not {"roost.yaml", "notes.txt"} & set(offered(*command, ""))


# -- The manual


@pytest.mark.timeout(600)
def test_the_manual_page_has_every_command_and_renders_without_warnings():
    result = subprocess.run(
        [REPOSITORY / "Deploy" / "man", BINARY], capture_output=True, text=True, timeout=580
    )
    assert result.returncode == 0, result.stderr
    page = result.stdout.strip()
    with open(page) as file:
        text = file.read()
    for path, command in commands():
        assert path.split()[-1] in text
        for _, argument in options(command):
            if argument["kind"] != "positional":
                assert argument["preferredName"]["name"].replace("-", "") in text.replace("\\", "").replace("-", "")
    if not which("groff"):
        pytest.skip("there is no groff here to render it")
    rendered = subprocess.run(
        ["groff", "-mandoc", "-Tutf8", "-ww", page], capture_output=True, text=True, timeout=60
    )
    assert (rendered.returncode, rendered.stderr) == (0, "")
    # Bold is a letter printed over itself.
    plain = re.sub(".\\x08", "", rendered.stdout)
    assert "roost" in plain and "EXIT STATUS" in plain
