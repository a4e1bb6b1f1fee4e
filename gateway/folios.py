"""Cases at work: those touched last stay decoded in memory, the others come from the store."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from detectors.base import Observation, Panel
from gateway.decisions import Subject
from gateway.engine import Folio, begin, unseal
from gateway.stores.base import Store


def alike(
    groups: Mapping[Subject, Sequence[Observation]], folios: Mapping[Subject, Folio]
) -> Iterable[tuple[tuple[Subject, ...], Sequence[Observation]]]:
    """Yield subjects that have one folio and are given the same observations, with these: they are one fold's work.

    An account with one key, alone on its network, is three subjects and always one folio, until one sees more.
    """
    found: dict[tuple[int, tuple[int, ...]], list[Subject]] = {}
    for subject, observations in groups.items():
        found.setdefault((id(folios[subject]), tuple(map(id, observations))), []).append(subject)
    for subjects in found.values():
        yield tuple(subjects), groups[subjects[0]]


class Folios:
    """A bounded memory of folios; the least recently kept goes first.

    Args:
        panel: the detectors.
        most: folios held.
        forget: seconds after which an untouched case begins anew.
    """

    def __init__(self, panel: Panel, most: int, forget: float) -> None:
        self._panel = panel
        self._most = most
        self._forget = forget
        self._held: OrderedDict[Subject, Folio] = OrderedDict()
        self._fresh = begin(panel)

    def __len__(self) -> int:
        return len(self._held)

    def open(self, subjects: Sequence[Subject], store: Store, at: float) -> tuple[dict[Subject, Folio], list[str]]:
        """Return a folio of each subject, and the names of detectors whose stored state could not be read."""
        missing = [subject for subject in subjects if subject not in self._held]
        stored = store.cases(missing) if missing else {}
        faults: list[str] = []
        unsealed: dict[bytes, Folio] = {}
        for sealed in stored.values():
            if sealed not in unsealed:
                unsealed[sealed], damaged = unseal(self._panel, sealed)
                faults += damaged
        opened = {}
        for subject in subjects:
            folio = self._held.get(subject) or unsealed.get(stored.get(subject, b""))
            stale = folio is None or folio.last_at < at - self._forget
            opened[subject] = self._fresh if folio is None or stale else folio
        return opened, faults

    def keep(self, folios: Mapping[Subject, Folio]) -> None:
        """Hold folios that were committed."""
        for subject, folio in folios.items():
            self._held[subject] = folio
            self._held.move_to_end(subject)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def drop(self, subject: Subject) -> None:
        """Hold nothing of a subject any more."""
        self._held.pop(subject, None)
