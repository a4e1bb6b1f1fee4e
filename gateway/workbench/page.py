"""A backtest as one page of HTML that needs nothing else: no script, no font, no picture from anywhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from gateway.workbench.backtested import Report, named, notes, record
from gateway.workbench.conditions import nats
from gateway.workbench.explained import moment

SHOWN: Final = 1_000  # subjects on the page
_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --strict: #b3261e; --mild: #1b6e3a; }
@media (prefers-color-scheme: dark) { :root { --strict: #ff8a80; --mild: #7bd88f; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding: .3rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
thead th { position: sticky; top: 0; background: Canvas; }
.stricter { color: var(--strict); } .milder { color: var(--mild); } code { background: var(--soft); padding: 0 .2rem; }
ul { margin: 0; padding-left: 1.1rem; } .note { color: GrayText; }
"""


def page(report: Report) -> Iterator[str]:
    """Yield the page, piece by piece."""
    told = record(report, SHOWN)
    sums = told["otherwise"]
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Backtest of a policy</title><style>{_STYLE}</style></head><body><h1>Backtest</h1>"
    )
    what = "exchanges" if report.source == "traffic" else "decisions"
    yield (
        f"<p>{told['exchanges']:,} {what} judged by both policies, up to {moment(told['until'])}. "
        f"<strong>{sums['subjects']:,} subjects would be treated otherwise</strong>: "
        f'<span class="stricter">{sums["stricter"]:,} stricter</span>, '
        f'<span class="milder">{sums["milder"]:,} milder</span>.</p>'
    )
    yield from (f'<p class="note">{escape(note)}</p>' for note in notes(report))
    yield _policies(told)
    yield _sums(told)
    yield "<h2>Who</h2><table><thead><tr>"
    yield "".join(f"<th>{name}</th>" for name in ("Subject", "Treatment", "When", "What it meant", "Why"))
    yield "</tr></thead><tbody>"
    yield from (_row(row) for row in told["rows"])
    yield "</tbody></table>"
    if sums["subjects"] > len(told["rows"]):
        yield f'<p class="note">{sums["subjects"] - len(told["rows"]):,} more are not shown.</p>'
    yield "</body></html>\n"


def _policies(told: Mapping[str, Any]) -> str:
    rows = []
    for side in ("old", "new"):
        one = told[side]
        revisions = ", ".join(f"{escape(name)} {escape(digest)}" for name, digest in one["revisions"].items())
        rules = "".join(f"<li>{escape(name)}: {count:,}</li>" for name, count in sorted(one["decided"].items()))
        rows.append(
            f"<tr><th>{side}</th><td><code>{escape(one['path'])}</code></td><td>{revisions}</td>"
            f"<td><ul>{rules or '<li>none</li>'}</ul></td></tr>"
        )
    head = "<tr><th></th><th>Policy</th><th>Revision</th><th>Decisions by rule</th></tr>"
    return f"<h2>Policies</h2><table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _sums(told: Mapping[str, Any]) -> str:
    rows = []
    for pair in told["by_action"]:
        labels = ", ".join(f"{escape(label)} {count:,}" for label, count in sorted(pair["labels"].items()))
        numbers = (pair["subjects"], pair["exchanges"], pair["completion_tokens"], pair["reasoning_tokens"])
        cells = "".join(f'<td class="n">{number:,}</td>' for number in numbers)
        rows.append(f"<tr><td>{escape(pair['old'])} → {escape(pair['new'])}</td>{cells}<td>{labels}</td></tr>")
    names = ("Subjects", "Exchanges meanwhile", "Tokens", "of reasoning")
    head = "<th>Treatment</th>" + "".join(f'<th class="n">{name}</th>' for name in names) + "<th>Labels</th>"
    return f"<h2>In all</h2><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(row: Mapping[str, Any]) -> str:
    label = f'<br><span class="note">{escape(row["label"])}</span>' if row["label"] else ""
    sides = [f"{one['action']} {one['mode']}".strip() for one in (row["old"], row["new"])]
    rule = row["new"]["rule"] or row["old"]["rule"]
    steps = "".join(f"<li>{_step(step)}</li>" for step in row["steps"])
    meant = "".join(f"<li>{escape(one['words'])}</li>" for one in row["taken"])
    why = "".join(f"<li>{escape(reason)}</li>" for reason in row["reasons"])
    return (
        f"<tr><td><code>{escape(named(row['subject']))}</code>{label}</td>"
        f'<td class="{row["way"]}">{escape(" → ".join(sides))}<br><span class="note">{escape(rule)}</span></td>'
        f"<td><ul>{steps}</ul></td><td><ul>{meant}</ul></td>"
        f"<td>{nats(row['weight'])}<ul>{why}</ul></td></tr>"
    )


def _step(step: Mapping[str, Any]) -> str:
    until = moment(step["until"]) if step["until"] else "the end"
    return f"{moment(step['at'])} to {until}: {escape(step['old'])} → {escape(step['new'])}"
