from collections.abc import Iterable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import Group
from detectors.linkage.continued import continued


def group(members: Iterable[str]) -> Group:
    return Group(tuple(sorted(members)))


def test_a_campaign_keeps_its_name_while_members_come_and_go() -> None:
    [(name, first)] = continued({}, [group("abcd")]).items()
    for members in ("abcde", "bcdef", "cdefg", "defgh"):
        [(again, first)] = continued({name: frozenset(first.members)}, [group(members)]).items()
        assert again == name


def test_the_largest_part_of_a_split_keeps_the_name() -> None:
    names = continued({"camp_a": frozenset("abcdefg")}, [group("ab"), group("cdefg")])
    assert names["camp_a"].members == tuple("cdefg")
    assert len(names) == 2


def test_the_largest_share_of_a_merge_gives_the_name() -> None:
    before = {"camp_a": frozenset("ab"), "camp_b": frozenset("cdefg")}
    assert list(continued(before, [group("abcdefg")])) == ["camp_b"]


def test_of_equal_shares_the_lower_name_counts() -> None:
    before = {"camp_b": frozenset("ab"), "camp_a": frozenset("cd")}
    assert list(continued(before, [group("abcd")])) == ["camp_a"]


def test_a_group_with_little_in_common_is_a_new_campaign() -> None:
    before = {"camp_a": frozenset("abcdefgh")}
    assert "camp_a" not in continued(before, [group("avwxyz12")])


def test_a_new_campaign_of_the_same_founders_gets_another_name() -> None:
    [name] = continued({}, [group("ab")])
    assert name not in continued({name: frozenset("vwxyz")}, [group("ab")])


members = st.frozensets(st.sampled_from("abcdefghijkl"), min_size=2, max_size=6)


@given(
    st.dictionaries(st.sampled_from(["camp_a", "camp_b", "camp_c"]), members),
    st.lists(members, max_size=5),
    st.randoms(),
)
def test_every_group_has_one_name_whatever_the_order(
    before: dict[str, frozenset[str]], found: list[frozenset[str]], dice: Random
) -> None:
    groups = [group(own) for place, one in enumerate(found) if len(own := one.difference(*found[:place])) > 1]
    names = continued(before, groups)
    assert sorted(one.members for one in names.values()) == sorted(one.members for one in groups)
    dice.shuffle(groups)
    assert continued(dict(reversed(before.items())), groups) == names
