"""Apart: the shipped store in a folder of its own, on another disk for example."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from gateway.journals.base import Journal
from gateway.storage import Sqlite
from gateway.stores.base import Store


@dataclass(frozen=True)
class Apart:
    """Keep everything in another folder than the secret and the metrics.

    Attributes:
        folder: below the data folder unless it is absolute.
    """

    name: ClassVar[str] = "apart"

    folder: str = "apart"

    def used(self, folder: Path) -> bool:
        """Return whether a guard has run here."""
        return Sqlite().used(folder / self.folder)

    def store(self, folder: Path, *, cases: int = 1_000_000, forget: float = 30 * 86400.0, wait: float = 5.0) -> Store:
        """Open the store."""
        return Sqlite().store(self._made(folder), cases=cases, forget=forget, wait=wait)

    def journal(self, folder: Path, *, capacity: int = 1 << 30, wait: float = 5.0) -> Journal:
        """Open the journal."""
        return Sqlite().journal(self._made(folder), capacity=capacity, wait=wait)

    def _made(self, folder: Path) -> Path:
        made = folder / self.folder
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
        return made
