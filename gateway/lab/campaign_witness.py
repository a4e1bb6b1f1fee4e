"""Keeps as much of a population's traffic as rivals need: exchanges of some accounts, and vectors of each group."""

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Final

import numpy as np
from msgspec.structs import replace

from detectors.base import QueryObservation
from detectors.lab.campaigns.company import Company
from detectors.lab.rivals.base import Trail, Vectors
from detectors.linkage.base import Id
from gateway.lab.campaign_reading import Seen, identity

_OF_GROUP, _OF_NOBODY = 60, 1500  # accounts that rivals are shown, of each group, and of individuals
_EACH: Final = 400  # exchanges of each
_OF_HARVEST: Final = 1000  # vectors of a group that the oracle is shown


class Witness:
    """Keeps what is wanted of each batch.

    Attributes:
        shown: accounts whose exchanges are kept.
        vectors: of each group, of its first queries.
    """

    def __init__(self, company: Company) -> None:
        """Choose whom to keep."""
        rng = Random(0)  # noqa: S311 - which accounts rivals are shown, nothing secret
        chosen = [rng.sample(group.members, min(_OF_GROUP, len(group.members))) for group in company.groups]
        chosen.append(rng.sample(company.individuals, min(_OF_NOBODY, len(company.individuals))))
        self.shown = frozenset(identity(one) for some in chosen for one in some)
        self.vectors: dict[str, list[bytes]] = {}
        self._group = {identity(one): one.group for one in company.members() if one.group}
        self._asked: dict[Id, list[QueryObservation]] = {}

    def take(self, batch: Iterable[Seen]) -> None:
        """Keep what is wanted of a batch."""
        for seen in batch:
            query = seen.answer.query
            if seen.member in self.shown:
                own = self._asked.setdefault(seen.member, [])
                if len(own) < _EACH:
                    own.append(replace(query, quotes=(), grams=(), frame=b"", presented=()))
            name = self._group.get(seen.member, "")
            if name and query.vector:
                kept = self.vectors.setdefault(name, [])
                if len(kept) < _OF_HARVEST:
                    kept.append(query.vector)

    def trails(self) -> Iterator[tuple[Id, Trail]]:
        """Yield the kept part of each account's life."""
        for one, asked in self._asked.items():
            at = np.array([query.at for query in asked], np.float64)
            vectors = unpacked([query.vector for query in asked])
            yield one, Trail(at, vectors, asked, _different([query.network for query in asked]))


def unpacked(vectors: Sequence[bytes]) -> Vectors:
    """Return vectors of signed bytes as rows of length 1; those without are zero."""
    width = max((len(one) for one in vectors), default=0) or 1
    rows = np.frombuffer(b"".join([one or bytes(width) for one in vectors]), np.int8).reshape(-1, width)
    lengths = np.linalg.norm(rows.astype(np.float32), axis=1, keepdims=True)
    unit: Vectors = rows.astype(np.float32) / np.maximum(lengths, np.float32(1.0))
    return unit


def _different(values: Sequence[int]) -> list[int]:
    """Return how many different values there were up to each."""
    known: set[int] = set()
    counts = []
    for value in values:
        known.add(value)
        counts.append(len(known))
    return counts
