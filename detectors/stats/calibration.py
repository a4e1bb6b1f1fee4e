"""From a z-score to a p-value with an honest tail, and from a p-value to an e-value.

References:
    Vovk, Wang 2021, "E-values: calibration, combination and applications" (the mixture calibrator).
"""

import math

SLOPE = math.pi / math.sqrt(3.0)  # a logistic law of this slope has standard deviation 1


def upper_tail(z: float) -> float:
    """Return P(Z >= z) for a standard logistic Z.

    Subjects spread wider than a normal law: its tail at 5 sd is 3e-7, the logistic one 1e-4.
    """
    return 1.0 / (1.0 + math.exp(min(SLOPE * z, 700.0)))


def log_e_of_p(p: float) -> float:
    """Return the log e-value (nats, maybe below 0) that a p-value in (0, 1] is worth.

    It is the mean over all powers ``c p^(c-1)``, c uniform on (0, 1): (1 - p + p ln p) / (p ln(p)^2).
    Its mean over a uniform p is 1, and it needs no tuning. Near p = 1 its limit 1/2 is taken by series.
    """
    if not p < 1.0:
        return math.log(0.5)
    p = max(p, 1e-300)
    u = -math.log(p)
    if u < 1e-3:  # noqa: PLR2004 - below this the closed form cancels; the series is exact to 1e-7
        return math.log(0.5 + u / 6.0)
    return math.log1p(-p * (1.0 + u)) + u - 2.0 * math.log(u)
