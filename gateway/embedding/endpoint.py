"""Vectors from a server that speaks the embeddings API of OpenAI: by configuration, and never in anybody's way.

The analyst shows a whole batch before it observes (``prepare``); the vectors are kept by fingerprint and ``embed``
only looks them up. If the server fails, is late or answers nonsense, its texts have no vector: detectors that need
one say nothing of them, and a metric counts them. They get no vector of another embedder, for cells of two spaces
side by side would look like a client that roams twice as far. After a failure nothing is asked for a while.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import islice
from typing import ClassVar, Final
from urllib.parse import urlsplit

import msgspec
import numpy as np

from gateway import clock, config, metrics
from gateway.embedding.base import Vector, edges, unit

KEPT: Final = 8192  # vectors; more than the texts of any batch that an analyst folds
PAUSE: Final = 10.0  # seconds without questions after a failure
_PIECE: Final = 64 << 10  # bytes read at once
_NUMBER: Final = 64  # most bytes that one number may take in an answer
_ROOM: Final = 64 << 10  # bytes for all that an answer says besides
_OK: Final = 200
_REFUSALS: Final = frozenset({400, 413, 422})


class RefusedError(Exception):
    """The server does not want these texts."""


class _Row(msgspec.Struct):
    embedding: list[float]
    index: int


class _Answer(msgspec.Struct):
    data: list[_Row]


class Endpoint:
    """Asks an embeddings endpoint; serves one thread. ``prepare`` waits at most ``timeout`` for each request."""

    name: ClassVar[str] = "endpoint"

    def __init__(self, wanted: config.Endpoint, key: str = "", now: Callable[[], float] = clock.monotonic) -> None:
        """Take the address and limits; ``key`` is the bearer token, ``now`` tells seconds that never go back."""
        self.dims = wanted.dims
        self._wanted = wanted
        self._now = now
        self._headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        self._known: OrderedDict[bytes, Vector] = OrderedDict()
        self._nothing = np.zeros(wanted.dims, np.float32)
        self._not_before = -math.inf

    def embed(self, text: str) -> Vector:
        """Return the unit vector that the server gave; all zeros if it gave none."""
        return self._known.get(_fingerprint(text), self._nothing)

    def prepare(self, texts: Sequence[str]) -> None:
        """Ask for the vectors that are not known yet, in batches; the first failure ends it."""
        missing = {_fingerprint(text): _sendable(text) for text in texts if text.strip()}
        missing = {print_: text for print_, text in missing.items() if print_ not in self._known}
        left = list(islice(missing.items(), KEPT))
        while left and self._now() >= self._not_before:
            some, left = left[: self._wanted.batch], left[self._wanted.batch :]
            try:
                vectors = self._ask([text for _, text in some])
            except RefusedError:  # the texts are at fault, not the server: it can go on with others
                metrics.EMBEDDINGS.labels("failed").inc(len(some))
                continue
            except (OSError, HTTPException, ValueError, msgspec.MsgspecError):
                self._not_before = self._now() + PAUSE
                left = some + left
                break
            self._keep([print_ for print_, _ in some], vectors)
            metrics.EMBEDDINGS.labels("ok").inc(len(some))
        if left:
            metrics.EMBEDDINGS.labels("failed").inc(len(left))

    def _keep(self, prints: Sequence[bytes], vectors: Sequence[Vector]) -> None:
        self._known.update(zip(prints, vectors, strict=True))
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def _ask(self, texts: list[str]) -> list[Vector]:
        """Return one vector a text, in their order."""
        where = urlsplit(self._wanted.url)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        connection = kind(where.hostname or "", where.port, timeout=self._wanted.timeout)
        body = {"input": texts, "encoding_format": "float"} | (
            {"model": self._wanted.model} if self._wanted.model else {}
        )
        deadline = self._now() + self._wanted.timeout
        try:
            connection.request(
                "POST",
                where.path + (f"?{where.query}" if where.query else ""),
                msgspec.json.encode(body),
                self._headers,
            )
            response = connection.getresponse()
            if response.status in _REFUSALS:
                raise RefusedError
            if response.status != _OK:
                raise ValueError(f"the endpoint answered {response.status}")
            data = bytearray()
            while piece := response.read1(_PIECE):
                data += piece
                if len(data) > len(texts) * self.dims * _NUMBER + _ROOM or self._now() > deadline:
                    raise ValueError("the answer is too long or too late")
        finally:
            connection.close()
        return self._read(bytes(data), len(texts))

    def _read(self, data: bytes, count: int) -> list[Vector]:
        rows = sorted(msgspec.json.decode(data, type=_Answer).data, key=lambda row: row.index)
        if [row.index for row in rows] != list(range(count)) or any(len(row.embedding) != self.dims for row in rows):
            raise ValueError("the answer holds other vectors than were asked for")
        return [unit(np.array(row.embedding, np.float64).clip(-1e9, 1e9).astype(np.float32)) for row in rows]


def _sendable(text: str) -> str:
    """Return what is sent of a text: half a surrogate pair is no UTF-8, and would spoil its whole batch."""
    return edges(text).encode("utf-8", "replace").decode()


def _fingerprint(text: str) -> bytes:
    return blake2b(edges(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
