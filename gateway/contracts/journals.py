"""What every journal promises, with the store that acknowledges its entries."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from gateway.contracts.stores import NOW
from gateway.exchange import Entry
from gateway.journals.base import Journal
from gateway.journals.rows import ROW_ENTRIES
from gateway.stores.base import Folded, Store


class Pair(NamedTuple):
    """A journal and the store that acknowledges its entries."""

    journal: Journal
    store: Store

    def fold(self, limit: int = 10_000) -> list[str]:
        """Read a batch, acknowledge it, and return the ids of its entries."""
        batch = self.journal.read(limit)
        if batch.upto:
            self.store.commit(Folded(upto=batch.upto, cases={}, at=NOW))
        return [e.id for e in batch.entries]


Pairs: TypeAlias = Callable[..., Pair]


def entry(name: str, request: bytes = b"{}", model: str = "m") -> Entry:
    """Return a journal entry of one second's exchange."""
    subjects = (("key", "k"), ("user", "u"))
    return Entry(
        id=name, at=NOW, took=1.0, surface="openai.chat", model=model, subjects=subjects, status=200, request=request
    )


class JournalContract:
    """What a journal promises; the fixture ``open_pair`` opens one, and its store, for ``capacity`` bytes."""

    def test_entries_come_back_whole_and_in_order(self, open_pair: Pairs) -> None:
        journal, _ = open_pair()
        entries = [entry(str(n), bytes([n])) for n in range(20)]
        assert journal.append(entries[:7]) == 7
        assert journal.append(entries[7:]) == 13
        batch = journal.read(100)
        assert batch.entries == tuple(entries)
        assert batch.corrupt == 0

    def test_entries_are_read_again_until_they_are_acknowledged(self, open_pair: Pairs) -> None:
        pair = open_pair()
        pair.journal.append([entry("a")])
        assert pair.journal.read(9) == pair.journal.read(9)
        assert pair.fold() == ["a"]
        assert pair.journal.read(9).upto == 0
        assert pair.journal.read(9).entries == ()

    def test_what_is_appended_after_a_read_is_not_acknowledged_with_it(self, open_pair: Pairs) -> None:
        journal, store = open_pair()
        journal.append([entry("a")])
        batch = journal.read(9)
        journal.append([entry("b")])
        store.commit(Folded(upto=batch.upto, cases={}, at=NOW))
        assert [e.id for e in journal.read(9).entries] == ["b"]

    def test_a_limit_cuts_between_rows_and_loses_nothing(self, open_pair: Pairs) -> None:
        pair = open_pair()
        names = [str(n) for n in range(5 * ROW_ENTRIES + 3)]
        pair.journal.append([entry(name) for name in names])
        first = pair.fold(ROW_ENTRIES + 1)
        assert ROW_ENTRIES < len(first) < len(names)
        rest: list[str] = []
        while found := pair.fold(1):
            rest += found
        assert first + rest == names

    def test_depth_counts_what_waits(self, open_pair: Pairs) -> None:
        pair = open_pair()
        assert pair.journal.depth() == 0
        pair.journal.append([entry("a"), entry("b")])
        pair.journal.append([entry("c")])
        assert pair.journal.depth() == 3
        pair.fold()
        assert pair.journal.depth() == 0

    def test_over_its_capacity_new_entries_are_dropped_and_counted_and_room_comes_back(self, open_pair: Pairs) -> None:
        pair = open_pair(capacity=5000)
        kept = [pair.journal.append([entry(str(n), b"x" * 1000)]) for n in range(8)]
        assert kept == [1, 1, 1, 1, 0, 0, 0, 0]
        assert pair.fold() == ["0", "1", "2", "3"]
        assert pair.journal.append([entry("later", b"x" * 1000)]) == 1

    def test_an_entry_that_cannot_be_written_costs_only_itself(self, open_pair: Pairs) -> None:
        pair = open_pair()
        assert pair.journal.append([entry("a"), entry("b", model="\ud800"), entry("c")]) == 2
        assert pair.fold() == ["a", "c"]
