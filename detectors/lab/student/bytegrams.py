"""A small language model: n-grams of bytes under interpolated Witten-Bell smoothing (Witten and Bell 1991).

Contexts of up to seven bytes are packed into one integer, so that counting is sorting and nothing collides. A byte 0
begins and ends a text; nothing else may contain it. The same model can be asked for probabilities, and can speak:
drawing from the interpolation is drawing the order to follow first, then a follower seen at that order.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Keys = NDArray[np.uint64]
Reals = NDArray[np.float64]

DEEPEST: Final = 7  # bytes of context that fit beside the next byte
SYMBOLS: Final = 256
_BYTE: Final = np.uint64(8)  # bits


class Text(NamedTuple):
    """A prompt and what was answered to it, both UTF-8 without a byte 0; only the answer is learnt and judged."""

    prompt: bytes
    answer: bytes


class Positions(NamedTuple):
    """What is to be predicted: each next byte, and the up to seven bytes before it, the nearest lowest."""

    contexts: Keys
    nexts: Keys

    def pairs(self, order: int) -> Keys:
        """Return context and next byte as one key, at that order."""
        return (_last(self.contexts, order) << _BYTE) | self.nexts


class Level(NamedTuple):
    """The counts of one order: contexts, and pairs of context and next byte, both sorted."""

    contexts: Keys
    totals: Reals  # occurrences of each context
    kinds: Reals  # different bytes seen after it
    pairs: Keys
    upto: Reals  # occurrences of all pairs up to and with each


class Model(NamedTuple):
    """Counts of all orders, shallowest first."""

    levels: tuple[Level, ...]


def positions(texts: Sequence[Text]) -> Positions:
    """Return every position of the answers, and of the end of each."""
    contexts, nexts = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for text in texts:
        before = np.frombuffer(bytes(DEEPEST) + text.prompt + text.answer, dtype=np.uint8).astype(np.uint64)
        said = len(text.answer) + 1
        packed = np.zeros(said, np.uint64)
        for back in range(DEEPEST):
            end = len(before) - back
            packed |= before[end - said : end] << np.uint64(8 * back)
        contexts.append(packed)
        nexts.append(np.frombuffer(text.answer + b"\0", dtype=np.uint8).astype(np.uint64))
    return Positions(np.concatenate(contexts), np.concatenate(nexts))


def joined(parts: Sequence[Positions]) -> Positions:
    """Return the positions of all parts, one after another."""
    return Positions(np.concatenate([one.contexts for one in parts]), np.concatenate([one.nexts for one in parts]))


def learn(seen: Positions, order: int) -> Model:
    """Return the model of so many bytes of context, at most seven."""
    return Model(tuple(_level(seen.pairs(depth)) for depth in range(order + 1)))


def probabilities(model: Model, asked: Positions) -> Reals:
    """Return the probability of each next byte: more than 0, over all bytes 1."""
    known = np.full(len(asked.nexts), 1.0 / SYMBOLS)
    for depth, level in enumerate(model.levels):
        row, there = _found(level.contexts, _last(asked.contexts, depth))
        if not len(level.contexts):
            continue
        totals, kinds = level.totals[row], level.kinds[row]
        mixed = (_count(level, asked.pairs(depth)) + kinds * known) / (totals + kinds)
        known = np.where(there, mixed, known)
    return known


def speak(model: Model, prompts: Sequence[bytes], longest: int, rng: np.random.Generator) -> list[Text]:
    """Return an answer to each prompt: bytes drawn one after another until the end, or to ``longest`` bytes.

    ``ValueError`` if the model has learnt nothing.
    """
    if not len(model.levels[0].contexts):
        raise ValueError("a model that has learnt nothing has nothing to say")
    context = positions([Text(prompt, b"") for prompt in prompts]).contexts
    said = np.zeros((len(prompts), longest), np.uint8)
    awake = np.arange(len(prompts))
    for column in range(longest):
        drawn = draw(model, context[awake], rng)
        said[awake, column] = drawn
        context[awake] = (context[awake] << _BYTE) | drawn
        awake = awake[drawn != 0]
        if not len(awake):
            break
    return [Text(prompt, _until_end(row)) for prompt, row in zip(prompts, said, strict=True)]


def draw(model: Model, contexts: Keys, rng: np.random.Generator) -> Keys:
    """Draw a next byte for each context, which is packed as in ``Positions``.

    The deepest order speaks with probability total / (total + kinds), else the one below it.
    """
    drawn = np.zeros(len(contexts), np.uint64)
    left = np.arange(len(contexts))
    for depth in reversed(range(len(model.levels))):
        level = model.levels[depth]
        keys = _last(contexts[left], depth)
        row, there = _found(level.contexts, keys)
        sure = level.totals[row] / (level.totals[row] + level.kinds[row])
        # The shallowest order is the last resort: it speaks only bytes that it has seen.
        follow = there & (rng.random(len(left)) < sure) if depth else np.ones(len(left), bool)
        mine = left[follow]
        drawn[mine] = _follower(level, keys[follow], row[follow], rng)
        left = left[~follow]
    return drawn


def _follower(level: Level, keys: Keys, row: NDArray[np.intp], rng: np.random.Generator) -> Keys:
    """Draw one of the bytes seen after each context, as often as it was seen."""
    first = np.searchsorted(level.pairs, keys << _BYTE)
    before = np.where(first > 0, level.upto[np.maximum(first, 1) - 1], 0.0)
    target = before + np.floor(rng.random(len(keys)) * level.totals[row])
    return level.pairs[np.searchsorted(level.upto, target, side="right")] & np.uint64(SYMBOLS - 1)


def _level(pairs: Keys) -> Level:
    kinds_of_pair, counts = np.unique(pairs, return_counts=True)
    contexts, first = np.unique(kinds_of_pair >> _BYTE, return_index=True)
    totals = np.add.reduceat(counts, first) if len(first) else counts
    kinds = np.diff(np.append(first, len(kinds_of_pair)))
    return Level(contexts, totals.astype(float), kinds.astype(float), kinds_of_pair, np.cumsum(counts).astype(float))


def _count(level: Level, pairs: Keys) -> Reals:
    row, there = _found(level.pairs, pairs)
    before = np.where(row > 0, level.upto[np.maximum(row, 1) - 1], 0.0)
    return np.where(there, level.upto[row] - before, 0.0)


def _found(sorted_keys: Keys, keys: Keys) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return for each key a row of the sorted ones, and whether it is that key's own."""
    row = np.minimum(np.searchsorted(sorted_keys, keys), max(0, len(sorted_keys) - 1))
    return row, sorted_keys[row] == keys if len(sorted_keys) else np.zeros(len(keys), bool)


def _last(contexts: Keys, order: int) -> Keys:
    """Return the nearest ``order`` bytes of each context."""
    return contexts & np.uint64((1 << (8 * order)) - 1)


def _until_end(row: Bytes) -> bytes:
    return row.tobytes().split(b"\0", 1)[0]
