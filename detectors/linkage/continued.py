"""Which group of today is which campaign of yesterday: names that last, whoever joins and leaves."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from xxhash import xxh3_64_hexdigest

from detectors.linkage.base import Group, Id

HOLDS: Final = 0.5  # of an old campaign's members, or of a group's, that must be the same for the name to go on


def continued(before: Mapping[str, frozenset[Id]], groups: Sequence[Group]) -> dict[str, Group]:
    """Return the groups by name: that of the campaign whose members they hold, or a new one.

    The pair with most members in common is matched first, then the rest; of pairs with as many the one with the lower
    name, then with the lower members. So the largest part of a campaign that splits keeps its name, and of campaigns
    that merge the one with most members in the group gives it. A new name is a hash of the founding members.

    Example:
        >>> groups = [Group(("a", "b", "c")), Group(("x", "y"))]
        >>> names = continued({"camp_1": frozenset("abq")}, groups)
        >>> names["camp_1"].members, len(names)
        (('a', 'b', 'c'), 2)
    """
    named: dict[str, Group] = {}
    taken: set[int] = set()
    for name, place in _matches(before, groups):
        if name not in named and place not in taken:
            named[name] = groups[place]
            taken.add(place)
    for place in sorted(set(range(len(groups))) - taken, key=lambda place: groups[place].members):
        named[_new_name(groups[place], {*before, *named})] = groups[place]
    return named


def _matches(before: Mapping[str, frozenset[Id]], groups: Sequence[Group]) -> Iterator[tuple[str, int]]:
    """Yield campaigns and groups that may be the same, most members in common first."""
    campaigns_of: dict[Id, list[str]] = {}
    for name, members in before.items():
        for member in members:
            campaigns_of.setdefault(member, []).append(name)
    common: Counter[tuple[str, int]] = Counter()
    for place, group in enumerate(groups):
        for member in group.members:
            common.update((name, place) for name in campaigns_of.get(member, ()))
    fits = [
        (-both, name, groups[place].members, place)
        for (name, place), both in common.items()
        if both >= HOLDS * min(len(before[name]), len(groups[place].members))
    ]
    yield from ((name, place) for _, name, _, place in sorted(fits))


def _new_name(group: Group, taken: set[str]) -> str:
    """Return a name that nobody has: campaigns that began with the same members are counted on."""
    founders, number = "\n".join(group.members).encode("utf-8", "surrogatepass"), 0
    while (name := f"camp_{xxh3_64_hexdigest(founders, seed=number)}") in taken:
        number += 1
    return name
