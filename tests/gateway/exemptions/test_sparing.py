import math
from pathlib import Path
from typing import Any

import pytest

from detectors.base import Harvest
from gateway.decisions import Judgement, RuleFault, Standing, Subject, Verdict
from gateway.exemptions.base import Budget
from gateway.exemptions.index import Exemptions
from gateway.exemptions.sparing import Sparing
from gateway.exemptions.uses import taken, unseal
from gateway.pardons import Pardon
from gateway.stores.base import Folded, Store
from gateway.stores.memory import MemoryStore
from gateway.stores.sqlite import SqliteStore
from tests.gateway.exemptions.kit import ACME, DAY, EXCHANGE, KEY, NETWORK, START, USER, entitlement, exchange

DENY = Verdict(action="deny", severity=5, lasts=60.0, policy="p", rule="stop")


class Says:
    """A policy that says one thing, and remembers with what tags it was asked."""

    def __init__(self, verdict: Verdict | None = DENY) -> None:
        self.verdict = verdict
        self.tags: tuple[str, ...] = ()

    def judge(self, standing: Standing) -> Verdict | None:
        self.tags = standing.tags
        return self.verdict


def standing(subject: Subject = KEY, *, at: float = START, weight: float = 20.0, **other: object) -> Standing:
    fields = {"families": {}, "evidence": {}, "harvest": Harvest(), **other}
    return Standing(subject=subject, at=at, weight=weight, **fields)  # type: ignore[arg-type]  # by name


def sparing(store: Store | None = None, *given: object) -> Sparing:
    found = Sparing(store or MemoryStore())
    found.exempt(Exemptions(given or [entitlement()]))  # type: ignore[arg-type]  # entitlements
    found.begin()
    return found


def commit(one: Sparing, store: Store) -> None:
    store.commit(Folded(upto=0, cases={}, uses=one.sealed(), at=START))
    one.keep()


def test_within_the_budget_an_exchange_is_held_in_the_cases_of_those_covered_and_beyond_it_in_all() -> None:
    one = sparing(None, entitlement(KEY, budget=Budget(exchanges=2)))
    held = [one.count(EXCHANGE, exchange(n), START + n) for n in range(3)]
    assert held == [(USER, KEY), (USER, KEY), list(EXCHANGE)]


def test_an_exchange_of_nobody_exempt_is_held_in_every_case_and_counted_nowhere() -> None:
    one = sparing(None, entitlement(Subject("account", "other")))
    assert one.count(EXCHANGE, exchange(), START) == list(EXCHANGE)
    assert one.uses == {}


def test_the_policy_knows_the_tags_and_may_watch_until_the_budget_is_spent() -> None:
    one, says = sparing(None, entitlement(budget=Budget(exchanges=1), tags=("synthetic",))), Says()
    one.count(EXCHANGE, exchange(), START)
    verdict = one.under(says, START).judge(standing(ACME))
    assert verdict is not None
    assert (verdict.action, verdict.exempt, says.tags) == ("watch", "acme", ("synthetic", "exempt"))
    one.count(EXCHANGE, exchange(1), START)
    assert one.under(says, START).judge(standing(ACME)) == DENY
    assert says.tags == ("synthetic", "over-budget")


@pytest.mark.parametrize("subject", [KEY, USER])
def test_what_belongs_to_an_exempt_account_is_spared_too_and_the_network_is_not(subject: Subject) -> None:
    one = sparing()
    one.count(EXCHANGE, exchange(), START)
    found = one.under(Says(), START).judge(one.owned(standing(subject)))
    assert found is not None
    assert found.exempt == "acme"
    assert one.under(Says(), START).judge(one.owned(standing(NETWORK))) == DENY
    assert one.under(Says(), START).judge(standing(subject)) == DENY  # of whom nobody knows whose it is


def test_an_account_is_not_spared_for_its_exempt_key() -> None:
    one = sparing(None, entitlement(KEY))
    one.count(EXCHANGE, exchange(), START)
    assert one.under(Says(), START).judge(one.owned(standing(ACME))) == DENY


def test_a_new_window_has_a_new_budget() -> None:
    one = sparing(None, entitlement(budget=Budget(exchanges=1, per=DAY)))
    for n in range(2):
        one.count(EXCHANGE, exchange(n), START)
    assert one.under(Says(), START).judge(standing(ACME)) == DENY
    later = one.under(Says(), START + DAY).judge(standing(ACME))  # an old standing, judged anew
    assert later is not None
    assert later.action == "watch"


def test_an_entitlement_that_has_ended_spares_nobody_and_counts_nothing() -> None:
    one = sparing()
    at = START + 100 * DAY
    assert one.count(EXCHANGE, exchange(), at) == list(EXCHANGE)
    assert one.under(Says(), at).judge(standing(ACME)) == DENY


def test_a_batch_that_was_not_committed_counts_once_when_it_comes_again() -> None:
    store = MemoryStore()
    one = sparing(store)
    for _ in range(2):
        one.begin()
        one.count(EXCHANGE, exchange(), START)
    commit(one, store)
    [(key, stored)] = store.uses([("acme", START), ("other", START)]).items()
    assert (key, taken(unseal(stored)).exchanges) == (("acme", START), 1)


def test_uses_survive_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        store = SqliteStore(tmp_path)
        one = sparing(store)
        for n in range(4):
            one.count(EXCHANGE, exchange(n), START)
        commit(one, store)
        one.begin()
        one.count(EXCHANGE, exchange(9), START)
        commit(one, store)
        store.close()
    store = SqliteStore(tmp_path)
    assert taken(unseal(store.uses([("acme", START)])["acme", START])).exchanges == 10
    store.close()


def test_a_larger_budget_helps_at_once() -> None:
    one = sparing(None, entitlement(budget=Budget(exchanges=1)))
    for n in range(2):
        one.count(EXCHANGE, exchange(n), START)
    one.exempt(Exemptions([entitlement(budget=Budget(exchanges=2))]))
    found = one.under(Says(), START).judge(standing(ACME))
    assert found is not None
    assert found.action == "watch"


def test_it_says_once_that_an_entitlement_has_begun() -> None:
    one = sparing(None, entitlement(starts=START + 5), entitlement(KEY, name="key", starts=START + 9))
    assert [one.starts(START + n) for n in (0, 4, 5, 6, 9, 10)] == [False, False, True, False, True, False]


class Tells(Says):
    """A policy one of whose rules cannot be asked."""

    def judgement(self, standing: Standing) -> Judgement:
        return Judgement(self.judge(standing), (RuleFault("p", "odd", "no such key"),))


@pytest.mark.parametrize("given", [KEY, Subject("key", "other")])
def test_what_a_policy_tells_of_its_rules_is_told_on(given: Subject) -> None:
    told = sparing(None, entitlement(given)).under(Tells(), START).judgement(standing())
    assert [fault.rule for fault in told.faults] == ["odd"]
    assert told.verdict is not None
    assert told.verdict.exempt == ("acme" if given == KEY else "")


# pardons


def pardon(severity: int = 5, **other: object) -> Pardon:
    fields: dict[str, object] = {
        "decision": "dec_1", "subject": KEY, "policy": "p", "rule": "stop", "severity": severity, "at": START,
        "until": START + DAY, "ceiling": 20.0 + math.log(1000), "reason": "an evaluation", "by": "Jo",
    }  # fmt: skip
    return Pardon(**(fields | other))  # type: ignore[arg-type]  # by name


def pardoned(verdict: Verdict | None, given: Pardon | None = None, **other: Any) -> Verdict | None:
    store = MemoryStore()
    store.pardon(given or pardon())
    one, asked = sparing(store), standing(**other)
    return one.under(Says(verdict), asked.at).judge(asked)


def test_a_pardoned_rule_watches() -> None:
    found = pardoned(DENY)
    assert found is not None
    assert (found.action, found.exempt) == ("watch", "pardon of dec_1")


@pytest.mark.parametrize(
    ("verdict", "other"),
    [
        (DENY, {"at": START + DAY}),
        (DENY, {"weight": 20.0 + math.log(1000)}),
        (DENY, {"subject": NETWORK}),
        (Verdict(action="deny", severity=5, lasts=60.0, policy="another", rule="stop"), {}),
    ],
)
def test_a_pardon_ends_and_holds_for_its_subject_and_policy_and_while_evidence_does_not_grow(
    verdict: Verdict, other: dict[str, Any]
) -> None:
    assert pardoned(verdict, None, **other) == verdict


def test_a_stricter_rule_than_the_pardoned_one_still_applies_and_a_milder_one_does_not() -> None:
    trim = Verdict(action="trim", severity=2, lasts=60.0, policy="p", rule="trim")
    assert pardoned(DENY, pardon(severity=2, rule="trim")) == DENY
    found = pardoned(trim)
    assert found is not None
    assert found.action == "watch"


def test_who_was_pardoned_from_being_watched_is_not_watched_by_that_rule() -> None:
    notice = Verdict(action="watch", severity=1, lasts=60.0, policy="p", rule="notice")
    assert pardoned(notice, pardon(severity=1, rule="notice")) is None
    assert pardoned(notice) == notice
    assert pardoned(None) is None


def test_a_pardon_given_while_the_analyst_works_is_seen_at_the_next_batch() -> None:
    store = MemoryStore()
    one = sparing(store)
    store.pardon(pardon())
    assert one.under(Says(), START).judge(standing()) == DENY
    one.begin()
    assert one.under(Says(), START).judge(standing()) != DENY
