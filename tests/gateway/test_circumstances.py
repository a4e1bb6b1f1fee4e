from pathlib import Path

import pytest

from detectors.base import Harvest
from gateway.accounts import load_tags
from gateway.circumstances import completed, tagged, untagged
from gateway.decisions import MOST_MODELS, Decision, Standing, Subject, Verdict
from gateway.policies.ladder import Rung, Step, ladder
from gateway.stores.base import Folded
from gateway.stores.memory import MemoryStore
from tests.gateway.folding import ANNA, START, AfterExchanges, entry

HOUSE, BERT, NET = Subject("account", "house"), Subject("key", "bert"), Subject("network", "203.0.113.0/24")
TAGS = {"house": ("research", "paying"), "other": ("elsewhere",)}


def standing(subject: Subject, at: float = START) -> Standing:
    return Standing(subject=subject, at=at, weight=0.0, families={}, evidence={}, harvest=Harvest())


def entries() -> list[object]:
    return [
        entry("a", model="large"),
        entry("b", model="small", key="bert"),
        entry("c", model="", subjects=(("key", "anna"), NET)),
        entry("d", model="bogus", status=404),
        entry("e", model="large"),
    ]


def told(*subjects: Subject) -> dict[Subject, Standing]:
    found = completed([standing(one) for one in subjects], entries(), tagged(TAGS), AfterExchanges(), MemoryStore())  # type: ignore[arg-type]
    return {one.subject: one for one in found}


def test_models_are_those_of_the_exchanges_just_folded() -> None:
    found = told(ANNA, BERT, HOUSE, NET)
    assert found[ANNA].models == ("large",)
    assert found[BERT].models == ("small",)
    assert found[HOUSE].models == ("large", "small")
    assert found[NET].models == ()


def test_names_of_models_are_few_and_short() -> None:
    many = [entry(str(n), model=f"{n}" * 500) for n in range(20)]
    (found,) = completed([standing(ANNA)], many, untagged, AfterExchanges(), MemoryStore())
    assert len(found.models) == MOST_MODELS
    assert {len(name) for name in found.models} == {128}


def test_a_key_has_the_tags_of_its_account_and_a_network_has_none() -> None:
    found = told(ANNA, HOUSE, NET)
    assert found[ANNA].tags == found[HOUSE].tags == ("paying", "research")
    assert found[NET].tags == ()


def test_tags_go_down_and_never_up() -> None:
    def of_bert(subject: Subject) -> tuple[str, ...]:
        return ("bert-only",) if subject == BERT else ()

    some = [entry("a", key="bert", subjects=(("user", "u"), ("key", "bert"), ("account", "house")))]
    held = [standing(one) for one in (Subject("user", "u"), BERT, HOUSE)]
    user, key, account = completed(held, some, of_bert, AfterExchanges(), MemoryStore())
    assert (user.tags, key.tags, account.tags) == (("bert-only",), ("bert-only",), ())


def test_the_accounts_file_says_the_tags(tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text("accounts:\n  acme: {tags: [research, paying]}\n  plain: {keys: []}\n")
    assert load_tags(file) == {"acme": ("research", "paying")}


@pytest.mark.parametrize(("counts", "expected"), [(True, {"p/trim": 1}), (False, {})])
def test_strikes_are_asked_for_only_by_policies_that_read_them(counts: bool, expected: dict[str, int]) -> None:
    store = MemoryStore()
    old = Decision(
        id="d", subject=ANNA, action="trim", severity=2, at=START - 900, until=START - 300, policy="p", rule="trim",
        mode="enforce",
    )  # fmt: skip
    store.commit(Folded(upto=0, cases={}, decisions=[old], at=START))
    verdict = Verdict(action="trim", severity=2, lasts=60.0, policy="p", rule="trim", mode="enforce")
    keys = frozenset({"key"})
    steps = (Step(1, keys, verdict),) if counts else ()
    rung = Rung(weight=0.0, families=0, floor=Harvest(), scopes=keys, verdict=verdict, steps=steps, within=600.0)
    (found,) = completed([standing(ANNA)], [], untagged, ladder("p", "r", [rung]), store)
    assert found.strikes == expected
