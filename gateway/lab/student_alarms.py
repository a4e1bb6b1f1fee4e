"""Where the alarm stood: reads queries to it, by kind of adversary, from the figures of ``stillguard lab evaluate``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

MEDIAN, MOST, SEEN = "median_queries.kind.", "queries90.kind.", "detected.kind."  # how these figures' names begin
_PERCENT: Final = 100.0

# Which curve stands for a kind: the first that was measured. Kinds not named here ask for instructions one by one.
_PLAIN: Final = ("language.instructions.plain", "language.own_facts.plain")
_CODE: Final = ("language.code.plain", "language.own_code.plain")
_WORKED: Final = ("language.own_worked.plain",)
_LABELS: Final = ("classifier.banking77.natural", "classifier.own_desk.natural")
STANDS_FOR: Final[dict[str, tuple[str, ...]]] = {
    "code_harvest": _CODE, "code_seeds": _CODE, "slow_code": _CODE, "tool_harvest": _CODE,
    "reasoning_fixed": _WORKED, "reasoning_reworded": _WORKED, "reasoning_shifting": _WORKED,
    "training_set": _WORKED, "slow_reasoning": _WORKED,
    "best_of_n": ("language.problems.best_of_8", "language.own_worked.best_of_8"),
    "temperature_grid": ("language.instructions.best_of_8", "language.own_facts.best_of_8"),
    "logits": ("language.instructions.logprobs", "language.own_facts.logprobs"),
    "rubric": _LABELS, "preference": _LABELS,
    "knockoff": ("classifier.banking77.sentences", "classifier.own_desk.sentences"),
    "random_words": ("classifier.banking77.words", "classifier.own_desk.words"),
    "boundary": ("classifier.banking77.active", "classifier.own_desk.active"),
}  # fmt: skip


class Alarm(NamedTuple):
    """When one kind of adversary was alarmed.

    Attributes:
        kind: as ``lab evaluate`` calls it; ``padded_10`` hides a tenth of attack in cover traffic.
        queries: the median to the alarm, of all its tenants; None if that lies among the undetected.
        low, high: the median's 95 % interval; None where it has no bound.
        most: queries within which nine in ten were alarmed, if known.
        detected: share of its tenants ever alarmed, if known.
        tenants: how many there were.
    """

    kind: str
    queries: float | None
    low: float | None = None
    high: float | None = None
    most: float | None = None
    detected: float | None = None
    tenants: int = 0

    @property
    def share(self) -> float:
        """The part of its queries that is attack: 1 but for padded kinds."""
        percent = self.kind.removeprefix("padded_")
        return float(percent) / _PERCENT if percent != self.kind and percent.isdigit() else 1.0

    def curve(self, measured: set[str]) -> str | None:
        """Return the name of the curve that stands for this kind; None if no such curve was measured."""
        return next((name for name in STANDS_FOR.get(self.kind, _PLAIN) if name in measured), None)


class AlarmsError(Exception):
    """The file holds no figures in the shape of this project; the message says what is wrong."""


def alarms(file: Path) -> list[Alarm]:
    """Return the alarms of a file of figures, by kind; none if there is no such file.

    Raises:
        AlarmsError: the file is there, but not such a file.
    """
    if not file.exists():
        return []
    try:
        figures = {str(one["name"]): one for one in json.loads(file.read_text(encoding="utf-8"))["figures"]}
        return list(_alarms(figures))
    except (ValueError, TypeError, KeyError) as fault:
        raise AlarmsError(f"{file}: no figures of lab evaluate ({fault!r})") from fault


def _alarms(figures: dict[str, Any]) -> Iterator[Alarm]:
    for name, figure in sorted(figures.items()):
        if name.startswith(MEDIAN):
            kind = name.removeprefix(MEDIAN)
            low, high = figure.get("interval") or (None, None)
            most, seen = (figures.get(head + kind, {}).get("value") for head in (MOST, SEEN))
            yield Alarm(kind, _number(figure["value"]), _number(low), _number(high), _number(most), _number(seen),
                        int(figure.get("n") or 0))  # fmt: skip


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
