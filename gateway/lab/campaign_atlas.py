"""The atlas as the benchmark uses it, and what honest accounts elsewhere share."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import detectors
from detectors.base import Observation
from detectors.lab.campaigns.company import Size, company
from detectors.lab.pack import Pack
from detectors.linkage.atlas import Atlas
from detectors.linkage.base import Facts, Group, Id, Imprint, partner_mark
from detectors.linkage.census import Census, learnt
from detectors.linkage.continued import continued
from detectors.linkage.imprint import ImprintFold
from detectors.linkage.pools import Pools
from gateway.features import Features
from gateway.lab.campaign_reading import SALT, read

CENSUS = Path(detectors.__file__).with_name("baselines") / "census.json"  # the shipped one
_HELD = 64  # observations of an account that are folded together: folding one by one costs several times as much


class Finder:
    """Finds groups, see ``campaign_watch.Finds``."""

    def __init__(self, census: Census, facts: Mapping[Id, Facts]) -> None:
        """Begin with nobody; ``facts``: what the operator knows of accounts."""
        self._atlas, self._facts = Atlas(census, partner_mark=partner_mark), facts
        self._pools = Pools()

    def find(
        self, changed: Mapping[Id, Imprint], gone: frozenset[Id], before: Mapping[str, frozenset[Id]]
    ) -> Mapping[str, Group]:
        """Return all groups by the name of their campaign."""
        facts = {one: self._facts[one] for one in changed if one in self._facts}
        self._atlas.update(changed, facts, gone)
        self._pools.update(changed, gone)
        return continued(before, self._pools.sorted(self._atlas.groups(), self._atlas.shown))


def trusted(pack: Pack | None, seed: int = 0, size: Size = "full") -> Iterator[Imprint]:
    """Yield imprints of honest accounts that nothing is judged on: what a census may be learnt from.

    Args:
        pack: the traffic pack, if there is one.
        seed: of the accounts.
        size: of the learning part's population.
    """
    fold = ImprintFold()
    kept: dict[Id, Imprint] = {}
    fresh: dict[Id, list[Observation]] = {}
    for batch in read(company(pack, "learn", seed, size, campaigned=False).acts(), Features(SALT)):
        for seen in batch:
            waiting = fresh.setdefault(seen.member, [])
            waiting.append(seen.answer)
            if len(waiting) >= _HELD:
                kept[seen.member] = fold.fold(kept.get(seen.member, fold.initial()), fresh.pop(seen.member))
    for one, answers in fresh.items():
        kept[one] = fold.fold(kept.get(one, fold.initial()), answers)
    yield from kept.values()


def census(pack: Pack | None, seed: int = 0, size: Size = "full") -> Census:
    """Return how common marks are among honest accounts that nothing is judged on."""
    return learnt(trusted(pack, seed, size), f"the lab's learning part, seed {seed}, {size}")
