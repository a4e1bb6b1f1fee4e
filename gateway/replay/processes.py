"""The crew of several processes: each reads blocks and folds a share of the subjects, and this one hands out work."""

from collections.abc import Iterable, Iterator

from gateway.replay.crew import Order, Step, alone
from gateway.replay.reading import Block
from gateway.replay.timeline import Timeline


def together(order: Order, blocks: Iterable[Block], timeline: Timeline) -> Iterator[Step]:
    """TODO."""
    return alone(order, blocks, timeline)
