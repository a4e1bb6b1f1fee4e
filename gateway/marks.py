"""What tells who asks beside the words: network, software, model, the habit of writing a query, sealed reasoning.

Every mark is a keyed fingerprint of 64 bits, 0 where there is nothing; the number of an autonomous system is public and
stays as it is.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from xxhash import xxh3_64_intdigest

from gateway.embedding import packed, shared
from gateway.exchange import Entry, Query
from gateway.scaffold import Fingerprints, core

MOST_BLOBS: Final = 64  # sealed pieces of reasoning of one query or answer, the newest; a client may hand in any number


class Marks(NamedTuple):
    """The marks of one exchange, named as in ``QueryObservation``."""

    model: int
    network: int
    client: int
    tls: int
    habit: int
    presented: tuple[int, ...]


class Marker:
    """Marks exchanges under the key of ``prints``."""

    def __init__(self, prints: Fingerprints) -> None:
        self._prints = prints
        self._frame = lru_cache(2048)(_frame)  # fixed parts come again; 2 KiB each at most

    def of(self, query: Query, entry: Entry) -> Marks:
        """Return the marks of a query."""
        of = self._prints.of
        return Marks(
            model=of(query.model or entry.model),
            network=of(next((value for scope, value in entry.subjects if scope == "network"), "")),
            client=of(entry.client),
            tls=of(entry.tls),
            habit=self._habit(query, entry),
            presented=self.sealed(query.reasoning_blobs) if query.reasoning_blobs else (),
        )

    def frame(self, fixed: str) -> bytes:
        """Return the embedding of a fixed part, one signed byte a dimension; empty if it has no words.

        It is the static embedder's whatever the configuration says: linkage has one scale. Of a long prompt the part
        that ``core`` keeps is embedded: it tells paraphrases from other prompts no worse than the whole does, and costs
        less.
        """
        return self._frame(fixed) if fixed else b""

    def sealed(self, digests: Sequence[bytes]) -> tuple[int, ...]:
        """Return the fingerprints of sealed reasoning, each once, the newest last."""
        seed = self._prints.seed
        return tuple(dict.fromkeys([xxh3_64_intdigest(digest, seed) or 1 for digest in digests[-MOST_BLOBS:]]))

    def _habit(self, query: Query, entry: Entry) -> int:
        """Return how a query is written: its members in order, and the parameters that a script never changes."""
        if not query.shape:
            return 0
        kept = (query.temperature, query.max_tokens, query.samples, query.logprobs, query.stream)
        return self._prints.of(f"{entry.surface}\x1f{query.shape}\x1f{kept}")


def _frame(fixed: str) -> bytes:
    return packed(shared().embed(core(fixed.replace("\x1f", " ")))[None, :])[0]
