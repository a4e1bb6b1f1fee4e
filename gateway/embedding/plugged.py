"""An embedder of another package: a text that it fails on has no vector, which every detector knows how to take."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gateway.embedding.base import Asks, Batches, Embedder, Vector, units
from gateway.isolation.telling import NonsenseError, Tell, failed
from gateway.plugins import build

MOST_DIMS = 8192  # numbers in one vector: what an embeddings endpoint may have too


class Plugged:
    """Wraps one embedder; vectors come back finite, of its stated width and of length one.

    Args:
        inner: the embedder.
        name: as its entry point.
        tell: told of each failure.
    """

    def __init__(self, inner: Embedder, name: str, tell: Tell = failed) -> None:
        wide: Any = inner.dims
        if not (isinstance(wide, int) and 2 <= wide <= MOST_DIMS):  # noqa: PLR2004 - one number has no direction
            raise NonsenseError(f"{wide!r} dimensions; a vector has 2 to {MOST_DIMS}")
        self._inner, self._tell = inner, tell
        self.name, self.dims = name, inner.dims

    def embed(self, text: str) -> Vector:
        """Return a unit vector; zeros if that failed."""
        row: Vector = self.batch([text])[0]
        return row

    def batch(self, texts: Sequence[str]) -> Vector:
        """Return one row a text; if many together fail, one by one, to lose only those that do."""
        if isinstance(self._inner, Batches):
            batch = self._inner.batch
            together = self._rows(lambda: batch(texts), len(texts))
            if together is not None:
                return together
        rows = [self._rows(lambda text=text: self._inner.embed(text)[None, :], 1) for text in texts]  # type: ignore[misc]
        none = np.zeros((1, self.dims), np.float32)
        return np.concatenate([none if row is None else row for row in rows] or [none[:0]])

    def _rows(self, embed: Callable[[], Any], count: int) -> Vector | None:
        try:
            return units(self._shaped(np.asarray(embed(), np.float32), count))
        except Exception as error:  # noqa: BLE001 - whatever another's code may raise
            self._tell("embedder", self.name, error)
            return None

    def _shaped(self, rows: Vector, count: int) -> Vector:
        if rows.shape != (count, self.dims):
            raise NonsenseError(f"vectors of shape {rows.shape}, not {(count, self.dims)}")
        return rows


class PluggedAsks(Plugged):
    """The same around an embedder that is told a whole batch first."""

    def prepare(self, texts: Sequence[str]) -> None:
        """Let it fetch the vectors of texts; never raises."""
        try:
            if isinstance(self._inner, Asks):
                self._inner.prepare(texts)
        except Exception as error:  # noqa: BLE001 - the same
            self._tell("embedder", self.name, error)


def plugged(name: str, parameters: Mapping[str, Any]) -> Embedder:
    """Return the embedder of another package that a configuration names.

    Raises:
        PluginError: there is no such plug-in.
        MisplacedError: its parameters are at fault; places count from the parameters.
        NonsenseError: it does not say how wide its vectors are.
    """
    made: Embedder = build("embedder", name, parameters)
    return PluggedAsks(made, name) if isinstance(made, Asks) else Plugged(made, name)


class Mute:
    """What stands in for an embedder that has broken since the configuration was checked: no text has a vector."""

    name, dims = "mute", 2

    def embed(self, text: str) -> Vector:  # noqa: ARG002 - the contract's word
        """Return no direction."""
        return np.zeros(self.dims, np.float32)
