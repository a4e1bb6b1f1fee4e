"""Groups by the atlas, under names that last, with what the operator knows of sharing."""

from collections.abc import Mapping
from typing import Final

from detectors.linkage.atlas import Atlas
from detectors.linkage.base import Facts, Group, Id, Imprint, partner_mark
from detectors.linkage.census import Census
from detectors.linkage.continued import continued
from detectors.linkage.pools import Pools
from gateway.known import KnownMarks

_NOBODY: Final = Facts()


class ByAtlas:
    """Finds groups among subjects.

    Args:
        facts: what the operator knows of subjects, by id.
        known: marks of known prompts: whoever shares one is not linked by it.
        census: how common marks are among trusted subjects.
    """

    def __init__(self, facts: Mapping[Id, Facts], known: KnownMarks, census: Census | None = None) -> None:
        self._census = census or Census()
        self._atlas = Atlas(self._census, partner_mark=partner_mark)
        self._pools = Pools()
        self._facts = facts
        self._news: tuple[Mapping[Id, Facts], KnownMarks] | None = (facts, known)  # not taken in yet

    def know(self, facts: Mapping[Id, Facts], known: KnownMarks) -> None:
        """Know other things from the next call of ``find`` on; any thread may call it."""
        self._news = facts, known

    def find(
        self, changed: Mapping[Id, Imprint], gone: frozenset[Id], before: Mapping[str, frozenset[Id]]
    ) -> Mapping[str, Group]:
        """Return all groups by the name of their campaign, see ``gateway.examining.Finds``."""
        self._atlas.update(changed, self._learn(), gone)
        self._pools.update(changed, gone)
        return continued(before, self._pools.sorted(self._atlas.groups(), self._atlas.shown))

    def _learn(self) -> Mapping[Id, Facts]:
        """Take in what is known anew; return the facts that it changes. The atlas keeps those that it was given."""
        news, self._news = self._news, None
        if news is None:
            return {}
        (facts, known), before = news, self._facts
        self._facts = facts
        self._atlas.census = self._census.knowing({"scaffold": known.scaffolds}, known.frames)
        return {**{one: _NOBODY for one in before if one not in facts}, **facts}
