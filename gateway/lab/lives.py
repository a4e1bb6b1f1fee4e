"""A tenant's life as detectors and rivals are given it: text in, observations and vectors out."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from detectors.lab.population import Tenant
from detectors.lab.rivals.base import Trail, Vectors
from detectors.lab.traffic import DAY, Asked
from gateway.embedding import Static, Vector
from gateway.features import Features
from gateway.lab.outcome import Described
from gateway.rehearsal import Pair, exchange

_SALT = b"lab evaluate"


class Playable(Described, Protocol):
    """A tenant that can be played any number of times with the same result."""

    def exchanges(self) -> Iterator[Asked]:
        """Yield what it does, in time order."""
        ...


class Life(NamedTuple):
    """One tenant's exchanges.

    Attributes:
        pairs: query and answer of each exchange, as observations.
        attack: which exchanges are the attack.
        trail: the same life as rivals see it.
    """

    pairs: list[Pair]
    attack: npt.NDArray[np.bool_]
    trail: Trail

    def days(self) -> int:
        """Return the calendar days with an exchange."""
        return len({int(query.at // DAY) for query, _ in self.pairs})

    def part(self, first: int, size: int) -> "Life":
        """Return a stretch of the life, as if there were no other."""
        cut = slice(first, first + size)
        trail = self.trail
        shorter = Trail(trail.at[cut], trail.vectors[cut], trail.asked[cut], trail.addresses[cut])
        return Life(self.pairs[cut], self.attack[cut], shorter)


def lived(tenant: Playable, most: int = 0, *, embedded: bool = True) -> Life:
    """Play a tenant's life.

    Args:
        tenant: whom to play.
        most: exchanges at most; 0: all.
        embedded: with the vectors that rivals need; else they are all zero.
    """
    static = _static()
    features = Features(_SALT, static)
    pairs: list[Pair] = []
    attack: list[bool] = []
    newest: list[str] = []
    addresses: list[int] = []
    known: set[int] = set()
    for asked in tenant.exchanges():
        pairs.append(features.observe(*exchange(asked, tenant if isinstance(tenant, Tenant) else None)))
        attack.append(asked.attack)
        newest.append(next((said.text for said in reversed(asked.turns) if said.role == "user"), ""))
        known.add(asked.address)
        addresses.append(len(known))
        if len(pairs) == most:
            break
    at = np.array([query.at for query, _ in pairs], np.float64)
    vectors = _rows([static.embed(text) for text in newest]) if embedded else np.zeros((len(pairs), 1), np.float32)
    trail = Trail(at, vectors, [query for query, _ in pairs], addresses)
    return Life(pairs, np.array(attack, np.bool_), trail)


def _rows(vectors: list[Vector]) -> Vectors:
    return np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)


@cache
def _static() -> Static:
    """Return the process's embedder: reading its table takes longer than a short life."""
    return Static()
