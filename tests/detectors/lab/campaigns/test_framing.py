"""Campaigns that copy innocents."""

import pytest

from detectors.lab.campaigns.base import Act, Group
from detectors.lab.campaigns.crowds import Setting
from detectors.lab.campaigns.framing import framed
from detectors.lab.library import Library
from detectors.lab.traffic import DAY


@pytest.fixture(scope="module", params=[0, 1, 2])
def scene(request: pytest.FixtureRequest) -> tuple[Group, Group]:
    setting = Setting(f"framing-{request.param}", "framing", f"t/{request.param}", Library(None), "judge", 0)
    return framed(setting, request.param, 20, 10.0)


def test_prompt_network_software_and_questions_are_copied(scene: tuple[Group, Group]) -> None:
    victims, attackers = ([*group.plays()] for group in scene)

    assert {act.asked.system for act in attackers} <= {act.asked.system for act in victims}
    assert {_network(act) for act in victims} & {_network(act) for act in attackers}
    assert {act.member.agent for act in attackers} == {act.member.agent for act in victims}
    known = {act.asked.turns[-1].text for act in victims}
    assert sum(act.asked.turns[-1].text in known for act in attackers) > len(attackers) / 10


def test_the_innocent_was_there_days_before_and_attacks_nobody(scene: tuple[Group, Group]) -> None:
    victims, attackers = ([*group.plays()] for group in scene)

    assert max(_first(victims)) + 3 * DAY < min(_first(attackers))
    assert not any(act.asked.attack for act in victims)
    assert all(act.asked.attack for act in attackers)


def _network(act: Act) -> str:
    return act.address.rpartition(".")[0]


def _first(acts: list[Act]) -> list[float]:
    first: dict[str, float] = {}
    for act in acts:
        first.setdefault(act.member.account, act.asked.at)
    return list(first.values())
