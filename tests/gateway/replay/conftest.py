"""Traffic that several tests fold."""

import pytest

from tests.gateway.replay import kit


@pytest.fixture(scope="session")
def traffic() -> bytes:
    return kit.small()
