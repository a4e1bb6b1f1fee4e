"""Every grammar never ends, varies, leaves no blank unfilled, and its halves share nothing."""

from itertools import islice
from random import Random

import pytest

from detectors.lab.roster.adversaries import ADVERSARIES
from detectors.lab.roster.benign import BENIGN
from detectors.lab.roster.recipe import Grammar
from detectors.lab.tongues import TONGUES
from detectors.lab.words import Words

GRAMMARS = sorted({recipe.own for recipe in BENIGN + ADVERSARIES}, key=lambda own: own.__name__)
SHORT = {"customers", "players"}  # "Look around." is in no half alone


def texts(own: Grammar, words: Words, seed: int = 4) -> list[str]:
    rng = Random(seed)
    return [line.text for one in islice(own(rng, words), 80) for line in one.lines]


@pytest.mark.parametrize("own", GRAMMARS, ids=lambda own: own.__name__)
def test_a_grammar_varies_and_fills_every_blank(own: Grammar) -> None:
    for half in (0, 1):
        said = texts(own, Words(half))
        assert len(said) >= 80
        systems = {one.system for one in islice(own(Random(4), Words(half)), 40)}
        assert len(set(said)) > 10 or len(systems) > 10
        assert not any("{t}" in one or "{x}" in one or "{k" in one or "{p" in one for one in [*said, *systems])
        assert said == texts(own, Words(half))


@pytest.mark.parametrize("own", GRAMMARS, ids=lambda own: own.__name__)
def test_halves_share_next_to_nothing(own: Grammar) -> None:
    first, second = ({one for one in texts(own, Words(half)) if len(one) > 16} for half in (0, 1))
    assert not first & second


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("own", [own for own in GRAMMARS if own.__name__ in ("people", "customers", "instructions")])
def test_what_people_and_distillers_say_can_be_said_in_other_languages(own: Grammar, tongue: str) -> None:
    english, other = set(texts(own, Words(0))), set(texts(own, Words(0, tongue)))
    assert not english & other
