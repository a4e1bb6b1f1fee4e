"""Journal entries become observations: here the text ends."""

import contextlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from detectors.base import AnswerObservation, Observation, QueryObservation
from gateway.dialects.base import Dialect
from gateway.encoding import decode
from gateway.exchange import Entry, Exchange, Query, Surface
from gateway.shape import shape

FAILED = 400  # HTTP status from which on nothing was taken home
LONGEST_MODEL = 128  # characters kept of a model's name; clients write them
TOGETHER = 64  # exchanges observed at once: more cost no less each, and need more memory
FAULTS = (ValueError, ArithmeticError, LookupError, TypeError, RuntimeError)  # what bytes from strangers may raise


class KnowsSurfaces(Protocol):
    """Finds the dialect of a surface by the name that the entry carries (``gateway.dialects.known``)."""

    def recall(self, surface: str, model: str = "") -> tuple[Dialect, Surface]:
        """Return the dialect and the surface; an unknown name gives the opaque one."""
        ...


class Observes(Protocol):
    """Turns text into features (``gateway.features``)."""

    def observe_all(self, exchanges: Sequence[Exchange]) -> Sequence[tuple[QueryObservation, AnswerObservation]]:
        """Return the observations of each exchange."""
        ...


class Prepares(Protocol):
    """Features that gain from seeing a batch of queries before they are observed one by one."""

    def prepare(self, queries: Iterable[Query]) -> None:
        """Fetch what observing them will need; waits, never raises."""
        ...


class Read(NamedTuple):
    """The observations of an entry, whether reading it failed, and the model that it asked for."""

    observations: tuple[Observation, ...] = ()
    failed: bool = False
    model: str = ""


class Intake:
    """Reads entries.

    Args:
        dialects: knows every surface.
        features: turns text into features.
        limit: most bytes of a decompressed body; a larger one is not read.
        ahead: told the queries of a batch before any is observed; None if nothing has to be fetched.
    """

    def __init__(
        self, dialects: KnowsSurfaces, features: Observes, limit: int = 64 << 20, ahead: Prepares | None = None
    ) -> None:
        self._dialects = dialects
        self._features = features
        self._limit = limit
        self._ahead = ahead

    def prepare(self, entries: Iterable[Entry]) -> None:
        """Show a batch to whoever fetches ahead. Its queries are read twice then; nobody else pays for that."""
        if self._ahead is None:
            return
        queries = []
        for entry in entries:
            with contextlib.suppress(*FAULTS):
                dialect, surface = self._dialects.recall(entry.surface, entry.model)
                request = decode(entry.request, entry.request_encoding, self._limit)
                if entry.status < FAILED and surface.generates and request is not None:
                    queries.append(dialect.read(surface, request))
        self._ahead.prepare(queries)

    def read(self, entry: Entry) -> Read:
        """Return what is observed: nothing of a refused or failed exchange, or where no text is generated."""
        return self.read_all([entry])[0]

    def read_all(self, entries: Sequence[Entry]) -> list[Read]:
        """Return what is observed of each entry; ``TOGETHER`` at a time, as that costs least."""
        found: list[Read] = []
        for start in range(0, len(entries), TOGETHER):
            found += self._read(entries[start : start + TOGETHER])
        return found

    def _read(self, entries: Sequence[Entry]) -> list[Read]:
        found = [Read()] * len(entries)
        whole: list[Exchange] = []
        places: list[int] = []
        for place, entry in enumerate(entries):
            try:
                exchange = self._exchange(entry) if entry.status < FAILED else None
            except FAULTS:
                found[place] = Read((), failed=True)
                continue
            if exchange is not None:
                whole.append(exchange)
                places.append(place)
        for place, read in zip(places, self._observed(whole), strict=True):
            found[place] = read
        return found

    def _observed(self, exchanges: Sequence[Exchange]) -> list[Read]:
        """Observe exchanges together; if that fails, one by one, to find the one that it is."""
        try:
            if not exchanges:
                return []
            observed = self._features.observe_all(exchanges)
            pairs = zip(observed, exchanges, strict=True)
            return [Read(pair, model=query.model[:LONGEST_MODEL]) for pair, (query, _, _) in pairs]
        except FAULTS:
            if len(exchanges) == 1:
                return [Read((), failed=True)]
        return [read for exchange in exchanges for read in self._observed([exchange])]

    def _exchange(self, entry: Entry) -> Exchange | None:
        """Return an entry as values; None if nothing is to be observed of it."""
        dialect, surface = self._dialects.recall(entry.surface, entry.model)
        if not surface.generates:
            return None
        request = decode(entry.request, entry.request_encoding, self._limit)
        if request is None:
            return None
        response = decode(entry.response, entry.response_encoding, self._limit) or b""
        query = msgspec.structs.replace(dialect.read(surface, request), shape=shape(request))
        answer = dialect.hear(surface, entry.response_type, response)
        if not (query.turns or query.system or answer.text or answer.reasoning or answer.usage.completion_tokens):
            return None
        return query, answer, entry
