"""Waiting for conditions, with a deadline instead of hope."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

# Seconds. Generous: it is only spent when something is wrong.
DEADLINE = 15.0


def wait_until(condition: Callable[[], Value], what: str, seconds: float = DEADLINE) -> Value:
    """Calls `condition` until it returns something true, which is returned."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)
