"""What a calibration found, as a record for programs and as lines for people."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from detectors.base import Baseline
from detectors.lab.learning import FEWEST
from gateway.calibration.gathering import Gathered
from gateway.calibration.learning import Change, changes, counted, moved
from gateway.calibration.lives import Life
from gateway.calibration.sifting import CONVINCES
from gateway.calibration.trial import Expected
from gateway.replay.names import told

_NAMED: Final = 10  # of those left out, how many people are shown
_ALWAYS: Final = (
    "Beyond the upper fifth of subjects, the highest score of a life falls off exponentially.",
    "Subjects are exchangeable: those to come are drawn as these were, each of its own accord.",
    "Families of detectors are independent: their weights add.",
    "The weights, and the shares that tell the classes apart, are those of the baseline one starts from.",
)
_OF_RECORDS: Final = "A subject is looked at when its exchanges have grown by half, and at its end."
_OF_CASES: Final = (
    "Each case is looked at once, as it stands: peaks that have passed are not seen, so the numbers err on the low "
    "side. Calendar days run from a subject's first exchange to its last."
)


class Left(NamedTuple):
    """Who was left out: of all lives, by place, with the suspicion of each, nats; and how many bore which label."""

    share: float
    out: set[int]
    suspicions: Sequence[float]
    honest: int = 0
    confirmed: int = 0


class Found(NamedTuple):
    """All that a calibration came to.

    Attributes:
        gathered: the lives.
        left: who was left out.
        before, after: baselines.
        expected: false alarms by rung; None if too few subjects are there to judge any.
        live: from cases of a guard that runs.
    """

    gathered: Gathered
    left: Left
    before: Baseline
    after: Baseline
    expected: Sequence[Expected] | None
    live: bool

    @property
    def lives(self) -> Sequence[Life]:
        """The lives in the sample."""
        return self.gathered.lives

    def placed(self) -> dict[str, dict[str, Any]]:
        """Return for each class how many subjects it has, and whether it has learnt numbers of its own."""
        kept = [life for i, life in enumerate(self.lives) if i not in self.left.out]
        everybody, some = counted(self.lives, self.before), counted(kept, self.before)
        return {
            kind or "none": {"subjects": count, "learnt": bool(kind) and some[kind] >= FEWEST}
            for kind, count in sorted(everybody.items())
        }

    def assumed(self) -> list[str]:
        """Return in words what the numbers rest on."""
        share = (
            f"At most {self.left.share:.1%} of the subjects harvest. Of the most suspicious, so many at most are left "
            f"out, and only those that weigh {CONVINCES:.1f} nats (one in a hundred) by the numbers one starts from."
            if self.left.share
            else "Nobody harvests: nobody is left out."
        )
        labelled = f"Labels hold: {self.left.honest} kept as honest, {self.left.confirmed} left out as confirmed."
        some = [labelled] if self.left.honest or self.left.confirmed else []
        return [share, *some, *_ALWAYS, _OF_CASES if self.live else _OF_RECORDS]

    def suspicious(self) -> list[dict[str, Any]]:
        """Return who was left out, most suspicious first."""
        order = sorted(self.left.out, key=lambda i: -self.left.suspicions[i])
        return [
            {
                "subject": told(self.lives[i].subject),
                "suspicion": round(self.left.suspicions[i], 2),
                "class": self.lives[i].placed(self.before) or "none",
                "exchanges": self.lives[i].exchanges,
            }
            for i in order
        ]

    def row(self) -> dict[str, Any]:
        """Return the record."""
        gathered = self.gathered
        return {
            "source": self.after.source,
            "started_from": self.before.source,
            "subjects": gathered.subjects,
            "sampled": len(self.lives),
            "exchanges": gathered.exchanges,
            "subject_days": sum(life.days for life in self.lives),
            "unread": gathered.unread,
            "nameless": gathered.nameless,
            "late": gathered.late,
            "bad": dict(gathered.bad),
            "bad_lines": sum(gathered.bad.values()),
            "faults": dict(gathered.faults),
            "placed": self.placed(),
            "left_out": self.suspicious(),
            "assumed": self.assumed(),
            "changes": [change._asdict() for change in changes(self.before, self.after)],
            "means_moved": moved(self.before, self.after),
            "false_alarms": msgspec.to_builtins(self.expected),
        }

    def lines(self) -> Iterator[str]:
        """Yield the report in words."""
        yield from _traffic(self)
        yield from _places(self)
        yield from _out(self)
        yield from _changed(self)
        yield "What this rests on:"
        yield from (f"  - {line}" for line in self.assumed())
        yield from _alarms(self.expected)


def _traffic(found: Found) -> Iterator[str]:
    gathered, days = found.gathered, sum(life.days for life in found.lives)
    said = f"{len(found.lives):,} subjects on {days:,} subject-days; {gathered.exchanges:,} exchanges"
    yield said + (" were read" if not found.live else " in their cases")
    if gathered.subjects > len(found.lives):
        yield f"  a sample, by keyed hash, of about {gathered.subjects:,} subjects"
    for count, words in (
        (gathered.unread, "exchanges failed or generate no text: nothing is observed of them"),
        (gathered.nameless, "exchanges name nobody in this scope"),
        (gathered.late, "lines were more than an hour out of order"),
    ):
        if count:
            yield f"  {count:,} {words}"
    yield from (f"  {count:,} bad lines skipped: {reason}" for reason, count in sorted(gathered.bad.items()))
    yield from (f"  detector {name} failed {count:,} times" for name, count in sorted(gathered.faults.items()))


def _places(found: Found) -> Iterator[str]:
    yield "Placed by what they do:"
    for kind, row in found.placed().items():
        kept = "learnt" if row["learnt"] else f"fewer than {FEWEST} that count: its numbers stay as they were"
        if kind == "none":
            kept = "no class is likelier than not: they count for all traffic only"
        yield f"  {kind:12}{row['subjects']:7,}  {kept}"


def _out(found: Found) -> Iterator[str]:
    some = found.suspicious()
    yield f"Left out as most suspicious: {len(some):,} of {len(found.lives):,}"
    for one in some[:_NAMED]:
        subject = one["subject"]
        yield (
            f"  {subject['scope']}:{subject['value']}  {one['suspicion']:.1f} nats, {one['exchanges']:,} exchanges, "
            f"class {one['class']}"
        )
    if some:
        yield "  look at them: if they are honest, learn again with a smaller --spoilt, or their alarms will stay"


def _changed(found: Found) -> Iterator[str]:
    some = list(changes(found.before, found.after))
    yield f"Numbers that changed: {len(some)}, by class: {_sums(some)}"
    yield f"  {'class':12}{'number':34}{'before':>12}{'now':>12}"
    for one in some:
        before = "-" if one.before is None else f"{one.before:.4g}"
        yield f"  {one.kind or 'all':12}{one.name:34}{before:>12}{one.after:>12.4g}"
    for name, far in moved(found.before, found.after).items():
        yield f"  mean {name} moved by {far:.4g}"


def _sums(some: Sequence[Change]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in Counter(one.kind or "all" for one in some).items()) or "none"


def _alarms(expected: Sequence[Expected] | None) -> Iterator[str]:
    if expected is None:
        yield f"False alarms: not measured. Each half of the subjects needs {FEWEST} to learn from."
        return
    yield "False alarms to expect, learnt on one half of the subjects and counted on the other, every subject taken"
    yield "for honest; in brackets without those left out, who may be harvesters:"
    yield (
        f"  {'rung':22}{'promise: one in':>17}{'ever alarmed':>16}{'a subject-day':>24}{'at most':>22}"
        f"{'with any harvest':>18}"
    )
    for one in expected:
        name = f"{one.policy}/{one.rule}"
        alarmed = f"{one.alarmed} ({one.kept})"
        rate, most = f"{one.expected:.2g} ({one.kept_expected:.2g})", f"{one.at_most:.2g} ({one.kept_at_most:.2g})"
        yield f"  {name:22}{one.promise:>17,.0f}{alarmed:>16}{rate:>24}{most:>22}{one.convinced:>18}"
    if expected:
        yield f"  of {expected[0].subjects:,} subjects; one that alarmed is counted once. Promises below what so few"
        yield f"  subject-days ({expected[0].days:,}) can show rest on the law of the tail."
