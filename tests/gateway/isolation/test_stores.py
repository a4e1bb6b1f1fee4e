"""Whatever a store of another package raises is a StoreError."""

from typing import Any

import pytest

from gateway.decisions import Subject
from gateway.isolation.stores import Isolated
from gateway.isolation.telling import NonsenseError
from gateway.stores.base import Announced, Folded, StoreError
from gateway.stores.memory import MemoryStore

NOBODY = Subject("key", "k")


class Odd(MemoryStore):
    """Fails as told."""

    fault: Exception | None = None
    number = 7

    def commit(self, folded: Folded) -> None:
        if self.fault:
            raise self.fault
        super().commit(folded)

    def announced(self, after: int, at: float) -> Any:
        return None if after else super().announced(after, at)


def wrapped(fault: Exception | None = None) -> tuple[Any, list[Exception]]:
    told: list[Exception] = []
    inner = Odd()
    inner.fault = fault
    return Isolated(inner, "odd", lambda _kind, _name, error: told.append(error)), told


def test_what_it_raises_becomes_a_store_error_that_names_it() -> None:
    store, told = wrapped(OSError("the disk is gone"))
    with pytest.raises(StoreError, match="store odd: commit failed: OSError"):
        store.commit(Folded(upto=0, cases={}))
    assert [str(error) for error in told] == ["the disk is gone"]


def test_a_store_error_of_its_own_passes_and_is_nobodys_failure() -> None:
    store, told = wrapped(StoreError("locked"))
    with pytest.raises(StoreError, match=r"^locked$"):
        store.commit(Folded(upto=0, cases={}))
    assert told == []


def test_an_answer_of_another_kind_is_a_failure() -> None:
    store, told = wrapped()
    assert store.announced(0, 1.0) == Announced(0, ())
    with pytest.raises(StoreError, match="announced failed: NonsenseError"):
        store.announced(3, 1.0)
    assert isinstance(told[0], NonsenseError)


def test_what_works_works() -> None:
    store, _ = wrapped()
    store.commit(Folded(upto=0, cases={NOBODY: b"case"}))
    assert store.cases([NOBODY]) == {NOBODY: b"case"}
    assert store.number == 7
    assert not hasattr(store, "each")
