"""What honest accounts share that no benchmark judges: what a census is learnt from."""

from collections.abc import Iterator

from detectors.base import Observation
from detectors.lab.campaigns.company import Size, company
from detectors.lab.pack import Pack
from detectors.linkage.base import Id, Imprint
from detectors.linkage.census import Census, learnt
from detectors.linkage.imprint import ImprintFold
from gateway.features import Features
from gateway.lab.campaign_reading import SALT, read

_HELD = 64  # observations of an account that are folded together: folding one by one costs several times as much


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
