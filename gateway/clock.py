"""The one place where the shell reads the clock; below it time is an argument."""

import time


def now() -> float:
    """Return seconds since the epoch."""
    return time.time()  # noqa: TID251 - this is the place


monotonic = time.monotonic
