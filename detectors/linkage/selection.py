"""The price of selection: who looks at a million groups finds one that looks guilty. Each group pays for its turn.

Groups are numbered as they are first examined, 1, 2, 3, … The k-th may count as an e-value only what it has times
1/(k(k+1)). These weights add up to 1, so the sum of all groups' weighted e-values is one e-value, however dependent
they are, and however many groups there will be: among all groups ever examined, an innocent one is named at
``log(one_in)`` at most once in ``one_in``.

References:
    Genovese, Roeder, Wasserman 2006, "False discovery control with p-value weighting" (weighted Bonferroni);
    Vovk, Wang 2021, "E-values: calibration, combination and applications" (weighted means of e-values).
"""

import math
from typing import Final

# Members from which a group is examined. Seven that look alike are a household or a team; a spread estimated from
# seven is unsure by a quarter (1 / sqrt(2 * 7)); a harvest on seven accounts takes enough on each for the detectors of
# single subjects. And a group that is not examined spares all later ones its price.
LEAST: Final = 8


def price(born: int) -> float:
    """Return what the group that was first examined as the ``born``-th, counted from 1, pays: nats.

    Raises ValueError for a number below 1.

    Examples:
        >>> round(price(1), 2), round(price(100), 1), round(price(10_000), 1)
        (0.69, 9.2, 18.4)
        >>> round(sum(math.exp(-price(k)) for k in range(1, 100_000)), 4)
        1.0

    """
    if born < 1:
        raise ValueError(f"groups are counted from 1, not {born}")
    return math.log(born) + math.log(born + 1)
