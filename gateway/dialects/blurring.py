"""Coarser numbers: rounding and keyed noise on log-probabilities and vectors, their order kept. Pure.

The noise is not random: it is drawn from a secret, the token and the number in coarse steps, so the same number gets
the same noise in every answer, and asking again and averaging tells nothing. After the noise the numbers of one place
are put back into their old order: which token is likeliest, and every ranking, stays, but for what rounding makes
equal.
"""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from gateway.actions.base import Blurring

_LEAST = -9000.0  # nats; servers write -9999 for a token that cannot come, and that stays as it is
_STEP = 0.05  # nats; the coarsest difference that two runs of one model on one query are seen to have
_SIGNS = 256  # coordinates whose signs tell one vector's noise from another's: they hold still where digits do not


def blur_numbers(numbers: Sequence[tuple[str, float]], blur: Blurring) -> list[float]:
    """Return the log-probabilities of one place in a text, each with its token, blurred: never above 0."""
    distinct: dict[float, str] = {}
    for token, value in numbers:
        if _LEAST < value <= 0:
            distinct.setdefault(value, token)
    noisy = sorted((_clamped(value + _noise(token, value, blur)) for value, token in distinct.items()), reverse=True)
    put = dict(zip(sorted(distinct, reverse=True), (_rounded(value, blur.digits) for value in noisy), strict=True))
    return [put.get(value, value) for _, value in numbers]


def blur_entries(entries: Iterable[Any], value: str, names: Sequence[str], blur: Blurring) -> bool:
    """Blur a member of some objects that belong to one place in a text; True if any changed.

    Args:
        entries: the objects; what is none, or has no number there, is left.
        value: the member that holds the log-probability.
        names: members that name the token; the first that is there does.
        blur: how much coarser.
    """
    found = [entry for entry in entries if isinstance(entry, MutableMapping) and is_number(entry.get(value))]
    before = [(_name(entry, names), float(entry[value])) for entry in found]
    changed = False
    for entry, (_, old), new in zip(found, before, blur_numbers(before, blur), strict=True):
        changed |= new != old
        entry[value] = new
    return changed


def blur_vector(vector: Sequence[float], blur: Blurring) -> list[float]:
    """Return a vector blurred, as long as it was, its coordinates in their old order of size."""
    values = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(values))
    if values.size and np.isfinite(length) and length and blur.embedding_noise:
        seed = blake2b(np.packbits(values[:_SIGNS] > 0).tobytes(), key=blur.key[:64], digest_size=16).digest()
        added = np.random.default_rng(int.from_bytes(seed)).standard_normal(values.size)
        noisy = np.sort(values + added * (length * blur.embedding_noise / np.linalg.norm(added)))
        values[np.argsort(values, kind="stable")] = noisy
        values *= length / np.linalg.norm(values)
    if blur.embedding_digits >= 0:
        values = np.round(values, blur.embedding_digits) + 0.0  # no minus zero
    return [float(value) for value in values]


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number that can be blurred."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _name(entry: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(entry[name]) for name in names if entry.get(name) is not None), "")


def _noise(token: str, value: float, blur: Blurring) -> float:
    if not blur.noise:
        return 0.0
    cell = f"{round(value / max(_STEP, blur.noise))}:{token}".encode("utf-8", "surrogatepass")
    drawn = int.from_bytes(blake2b(cell, key=blur.key[:64], digest_size=8).digest())
    return blur.noise * (drawn / 2**63 - 1.0)


def _clamped(value: float) -> float:
    return min(max(value, _LEAST), 0.0)


def _rounded(value: float, digits: int) -> float:
    return (round(value, digits) if digits >= 0 else value) + 0.0  # no minus zero
