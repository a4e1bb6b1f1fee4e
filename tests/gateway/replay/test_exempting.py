"""A replay spares whom its exemptions cover, as the analyst does live, and with any number of processes."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.exemptions.base import Budget, Entitlement
from gateway.exemptions.index import Exemptions
from gateway.replay.exempting import Marker
from gateway.replay.reading import Group
from tests.gateway.exemptions.kit import ACME, DAY, EXCHANGE, KEY, NETWORK, START, USER, entitlement, exchange
from tests.gateway.replay.kit import line, run, text

POLICY = """
policy: p
rungs:
  - {rule: notice, one_in: 2, action: watch, for: 1h}
  - {rule: trim, one_in: 1e2, single_family: true, harvest: {exchanges: 10}, action: trim, for: 2h}
"""
ENTRY = (
    "entitlements: [{{name: acme, subjects: ['{subject}'], purpose: contract, budget: {{exchanges: {most}}}, "
    "ends: 2030-01-01, owner: o, reason: r}}]\n"
)
OTHER = (("key", "k-2"), ("network", "10.0.0.0/8"))


def group(subjects: Sequence[tuple[str, str]], *places: int) -> Group:
    answers = [exchange(place, at=START + place)[1] for place in places]
    return Group(tuple(subjects), list(places), answers)  # type: ignore[arg-type]  # answers


def marks(given: Entitlement, *groups: Group) -> list[tuple[list[str], list[int], str]]:
    """Return for each group whose cases hold it, its lines, and what it means for those covered."""
    return [
        ([scope for scope, _ in one.subjects], one.places, one.marked.exempt.tags[-1] if one.marked else "")
        for one in Marker(Exemptions([given])).mark(groups)
    ]


def test_a_group_is_parted_where_the_budget_ends_in_the_order_of_the_lines() -> None:
    given = entitlement(ACME, budget=Budget(exchanges=4))
    second = (("key", "k-3"), ACME)
    assert marks(given, group(EXCHANGE, 0, 3, 5, 8), group(OTHER, 1), group(second, 2, 4, 6)) == [
        (["key", "network"], [1], ""),
        (["user", "key", "account"], [0, 3], "exempt"),
        (["key", "account"], [2, 4], "exempt"),
        (["user", "key", "account", "network"], [5, 8], "over-budget"),
        (["key", "account"], [6], "over-budget"),
    ]


def test_what_lies_outside_the_time_of_an_entitlement_is_as_it_was() -> None:
    given = entitlement(KEY, starts=START + 2, ends=START + 4)
    assert [(one[0], one[1], one[2]) for one in marks(given, group(EXCHANGE, 1, 2, 3, 4))] == [
        (["user", "key", "account", "network"], [1, 4], ""),
        (["user", "key"], [2, 3], "exempt"),
    ]


def test_what_concerns_nobody_exempt_is_handed_on_untouched() -> None:
    groups = [group(OTHER, 0, 1), group((USER, NETWORK), 2)]
    assert Marker(Exemptions([entitlement(KEY)])).mark(groups) == groups
    assert Marker().mark(groups) == groups
    assert not Marker().concerns(EXCHANGE)


def test_uses_are_told_by_window() -> None:
    marker = Marker(Exemptions([entitlement(ACME, budget=Budget(exchanges=1, per=DAY))]))
    marker.mark([group((ACME,), 0, 1, int(DAY))])
    assert [(use["name"], use["since"], use["exchanges"], use["over"]) for use in marker.uses()] == [
        ("acme", START, 2, True),
        ("acme", START + DAY, 1, False),
    ]


def write(folder: Path, subject: str, most: int) -> list[str | Path]:
    (folder / "who.yaml").write_text(ENTRY.format(subject=subject, most=most))
    (folder / "p.yaml").write_text(POLICY)
    return [folder / "log.jsonl", "--policy", folder / "p.yaml", "--exemptions", folder / "who.yaml"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    other = {"key": "k-2", "account": "other", "address": "198.51.100.1"}
    (tmp_path / "log.jsonl").write_bytes(text([row for n in range(60) for row in (line(n), line(n, **other))]))
    return tmp_path


def actions(changes: list[dict[str, object]], scope: str, value: str) -> list[tuple[object, object]]:
    return [(c["action"], c.get("exempt")) for c in changes if c["subject"] == {"scope": scope, "value": value}]


@pytest.mark.parametrize("subject", ["key:k-17", "account:acme"])
def test_who_is_exempt_is_watched_where_others_are_touched(log: Path, subject: str) -> None:
    done = run(log, *write(log, subject, 1000))
    assert done.result.exit_code == 0, done.result.output
    assert actions(done.changes, "key", "k-17")[:2] == [("watch", None), ("watch", "acme")]
    assert ("trim", None) in actions(done.changes, "key", "k-2")
    assert actions(done.changes, "network", "203.0.113.0/24") == []
    assert "entitlement acme: 60 exchanges, 24,000 tokens" in done.result.stdout


def test_beyond_the_budget_the_policy_decides(log: Path) -> None:
    done = run(log, *write(log, "account:acme", 40), "-o", "json")
    assert ("watch", "acme") in actions(done.changes, "account", "acme")
    assert ("trim", None) in actions(done.changes, "account", "acme")
    (use,) = done.account["uses"]
    assert (use["exchanges"], use["over"]) == (60, True)


def test_a_user_is_named_after_whom_it_belongs_to(log: Path) -> None:
    (log / "log.jsonl").write_bytes(text([line(n, user="u-3") for n in range(20)]))
    assert "entitlement acme: 20 exchanges" in run(log, *write(log, "user:account/acme/u-3", 1000)).result.stdout


@pytest.mark.slow
def test_several_processes_spare_the_same(log: Path) -> None:
    words = write(log, "key:k-17", 40)
    alone, together = (run(log, *words, "--jobs", jobs, "-o", "json") for jobs in ("1", "2"))
    assert alone.changes == together.changes
    assert alone.account["uses"] == together.account["uses"]


def test_a_file_at_fault_is_told_with_its_place(log: Path) -> None:
    done = run(log, *write(log, "planet:x", 1))
    assert done.result.exit_code == 1
    assert "who.yaml:1:40: entitlements[0].subjects[0]" in done.result.stderr
    assert json.dumps(done.changes) == "[]"
