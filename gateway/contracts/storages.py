"""What every plug-in of the group ``stillguard.stores`` promises: its store, its journal, and both together.

class TestApart(StorageContract):
    storage = Apart()
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from gateway.contracts.journals import JournalContract, Pair, Pairs, entry
from gateway.contracts.stores import ANNA, NOW, Maker, StoreContract, charge, decision, keep
from gateway.storage import Storage
from gateway.stores.base import Store


class StorageContract(StoreContract, JournalContract):
    """What a plug-in of the group ``stillguard.stores`` promises."""

    storage: ClassVar[Storage]

    @pytest.fixture
    def make(self, tmp_path: Path) -> Iterator[Maker]:
        """Open stores of one folder, and close them."""
        made: list[Store] = []

        def maker(**limits: float) -> Store:
            made.append(self.storage.store(tmp_path, **limits))  # type: ignore[arg-type]  # whole where they must be
            return made[-1]

        yield maker
        for store in made:
            store.close()

    @pytest.fixture
    def open_pair(self, tmp_path: Path) -> Iterator[Pairs]:
        """Open a journal and its store, and close them."""
        made: list[Pair] = []

        def maker(capacity: int = 1 << 30) -> Pair:
            made.append(Pair(self.storage.journal(tmp_path, capacity=capacity), self.storage.store(tmp_path)))
            return made[-1]

        yield maker
        for pair in made:
            pair.journal.close()
            pair.store.close()

    def test_a_folder_where_no_guard_has_run_is_not_used(self, tmp_path: Path) -> None:
        assert not self.storage.used(tmp_path)
        store = self.storage.store(tmp_path)
        keep(store, ANNA)
        store.close()
        assert self.storage.used(tmp_path)

    def test_what_is_kept_outlives_who_kept_it(self, tmp_path: Path) -> None:
        journal, store = self.storage.journal(tmp_path), self.storage.store(tmp_path)
        keep(store, ANNA, decisions=(decision(),))
        journal.append([entry("a")])
        journal.close()
        store.close()
        pair = Pair(self.storage.journal(tmp_path), self.storage.store(tmp_path))
        assert pair.store.cases([ANNA]) == {ANNA: b"case"}
        assert pair.store.announced(0, NOW).decisions == (decision(),)
        assert pair.fold() == ["a"]
        pair.journal.close()
        pair.store.close()

    def test_what_one_connection_keeps_the_others_see(self, make: Maker) -> None:
        one, other = make(), make()
        keep(one, ANNA, decisions=(decision(),))
        assert other.cases([ANNA]) == {ANNA: b"case"}
        assert other.announced(0, NOW).decisions == (decision(),)
        one.take(ANNA, [charge(10)], NOW)
        assert not other.take(ANNA, [charge()], NOW)[0].allowed
