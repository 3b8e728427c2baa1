"""A terminal in which the documents' commands are run, and what is to appear there."""

import os
import re
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from shutil import which

from .daemon import BINARY, Roost, clean_environment
from .redis_server import RedisServer, free_port
from .waiting import DEADLINE


@dataclass
class Step:
    """A command, and the lines that it shows: … stands for anything in a line, and alone on one for any lines."""

    command: str
    output: list[str] = field(default_factory=list)


def steps(text: str) -> list[Step]:
    """What a console block says: commands begin with $, all else is output."""
    found: list[Step] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:]))
        else:
            found[-1].output.append(line)
    return found


def matches(expected: str, shown: str) -> bool:
    """Whether a line is as a document says; … stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), shown) is not None


class Terminal:
    """Runs commands as one shell session would, and collects what appears on its screen.

    A command that ends in & goes on in the background, and its lines appear whenever they come: so streaming examples
    are written, `$ curl -N http://127.0.0.1:8080/… &`, with what comes at once below it and what comes later below the
    commands that bring it about; `$ kill %1` ends the first one. … in a command stands for the id (or sid) that came last.
    """

    def __init__(self, folder: Path, roost: Roost, redis: RedisServer | None):
        self.folder = folder
        self.screen: Queue[str] = Queue()
        self.background: list[subprocess.Popen[str]] = []
        self.threads: list[threading.Thread] = []
        self.last_id = ""
        # What the documents call it, and where it is.
        self.places = {":8080": f":{roost.port}", ":8081": f":{free_port()}", ":8082": f":{free_port()}"}
        tools = folder / "bin"
        tools.mkdir(exist_ok=True)
        commands = {
            "roost": str(BINARY),
            "websocat": shlex.join([sys.executable, str(Path(__file__).parent / "websocat.py")]),
            "curl": f"{which('curl')} --silent --noproxy '*'",
        }
        if redis:
            self.places[":6379"] = f":{redis.port}"
            commands["redis-cli"] = f"{which('redis-cli')} --no-raw -p {redis.port}"
        for name, command in commands.items():
            (tools / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            (tools / name).chmod(0o755)
        self.environment = clean_environment(
            ROOST_SERVER=roost.url, PATH=f"{tools}:{os.environ['PATH']}", LC_ALL="C.UTF-8"
        )

    def take(self, step: Step) -> None:
        """Runs a step, and waits until it has shown what it is to show."""
        self.run(self.placed(step.command))
        self.shows(Step(step.command, [self.placed(line) for line in step.output]))

    def placed(self, text: str) -> str:
        for place, actual in self.places.items():
            text = text.replace(place, actual)
        return text

    def run(self, command: str) -> None:
        if ended := re.fullmatch(r"kill %(\d+)", command):
            process = self.background[int(ended[1]) - 1]
            process.terminate()
            process.wait(DEADLINE)
            return
        command = command.replace("…", self.last_id)
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
            self.screen.put(line.rstrip("\r\n"))

    def shows(self, step: Step) -> None:
        """Waits until every line of the step's output has appeared, in any order, and nothing else."""
        missing, seen = [line for line in step.output if line != "…"], []
        takes_any = len(missing) < len(step.output)
        deadline = time.monotonic() + DEADLINE
        while missing:
            try:
                seen.append(self.screen.get(timeout=max(0.0, deadline - time.monotonic())))
            except Empty:
                raise AssertionError(f"$ {step.command}\nshows {seen}, not {missing}") from None
            for id in re.findall(r'"s?id":"([^"]+)"', seen[-1]):
                self.last_id = id
            match = next((line for line in missing if matches(line, seen[-1])), None)
            assert match is not None or takes_any, f"$ {step.command}\nshows {seen[-1]!r}, not one of {missing}"
            if match is not None:
                missing.remove(match)
        while takes_any and not self.screen.empty():
            self.screen.get()
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
