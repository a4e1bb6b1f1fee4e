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
        self._atlas = Atlas(
            self._census.knowing({"scaffold": known.scaffolds}, known.frames), partner_mark=partner_mark
        )
        self._pools = Pools()
        self._facts: dict[Id, Facts] = dict(facts)
        self._known = known

    def know(self, facts: Mapping[Id, Facts], known: KnownMarks) -> None:
        """Know other things from the next call of ``find`` on; any thread may call it."""
        forgotten = {one: _NOBODY for one in self._facts if one not in facts}
        self._facts = {**forgotten, **facts}
        self._known = known

    def find(
        self, changed: Mapping[Id, Imprint], gone: frozenset[Id], before: Mapping[str, frozenset[Id]]
    ) -> Mapping[str, Group]:
        """Return all groups by the name of their campaign, see ``gateway.examining.Finds``."""
        census = self._census.knowing({"scaffold": self._known.scaffolds}, self._known.frames)
        if census != self._atlas.census:
            self._atlas.census = census
        self._atlas.update(changed, self._facts, gone)
        self._pools.update(changed, gone)
        return continued(before, self._pools.sorted(self._atlas.groups(), self._atlas.shown))
