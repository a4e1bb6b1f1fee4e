"""How common each mark is among subjects that are trusted: what is shared by honest people too must not link.

Rates come from trusted subjects only, never from the platform's average, which a large campaign itself shapes.
Fingerprints are keyed, so what was counted on one installation says nothing on another, but for paces and for the
wordings of fixed parts; ``portable`` keeps these.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec

from detectors.linkage.base import Imprint, Kind
from detectors.linkage.shown import frames, shown

FRAMES: Final = 512  # wordings of fixed parts that are kept, of those that most trusted subjects use
_PORTABLE: Final = ("pace",)


class Bounds(NamedTuple):
    """What a mark of a kind says at most, in nats.

    Attributes:
        presumed: of a mark that no trusted subject shows, as long as few are trusted.
        most: whatever the census.
    """

    presumed: float
    most: float


# None reaches the threshold of a pair by itself but a payment, which is one.
BOUNDS: Final[Mapping[Kind, Bounds]] = MappingProxyType(
    {
        "scaffold": Bounds(7.0, 9.2),  # most fixed parts are somebody's own; at most one in 10,000
        "paraphrase": Bounds(
            4.0, 8.0
        ),  # of unrelated prompts of a public collection 1.8 % lie as near (``paraphrase``)
        "opening": Bounds(4.6, 6.9),  # six words: people begin alike by chance
        "payload": Bounds(3.0, 5.0),  # "hello", an exercise, a benchmark's item
        "network": Bounds(4.0, 4.0),  # offices, cloud egress and VPN exits hold thousands
        "asn": Bounds(1.5, 1.5),  # a few carriers serve a third of a country
        "payment": Bounds(13.8, 13.8),  # one card in a million by chance
        "joined": Bounds(2.0, 2.0),  # one day in seven: launches and terms bring many at once; see ``gathering``
        "client": Bounds(2.5, 2.5),  # a dozen SDKs cover nearly all, versions split them
        "tls": Bounds(3.0, 3.0),  # follows the client, somewhat finer
        "habit": Bounds(3.0, 3.0),  # an SDK's defaults and a few parameters
        "pace": Bounds(2.5, 2.5),  # a dozen coarse cells hold most
    }
)


class Census(msgspec.Struct, frozen=True):
    """How many trusted subjects show each mark; plain data that is stored as JSON.

    Attributes:
        trusted: subjects counted, by kind of mark.
        counts: of each kind, by value in decimal (JSON's keys are text), those that show it.
        frames: (embedding of a fixed part in signed bytes, trusted subjects with it), most used first, at most FRAMES.
        known: marks that the operator names, by kind, in decimal: prompts of harnesses, clients. They weigh nothing.
        known_frames: embeddings of the operator's known prompts; wordings of them weigh nothing either.
        source: what it was counted in, in words.

    Example:
        >>> census = Census(trusted={"client": 999}, counts={"client": {"7": 199}})
        >>> census.rate("client", 7)
        0.2
        >>> census.weight("scaffold", 8), census.knowing({"scaffold": [8]}).weight("scaffold", 8)
        (7.0, 0.0)
    """

    trusted: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    frames: tuple[tuple[bytes, int], ...] = ()
    known: dict[str, tuple[str, ...]] = {}
    known_frames: tuple[bytes, ...] = ()
    source: str = "none"

    def rate(self, kind: Kind, value: int) -> float:
        """Return an upper estimate of the share of trusted subjects that show a mark, above 0 and at most 1."""
        if str(value) in self.known.get(kind, ()):
            return 1.0
        return self.rate_of(kind, self.counts.get(kind, {}).get(str(value), 0))

    def rate_of(self, kind: Kind, count: int) -> float:
        """Return the same of a mark that so many trusted subjects show.

        k of N make (k + 1) / (N + 1). None of N makes 1 / (N + e^presumed): what is presumed counts as so many
        subjects more. Never below e^-most.
        """
        presumed, most = BOUNDS[kind]
        trusted = self.trusted.get(kind, 0)
        seen = (count + 1.0) / (trusted + 1.0) if count else 1.0 / (trusted + math.exp(presumed))
        return min(1.0, max(seen, math.exp(-most)))

    def weight(self, kind: Kind, value: int) -> float:
        """Return what sharing the mark says, nats: the logarithm of one over its rate."""
        return max(0.0, round(-math.log(self.rate(kind, value)), 9))

    def knowing(self, marks: Mapping[Kind, Iterable[int]], wordings: Iterable[bytes] = ()) -> "Census":
        """Return the census with more marks, and wordings, that the operator knows."""
        known = {kind: set(values) for kind, values in self.known.items()}
        for kind, values in marks.items():
            known.setdefault(kind, set()).update(str(value) for value in values)
        return msgspec.structs.replace(
            self,
            known={kind: tuple(sorted(values)) for kind, values in known.items()},
            known_frames=tuple(sorted({*self.known_frames, *wordings})),
        )

    def portable(self) -> "Census":
        """Return what holds on other installations too: paces and wordings, not keyed fingerprints."""
        trusted = {kind: self.trusted.get(kind, 0) for kind in (*_PORTABLE, "paraphrase")}
        counts = {kind: self.counts.get(kind, {}) for kind in _PORTABLE}
        return Census(trusted=trusted, counts=counts, frames=self.frames, source=self.source)


def learnt(imprints: Iterable[Imprint], source: str = "trusted subjects") -> Census:
    """Return the census of trusted subjects, each of which counts once for a mark.

    Example:
        >>> from detectors.linkage.base import Mark
        >>> client = Mark(7, 5, 0.0, 9.0)
        >>> learnt([Imprint(exchanges=5, clients=(client,))] * 3).counts["client"]
        {'7': 3}
    """
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in BOUNDS}
    wordings: Counter[bytes] = Counter()
    many = 0
    for imprint in imprints:
        many += 1
        for kind, value in {(mark.kind, mark.value) for mark in shown(imprint)}:
            counts[kind][str(value)] += 1
        wordings.update(set(frames(imprint).values()))
    most_used = sorted(wordings.items(), key=lambda item: (-item[1], item[0]))[:FRAMES]
    return Census(
        trusted=dict.fromkeys(BOUNDS, many),
        counts={kind: dict(sorted(found.items())) for kind, found in counts.items() if found},
        frames=tuple(most_used),
        source=source,
    )
