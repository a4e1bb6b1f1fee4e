import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions import Subject
from gateway.exemptions.base import Entitlement
from gateway.exemptions.index import Exemptions, owners, within
from tests.gateway.exemptions.kit import ACME, DAY, EXCHANGE, KEY, NETWORK, START, USER, entitlement, group

OTHER = Subject("key", "cc" * 16)
TOGETHER = "at the same time: starts and ends must part them"


def found(exemptions: Exemptions, subject: Subject, at: float = START) -> str:
    one = exemptions.of(subject, at)
    return one.name if one else ""


@pytest.mark.parametrize(
    ("at", "name"), [(START - 1, ""), (START, "acme"), (START + DAY - 1, "acme"), (START + DAY, "")]
)
def test_an_entitlement_holds_from_its_start_until_its_end(at: float, name: str) -> None:
    assert found(Exemptions([entitlement(ends=START + DAY)]), ACME, at) == name


def test_one_follows_the_other_on_the_same_subject() -> None:
    first = entitlement(name="first", ends=START + DAY)
    second = entitlement(name="second", starts=START + DAY)
    exemptions = Exemptions([second, first])
    assert exemptions.clashes == []
    assert [found(exemptions, ACME, START + days * DAY) for days in (0, 1)] == ["first", "second"]
    assert (exemptions.expired(START + DAY), exemptions.next_start(START)) == (1, START + DAY)
    assert exemptions.next_start(START + DAY) == float("inf")


def test_the_narrowest_subject_decides_and_covers_what_belongs_to_it() -> None:
    both = Exemptions([entitlement(), entitlement(KEY, name="key")])
    covering = both.covering(EXCHANGE, START)
    assert covering is not None
    assert (covering.entitlement.name, covering.subjects) == ("key", (USER, KEY))
    covering = Exemptions([entitlement()]).covering(EXCHANGE, START)
    assert covering is not None
    assert covering.subjects == (USER, KEY, ACME)


def test_a_network_covers_nobody_but_itself() -> None:
    covering = Exemptions([entitlement(NETWORK)]).covering(EXCHANGE, START)
    assert covering is not None
    assert covering.subjects == (NETWORK,)


def test_nobody_is_covered_by_an_entitlement_of_others() -> None:
    exemptions = Exemptions([entitlement(OTHER)])
    assert exemptions.covering(EXCHANGE, START) is None
    assert not exemptions.names(EXCHANGE)
    assert exemptions.names([OTHER])
    assert Exemptions().covering(EXCHANGE, START) is None


@pytest.mark.parametrize("named", [KEY, Subject("group", "failover")])
def test_the_members_of_a_key_group_share_one_entitlement(named: Subject) -> None:
    exemptions = Exemptions([entitlement(named)], [group(KEY, OTHER, ends=START + DAY)])
    assert exemptions.clashes == []
    assert [found(exemptions, one) for one in (KEY, OTHER)] == ["acme", "acme"]
    assert exemptions.groups_of(OTHER, START) == ("failover",)
    assert exemptions.groups_of(ACME, START) == ()
    later = START + DAY
    assert exemptions.groups_of(OTHER, later) == ()
    assert [found(exemptions, one, later) for one in (KEY, OTHER)] == ["acme" if named == KEY else "", ""]


def test_what_cannot_both_be_meant_is_a_clash() -> None:
    exemptions = Exemptions(
        [entitlement(), entitlement(KEY, Subject("group", "nowhere")), entitlement(ACME, name="third")],
        [group(KEY, OTHER), group(OTHER, ACME, name="second")],
    )
    assert [(clash.list, clash.place, clash.message) for clash in exemptions.clashes] == [
        ("entitlements", 1, "there is another of the name acme"),
        ("groups", 1, "a member is in the group failover already"),
        ("entitlements", 1, "there is no group nowhere"),
        (
            "entitlements",
            2,
            "a subject of it has the entitlement acme at the same time: starts and ends must part them",
        ),
        (
            "entitlements",
            2,
            "a subject of it has the entitlement acme at the same time: starts and ends must part them",
        ),
    ]


def test_two_members_of_one_group_cannot_have_two_entitlements_at_a_time() -> None:
    exemptions = Exemptions([entitlement(KEY), entitlement(OTHER, name="other")], [group(KEY, OTHER)])
    assert [clash.place for clash in exemptions.clashes] == [1]


SOME = [Subject("key", str(n)) for n in range(4)]
PERIOD = st.tuples(st.integers(0, 8), st.integers(1, 8)).map(lambda pair: (pair[0], pair[0] + pair[1]))
GIVEN = st.lists(st.tuples(st.sets(st.sampled_from(SOME), min_size=1), PERIOD), max_size=6)


@given(GIVEN, st.sampled_from(SOME), st.integers(-1, 17))
def test_a_look_up_finds_what_a_walk_over_all_entitlements_finds(
    given: list[tuple[set[Subject], tuple[int, int]]], subject: Subject, at: int
) -> None:
    entitlements: list[Entitlement] = [
        entitlement(*sorted(subjects), name=str(n), starts=float(a), ends=float(b))
        for n, (subjects, (a, b)) in enumerate(given)
    ]
    exemptions = Exemptions(entitlements)
    walked = [one.name for one in entitlements if subject in one.subjects and one.starts <= at < one.ends]
    assert found(exemptions, subject, float(at)) == (walked[0] if walked else "")
    assert bool(exemptions.clashes) or len(walked) <= 1


def test_what_belongs_to_whom() -> None:
    assert owners(USER, EXCHANGE) == (KEY, ACME)
    assert owners(KEY, EXCHANGE) == (ACME,)
    assert owners(ACME, EXCHANGE) == owners(NETWORK, EXCHANGE) == ()
    assert within(KEY, EXCHANGE) == (USER, KEY)
