"""One journal entry becomes observations: here the text ends."""

import contextlib
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from detectors.base import AnswerObservation, Observation, QueryObservation
from gateway.dialects.base import Dialect
from gateway.encoding import decode
from gateway.exchange import Answer, Entry, Query, Surface

FAILED = 400  # HTTP status from which on nothing was taken home
FAULTS = (ValueError, ArithmeticError, LookupError, TypeError, RuntimeError)  # what bytes from strangers may raise


class KnowsSurfaces(Protocol):
    """Finds the dialect of a surface by the name that the entry carries (``gateway.dialects.known``)."""

    def recall(self, surface: str, model: str = "") -> tuple[Dialect, Surface]:
        """Return the dialect and the surface; an unknown name gives the opaque one."""
        ...


class Observes(Protocol):
    """Turns text into features (``gateway.features``)."""

    def observe(self, query: Query, answer: Answer, entry: Entry) -> tuple[QueryObservation, AnswerObservation]:
        """Return the observations of one exchange."""
        ...


class Prepares(Protocol):
    """Features that gain from seeing a batch of queries before they are observed one by one."""

    def prepare(self, queries: Iterable[Query]) -> None:
        """Fetch what observing them will need; waits, never raises."""
        ...


class Read(NamedTuple):
    """The observations of an entry, and whether reading it failed."""

    observations: tuple[Observation, ...] = ()
    failed: bool = False


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
        if entry.status >= FAILED:
            return Read()
        try:
            return Read(self._observed(entry))
        except FAULTS:
            return Read((), failed=True)

    def _observed(self, entry: Entry) -> tuple[Observation, ...]:
        dialect, surface = self._dialects.recall(entry.surface, entry.model)
        if not surface.generates:
            return ()
        request = decode(entry.request, entry.request_encoding, self._limit)
        if request is None:
            return ()
        response = decode(entry.response, entry.response_encoding, self._limit) or b""
        query = dialect.read(surface, request)
        answer = dialect.hear(surface, entry.response_type, response)
        if not (query.turns or query.system or answer.text or answer.reasoning or answer.usage.completion_tokens):
            return ()
        return self._features.observe(query, answer, entry)
