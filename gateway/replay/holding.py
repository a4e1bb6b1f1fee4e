"""Cases of a replay: the busiest stay at work in memory, the others wait on disk, sealed, in a folder that is removed.

Over ``cases`` subjects in all, the least important case is forgotten, as it is live (``stores.sqlite``).
"""

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from detectors.base import Panel
from gateway.decisions import Subject
from gateway.engine import Folio, begin, seal, unseal
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore

_SPILLED = 8  # one part in so many goes to disk at a time: few large transactions instead of many small ones


class Holding:
    """Folios by subject; two subjects that have always seen the same share one folio, and cost one fold.

    Args:
        panel: the detectors.
        held: most folios in memory; a folio takes some 10 KiB.
        cases: most subjects kept at all.
        forget: seconds after which an untouched case begins anew.

    Attributes:
        begun: subjects for whom a case was begun.
    """

    def __init__(self, panel: Panel, held: int, cases: int, forget: float) -> None:
        self._panel = panel
        self._most = max(held, _SPILLED)
        self._cases = cases
        self._forget = forget
        self.begun = 0
        self._fresh = begin(panel)
        self._held: dict[Subject, Folio] = {}  # least recently kept first
        self._store: SqliteStore | None = None
        self._closing = ExitStack()

    def open(self, subjects: Iterable[Subject], at: float) -> dict[Subject, Folio]:
        """Return a folio of each subject."""
        wanted = list(subjects)
        missing = [subject for subject in wanted if subject not in self._held] if self._store else []
        stored = self._store.cases(missing) if self._store and missing else {}
        unsealed: dict[bytes, Folio] = {}  # equal cases become one folio again
        for sealed in set(stored.values()):
            unsealed[sealed] = unseal(self._panel, sealed).folio
        found = {}
        for subject in wanted:
            folio = self._held.get(subject) or unsealed.get(stored.get(subject, b""))
            if folio is None or folio.last_at < at - self._forget:
                folio = self._fresh
                self.begun += 1
            found[subject] = folio
        return found

    def keep(self, folios: Mapping[Subject, Folio], at: float) -> None:
        """Hold folios; when there are too many, those untouched for longest go to disk."""
        for subject, folio in folios.items():
            self._held.pop(subject, None)
            self._held[subject] = folio
        while len(self._held) > self._most:
            self._spill(at)

    def __len__(self) -> int:
        return len(self._held)

    def _spill(self, at: float) -> None:
        oldest = [subject for subject, _ in zip(self._held, range(self._most // _SPILLED), strict=False)]
        going = {subject: self._held.pop(subject) for subject in oldest}
        self._opened().commit(
            Folded(
                upto=0,
                cases={subject: seal(folio) for subject, folio in going.items()},
                ranks={subject: folio.rank for subject, folio in going.items()},
                at=at,
            )
        )

    def _opened(self) -> SqliteStore:
        if self._store is None:
            folder = self._closing.enter_context(tempfile.TemporaryDirectory(prefix="stillguard-replay-"))
            self._store = SqliteStore(Path(folder), cases=self._cases, forget=self._forget)
            self._closing.callback(self._store.close)
        return self._store

    def close(self) -> None:
        """Remove what went to disk."""
        self._store = None
        self._closing.close()
