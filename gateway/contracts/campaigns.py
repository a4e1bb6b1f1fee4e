"""What every store promises of campaigns and their members, and of cases that a linker reads."""

from collections.abc import Callable
from typing import Final, TypeAlias

from detectors.linkage.base import Reason
from gateway.campaigns import UNSEEN, Campaign, Member, Membership, Memberships
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded, Store

NOW: Final = 1_800_000_000.0  # seconds since the epoch
ONE, TWO, THREE = (Subject("key", name) for name in ("one", "two", "three"))
ACME: Final = Subject("account", "acme")
Maker: TypeAlias = Callable[..., Store]


def campaign(name: str = "camp_a", *, born: int = 1, named: float = 0.0, seen: float = NOW) -> Campaign:
    """Return a campaign."""
    return Campaign(id=name, born=born, at=NOW, named=named, seen=seen)


def member(subject: Subject, name: str = "camp_a", *, spared: str = "") -> Member:
    """Return a member, tied to nobody."""
    shared = (Reason("scaffold", 7, 6.5, 3),)
    return Member(campaign=name, subject=subject, since=NOW, weight=6.5, reasons=shared, spared=spared)


def enrol(store: Store, *subjects: Subject, named: float = NOW, name: str = "camp_a", at: float = NOW) -> None:
    """Keep a campaign of these members."""
    found = (campaign(name, named=named, seen=at),)
    store.commit(Folded(upto=0, cases={}, campaigns=found, members=[member(s, name) for s in subjects], at=at))


def of(*subjects: Subject, name: str = "camp_a") -> tuple[Membership, ...]:
    """Return memberships in a campaign."""
    return tuple(Membership(name, subject) for subject in subjects)


def walked(store: Store, since: float) -> dict[Subject, bytes]:
    """Return all that the store says was touched since a time."""
    found: dict[Subject, bytes] = {}
    after = 0
    while True:
        part = store.touched(since, after)
        found.update(part.cases)
        if not part.after:
            return found
        after = part.after


class CampaignContract:
    """What a store promises the linker, and the proxies that follow it."""

    def test_members_come_back_with_their_reasons(self, make: Maker) -> None:
        store = make()
        enrol(store, ONE, TWO)
        assert store.roll().campaigns == (campaign(named=NOW),)
        assert store.members("camp_a") == [member(ONE), member(TWO)]
        assert store.members("camp_b") == []

    def test_members_of_a_named_campaign_are_told_once_after_each_position(self, make: Maker) -> None:
        store = make()
        assert store.memberships(0) == Memberships(0)
        enrol(store, ONE, TWO)
        first = store.memberships(0)
        assert (first.whole, set(first.joined), first.left) == (True, set(of(ONE, TWO)), ())
        assert store.memberships(first.position) == Memberships(first.position)
        enrol(store, THREE)
        second = store.memberships(first.position)
        assert (second.whole, second.joined, second.left) == (False, of(THREE), ())
        store.commit(Folded(upto=0, cases={}, gone=of(ONE), at=NOW))
        third = store.memberships(second.position)
        assert (third.whole, third.joined, third.left) == (False, (), of(ONE))
        assert set(store.memberships(0).joined) == set(of(TWO, THREE))

    def test_a_group_that_nobody_decided_on_binds_nobody_until_it_is_named(self, make: Maker) -> None:
        store = make()
        enrol(store, ONE, named=0.0)
        before = store.memberships(0)
        assert before.joined == ()
        store.commit(Folded(upto=0, cases={}, campaigns=(campaign(named=NOW),), at=NOW))
        assert store.memberships(before.position).joined == of(ONE)

    def test_a_member_that_is_spared_is_not_told_until_it_is_not(self, make: Maker) -> None:
        store = make()
        enrol(store, TWO)
        store.commit(Folded(upto=0, cases={}, members=[member(ONE, spared="first")], at=NOW))
        assert store.memberships(0).joined == of(TWO)
        position = store.memberships(0).position
        store.commit(Folded(upto=0, cases={}, members=[member(ONE)], at=NOW))
        assert store.memberships(position).joined == of(ONE)

    def test_a_released_member_is_free_at_once_and_joins_again_only_when_that_is_taken_back(self, make: Maker) -> None:
        store = make()
        enrol(store, ONE, TWO)
        position = store.memberships(0).position
        assert store.release(of(ONE)[0], NOW + 5)
        assert not store.release(of(ONE)[0], NOW + 6)
        free = store.memberships(position)
        assert (free.joined, free.left) == ((), of(ONE))
        enrol(store, ONE)
        assert store.memberships(0).joined == of(TWO)
        assert store.roll().released == {Membership("camp_a", ONE)}
        assert [one.released for one in store.members("camp_a")] == [NOW + 5, 0.0]
        position = store.memberships(0).position
        assert store.release(of(ONE)[0], 0.0)
        assert store.memberships(position).joined == of(ONE)
        assert store.roll().released == frozenset()

    def test_nobody_is_released_from_where_they_never_were(self, make: Maker) -> None:
        store = make()
        enrol(store, ONE)
        assert not store.release(of(TWO)[0], NOW)
        assert not store.release(of(ONE, name="camp_b")[0], NOW)
        assert not store.release(of(ONE)[0], 0.0)

    def test_one_subject_may_be_of_two_campaigns(self, make: Maker) -> None:
        store = make()
        enrol(store, ONE)
        enrol(store, ONE, name="camp_b")
        assert set(store.memberships(0).joined) == {*of(ONE), *of(ONE, name="camp_b")}

    def test_groups_looked_at_are_counted_for_ever(self, make: Maker) -> None:
        store = make()
        assert store.roll() == (0, (), frozenset())
        found = (campaign("camp_b", born=9), campaign("camp_a", born=4))
        store.commit(Folded(upto=0, cases={}, campaigns=found, at=NOW))
        assert store.roll().born == 9
        assert [one.id for one in store.roll().campaigns] == ["camp_a", "camp_b"]
        late = NOW + UNSEEN + 60
        enrol(store, name="camp_c", at=late)
        assert (store.roll().born, [one.id for one in store.roll().campaigns]) == (9, ["camp_c"])

    def test_a_campaign_that_is_forgotten_takes_its_members_with_it_and_all_is_told_anew(self, make: Maker) -> None:
        store = make()
        enrol(store, ONE)
        position = store.memberships(0).position
        enrol(store, TWO, name="camp_b", at=NOW + UNSEEN + 60)
        anew = store.memberships(position)
        assert (anew.whole, anew.joined) == (True, of(TWO, name="camp_b"))
        assert store.members("camp_a") == []
        assert not store.memberships(anew.position).whole

    def test_campaigns_members_and_decisions_are_kept_together(self, make: Maker) -> None:
        store = make()
        decided = Decision(
            id="dec_1", subject=campaign().subject, action="deny", severity=5, at=NOW, until=NOW + 9, members=2
        )
        found = (campaign(named=NOW),)
        store.commit(Folded(upto=0, cases={}, campaigns=found, members=[member(ONE)], decisions=[decided], at=NOW))
        assert store.announced(0, NOW).decisions == (decided,)
        assert store.memberships(0).joined == of(ONE)

    def test_only_accounts_and_keys_that_no_account_owns_are_members_to_be(self, make: Maker) -> None:
        store = make()
        cases = dict.fromkeys((ONE, TWO, ACME, Subject("user", "u"), Subject("network", "192.0.2.0/24")), b"case")
        store.commit(Folded(upto=0, cases=cases, owned={TWO}, at=NOW))
        assert walked(store, 0.0) == {ONE: b"case", ACME: b"case"}
        store.commit(Folded(upto=0, cases={TWO: b"alone"}, at=NOW))
        assert walked(store, 0.0) == {ONE: b"case", ACME: b"case", TWO: b"alone"}

    def test_what_was_not_touched_since_is_not_told(self, make: Maker) -> None:
        store = make()
        many = {Subject("key", str(n)): b"old" for n in range(1200)}
        store.commit(Folded(upto=0, cases=many, at=NOW))
        store.commit(Folded(upto=0, cases={ONE: b"new"}, ranks={ONE: 7}, at=NOW + 600))
        assert walked(store, NOW + 300) == {ONE: b"new"}
        assert walked(store, 0.0) == {**many, ONE: b"new"}
        assert set(walked(store, NOW)) == {*many, ONE}
