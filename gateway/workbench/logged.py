"""Decisions that were taken, read back as standings: from lines of JSON, or from the data file of a guard.

Lines may be those of ``stillguard replay --decisions``, of the decision log, or what ``decisions list -o json`` prints.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from detectors.base import Evidence, Harvest, Panel
from gateway.decisions import Decision, Standing, Subject
from gateway.fusion import families
from gateway.replay.names import held
from gateway.replay.reading import Bad
from gateway.replay.sources import Source
from gateway.review import BY_HAND
from gateway.workbench.explaining import standing_at

_DECISION: Final = "decision"  # the kind of a record of the decision log
_FAULTS: Final = (msgspec.MsgspecError, UnicodeError, RecursionError, KeyError, TypeError, ValueError)


class _Logged(msgspec.Struct):
    """What is read of a line, whoever wrote it."""

    at: float
    subject: Any
    action: str
    evidence: dict[str, Evidence]
    weight: float | None = None
    families: dict[str, float] | None = None
    harvest: Harvest = Harvest()
    policy: str = ""
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    strikes: dict[str, int] = {}
    company: dict[str, float] = {}
    members: Any = 0  # how many, as the decision log says; or who, as a replay does
    severity: int = 0


def of_store(decisions: Iterator[Decision]) -> Iterator[Standing]:
    """Yield how subjects stood when policies decided on them; what operators decided says nothing of policies."""
    return (standing_at(decision) for decision in decisions if decision.policy != BY_HAND)


def of_lines(sources: Sequence[Source], panel: Panel, bad: Callable[[Bad], None]) -> Iterator[Standing]:
    """Yield the same from files; lines that hold no decision are told and passed over."""
    for source in sources:
        for span in source.spans():
            for place, line in enumerate(span.data.split(b"\n")):
                try:
                    yield from _standings(line, panel)
                except _FAULTS as error:
                    bad(Bad(span.file, span.first + place, f"no decision: {type(error).__name__}"))
        for one in source.bad:
            bad(one)


def _standings(line: bytes, panel: Panel) -> list[Standing]:
    if not line.strip():
        return []
    value = msgspec.json.decode(line)
    rows = value if isinstance(value, list) else [value]
    logged = [msgspec.convert(row, _Logged) for each in rows if (row := _body(each)) is not None]
    return [_standing(one, panel) for one in logged if one.severity and one.policy != BY_HAND]


def _body(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what was decided: a line itself, or the body of a record; None for records of other kinds."""
    if "kind" not in row or "body" not in row:
        return row
    return {"at": row["at"]} | dict(row["body"]) if row["kind"] == _DECISION else None


def _standing(logged: _Logged, panel: Panel) -> Standing:
    spoken = {name: logged.evidence.get(name, Evidence()) for name in panel}
    weights = families(panel, spoken) if logged.families is None else logged.families
    return Standing(
        subject=_subject(logged.subject),
        at=logged.at,
        weight=sum(weights.values()) if logged.weight is None else logged.weight,
        families=weights,
        evidence=logged.evidence,
        harvest=logged.harvest,
        models=logged.models,
        tags=logged.tags,
        strikes=logged.strikes,
        company=logged.company,
        members=len(logged.members) if isinstance(logged.members, list) else int(logged.members),
    )


def _subject(value: Any) -> Subject:
    """Return a subject as it is written: an object, a pair, or ``scope:value``."""
    if isinstance(value, str):
        scope, colon, name = value.partition(":")
        if not colon:
            raise ValueError(value)
        return Subject(scope, name)
    if isinstance(value, Mapping):
        return held(value)
    scope, name = value
    return Subject(str(scope), str(name))
