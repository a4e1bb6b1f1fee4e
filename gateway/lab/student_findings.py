"""What the students showed: their curves, and what of a harvest each kind of adversary kept at its alarm."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from detectors.lab.student import fields, language, shelf, tasks, theft
from detectors.lab.student.curve import Curve, Estimate, Remedy, kept
from gateway.lab.student_alarms import Alarm

Size: TypeAlias = Literal["small", "full"]
MAIN: Final = ("agreement", "bits")  # the measure of each family that shares are taken of
REMEDIES: Final[tuple[Remedy, Remedy]] = ("refused", "trimmed after")
QUIZZED, KNOWLEDGE = "own_facts", "known"  # the field that has questions, and their measure
LITTLE: Final = 0.05  # gain of a full harvest, shares or bits, below which nothing worth the name was stolen


class Scale(NamedTuple):
    """How much is measured: texts of each own-written task and rows of each source, the longest plan, runs a curve."""

    texts: int
    rows: int
    queries: int
    seeds: int


SCALES: Final[dict[Size, Scale]] = {"small": Scale(400, 400, 200, 2), "full": Scale(3000, 8000, 4000, 3)}


class Findings(NamedTuple):
    """All that was measured.

    Attributes:
        curves: every remedy and measure of each thief.
        teachers: the teacher's own quality by family, task and measure: the bound of every student.
        alarms: where the alarm stood, by kind of adversary; empty if that was not measured.
    """

    curves: list[Curve]
    teachers: dict[tuple[str, str, str], float]
    alarms: list[Alarm]

    def curve(self, name: str, remedy: Remedy, measure: str = "") -> Curve:
        """Return one curve, by its family's main measure if none is named; ``LookupError`` if it is not there."""
        for one in self.curves:
            if (one.name, one.remedy) == (name, remedy) and one.measure in ((measure,) if measure else MAIN):
                return one
        raise LookupError(f"no curve {name} {remedy} {measure}")

    def names(self) -> list[str]:
        """Return the names of all thieves' curves, in the order measured."""
        return list(dict.fromkeys(one.name for one in self.curves))

    def kept(self, name: str, remedy: Remedy, queries: float, measure: str = "") -> Estimate | None:
        """Return what share of the full harvest's gain is kept; None where the full harvest gains next to nothing."""
        full = self.curve(name, "refused", measure)
        if min(full.gains()) < LITTLE:
            return None
        return kept(self.curve(name, remedy, measure), full, queries)


class AtAlarm(NamedTuple):
    """What one kind of adversary keeps, if it is refused from its alarm on, or trimmed from there to its plan's end.

    Intervals join that of the queries to the alarm with that between seeds. None: the harvest gains nothing anyway.
    """

    alarm: Alarm
    curve: str
    refused: Estimate | None
    trimmed: Estimate | None
    late: Estimate | None  # refused where nine in ten are alarmed
    known: Estimate | None  # refused, of the answers to questions of knowledge


def at_alarms(found: Findings) -> Iterator[AtAlarm]:
    """Yield what each kind keeps at its alarm; kinds without a curve are passed over."""
    measured = set(found.names())
    for alarm in found.alarms:
        name = alarm.curve(measured)
        if name is not None:
            late = None if alarm.most is None else found.kept(name, "refused", alarm.most * alarm.share)
            refused, trimmed = (_joined(found, name, remedy, alarm) for remedy in REMEDIES)
            yield AtAlarm(alarm, name, refused, trimmed, late, _known(found, name, alarm))


def _known(found: Findings, name: str, alarm: Alarm) -> Estimate | None:
    """Return what a language model asked in the same way keeps of knowledge, where that is asked for at all."""
    family, _, way = name.split(".")
    asked = f"{family}.{QUIZZED}.{way}"
    measured = any(one.name == asked and one.measure == KNOWLEDGE for one in found.curves)
    return _joined(found, asked, "refused", alarm, KNOWLEDGE) if measured else None


def _joined(found: Findings, name: str, remedy: Remedy, alarm: Alarm, measure: str = "") -> Estimate | None:
    plan = float(found.curve(name, remedy).budgets[-1])

    def at(queries: float | None) -> Estimate | None:
        return found.kept(name, remedy, plan if queries is None else queries * alarm.share, measure)

    middle = at(alarm.queries)
    if middle is None:
        return None
    early = at(alarm.low) if alarm.low is not None else middle
    late = at(alarm.high) if alarm.high is not None or alarm.queries is None else middle
    bounds = [one for one in (middle, early, late) if one is not None]
    return Estimate(middle.value, min(one.low for one in bounds), max(one.high for one in bounds), middle.n)


def measure(pack: Path | None, size: Size, seed: int, alarms: Sequence[Alarm], told: Callable[[str], None]) -> Findings:
    """Train every teacher and every student.

    Args:
        pack: the traffic pack's folder, if there is one; its tasks come besides the own-written ones.
        size: how much.
        seed: of splits, thieves and runs.
        alarms: where the alarm stood.
        told: hears the name of each task before work on it begins.
    """
    scale = SCALES[size]
    runs = range(seed, seed + scale.seeds)
    curves: list[Curve] = []
    teachers: dict[tuple[str, str, str], float] = {}
    for task in (*tasks.own(scale.texts, seed), *(shelf.tasks(pack, scale.rows, seed) if pack else ())):
        told(f"classifier {task.name}")
        theirs = theft.steal(task, runs, scale.queries)
        curves += theirs.curves
        teachers[theft.FAMILY, task.name, "accuracy"] = theirs.teacher_accuracy
    for field in (*fields.own(scale.texts, seed), *(shelf.fields(pack, scale.rows, seed) if pack else ())):
        told(f"language model {field.name}")
        stolen = language.steal(field, runs, scale.queries)
        curves += stolen.curves
        teachers |= {(language.FAMILY, field.name, name): value for name, value in stolen.teacher.items()}
    return Findings(curves, teachers, list(alarms))
