from gateway.decisions import Subject
from gateway.exchange import Entry
from gateway.journals.memory import MemoryJournal
from gateway.stores.base import Folded
from gateway.stores.memory import MemoryStore

NOW = 1_800_000_000.0
ANNA = Subject("key", "anna")


def entry(name: str) -> Entry:
    return Entry(
        id=name, at=NOW, took=1.0, surface="openai.chat", model="m", subjects=(ANNA,), status=200, request=b"{}"
    )


def test_a_memory_store_acknowledges_to_its_journal() -> None:
    journal = MemoryJournal()
    store = MemoryStore(journal.acknowledge)
    journal.append([entry("a"), entry("b")])
    store.commit(Folded(upto=journal.read(10).upto, cases={}, at=NOW))
    assert journal.depth() == 0
