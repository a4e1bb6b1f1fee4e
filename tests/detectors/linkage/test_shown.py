import math

from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import Facts, Imprint, Mark
from detectors.linkage.shown import LAST, SHOWN, SIDES, USES, declared, frames, shown
from tests.detectors.linkage.people import DAY, START, imprint, marks, wording

any_marks = st.lists(
    st.builds(Mark, st.integers(0, 2**64 - 1), st.integers(0, 10**9), st.floats(0.0, LAST), st.floats(0.0, LAST)),
    max_size=8,
).map(tuple)
payloads = st.binary(max_size=64 * 8).map(lambda sample: sample[: len(sample) // 8 * 8])
imprints = st.builds(
    Imprint, exchanges=st.integers(0, 10**9), first_at=st.floats(0.0, LAST), last_at=st.floats(0.0, LAST),
    scaffolds=any_marks, openings=any_marks, networks=any_marks, asns=any_marks, clients=any_marks, tls=any_marks,
    habits=any_marks, hours=st.binary(max_size=336), payloads=payloads,
    asked=st.tuples(st.floats(0.0, 1e12), st.floats(0.0, 1e15)), taken=st.tuples(st.floats(0.0, 1e12), st.just(0.0)),
    single=st.integers(0, 10**9),
)  # fmt: skip


@given(imprints)
def test_it_is_bounded_and_total(subject: Imprint) -> None:
    found = shown(subject)
    assert len(found) <= SHOWN
    assert all(mark.kind in SIDES and 0 < mark.value < 2**64 and math.isfinite(mark.first_at) for mark in found)


@given(st.integers(0, USES - 1))
def test_a_subject_of_one_query_shows_nothing(exchanges: int) -> None:
    subject = imprint(scaffold=5, frame=wording(1), network=6, client=7, exchanges=exchanges)
    assert shown(subject) == ()
    assert frames(subject) == {}


def test_a_padded_harvester_shows_its_scaffold_beside_its_cover() -> None:
    cover = marks(1, count=270)
    subject = Imprint(exchanges=300, first_at=START, last_at=START + 10 * DAY, scaffolds=(*cover, *marks(2, count=30)))
    assert [mark.value for mark in shown(subject) if mark.kind == "scaffold"] == [1, 2]


def test_a_network_seen_in_passing_is_not_shown() -> None:
    subject = Imprint(
        exchanges=1_000, first_at=START, last_at=START + DAY, networks=(*marks(1, count=990), *marks(2, count=10))
    )
    assert [mark.value for mark in shown(subject) if mark.kind == "network"] == [1]


def test_who_does_the_same_work_has_the_same_pace_whatever_it_is() -> None:
    def pace(scaffold: int, exchanges: int) -> int:
        subject = imprint(scaffold=scaffold, exchanges=exchanges)
        return next(mark.value for mark in shown(subject) if mark.kind == "pace")

    assert pace(scaffold=1, exchanges=60) == pace(scaffold=2, exchanges=62)
    assert pace(scaffold=1, exchanges=60) != pace(scaffold=1, exchanges=6_000)


def test_sign_ups_of_one_night_share_a_day_though_midnight_lies_between() -> None:
    midnight = 20_000 * DAY
    before, after = declared(Facts(joined=midnight - 60.0)), declared(Facts(joined=midnight + 60.0))
    assert {mark.value for mark in before} & {mark.value for mark in after}
    assert not {mark.value for mark in before} & {mark.value for mark in declared(Facts(joined=midnight + 3 * DAY))}


def test_times_that_cannot_be_say_nothing() -> None:
    for joined in (math.nan, math.inf, -1.0, 0.0, 1e300):
        assert declared(Facts(joined=joined)) == ()
