import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import Kind
from detectors.linkage.census import BOUNDS, FRAMES, Census, learnt
from detectors.linkage.paraphrase import Paraphrases
from detectors.linkage.rarity import Rarity
from tests.detectors.linkage.people import imprint, wording

kinds = st.sampled_from(sorted(BOUNDS))


@given(kinds, st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_mark_says_more_than_its_kind_may(kind: Kind, trusted: int, count: int) -> None:
    census = Census(trusted={kind: trusted}, counts={kind: {"5": min(count, trusted)}})
    for value in (5, 6):
        assert 0.0 <= census.weight(kind, value) <= BOUNDS[kind].most + 1e-6
        assert 0.0 < census.rate(kind, value) <= 1.0


@given(kinds, st.integers(1, 10**5), st.integers(1, 10**5))
def test_the_more_trusted_show_it_the_less_it_says(kind: Kind, trusted: int, count: int) -> None:
    census = Census(trusted={kind: trusted})
    count = min(count, trusted)
    assert census.rate_of(kind, count) <= census.rate_of(kind, count + 1)
    assert census.rate_of(kind, count) >= count / trusted or count / trusted < math.exp(-BOUNDS[kind].most)


def test_while_nobody_is_trusted_a_mark_says_what_is_presumed() -> None:
    for kind, bounds in BOUNDS.items():
        assert Census().weight(kind, 1) == pytest.approx(bounds.presumed)


def test_what_the_operator_knows_says_nothing() -> None:
    census = Census().knowing({"scaffold": [5], "client": [6]})
    assert (census.weight("scaffold", 5), census.weight("client", 6)) == (0.0, 0.0)
    assert census.knowing({"scaffold": [7]}).weight("scaffold", 5) == 0.0


def test_a_census_survives_storage() -> None:
    census = learnt([imprint(scaffold=5, frame=wording(1), client=2)] * 4).knowing({"tls": [9]}, [wording(3)])
    assert msgspec.json.decode(msgspec.json.encode(census), type=Census) == census


def test_each_subject_counts_once() -> None:
    census = learnt([imprint(scaffold=5, exchanges=10 * n) for n in range(1, 10)])
    assert census.counts["scaffold"] == {"5": 9}
    assert census.rate("scaffold", 5) == 1.0


def test_what_is_carried_elsewhere_holds_no_keyed_fingerprints() -> None:
    census = learnt([imprint(scaffold=5, frame=wording(1), client=2, network=3)] * 20).portable()
    assert set(census.counts) == {"pace"}
    assert census.frames == ((wording(1), 20),)
    assert census.weight("client", 4) == pytest.approx(BOUNDS["client"].presumed)  # nobody was counted here


def test_no_more_wordings_are_kept_than_there_is_room_for() -> None:
    assert len(learnt(imprint(scaffold=n + 1, frame=wording(n)) for n in range(FRAMES + 50)).frames) == FRAMES


def weights(census: Census, near: int) -> tuple[float, float]:
    paraphrases = Paraphrases()
    paraphrases.change({5: wording(900, like=near, apart=0.1)})
    rarity = Rarity(census, paraphrases)
    return rarity.weight("scaffold", 5), rarity.weight("paraphrase", 5)


def test_a_wording_that_trusted_subjects_use_weighs_what_their_share_says() -> None:
    census = learnt([imprint(scaffold=1, frame=wording(1))] * 50 + [imprint(scaffold=2, frame=wording(2))] * 50)
    assert weights(census, near=1)[1] == pytest.approx(math.log(101 / 51))
    assert weights(census.portable(), near=1)[0] == pytest.approx(math.log(101 / 51))
    assert weights(census, near=7)[1] == pytest.approx(math.log(100 + math.exp(BOUNDS["paraphrase"].presumed)))


def test_wordings_of_a_known_prompt_weigh_nothing() -> None:
    assert weights(Census().knowing({}, [wording(1)]), near=1) == (0.0, 0.0)
