import math
from functools import reduce
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import numpy as np
import pytest

from detectors.base import Baseline
from detectors.lab.population import population
from detectors.linkage.base import Group, Id
from detectors.linkage.context import Context
from detectors.linkage.fit import Fit, fit
from detectors.linkage.selection import LEAST
from gateway.app.analysing import SHIPPED
from gateway.campaign import CEILING, TOGETHER, campaign_standing, charged, merged, merging
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Standing, Subject
from gateway.engine import Folio, begin, fold, merge, weigh
from gateway.lab.lives import lived
from gateway.plugins import panel
from gateway.policies.file import load_policy
from tests.detectors.bets import BETS
from tests.detectors.linkage.crowd import INNOCENT, Members, people, pool

PANEL = panel({})
BASELINE = msgspec.json.decode(SHIPPED.read_bytes(), type=Baseline)
POLICY = load_policy(Path(__file__).parents[2] / "deploy" / "policies" / "balanced.yaml")
CAMPAIGN = Subject("campaign", "c")
QUIET = begin(PANEL)


def harvested(names: list[Id], seed: int = 1) -> dict[Id, Folio]:
    """Deal out a hunt for hidden reasoning and long new answers among the names."""
    shown = [*BETS["elicitation"].adversary(Random(seed)), *BETS["repetition"].adversary(Random(seed))]
    dealt = {name: shown[place :: len(names)] for place, name in enumerate(names)}
    return {name: fold(PANEL, QUIET, [one for pair in own for one in pair]).folio for name, own in dealt.items()}


def standing(members: Members, folios: dict[Id, Folio], among: int = 1, **known: object) -> Standing:
    group = Group(tuple(sorted(members)))
    context = Context(imprints=members, **known)  # type: ignore[arg-type]  # by name
    bound = fit(group, members)
    return campaign_standing(PANEL, BASELINE, group, bound, folios, context, CAMPAIGN, at=1.0, among=among)


def touched(one: Standing) -> bool:
    verdict = POLICY.judge(one)
    return verdict is not None and verdict.severity >= SEVERITY_TOUCHES_CLIENT


def test_a_pool_that_harvests_is_named_in_two_families_and_its_members_alone_are_not() -> None:
    members = pool(np.random.default_rng(1), 30)
    folios = harvested(sorted(members))
    found = standing(members, folios, among=50)
    assert sum(found.families[family] for family in TOGETHER) == pytest.approx(CEILING)
    assert found.families["content"] > 1.6
    assert touched(found)
    assert not any(touched(weigh(PANEL, BASELINE, one, CAMPAIGN, 1.0).standing) for one in folios.values())
    assert found.harvest.exchanges == sum(one.harvest.exchanges for one in folios.values())


@pytest.mark.parametrize("kind", INNOCENT)
def test_no_innocent_group_is_named_whose_members_do_nothing_suspicious(kind: str) -> None:
    members = INNOCENT[kind](np.random.default_rng(2), 30)
    assert not touched(standing(members, dict.fromkeys(members, QUIET)))


def test_acting_together_alone_never_touches_anybody() -> None:
    members = pool(np.random.default_rng(3), 60)
    found = standing(members, dict.fromkeys(members, QUIET))
    assert sum(found.families[family] for family in TOGETHER) == pytest.approx(CEILING)
    assert found.weight == pytest.approx(CEILING)
    assert not touched(found)


def test_later_groups_pay_more_first_out_of_identity() -> None:
    members = pool(np.random.default_rng(4), 12)
    folios = harvested(sorted(members))
    found = [standing(members, folios, among=among) for among in (1, 100, 10**6, 10**12)]
    assert all(a.weight >= b.weight for a, b in pairwise(found))
    assert found[2].families["timing"] < found[0].families["timing"]
    assert found[3].weight == 0.0


@pytest.mark.parametrize("due", [0.0, 3.0, 30.0, 1e6])
def test_a_price_never_makes_a_family_louder_nor_silent_below_zero(due: float) -> None:
    before = {"identity": 12.0, "content": 6.0, "interface": 3.0}
    after = charged(before, due)
    assert all(0.0 <= after[family] <= weight for family, weight in before.items())
    assert sum(before.values()) - sum(after.values()) >= min(due, sum(before.values())) - 1e-9


def test_one_who_is_released_takes_nothing_into_the_case() -> None:
    members = pool(np.random.default_rng(5), 20)
    names = sorted(members)
    folios = harvested(names)
    context, released = Context(imprints=members), Group(tuple(names[1:]))
    bound = Fit(tuple(names))
    found = campaign_standing(PANEL, BASELINE, released, bound, folios, context, CAMPAIGN, at=1.0, among=1)
    assert found.harvest.exchanges == sum(folios[one].harvest.exchanges for one in names[1:])


def test_merging_in_a_tree_says_what_merging_one_by_one_says() -> None:
    sound = merging(PANEL)
    folios = list(harvested([f"key:{i}" for i in range(13)]).values())
    tree = merged(sound, folios)
    row = reduce(lambda a, b: merge(sound, a, b).folio, folios)
    said = [weigh(sound, BASELINE, one, CAMPAIGN, 1.0).standing for one in (tree, row)]
    assert said[0].weight == pytest.approx(said[1].weight, rel=0.1, abs=0.5)
    assert said[0].harvest.exchanges == said[1].harvest.exchanges
    assert merged(sound, []) == begin(sound)


def test_detectors_that_compare_with_single_subjects_are_silent_on_merged_cases() -> None:
    assert set(PANEL) - set(merging(PANEL)) == {"cadence", "departure", "rhythm", "volume"}
    members = people(np.random.default_rng(6), 20)
    found = standing(members, harvested(sorted(members)))
    assert set(found.evidence) >= set(PANEL)
    assert found.evidence["volume"].weight == 0.0


@pytest.mark.slow
def test_random_unions_of_honest_accounts_are_never_named() -> None:
    """200 unions of 8 to 60, mixed and of one class, in the order in which they are examined."""
    honest = [one for one in population(None, "learn", 5, 0.12, 0.0) if not one.contracted]
    folios: dict[Id, Folio] = {}
    classes: dict[str, list[Id]] = {}
    for one in honest:
        pairs = lived(one, 80, embedded=False).pairs
        folios[one.account] = fold(PANEL, QUIET, [seen for pair in pairs for seen in pair]).folio
        classes.setdefault(one.traffic_class, []).append(one.account)
    dice = Random(7)
    kinds = [sorted(folios), *(some for some in classes.values() if len(some) >= LEAST)]
    for number in range(1, 201):
        kind = kinds[number % len(kinds)]
        chosen = tuple(sorted(dice.sample(kind, dice.randint(LEAST, min(60, len(kind))))))
        context, group = Context(imprints={}), Group(chosen)
        found = campaign_standing(PANEL, BASELINE, group, Fit(chosen), folios, context, CAMPAIGN, at=1.0, among=number)
        assert not touched(found)
        assert math.isfinite(found.weight)
