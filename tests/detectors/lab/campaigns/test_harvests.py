"""What campaigns ask, and what they put around it."""

from itertools import islice
from random import Random

from detectors.lab.campaigns.harvests import Cleaning, Listed, Relay, never_twice
from detectors.lab.campaigns.scaffolds import wordings
from detectors.lab.grammars import people, seeds
from detectors.lab.habits import habits
from detectors.lab.job import Ask, answered
from detectors.lab.traffic import START, Asked
from detectors.lab.words import Words


def _answered(ask: Ask, number: int) -> Asked:
    return answered(Random(number), ask, habits(Random(1)), START + number, attack=True)


def test_no_question_is_dealt_twice() -> None:
    script = seeds.instructions(Random(1), Words(1))
    listed = Listed(never_twice(script), [("", "{x}")], "long")

    asked = [listed.ask(i % 7).turns[0].text for i in range(3000)]

    assert len(set(asked)) == len(asked)


def test_every_account_has_a_wording_of_its_own() -> None:
    scaffolds = [(text, "{x}") for text in wordings(Random(2), Words(1), "reasoning", 200)]
    listed = Listed(never_twice(seeds.instructions(Random(1), Words(1))), scaffolds, "thinking")

    systems = {listed.ask(i).system for i in range(200)}

    assert len(systems) > 190


def test_halves_never_word_a_demand_alike() -> None:
    learnt, judged = (set(wordings(Random(3), Words(half), "expert", 300)) for half in (0, 1))

    assert not learnt & judged


def test_what_some_accounts_are_served_others_are_handed_to_clean() -> None:
    listed = Listed(never_twice(seeds.instructions(Random(1), Words(1))), [("", "{x}")], "worked")
    cleaning = Cleaning(Random(2), Words(1), listed, frozenset({1}))
    served = []
    for number in range(40):
        ask = cleaning.ask(0)
        asked = _answered(ask, number)
        cleaning.told(0, ask, asked)
        served.append(asked.choices[0])

    cleaned = [cleaning.ask(1).turns[0].text for _ in range(40)]

    assert all(any(text in one for text in served) for one in cleaned)
    assert len(set(cleaned)) == len(cleaned)


def _handed_over(*, sticky: bool) -> tuple[int, int]:
    """Return how many signatures are handed in, and how many of them by an account that was not served them."""
    relay = Relay(Random(1), people.people(Random(2), Words(1)), "", sticky=sticky)
    owner: dict[str, int] = {}
    handed = foreign = 0
    for number in range(600):
        account = number % 5
        ask = relay.ask(account)
        asked = _answered(ask, number)
        relay.told(account, ask, asked)
        owner[asked.signature] = account
        handed += len(ask.handed)
        foreign += sum(owner[one] != account for one in ask.handed)
    return handed, foreign


def test_a_relay_hands_signatures_from_account_to_account_unless_a_user_stays_on_one() -> None:
    handed, foreign = _handed_over(sticky=False)

    assert foreign > handed / 2 > 50
    assert _handed_over(sticky=True)[1] == 0


def test_a_list_that_runs_dry_goes_on() -> None:
    script = iter([*islice(seeds.instructions(Random(1), Words(1)), 5)] * 100)

    assert len(list(never_twice(script))) >= 5
