"""Sums up test results. Arguments: for each run, its exit code and its xUnit file.

Prints "N passed, N failed". A run that failed without a failed test (it crashed, or could not start) counts as one
more failure, and so does one whose results are missing. Exits 1 if anything failed.
"""

import sys
import xml.etree.ElementTree as ElementTree


def count(path: str) -> tuple[int, int]:
    """The tests that passed and that failed in an xUnit file; skipped ones are neither."""
    passed = failed = 0
    for case in ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is None:
            passed += 1
    return passed, failed


def main(arguments: list[str]) -> int:
    all_passed = all_failed = 0
    for code, path in zip(arguments[::2], arguments[1::2], strict=True):
        try:
            passed, failed = count(path)
        except (OSError, ElementTree.ParseError) as error:
            print(f"no results of a test run: {error}", file=sys.stderr)
            passed, failed = 0, 1
        if failed == 0 and code != "0":
            failed = 1
        all_passed += passed
        all_failed += failed
    print(f"{all_passed} passed, {all_failed} failed")
    return 1 if all_failed else 0


sys.exit(main(sys.argv[1:]))
