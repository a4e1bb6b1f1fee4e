"""The trial: played, folded, linked and judged, hour by hour."""

from collections.abc import Mapping
from itertools import islice

import msgspec
import pytest

from detectors.base import Baseline
from detectors.lab.campaigns.company import Company, company
from detectors.linkage.base import Group, Id, Imprint
from gateway.app.analysing import SHIPPED
from gateway.features import Features
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_reading import SALT, Seen, identity, read, read_beside
from gateway.lab.campaign_trial import Trial, bans, facts, tried
from gateway.lab.campaign_watch import Judge, Watch
from gateway.lab.command import POLICY
from gateway.plugins import panel
from gateway.policies.file import load_policy

BATCHES = 24


class Told:
    """Finds one group: all accounts of one campaign that were seen."""

    def __init__(self, members: frozenset[Id]) -> None:
        self._members = members
        self._seen: set[Id] = set()
        self.before: list[Mapping[str, frozenset[Id]]] = []

    def find(
        self, changed: Mapping[Id, Imprint], gone: frozenset[Id], before: Mapping[str, frozenset[Id]]
    ) -> Mapping[str, Group]:
        del gone
        self.before.append(before)
        self._seen |= changed.keys() & self._members
        return {"camp_told": Group(tuple(sorted(self._seen)))} if self._seen else {}


@pytest.fixture(scope="module")
def everybody() -> Company:
    return company(None, "judge", 0, "small")


@pytest.fixture(scope="module")
def batches(everybody: Company) -> list[list[Seen]]:
    return list(islice(read(everybody.acts(), Features(SALT)), BATCHES))


@pytest.fixture(scope="module")
def played(everybody: Company, batches: list[list[Seen]]) -> tuple[Trial, Told]:
    told = Told(
        frozenset(identity(m) for group in everybody.groups if group.kind == "wide_slow" for m in group.members)
    )
    baseline = msgspec.json.decode(SHIPPED.read_bytes(), type=Baseline)
    judge = Judge(panel({}), baseline, load_policy(POLICY), facts(everybody.members()), bans(everybody))
    return tried(everybody, batches, Watch(judge, told)), told


def test_the_same_is_read_beside_and_here(everybody: Company, batches: list[list[Seen]]) -> None:
    assert list(islice(read_beside(everybody.acts(), Features(SALT)), 2)) == batches[:2]


def test_every_exchange_is_folded_once_and_what_attacks_were_served_is_noted(
    played: tuple[Trial, Told], batches: list[list[Seen]]
) -> None:
    trial, _ = played
    seen = [one for batch in batches for one in batch]

    assert trial.exchanges == len(seen)
    assert sum(one.exchanges for one in trial.imprints.values()) == sum(one.served for one in seen)
    assert sum(map(len, trial.served.values())) == sum(one.attack and one.served for one in seen)
    assert trial.alone.keys() == {one.member for one in seen}


def test_a_group_of_eight_is_looked_at_under_one_name_and_told_from_whom_it_is(played: tuple[Trial, Told]) -> None:
    trial, told = played

    assert set(trial.last) == {"camp_told"}
    assert len(trial.last["camp_told"].group.members) >= 8
    assert told.before[-1].keys() == {"camp_told"}
    assert Ledger(trial).mostly(trial.last["camp_told"]).startswith("wide_slow")


def test_bans_are_known_from_the_day_on_which_they_were_made(everybody: Company) -> None:
    (group,) = [one for one in everybody.groups if one.banned_at]
    members = [identity(one) for one in group.members]

    assert bans(everybody)(members, group.banned_at - 1.0) == ()
    assert {ban.member for ban in bans(everybody)(members, group.banned_at)} == {
        identity(one) for one in group.members if not one.pool
    }
