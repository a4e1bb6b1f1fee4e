"""What the linker has read of subjects' cases: how much each had done, and imprints of those that did more."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from detectors.linkage.base import Id, Imprint
from gateway.engine import VERSION, Case
from gateway.stores.base import Store

LEAST: Final = 3  # exchanges; of fewer nobody can tell with whom they act, and most keys that are ever seen have fewer
OVERLAP: Final = 120.0  # seconds that a batch may take from its time to its commit, and a minute of the store's grain

_case = msgspec.msgpack.Decoder(Case).decode
_imprint = msgspec.msgpack.Decoder(Imprint).decode


class Sighting(NamedTuple):
    """How much a subject had done when its case was last read: observations, and the newest one's time."""

    observations: int
    last_at: float


class Seen(NamedTuple):
    """What one reading found.

    Attributes:
        sightings: of the subjects that did more since, by id.
        imprints: of the same.
        gone: whose cases are there no more; known after a reading of all cases only.
        until: what was touched from then on is not read yet, seconds since the epoch.
    """

    sightings: Mapping[Id, Sighting]
    imprints: Mapping[Id, Imprint]
    gone: frozenset[Id]
    until: float


class Sightings:
    """Remembers what was read, some 200 bytes a subject.

    Args:
        most: subjects remembered; when there are more, those that did least are passed over until they do more.

    Attributes:
        known: what was last believed of each subject.
    """

    def __init__(self, most: int) -> None:
        self.known: dict[Id, Sighting] = {}
        self._most = most
        self._until = 0.0

    def look(self, store: Store, at: float, *, full: bool) -> Seen:
        """Read the cases touched since the last look that was believed, or all of them; raises StoreError.

        Args:
            store: where the cases are.
            at: now, seconds since the epoch.
            full: read all, also those that were not touched.
        """
        since = 0.0 if full or not self._until else max(0.0, min(self._until, at) - OVERLAP)
        met: set[Id] = set()
        sightings: dict[Id, Sighting] = {}
        imprints: dict[Id, Imprint] = {}
        for name, case in _cases(store, since):
            met.add(name)
            sighting = Sighting(case.observations, case.last_at)
            if self.known.get(name) != sighting:
                sightings[name], imprints[name] = sighting, _imprint(case.imprint)
        gone = self.known.keys() - met if since == 0.0 else set()
        for name in self._least(sightings, len(gone)):
            del sightings[name], imprints[name]
        return Seen(sightings, imprints, frozenset(gone), at)

    def _least(self, sightings: Mapping[Id, Sighting], gone: int) -> list[Id]:
        """Return the newcomers for whom there is no room: those that did least."""
        new = [name for name in sightings if name not in self.known]
        excess = len(self.known) - gone + len(new) - self._most
        return sorted(new, key=lambda name: (sightings[name].observations, name))[:excess] if excess > 0 else []

    def believe(self, seen: Seen) -> None:
        """Remember a reading: what was made of it is kept."""
        for name in seen.gone:
            self.known.pop(name, None)
        self.known.update(seen.sightings)
        self._until = seen.until


def _cases(store: Store, since: float) -> Iterator[tuple[Id, Case]]:
    """Yield the cases that can be linked at all; one that cannot be read is the analyst's to count."""
    after = 0
    while True:
        part = store.touched(since, after)
        for subject, stored in part.cases:
            try:
                case: Case = _case(stored)
            except (msgspec.MsgspecError, UnicodeError):
                continue
            if case.version == VERSION and case.imprint and case.observations >= 2 * LEAST:
                yield str(subject), case
        after = part.after
        if not after:
            return
