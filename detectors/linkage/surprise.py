"""How surprising it is that so many share something: P(Bin(M, q) >= n), in nats, paid for by how often one looked.

References:
    Stillguard's threat notes, signal S1. Bonferroni 1936 for the price of looking into many buckets.
    The tail is the regularised incomplete beta function (DLMF 8.17.5).
"""

import math
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaln, xlog1py, xlogy

Floats: TypeAlias = npt.NDArray[np.float64]
_UNDERFLOW: Final = 1e-280  # below it the incomplete beta function loses digits, and then is 0


def surprises(trials: int, rates: npt.ArrayLike, counts: npt.ArrayLike, looked: float = 1.0) -> Floats:
    """Return -ln P(Bin(trials, rate) >= count) - ln looked of each, nats, 0 or more.

    Below 1e-280 the tail is bounded by its first term over (1 - ratio of the second to it), so that nothing is said
    to be more surprising than it is.

    Args:
        trials: subjects that could have it, up to 10^7 and more.
        rates: of one subject by chance, 0 to 1.
        counts: subjects that have it.
        looked: buckets looked at, 1 or more.

    Example:
        >>> surprises(50_000, [1e-4, 1e-4, 0.5], [5, 50, 25_000]).round(1).tolist()
        [0.6, 72.9, 0.7]
    """
    n, q = np.broadcast_arrays(np.asarray(counts, np.float64), np.clip(np.asarray(rates, np.float64), 0.0, 1.0))
    possible = (n > 0) & (n <= trials) & (q > 0.0) & (q < 1.0)
    safe_n, safe_q = np.where(possible, n, 1.0), np.where(possible, q, 0.5)
    tail = betainc(safe_n, trials - safe_n + 1.0, safe_q)
    with np.errstate(divide="ignore"):
        nats = np.where(tail > _UNDERFLOW, -np.log(tail), -_log_bound(trials, safe_q, safe_n))
    nats = np.where(possible, nats, 0.0) - math.log(max(looked, 1.0))
    found: Floats = np.maximum(nats, 0.0)
    return found


def surprise(trials: int, rate: float, count: int, looked: float = 1.0) -> float:
    """Return the same of one bucket."""
    return float(surprises(trials, [rate], [count], looked)[0])


def _log_bound(trials: int, q: Floats, n: Floats) -> Floats:
    """Return the logarithm of a bound of the tail from above; loose only where ``betainc`` serves."""
    choose = gammaln(trials + 1.0) - gammaln(n + 1.0) - gammaln(trials - n + 1.0)
    first = choose + xlogy(n, q) + xlog1py(trials - n, -q)
    ratio = (trials - n) / (n + 1.0) * q / (1.0 - q)
    bound: Floats = np.where(ratio < 1.0, first - np.log1p(-np.minimum(ratio, 1.0 - 1e-12)), 0.0)
    return bound
