"""From labelled and from honest subjects to numbers: weights whose signs are fixed by cause, places, and honest tails.

Weights are learnt once, from the lab's honest and adversary accounts, and shipped. Tails and places are learnt from
honest subjects alone, so an operator can learn them anew from traffic of its own.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from detectors.stats.likeness import grown

Floats: TypeAlias = npt.NDArray[np.float64]

STIFFNESS: Final = 0.0002  # of the penalty on squared weights, per unit of total row weight
TAIL: Final = 0.2  # share of honest subjects whose highest scores are the tail
FEWEST: Final = 25  # subjects from which a class has a tail of its own


class Row(NamedTuple):
    """One look at one subject: what a learnt detector sees, whose it is, and how much it counts."""

    n: float
    shares: Mapping[str, float]
    adversary: bool
    weight: float


def weights(name: str, rows: Sequence[Row], signs: Mapping[str, int]) -> dict[str, float]:
    """Return the numbers of a learnt detector: bias, weights and slopes, by ``detectors.stats.likeness``'s names.

    Logistic regression with a ridge; a share whose sign is 1 has weight and slope of 0 or more, -1 of 0 or less, 0 any.
    Honest and adversary rows count alike in sum.
    """
    names = list(signs)
    x = np.array([[row.shares[share] for share in names] for row in rows])
    way = np.array([grown(row.n) for row in rows])[:, None]
    design = np.hstack([x, x * way, np.ones_like(way), way])
    y = np.array([row.adversary for row in rows], dtype=np.float64)
    w = np.array([row.weight for row in rows])
    for side in (0.0, 1.0):
        w[y == side] /= w[y == side].sum()
    bounds = [_bound(signs[share]) for share in names] * 2 + [(None, None)] * 2
    found = minimize(
        _loss, np.zeros(design.shape[1]), (design, y, w), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 2000},
    )  # fmt: skip
    theta, k = found.x, len(names)
    numbers = {f"{name}.bias": theta[2 * k], f"{name}.bias.slope": theta[2 * k + 1]}
    numbers |= {f"{name}.{share}": theta[i] for i, share in enumerate(names) if abs(theta[i]) > 1e-4}  # noqa: PLR2004
    slopes = {f"{name}.{share}.slope": theta[k + i] for i, share in enumerate(names) if abs(theta[k + i]) > 1e-4}  # noqa: PLR2004
    return {key: round(float(value), 4) for key, value in (numbers | slopes).items()}


def _bound(sign: int) -> tuple[float | None, float | None]:
    return (0.0 if sign > 0 else None, 0.0 if sign < 0 else None)


def _loss(theta: Floats, design: Floats, y: Floats, w: Floats) -> tuple[float, Floats]:
    z = design @ theta
    loss = float(w @ (np.logaddexp(0.0, z) - y * z)) + STIFFNESS * float(theta[:-2] @ theta[:-2])
    slope = design.T @ (w * (1.0 / (1.0 + np.exp(-np.clip(z, -500, 500))) - y))
    slope[:-2] += 2.0 * STIFFNESS * theta[:-2]
    return loss, slope


def tail(name: str, highest: Sequence[float], contaminated: float = 0.0, *, bell: bool = False) -> dict[str, float]:
    """Return the numbers of an honest tail: where it begins, its scale, and how many subjects ever get there.

    Args:
        name: of the detector.
        highest: the highest score of each honest subject's life.
        contaminated: share of the subjects that may be harvesters: so many of the highest are left out.
        bell: the score's law is one, as the logarithm of a volume's.

    The scale is the larger of two: from the tail's start to its upper quarter, and from the median to its start. The
    second does not move with the few highest; the first sees a heavy tail. Neither reads the extremes themselves.
    Of a ``bell`` the first alone is taken: what lies beyond is thinner than exponential anyway, and the second would
    only tell how wide the bell is.
    """
    ordered = np.sort(np.asarray(highest, dtype=np.float64))
    kept = ordered[: max(1, math.ceil(len(ordered) * (1.0 - contaminated)))]
    middle, start, upper = np.quantile(kept, [0.5, 1.0 - TAIL, 1.0 - TAIL / 4.0])
    wide = 0.0 if bell else (start - middle) / math.log(0.5 / TAIL)
    scale = max((upper - start) / math.log(4.0), wide, 0.05)
    return {
        f"{name}.tail.from": round(float(start), 4),
        f"{name}.tail.scale": round(float(scale), 4),
        f"{name}.tail.share": TAIL,
    }


def places(shares: Sequence[Mapping[str, float]], kinds: Sequence[str], counts: Sequence[float]) -> dict[str, float]:
    """Return the numbers that place subjects among classes: ``company.<class>.<share>`` and biases.

    Args:
        shares: of each look at an honest subject (``CompanyFold.shares``).
        kinds: the subject's class.
        counts: how much the look counts.
    """
    names = list(shares[0])
    model = LogisticRegression(C=3.0, max_iter=3000)
    weights = np.asarray(counts, dtype=np.float64)
    labels = np.asarray(kinds)
    for kind in set(kinds):
        weights[labels == kind] /= weights[labels == kind].sum()
    model.fit(
        np.array([[row[name] for name in names] for row in shares]), labels, weights * len(labels) / len(set(kinds))
    )
    numbers: dict[str, float] = {}
    for kind, coefficients, bias in zip(model.classes_, model.coef_, model.intercept_, strict=True):
        numbers[f"company.{kind}.bias"] = round(float(bias), 4)
        numbers |= {f"company.{kind}.{name}": round(float(c), 4) for name, c in zip(names, coefficients, strict=True)}
    return numbers
