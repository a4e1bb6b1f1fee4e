"""Too many subjects become a sample that nobody can choose to be in, and none of whose lives is cut short."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.calibration.sample import Sample
from gateway.decisions import Subject


def offered(sample: Sample, names: list[str]) -> set[Subject]:
    kept: set[Subject] = set()
    for name in names:
        subject = Subject("key", name)
        if subject not in kept:
            gone = sample.offer(subject)
            kept.add(subject)
            kept.discard(gone) if gone else None
    return kept


def test_few_are_all_kept_and_counted() -> None:
    sample = Sample(10, b"k")
    assert len(offered(sample, list("abcdefghij"))) == 10
    assert sample.total() == 10


@given(st.permutations(list(range(40))), st.integers(1, 39))
def test_who_is_kept_does_not_depend_on_who_comes_first(order: list[int], most: int) -> None:
    kept = offered(Sample(most, b"k"), [str(i) for i in order])
    assert len(kept) == most
    assert kept == offered(Sample(most, b"k"), [str(i) for i in range(40)])


def test_who_was_turned_away_once_is_never_let_in_later() -> None:
    sample = Sample(5, b"k")
    kept = offered(sample, [str(i) for i in range(100)])
    others = {Subject("key", str(i)) for i in range(100)} - kept
    assert all(sample.offer(other) == other for other in others)


def test_another_key_keeps_others() -> None:
    names = [str(i) for i in range(200)]
    assert offered(Sample(20, b"one"), names) != offered(Sample(20, b"two"), names)


def test_how_many_there_were_is_told_from_the_hashes() -> None:
    sample = Sample(1000, b"k")
    offered(sample, [str(i) for i in range(20_000)])
    assert abs(sample.total() - 20_000) < 3_000
