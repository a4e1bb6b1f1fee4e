from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import MOST_PARTNERS, Partner
from detectors.linkage.partners import counted

some = st.lists(
    st.builds(Partner, st.integers(1, 30), st.sampled_from(["reasoning", "recirculation"]), st.integers(1, 5),
              st.just(1.0)),
    max_size=MOST_PARTNERS, unique_by=lambda one: (one.other, one.kind),
).map(lambda found: counted((), tuple(found)))  # fmt: skip


@given(some, some)
def test_a_merge_is_the_same_either_way_round_and_never_counts_too_many(
    one: tuple[Partner, ...], other: tuple[Partner, ...]
) -> None:
    both = counted(one, other)
    assert both == counted(other, one)
    assert len(both) <= MOST_PARTNERS
    for found in both:
        known = [p.count for p in (*one, *other) if (p.other, p.kind) == (found.other, found.kind)]
        assert found.count == sum(known)


def test_the_most_frequent_stay_and_among_equals_the_least() -> None:
    many = tuple(Partner(other, "reasoning", 1, 1.0) for other in range(50, 1, -1))
    kept = counted((Partner(99, "reasoning", 7, 1.0),), many)
    assert [one.other for one in kept] == [99, *range(2, MOST_PARTNERS + 1)]
