from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.register import Register
from gateway.stores.base import Folded
from gateway.stores.memory import MemoryStore

ANNA = Subject("key", "anna")


def decision(until: float, subject: Subject = ANNA) -> Decision:
    return Decision(id="dec_1", subject=subject, action="watch", severity=1, at=now(), until=until)


def test_the_register_follows_drops_what_lapsed_and_never_changes_what_it_gave_out() -> None:
    store, register = MemoryStore(), Register()
    bert = Subject("key", "bert")
    store.commit(Folded(upto=0, cases={}, decisions=[decision(10.0), decision(20.0, bert)], at=1.0))
    assert register.follow(store, 1.0)
    given = register.decisions
    assert set(given) == {ANNA, bert}
    assert not register.follow(store, 9.9)
    assert register.follow(store, 10.0)
    assert set(register.decisions) == {bert}
    assert set(given) == {ANNA, bert}
    store.commit(Folded(upto=0, cases={}, decisions=[decision(30.0)], at=11.0))
    assert register.follow(store, 20.0)
    assert set(register.decisions) == {ANNA}
