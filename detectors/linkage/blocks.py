"""Blocks of members: a trial is four of them, a success that nothing tells these apart, the null how often people pass.

What each kind of people has in common differs too much for a law, so none is assumed. All that is used is how often
four independent customers of one kind look as alike as four draws of one pool would: the rate of the kind where that
happens most, with allowance. Members are dealt into blocks by their ids' hashes, in several ways; each way is a fair
bet, and the mean of fair bets is one.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from detectors.stats import betting

Indices: TypeAlias = npt.NDArray[np.int64]

SIZE: Final = 4  # members of a block: six comparisons; more would leave small groups without trials
DEALS: Final = 12  # ways of dealing: the mean over them hardly depends on which


def log_e(members: int, alike: Callable[[Indices], bool], rate: float) -> tuple[float, float]:
    """Return the log e-value (nats, maybe below 0) and the share of blocks that are alike.

    Args:
        members: how many, in an order that tells nothing.
        alike: says whether nothing tells four members apart, given their places.
        rate: at which four independent customers pass.
    """
    blocks = members // SIZE
    if not blocks:
        return 0.0, 0.0
    bets, passed = [], 0
    for deal in range(DEALS):
        order = np.random.default_rng(deal).permutation(members)[: blocks * SIZE].reshape(blocks, SIZE)
        found = sum([alike(block) for block in order])
        passed += found
        bets.append(betting.log_e(blocks, found, rate))
    return betting.log_mean(*bets), passed / (DEALS * blocks)
