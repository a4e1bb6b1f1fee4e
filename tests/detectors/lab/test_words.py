"""The two halves of our wording have nothing in common but English."""

from random import Random

import pytest

from detectors.lab.tongues import TONGUES
from detectors.lab.words import FIELDS, Words, spoken

HALVES = (Words(0), Words(1))


def test_halves_share_no_field_and_together_have_all() -> None:
    first, second = ({field for field, _ in half.things()} for half in HALVES)
    assert not first & second
    assert first | second == FIELDS.keys()


@pytest.mark.parametrize("tongue", ["", *TONGUES])
def test_halves_ask_nothing_alike(tongue: str) -> None:
    rng = Random(8)
    first, second = ({Words(half, tongue).question(rng) for _ in range(300)} for half in (0, 1))
    assert len(first) > 20
    assert not first & second


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_form_of_every_language_can_be_filled(tongue: str) -> None:
    for speech, forms in TONGUES[tongue].forms.items():
        said = {Words(half, tongue).say(Random(seed), (), speech) for half in (0, 1) for seed in range(60)}  # type: ignore[arg-type]
        assert len(said) >= len(forms)
        assert not any("{" in one for one in said)


def test_a_share_of_clients_writes_another_language() -> None:
    tongues = [spoken(Random(seed), 0).tongue for seed in range(800)]
    assert 0.15 < sum(map(bool, tongues)) / 800 < 0.35
    assert set(tongues) == {"", *TONGUES}


def test_a_list_of_one_is_everybodys() -> None:
    assert [half.pick(Random(1), ("only",)) for half in HALVES] == ["only", "only"]
