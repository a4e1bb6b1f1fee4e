from hypothesis import given
from hypothesis import strategies as st

from gateway.replay.shares import Shares

SUBJECTS = st.lists(
    st.tuples(st.sampled_from(["account", "key", "network"]), st.text(max_size=2)), min_size=1, max_size=4, unique=True
)


@given(st.lists(SUBJECTS), st.integers(1, 5), st.integers(0, 6))
def test_each_subject_is_in_one_share_for_ever(groups: list[list[tuple[str, str]]], count: int, known: int) -> None:
    shares = Shares(count, known)
    home: dict[tuple[str, str], int] = {}
    for group in groups:
        split = shares.split(tuple(group), 1)
        assert sorted(one for own in split.values() for one in own) == sorted(group)
        for share, own in split.items():
            assert 0 <= share < count
            for subject in own:
                assert home.setdefault(subject, share) == share


def test_subjects_that_come_together_stay_together_and_others_go_where_least_is() -> None:
    shares = Shares(2)
    assert shares.split((("account", "a"), ("key", "k")), 10) == {0: (("account", "a"), ("key", "k"))}
    assert shares.split((("account", "b"),), 1) == {1: (("account", "b"),)}
    assert shares.split((("network", "n"), ("key", "k")), 1) == {0: (("network", "n"), ("key", "k"))}
