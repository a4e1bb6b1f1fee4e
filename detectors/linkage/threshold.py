"""What two marks must say together for a tie, and what pairs of unrelated trusted subjects reach.

THRESHOLD is what keeps a bucket from being looked at, not what keeps it from binding by chance: that is the surprise
of its size, after every look is paid for. It was set on 737 honest accounts of the laboratory's learning half, one half
of them the census and the other linked: at 6, 7, 8 and 9 nats none formed a group, with the census whole or carried
over (``Census.portable``). Without a census 181 did, in ten groups, at 8 nats, and 113 at 9: the laboratory's clients
choose among few system prompts, and an installation that knows no prompt yet takes them for a pool's.
"""

import math
from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from detectors.linkage.base import Id, Imprint
from detectors.linkage.buckets import SIDE_NUMBER, Marks
from detectors.linkage.census import Census
from detectors.linkage.gathering import gather, nodes
from detectors.linkage.paraphrase import Paraphrases
from detectors.linkage.rarity import Rarity
from detectors.linkage.shown import frames, shown
from detectors.linkage.table import Table

Grid: TypeAlias = npt.NDArray[np.float32]

ONE_IN: Final = 1e7  # unrelated pairs; 50,000 subjects make 125 times as many, but one pair binds no bucket
SAMPLE: Final = 1_500  # subjects whose pairs are looked at: a million
TAIL: Final = 1e-3  # of the pairs: from there on weights are taken as exponential
THRESHOLD: Final = 7.0  # nats


def pair_threshold(trusted: Mapping[Id, Imprint], census: Census | None = None, one_in: float = ONE_IN) -> float:
    """Return the weight, nats, that one in so many pairs of trusted subjects is expected to exceed.

    All pairs of SAMPLE subjects (those of the lowest ids) are weighed as their best bucket is. A million pairs say
    nothing about one in 10^7, so the heaviest TAIL of them is extrapolated as an exponential, whose scale is the mean
    excess: weights of two independent marks have such a tail, marks that go together have a longer one, so learn it
    where subjects are known to be strangers. On the laboratory's honest half, of which many share a prompt, one pair in
    10^3 exceeds 7.6 nats and, by the extrapolation, one in 10^7 exceeds 15: more than most campaigns show. With fewer
    than 1 / TAIL pairs it is THRESHOLD.

    Args:
        trusted: subjects known to be honest and unrelated.
        census: under which they are weighed: best one learnt from others.
        one_in: pairs.
    """
    sample = {subject: trusted[subject] for subject in sorted(trusted)[:SAMPLE]}
    weights = _pair_weights(_marks(sample, census or Census()), len(sample))
    if len(weights) * TAIL < 1.0:
        return THRESHOLD
    start = float(np.quantile(weights, 1.0 - TAIL))
    beyond = weights[weights > start]
    scale = float((beyond - start).mean()) if len(beyond) else 0.0
    return start + scale * max(0.0, math.log(TAIL * one_in))


def _marks(sample: Mapping[Id, Imprint], census: Census) -> Marks:
    table, paraphrases = Table(), Paraphrases()
    for subject, imprint in sample.items():
        table.put(subject, shown(imprint))
    paraphrases.change({value: frame for imprint in sample.values() for value, frame in frames(imprint).items()})
    return gather(table, nodes(table, {}), paraphrases, Rarity(census, paraphrases)).marks


def _pair_weights(marks: Marks, many: int) -> Grid:
    """Return what each pair of nodes shares, as the best of the buckets that it would be in, nats."""
    full, lesser = _heaviest(marks, marks.weights, many), _heaviest(marks, marks.lesser, many)
    content, identity, interface, timing = (
        full[SIDE_NUMBER[side]] for side in ("content", "identity", "interface", "timing")
    )
    bare = lesser[SIDE_NUMBER["identity"]], lesser[SIDE_NUMBER["interface"]] + lesser[SIDE_NUMBER["timing"]]
    beside = np.maximum(identity, interface + timing)
    with_content = np.where((content > 0.0) & (beside > 0.0), content + beside, 0.0)
    found: Grid = np.maximum(with_content, bare[0] + bare[1])[np.triu_indices(many, 1)]
    return found


def _heaviest(marks: Marks, weights: npt.NDArray[np.float64], many: int) -> Grid:
    """Return, by side and pair of nodes, the heaviest mark of that side that both show."""
    grid = np.zeros((len(SIDE_NUMBER), many, many), np.float32)
    order = np.argsort(marks.marks, kind="stable")
    holders = np.split(marks.nodes[order], np.cumsum(marks.shared)[:-1]) if len(order) else []
    for mark in np.argsort(weights, kind="stable").tolist():  # the heaviest last
        grid[marks.sides[mark]][np.ix_(holders[mark], holders[mark])] = weights[mark]
    return grid
