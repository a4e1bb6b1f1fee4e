"""What a backtest found, as a record for programs and as lines for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from gateway.decisions import Policy
from gateway.policies.several import Several
from gateway.workbench.backtesting import Went
from gateway.workbench.both import Both
from gateway.workbench.conditions import nats
from gateway.workbench.explained import moment
from gateway.workbench.ledger import Ledger, Pair, Row, Taken

SHOWN: Final = 10  # subjects that people are shown on a terminal
UNLABELLED: Final = "unlabelled"


class Report(NamedTuple):
    """All that a backtest came to.

    Attributes:
        old, new: where the policies stand, and their revisions by name.
        source: what was judged: traffic or decisions.
        as_enforced: whether all rungs were taken as enforced.
        went, both, ledger: what came of it.
    """

    old: tuple[str, Mapping[str, str]]
    new: tuple[str, Mapping[str, str]]
    source: str
    as_enforced: bool
    went: Went
    both: Both
    ledger: Ledger


def revisions(policy: Policy) -> dict[str, str]:
    """Return the revision of each policy by its name; one that has none is left out."""
    each = policy.policies if isinstance(policy, Several) else (policy,)
    named = ((getattr(one, "name", ""), getattr(one, "revision", "")) for one in each)
    return {name: revision for name, revision in named if name}


def record(report: Report, most: int | None = None) -> dict[str, Any]:
    """Return the report as ``-o json`` prints it, with at most so many subjects."""
    ledger, rows = report.ledger, report.ledger.ordered()
    ways = [row.way for row in rows]
    return {
        "old": {"path": report.old[0], "revisions": report.old[1], "decided": report.both.taken[0]},
        "new": {"path": report.new[0], "revisions": report.new[1], "decided": report.both.taken[1]},
        "source": report.source,
        "as_enforced": report.as_enforced,
        **report.went._asdict(),
        "otherwise": {
            "subjects": len(rows) + ledger.untold,
            "untold": ledger.untold,
            **{way: ways.count(way) for way in ("stricter", "milder", "otherwise")},
        },
        "by_action": [_pair(pair, ledger) for pair in sorted(ledger.sums | dict(_pairs(ledger)))],
        "rows": [row_of(row) for row in rows[:most]],
    }


def _pairs(ledger: Ledger) -> Iterator[tuple[Pair, Taken]]:
    return ((pair, Taken()) for pair, _ in ledger.subjects)


def _pair(pair: Pair, ledger: Ledger) -> dict[str, Any]:
    labels = {label or UNLABELLED: count for (own, label), count in ledger.subjects.items() if own == pair}
    taken = ledger.sums.get(pair, Taken())
    return {
        "old": pair[0], "new": pair[1], "subjects": sum(labels.values()), "labels": labels,
        "exchanges": taken.exchanges, "completion_tokens": taken.completion_tokens,
        "reasoning_tokens": taken.reasoning_tokens, "seconds": taken.seconds,
    }  # fmt: skip


def row_of(row: Row) -> dict[str, Any]:
    """Return one subject as a record."""
    taken = [
        {"old": old, "new": new, "exchanges": one.exchanges, "completion_tokens": one.completion_tokens,
         "reasoning_tokens": one.reasoning_tokens, "seconds": one.seconds, "words": cost(old, new, one)}
        for (old, new), one in row.taken.items()
        if one.exchanges or one.seconds
    ]  # fmt: skip
    return {
        "subject": row.subject, "label": row.label, "first": row.first, "way": row.way,
        "old": row.old._asdict(), "new": row.new._asdict(), "weight": row.weight, "harvest": row.harvest,
        "reasons": row.reasons, "steps": row.steps, "taken": taken,
    }  # fmt: skip


_VERBS: Final[Mapping[str, str]] = {
    "deny": "refused", "throttle": "under a throttle", "trim": "trimmed", "watch": "watched", "none": "left alone",
}  # fmt: skip


def cost(old: str, new: str, taken: Taken) -> str:
    """Return in words what the new policy would have meant for what was asked for meanwhile.

    Examples:
        >>> cost("none", "deny (enforce)", Taken(exchanges=12, completion_tokens=3400))
        '12 exchanges with 3,400 tokens would have been refused instead of left alone'
        >>> cost("none", "deny (shadow)", Taken(exchanges=1))
        '1 exchange with 0 tokens would have been recorded as deny in shadow instead of left alone'

    """
    asked = f"{taken.exchanges:,} exchange{'' if taken.exchanges == 1 else 's'} with {taken.completion_tokens:,} tokens"
    if taken.reasoning_tokens:
        asked += f" ({taken.reasoning_tokens:,} of reasoning)"
    return f"{asked} would have been {_verb(new)} instead of {_verb(old)}"


def _verb(label: str) -> str:
    action, _, mode = label.partition(" ")
    if mode == "(shadow)":
        return f"recorded as {action} in shadow"
    return _VERBS.get(action, f"under {action}")


def named(subject: Mapping[str, Any]) -> str:
    """Return a subject on one line.

    Examples:
        >>> named({"scope": "user", "value": "17", "of": {"scope": "account", "value": "acme"}})
        'user:17 of account:acme'

    """
    own = f"{subject['scope']}:{subject['value']}"
    return f"{own} of {named(subject['of'])}" if subject.get("of") else own


def lines(report: Report, shown: int = SHOWN) -> Iterator[str]:
    """Yield the report in words, with the first subjects."""
    told = record(report, shown)
    went, sums = report.went, told["otherwise"]
    what = "exchanges" if report.source == "traffic" else "decisions"
    yield f"{went.exchanges:,} {what} judged by {report.old[0]} and {report.new[0]}, up to {moment(went.until)}"
    ways = f"{sums['stricter']:,} stricter, {sums['milder']:,} milder"
    yield f"{sums['subjects']:,} subjects would be treated otherwise: {ways}"
    for pair in told["by_action"]:
        taken = Taken(pair["exchanges"], pair["completion_tokens"], pair["reasoning_tokens"])
        labels = ", ".join(f"{label} {count}" for label, count in sorted(pair["labels"].items()))
        yield f"  {pair['old']} → {pair['new']}: {pair['subjects']:,} subjects ({labels})"
        yield f"    {cost(pair['old'], pair['new'], taken)}"
    yield from _notes(report)
    for row in told["rows"]:
        yield from row_lines(row)
    if len(report.ledger.rows) > shown:
        yield f"{len(report.ledger.rows) - shown:,} more: --html or -o json tell all"


def row_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield one subject in words."""
    label = f" [{row['label']}]" if row["label"] else ""
    yield f"{named(row['subject'])}{label}: {row['way']}, first {moment(row['first'])}, at {nats(row['weight'])}"
    yield from (f"    {one['words']}" for one in row["taken"])
    yield from (f"    because {reason}" for reason in row["reasons"])


def _notes(report: Report) -> Iterator[str]:
    yield from notes(report)
    if report.went.bad:
        yield f"{report.went.bad:,} bad lines were skipped"


def notes(report: Report) -> Sequence[str]:
    """Return what one must know to read the numbers rightly."""
    found = []
    if not report.as_enforced and not any(row.old.touches or row.new.touches for row in report.ledger.rows.values()):
        found.append(
            "Neither policy would touch any of them as it is written; --enforced takes every rung as enforced."
        )
    if report.source == "decisions":
        found.append(
            "Only subjects that were decided on are judged, by the numbers of those moments: what a stricter policy "
            "would do to others, only recorded traffic can tell."
        )
    else:
        found.append("What a client is refused it would not have taken: its own later numbers would have been lower.")
    return found
