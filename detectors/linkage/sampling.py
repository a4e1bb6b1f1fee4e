"""A sample of a group's members that any order of them gives alike: those whose ids hash lowest."""

from collections.abc import Mapping
from heapq import nsmallest
from typing import Final, TypeVar

import xxhash

from detectors.linkage.base import Id

T = TypeVar("T")

# Members that coordination looks at. Its evidence grows with members and stops at a ceiling that forty reach, so more
# would cost time and tell nothing; a group of 100,000 costs what one of 256 does.
MOST: Final = 256


def sampled(members: Mapping[Id, T], most: int = MOST) -> dict[Id, T]:
    """Return at most so many members, in the order of their ids' hashes.

    Examples:
        >>> sampled({"a": 1, "b": 2, "c": 3}, 2) == sampled({"c": 3, "b": 2, "a": 1}, 2)
        True

    """
    chosen = nsmallest(most, members, key=lambda one: (xxhash.xxh64_intdigest(one.encode()), one))
    return {one: members[one] for one in chosen}
