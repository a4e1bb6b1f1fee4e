"""Where cases, decisions, counters and the journal are kept: one choice, because a batch is kept in one transaction.

``store: {plugin: NAME, with: {…}}`` in the configuration names it; the default is one SQLite file in the data folder.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, cast

from gateway.config import Config
from gateway.installed import installed, is_own
from gateway.isolation.stores import Isolated, asked
from gateway.journals.base import Journal
from gateway.journals.sqlite import SqliteJournal
from gateway.plugins import build
from gateway.stores.base import Store
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE


class Storage(Protocol):
    """What a plug-in of the group ``stillguard.stores`` is; its fields are its configuration.

    Each process opens a store and a journal of its own, in the thread that uses it, and again after a failure: what
    one keeps the others see. ``folder`` is the data folder. ``wait`` is how long a call may wait for others, seconds.
    """

    name: ClassVar[str]

    def used(self, folder: Path) -> bool:
        """Return whether a guard has run here: listings must not make an empty store."""
        ...

    def store(self, folder: Path, *, cases: int = 1_000_000, forget: float = 30 * 86400.0, wait: float = 5.0) -> Store:
        """Open the store: at most so many cases, untouched ones dropped after ``forget`` seconds."""
        ...

    def journal(self, folder: Path, *, capacity: int = 1 << 30, wait: float = 5.0) -> Journal:
        """Open the journal: at most ``capacity`` bytes wait in it."""
        ...


@dataclass(frozen=True)
class Sqlite:
    """One SQLite file in the data folder, for all processes of one machine."""

    name: ClassVar[str] = "sqlite"

    def used(self, folder: Path) -> bool:
        """Return whether the file is there."""
        return (folder / FILE).exists()

    def store(self, folder: Path, *, cases: int = 1_000_000, forget: float = 30 * 86400.0, wait: float = 5.0) -> Store:
        """Open the store."""
        return SqliteStore(folder, cases=cases, forget=forget, wait=wait)

    def journal(self, folder: Path, *, capacity: int = 1 << 30, wait: float = 5.0) -> Journal:
        """Open the journal."""
        return SqliteJournal(folder, capacity=capacity, wait=wait)


class IsolatedStorage:
    """A storage of another package: opening it, and all that was opened, raises StoreError and nothing else."""

    def __init__(self, inner: Storage, name: str) -> None:
        self._inner = inner
        self.name = name

    def used(self, folder: Path) -> bool:
        """Return whether a guard has run here."""
        return asked(self.name, "used", lambda: bool(self._inner.used(folder)))

    def store(self, folder: Path, *, cases: int = 1_000_000, forget: float = 30 * 86400.0, wait: float = 5.0) -> Store:
        """Open the store."""
        opened = asked(self.name, "store", lambda: self._inner.store(folder, cases=cases, forget=forget, wait=wait))
        return cast("Store", Isolated(opened, self.name))

    def journal(self, folder: Path, *, capacity: int = 1 << 30, wait: float = 5.0) -> Journal:
        """Open the journal."""
        opened = asked(self.name, "journal", lambda: self._inner.journal(folder, capacity=capacity, wait=wait))
        return cast("Journal", Isolated(opened, self.name))


def storage_of(config: Config) -> Storage:
    """Return the storage that a configuration names; nothing is opened yet.

    Raises:
        PluginError: there is no such plug-in.
        MisplacedError: its parameters are at fault; places count from the parameters.
    """
    name = config.store.plugin
    made: Storage = build("store", name, config.store.parameters)
    return made if is_own(installed("store")[name]) else cast("Storage", IsolatedStorage(made, name))
