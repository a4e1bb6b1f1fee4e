from pathlib import Path

import msgspec
import pytest

from gateway.campaigns import Campaign, Member
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.memory import MemoryStore
from gateway.verification.attestation import Attestation
from gateway.verification.book import Book
from gateway.verification.settling import NotPendingError, approve, refuse

ANNA = Subject("key", "anna")
ONE = Attestation(id="att_1", decision="dec_1", subject=ANNA, at=100.0, name="A", contact="a@b.c", purpose="chat")


def decided(store: MemoryStore, name: str = "dec_1", action: str = "verify") -> None:
    decision = Decision(id=name, subject=ANNA, action=action, severity=4, at=90, until=900, mode="enforce")
    store.commit(Folded(upto=0, cases={}, decisions=[decision], at=90))


def test_an_approval_ends_the_decision_and_counts_for_a_time(tmp_path: Path) -> None:
    book, store = Book(tmp_path), MemoryStore()
    decided(store)
    book.file(ONE)
    settled = approve(book, store, "att_1", 200.0, 50.0, "operator")
    assert (settled.state, settled.decided, settled.until, settled.by) == ("approved", 200.0, 250.0, "operator")
    assert store.announced(0, 200.0).decisions == ()
    assert book.verified(249.0) == {ANNA: 250.0}


def test_an_approval_lifts_no_other_decision(tmp_path: Path) -> None:
    book, store = Book(tmp_path), MemoryStore()
    decided(store, "dec_2", "deny")
    book.file(ONE)
    approve(book, store, "att_1", 200.0, 50.0, "operator")
    assert [decision.id for decision in store.announced(0, 200.0).decisions] == ["dec_2"]


def test_a_refusal_leaves_the_decision(tmp_path: Path) -> None:
    book, store = Book(tmp_path), MemoryStore()
    decided(store)
    book.file(ONE)
    assert refuse(book, "att_1", 200.0, "operator").state == "refused"
    assert len(store.announced(0, 200.0).decisions) == 1
    assert book.verified(200.0) == {}


def test_nobody_decides_twice_or_on_nothing(tmp_path: Path) -> None:
    book, store = Book(tmp_path), MemoryStore()
    book.file(ONE)
    refuse(book, "att_1", 200.0, "operator")
    for identifier in ("att_1", "att_2"):
        with pytest.raises(NotPendingError, match=identifier):
            approve(book, store, identifier, 201.0, 50.0, "operator")


def test_an_approval_releases_a_member_and_the_campaigns_decision_goes_on(tmp_path: Path) -> None:
    book, store = Book(tmp_path), MemoryStore()
    campaign = Campaign(id="camp_1", born=1, at=90, named=90, seen=90)
    members = [Member(campaign="camp_1", subject=one, since=90) for one in (ANNA, Subject("key", "bert"))]
    decision = Decision(id="dec_1", subject=campaign.subject, action="verify", severity=4, at=90, until=900)
    store.commit(Folded(upto=0, cases={}, decisions=[decision], campaigns=[campaign], members=members, at=90))
    book.file(msgspec.structs.replace(ONE, campaign="camp_1"))
    approve(book, store, "att_1", 200.0, 50.0, "operator")
    assert [one.subject.value for one in store.memberships(0).joined] == ["bert"]
    assert store.announced(0, 200.0).decisions == (decision,)
    assert book.verified(201.0) == {ANNA: 250.0}
