import pytest

from detectors.linkage.base import Id, Imprint
from detectors.linkage.census import BOUNDS
from detectors.linkage.threshold import THRESHOLD, pair_threshold
from tests.detectors.linkage.people import imprint


def strangers(many: int, scaffolds: int) -> dict[Id, Imprint]:
    """People of a few SDKs, of whom some use the same prompt."""
    return {
        f"key:{n}": imprint(scaffold=1 + n * 7919 % scaffolds, network=10_000 + n, client=1 + n % 7, habit=1 + n % 11)
        for n in range(many)
    }


def test_a_handful_of_people_tell_nothing() -> None:
    assert pair_threshold(strangers(20, 5)) == THRESHOLD


def test_it_lies_beyond_what_strangers_share_and_grows_with_what_is_asked() -> None:
    people = strangers(200, 20)
    once, seldom = pair_threshold(people, one_in=1e4), pair_threshold(people, one_in=1e7)
    assert once <= seldom
    assert seldom >= BOUNDS["scaffold"].presumed + BOUNDS["habit"].presumed


def test_strangers_who_share_less_ask_for_less() -> None:
    assert pair_threshold(strangers(200, 10**6)) < pair_threshold(strangers(200, 20))


def test_who_is_looked_at_does_not_depend_on_order() -> None:
    people = strangers(120, 20)
    assert pair_threshold(dict(reversed(people.items()))) == pytest.approx(pair_threshold(people))
