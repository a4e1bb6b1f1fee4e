"""From a z-score to a p-value with an honest tail, and from a p-value to an e-value.

References:
    Vovk, Wang 2021, "E-values: calibration, combination and applications" (calibrators k p^(k-1)).
"""

import math

KEPT = 0.15  # exponent of the calibrator
SLOPE = math.pi / math.sqrt(3.0)  # a logistic law of this slope has standard deviation 1


def upper_tail(z: float) -> float:
    """Return P(Z >= z) for a standard logistic Z.

    Subjects spread wider than a normal law: its tail at 5 sd is 3e-7, the logistic one 1e-4.
    """
    return 1.0 / (1.0 + math.exp(min(SLOPE * z, 700.0)))


def log_e_of_p(p: float) -> float:
    """Return the log e-value (nats, maybe below 0) that a p-value in (0, 1] is worth: ``k p^(k-1)`` with k = 0.15.

    Its mean over a uniform p is 1. A small k keeps most of what a small p says (p = 1e-6 is worth 9.8 nats, where
    averaging over all k leaves 8.5), and pays with a little at p = 0.1, where nobody should act anyway.
    """
    return math.log(KEPT) - (1.0 - KEPT) * math.log(min(1.0, max(p, 1e-300)))
