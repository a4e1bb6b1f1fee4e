"""Every store there is, by one fixture."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.stores.base import Store
from gateway.stores.memory import MemoryStore
from gateway.stores.sqlite import SqliteStore

Maker = Callable[..., Store]


@pytest.fixture(params=["memory", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Maker]:
    made: list[Store] = []

    def maker(**limits: float) -> Store:
        if request.param == "memory":
            made.append(MemoryStore(**limits))  # type: ignore[arg-type]  # whole numbers where they must be
        else:
            made.append(SqliteStore(tmp_path, **limits))  # type: ignore[arg-type]  # the same
        return made[-1]

    yield maker
    for store in made:
        store.close()
