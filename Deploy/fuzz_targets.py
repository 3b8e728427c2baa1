"""Lets libFuzzer feed every target of a program (Tests/Fuzz) and prints what came of it.

Arguments: the program, a working folder, the seconds for each target, and the xUnit file to write. As many targets at a
time as there are cores. What libFuzzer has found interesting stays in FOLDER/corpus and is where the next run begins,
besides the seeds; an input that makes a target fail is in FOLDER/failures. Exits 1 if there is one.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# For one input, in seconds: a decoder that needs longer hangs.
INPUT_TIMEOUT = 10
MEMORY_MEGABYTES = 2048
# Bytes. Longer inputs find little more, and cost much.
MAXIMUM_INPUT = 4096


@dataclass
class Outcome:
    target: str
    inputs: int
    edges: str
    features: str
    corpus: str
    # What it said at last, if it failed.
    failure: str | None


def run(program: Path, folder: Path, seconds: int, target: str) -> Outcome:
    """Feeds one target."""
    seeds, corpus, failures = folder / "seeds" / target, folder / "corpus" / target, folder / "failures"
    for path in (seeds, corpus, failures):
        path.mkdir(parents=True, exist_ok=True)
    for stale in seeds.iterdir():
        stale.unlink()
    result = subprocess.run(
        [
            program,
            f"-max_total_time={seconds}",
            "-print_final_stats=1",
            f"-timeout={INPUT_TIMEOUT}",
            f"-rss_limit_mb={MEMORY_MEGABYTES}",
            f"-max_len={MAXIMUM_INPUT}",
            f"-artifact_prefix={failures}/{target}-",
            corpus,
            seeds,
        ],
        # libFuzzer handles crashes; Swift's own report of them takes a second, and is not needed.
        env=os.environ | {"FUZZ_TARGET": target, "FUZZ_SEEDS": str(seeds), "SWIFT_BACKTRACE": "enable=no"},
        capture_output=True,
        text=True,
        errors="replace",
    )
    last = (re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", result.stderr) or [("-", "-", "-")])[-1]
    inputs = re.search(r"stat::number_of_executed_units: *(\d+)", result.stderr)
    failure = None if result.returncode == 0 else "\n".join(result.stderr.splitlines()[-40:])
    return Outcome(target, int(inputs[1]) if inputs else 0, *last, failure)


def print_table(outcomes: list[Outcome]) -> None:
    width = max(len(outcome.target) for outcome in outcomes)
    print(f"{'target':{width}}  {'inputs':>12}  {'edges':>6}  {'features':>8}  {'corpus':>6}")
    for o in outcomes:
        row = f"{o.target:{width}}  {o.inputs:>12,}  {o.edges:>6}  {o.features:>8}  {o.corpus:>6}"
        print(row + ("  FAILED" if o.failure else ""))
    print(f"{'all':{width}}  {sum(outcome.inputs for outcome in outcomes):>12,}")


def write_results(outcomes: list[Outcome], path: str) -> None:
    suite = ElementTree.Element("testsuite", name="fuzz")
    for outcome in outcomes:
        case = ElementTree.SubElement(suite, "testcase", classname="fuzz", name=outcome.target)
        if outcome.failure:
            ElementTree.SubElement(case, "failure", message="an input makes it fail")
    ElementTree.ElementTree(suite).write(path, encoding="utf-8")


def main(program: str, folder: str, seconds: str, results: str) -> int:
    targets = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(
            pool.map(lambda name: run(Path(program), Path(folder), int(seconds), name), targets)
        )
    print_table(outcomes)
    write_results(outcomes, results)
    failed = [outcome for outcome in outcomes if outcome.failure]
    for outcome in failed:
        print(f"--- {outcome.target}:\n{outcome.failure}")
        print(f"The input is in {folder}/failures. Again: FUZZ_TARGET={outcome.target} {program} FILE")
        print(f"Write it down in Tests/Fuzz/Corpus/{outcome.target}.txt too, so that it is tried for ever.")
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
