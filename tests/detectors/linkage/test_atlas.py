from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.linkage.atlas import Atlas
from detectors.linkage.base import Facts, Group, Id, Imprint, Partner
from detectors.linkage.census import learnt
from tests.detectors.linkage.people import DAY, START, imprint, marks, wording

MANY = 60  # individuals around a campaign


def individuals(many: int = MANY) -> dict[Id, Imprint]:
    """People who share an SDK and nothing else."""
    return {
        f"key:i{n}": imprint(scaffold=10_000 + n, network=20_000 + n, client=1, habit=2, frame=wording(n))
        for n in range(many)
    }


def harvesters(many: int = 20, name: str = "c", scaffold: int = 7) -> dict[Id, Imprint]:
    return {f"key:{name}{n}": imprint(scaffold=scaffold, network=30_000 + n, client=1, habit=2) for n in range(many)}


def found(
    imprints: Mapping[Id, Imprint], facts: Mapping[Id, Facts] | None = None, mark: Mapping[Id, int] | None = None
) -> list[Group]:
    atlas = Atlas(partner_mark=(mark or {}).__getitem__) if mark else Atlas()
    atlas.update(imprints, facts or {})
    return atlas.groups()


def members(groups: Sequence[Group]) -> list[list[Id]]:
    return [list(group.members) for group in groups]


def test_nobody_forms_no_group() -> None:
    assert found({}) == []
    assert found({"key:a": Imprint()}) == []


def test_people_who_share_an_sdk_are_no_group() -> None:
    assert found(individuals()) == []


def test_a_shared_scaffold_written_in_one_way_binds() -> None:
    pool = harvesters()
    groups = found({**individuals(), **pool})
    assert members(groups) == [sorted(pool)]
    assert [reason.kind for reason in groups[0].reasons][:2] == ["scaffold", "habit"]
    assert len(groups[0].links) == len(pool) - 1


def test_a_scaffold_reworded_for_each_key_binds_too() -> None:
    pool = {
        f"key:c{n}": imprint(scaffold=500 + n, frame=wording(900 + n, like=99), client=1, habit=2, network=600 + n)
        for n in range(30)
    }
    groups = found({**individuals(), **pool})
    assert members(groups) == [sorted(pool)]
    assert groups[0].reasons[0].kind == "paraphrase"


def test_one_network_alone_is_no_group() -> None:
    office = {f"key:o{n}": imprint(scaffold=800 + n, network=5, client=1 + n % 3, habit=2) for n in range(40)}
    assert found({**individuals(), **office}) == []


@pytest.mark.parametrize("times", [2, 3])
def test_reasoning_that_another_was_served_ties_once_it_is_a_habit(times: int) -> None:
    handed = imprint(scaffold=3, partners=(Partner(42, "reasoning", times, 0.0),))
    groups = found({"key:a": handed, "key:b": imprint(scaffold=4)}, mark={"key:a": 41, "key:b": 42})
    assert members(groups) == ([["key:a", "key:b"]] if times > 2 else [])


def test_one_payer_ties() -> None:
    two = {"account:a": imprint(scaffold=3), "account:b": imprint(scaffold=4)}
    assert members(found(two, {one: Facts(payment=5) for one in two})) == [["account:a", "account:b"]]


def test_a_declared_group_is_no_campaign_by_itself() -> None:
    pool = harvesters()
    assert found({**individuals(), **pool}, {one: Facts(kin="ours") for one in pool}) == []


handed = st.builds(Partner, st.integers(0, 40), st.just("reasoning"), st.just(4), st.just(0.0))
people = st.builds(
    imprint, scaffold=st.integers(1, 4), frame=st.sampled_from([b"", *(wording(n) for n in range(3))]),
    opening=st.integers(0, 3), network=st.integers(0, 3), client=st.integers(0, 2), habit=st.integers(0, 2),
    exchanges=st.integers(0, 12),
    partners=st.lists(handed, max_size=2).map(tuple),
)  # fmt: skip
declared = st.builds(
    Facts, joined=st.sampled_from([0.0, 1.7e9]), payment=st.sampled_from([0, 0, 5]), kin=st.sampled_from(["", "", "k"])
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_portions_order_and_detours_change_nothing(data: st.DataObject) -> None:
    ids = [f"key:{n}" for n in range(40)]
    mark = {one: place for place, one in enumerate(ids)}
    final = data.draw(st.dictionaries(st.sampled_from(ids), people, max_size=40))
    facts = data.draw(st.dictionaries(st.sampled_from(ids), declared, max_size=6))
    atlas = Atlas(partner_mark=mark.__getitem__, threshold=4.0)
    detours = data.draw(st.dictionaries(st.sampled_from(ids), people, max_size=20))
    atlas.update(detours, facts)
    atlas.groups()
    order = data.draw(st.permutations(sorted(final)))
    for start in range(0, len(order), 7):
        atlas.update({one: final[one] for one in order[start : start + 7]})
        atlas.groups()
    atlas.update({}, gone=[one for one in detours if one not in final])
    whole = Atlas(partner_mark=mark.__getitem__, threshold=4.0)
    whole.update(final, facts)
    assert atlas.groups() == whole.groups()
    assert {one: atlas.ties(one) for one in final} == {one: whole.ties(one) for one in final}


def test_two_pools_that_share_a_few_members_stay_two_groups() -> None:
    both = {
        f"key:b{n}": Imprint(
            exchanges=20, first_at=START, last_at=START + DAY, scaffolds=marks(7, 8), clients=marks(1), habits=marks(2),
            single=20,
        )
        for n in range(3)
    }  # fmt: skip
    groups = found({**individuals(), **harvesters(), **harvesters(name="d", scaffold=8), **both})
    assert sorted(len([one for one in group.members if one[4] in "cd"]) for group in groups) == [20, 20]
    assert sorted(one for group in groups for one in group.members if one in both) == sorted(both)


def test_a_known_prompt_binds_nobody() -> None:
    atlas = Atlas()
    atlas.update({**individuals(), **harvesters()})
    assert len(atlas.groups()) == 1
    atlas.census = atlas.census.knowing({"scaffold": [7]})
    assert atlas.groups() == []


def test_a_prompt_that_trusted_subjects_share_binds_nobody() -> None:
    trusted = learnt(imprint(scaffold=7 if n % 3 else n, client=1, habit=2) for n in range(300))
    atlas = Atlas(trusted)
    atlas.update({**individuals(), **harvesters()})
    assert atlas.groups() == []


def test_readers_of_one_publisher_are_no_group() -> None:
    readers = {
        f"key:r{n:02}": imprint(scaffold=500 + n, partners=(Partner(42, "recirculation", 9, 0.0),)) for n in range(40)
    }
    mark = {one: 1_000 + place for place, one in enumerate(readers)} | {"key:p": 42}
    assert found({**readers, "key:p": imprint(scaffold=4)}, mark=mark) == []


def test_a_source_stays_with_its_own_when_a_stranger_hands_its_answers_in() -> None:
    pool = harvesters(20)
    mark = {one: 1_000 + place for place, one in enumerate([*individuals(), *pool])} | {"key:x": 5}
    stranger = imprint(scaffold=77, partners=tuple(Partner(mark[f"key:c{n}"], "reasoning", 9, 0.0) for n in range(8)))
    groups = found({**individuals(), **pool, "key:x": stranger}, mark=mark)
    assert sorted(pool) in members(groups)


def test_millions_of_one_query_subjects_cost_a_row_and_show_nothing() -> None:
    atlas = Atlas()
    atlas.update({f"key:{n}": imprint(scaffold=7, client=1, habit=2, exchanges=1) for n in range(5_000)})
    assert (len(atlas), atlas.groups()) == (5_000, [])


def test_fingerprints_that_collide_make_no_group_by_themselves() -> None:
    people = individuals() | {"key:x": imprint(scaffold=10_001, client=9, habit=8), "key:y": imprint(network=20_002)}
    assert found(people) == []


def test_an_account_that_links_later_joins() -> None:
    atlas = Atlas()
    atlas.update({**individuals(), **harvesters()})
    atlas.update({"key:late": imprint(scaffold=7, client=1, habit=2, network=99, exchanges=4)})
    assert "key:late" in atlas.groups()[0].members
    assert atlas.ties("key:late")[0].reasons[0].kind == "scaffold"


def test_whoever_is_gone_is_in_no_group_and_ties_nobody() -> None:
    pool = harvesters()
    atlas = Atlas()
    atlas.update({**individuals(), **pool})
    atlas.update({}, gone=[*list(pool)[:10], "key:nobody"])
    assert members(atlas.groups()) == [sorted(list(pool)[10:])]
    assert atlas.ties("key:c0") == ()


def test_a_group_tells_when_each_member_first_showed_a_mark() -> None:
    atlas = Atlas()
    atlas.update({"key:a": imprint(scaffold=7, frame=wording(1), first_at=START + 5.0)})
    shown = {mark.kind: mark for mark in atlas.shown("key:a")}
    assert shown["scaffold"].first_at == shown["paraphrase"].first_at == START + 5.0


def test_facts_may_come_before_their_subject_and_after() -> None:
    before, after = Atlas(), Atlas()
    facts = {"account:a": Facts(payment=5), "account:b": Facts(payment=5)}
    before.update({}, facts)
    people = {one: imprint(scaffold=3 + place) for place, one in enumerate(facts)}
    before.update(people)
    after.update(people)
    assert after.groups() == []
    after.update({}, facts)
    assert before.groups() == after.groups() != []
