"""The price of selection: who looks at a thousand groups finds one that looks guilty. Each pays for all.

Of the groups that are examined at a time, G of them, each may count as an e-value only what it has times 1/G: the sum
over all of them is then one e-value, however dependent they are, and at most one day in ``one_in`` an innocent group of
that day is named at ``log(one_in)``. A subject's promise is the same, one in so many subject-days; nobody chose it.

References:
    Genovese, Roeder, Wasserman 2006, "False discovery control with p-value weighting" (Bonferroni over e-values);
    Vovk, Wang 2021, "E-values: calibration, combination and applications" (weighted means of e-values).
"""

import math
from typing import Final

# Members from which a group is examined. Seven that look alike are a household or a team; a spread estimated from
# seven is unsure by a quarter (1 / sqrt(2 * 7)); a harvest on seven accounts takes enough on each for the detectors of
# single subjects. And a group that is not examined spares all others its price.
LEAST: Final = 8


def price(among: int) -> float:
    """Return what a group pays that is examined among so many, itself included: nats.

    Raises ValueError for a number below 1.

    Examples:
        >>> price(1), round(price(100), 1), round(price(10_000), 1)
        (0.0, 4.6, 9.2)

    """
    if among < 1:
        raise ValueError(f"a group is examined among one at least, not {among}")
    return math.log(among)
