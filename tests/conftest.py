"""For all tests: no example of a property is timed, as a busy machine is no fault of what is tried."""

from typing import Final

import pytest
from hypothesis import settings

SLOW: Final = 600.0  # seconds, where others have 180: only what hangs is to be ended

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give whole benchmarks and servers the time that a busy machine of two cores takes."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOW))
