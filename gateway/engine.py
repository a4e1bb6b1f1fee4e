"""Fold, weigh, merge: what is made of observations once the text is gone. Pure.

A case is stored as bytes and worked on as a *folio*: the same with its states decoded. A detector that fails on an
observation is passed over for it and named in the result; it never stops the others.
"""

import math
from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias, cast

import msgspec

from detectors.base import Baseline, Detector, Evidence, Observation, Panel
from detectors.batch import Batch
from detectors.company import CompanyFold, CompanyState
from detectors.harvest import HarvestFold, HarvestState
from detectors.linkage.base import Imprint
from detectors.linkage.imprint import ImprintFold
from gateway import fusion
from gateway.columns import folded_all
from gateway.decisions import Standing, Subject

VERSION = 2  # of the stored case
HARVEST = HarvestFold()
COMPANY = CompanyFold()
IMPRINT = ImprintFold()
RANKS = 64  # grades of importance that a store knows

AnyFold: TypeAlias = Detector[Any] | HarvestFold | CompanyFold | ImprintFold

_write = msgspec.msgpack.Encoder().encode


class Case(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What is stored of one subject: times in seconds since the epoch, states by detector, as MessagePack."""

    version: int
    first_at: float
    last_at: float
    observations: int
    states: dict[str, bytes]
    harvest: bytes
    company: bytes
    rank: int = 0
    imprint: bytes = b""  # empty in cases from before there were imprints


class Folio(NamedTuple):
    """A case at work: the states of a panel, decoded. A subject never seen has ``first_at`` infinity.

    ``rank`` is its importance when it was last weighed.
    """

    states: dict[str, Any]
    harvest: HarvestState
    company: CompanyState
    first_at: float = math.inf
    last_at: float = -math.inf
    observations: int = 0
    rank: int = 0
    imprint: Imprint = IMPRINT.initial()


class Folding(NamedTuple):
    """A folio, and the names of detectors that failed on the way, once for each failure."""

    folio: Folio
    faults: list[str]


class Weighing(NamedTuple):
    """A standing, and the names of detectors whose evidence was no number."""

    standing: Standing
    faults: list[str]


def begin(panel: Panel) -> Folio:
    """Return the folio of a subject never seen."""
    return Folio({name: detector.initial() for name, detector in panel.items()}, HARVEST.initial(), COMPANY.initial())


def seal(folio: Folio) -> bytes:
    """Return what is to be stored."""
    states = {name: _write(state) for name, state in folio.states.items()}
    case = Case(
        version=VERSION,
        first_at=folio.first_at,
        last_at=folio.last_at,
        observations=folio.observations,
        states=states,
        harvest=_write(folio.harvest),
        company=_write(folio.company),
        rank=folio.rank,
        imprint=_write(folio.imprint),
    )
    return _write(case)


def unseal(panel: Panel, stored: bytes) -> Folding:
    """Return the folio behind stored bytes. A state that is missing or cannot be read begins anew; the rest stays."""
    try:
        case: Case = _reader(Case).decode(stored)
    except (msgspec.MsgspecError, UnicodeError):
        return Folding(begin(panel), ["case"])
    if case.version != VERSION:
        return Folding(begin(panel), ["case"])
    faults: list[str] = []
    states = {
        name: _decoded(name, detector, case.states[name], faults) if name in case.states else detector.initial()
        for name, detector in panel.items()
    }
    harvest = _decoded("harvest", HARVEST, case.harvest, faults)
    company = _decoded("company", COMPANY, case.company, faults)
    imprint = _decoded("imprint", IMPRINT, case.imprint, faults) if case.imprint else IMPRINT.initial()
    span = case.first_at, case.last_at, case.observations
    return Folding(Folio(states, harvest, company, *span, case.rank, imprint), faults)


@cache
def _reader(kind: Hashable) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


def _decoded(name: str, detector: AnyFold, stored: bytes, faults: list[str]) -> Any:
    try:
        return _reader(cast("Hashable", detector.state)).decode(stored)
    except (msgspec.MsgspecError, UnicodeError):
        faults.append(name)
        return detector.initial()


def fold(panel: Panel, folio: Folio, observations: Sequence[Observation]) -> Folding:
    """Return the folio after these observations; the given one is unharmed."""
    return fold_all(panel, [(folio, observations)])[0]


def fold_all(panel: Panel, cases: Sequence[tuple[Folio, Sequence[Observation]]]) -> list[Folding]:
    """Return each folio after its observations, as ``fold`` does; see ``gateway.columns``."""
    batches = [Batch(observations) for _, observations in cases]
    folios = [folio for (folio, _), batch in zip(cases, batches, strict=True) if batch]
    given = [batch for batch in batches if batch]
    faults = [list[str]() for _ in given]
    states = {
        name: folded_all(name, detector, [folio.states[name] for folio in folios], given, faults)
        for name, detector in panel.items()
    }
    harvests = folded_all("harvest", HARVEST, [folio.harvest for folio in folios], given, faults)
    companies = folded_all("company", COMPANY, [folio.company for folio in folios], given, faults)
    imprints = folded_all("imprint", IMPRINT, [folio.imprint for folio in folios], given, faults)
    done = iter(range(len(given)))
    found: list[Folding] = []
    for (folio, _), batch in zip(cases, batches, strict=True):
        if not batch:
            found.append(Folding(folio, []))
            continue
        i = next(done)
        own = {name: column[i] for name, column in states.items()}
        times = [observation.at for observation in batch]
        span = min(folio.first_at, *times), max(folio.last_at, *times), folio.observations + len(batch)
        after = Folio(own, harvests[i], companies[i], *span, folio.rank, imprints[i])
        found.append(Folding(after, faults[i]))
    return found


def merge(panel: Panel, a: Folio, b: Folio) -> Folding:
    """Return two subjects as one: the case of a campaign is the merge of its members'."""
    faults: list[str] = []
    states = {name: _merged(name, d, a.states[name], b.states[name], faults) for name, d in panel.items()}
    harvest = _merged("harvest", HARVEST, a.harvest, b.harvest, faults)
    company = _merged("company", COMPANY, a.company, b.company, faults)
    imprint = _merged("imprint", IMPRINT, a.imprint, b.imprint, faults)
    span = min(a.first_at, b.first_at), max(a.last_at, b.last_at), a.observations + b.observations
    return Folding(Folio(states, harvest, company, *span, max(a.rank, b.rank), imprint), faults)


def _merged(name: str, detector: AnyFold, a: Any, b: Any, faults: list[str]) -> Any:
    try:
        return detector.merge(a, b)
    except fusion.FAULTS:
        faults.append(name)
        return a


def weigh(panel: Panel, baseline: Baseline, folio: Folio, subject: Subject, at: float) -> Weighing:
    """Return how a subject stands at a time. Families are taken as independent: their weights add."""
    return weigh_all(panel, baseline, [(folio, subject, at)])[0]


def weigh_all(panel: Panel, baseline: Baseline, cases: Sequence[tuple[Folio, Subject, float]]) -> list[Weighing]:
    """Return how each subject stands at a time, as ``weigh`` does; detector by detector, as ``fold_all``."""
    faults: list[list[str]] = [[] for _ in cases]
    placed = [COMPANY.placed(folio.company, baseline) for folio, _, _ in cases]
    own = [baseline.within(one) for one in placed]
    said = fusion.spoken_all(panel, [folio.states for folio, _, _ in cases], own, faults)
    return [
        _weighing(panel, case, evidence, company, faulty)
        for case, evidence, company, faulty in zip(cases, said, placed, faults, strict=True)
    ]


def _weighing(
    panel: Panel,
    case: tuple[Folio, Subject, float],
    evidence: dict[str, Evidence],
    placed: dict[str, float],
    faults: list[str],
) -> Weighing:
    folio, subject, at = case
    families = fusion.families(panel, evidence)
    try:
        harvest = HARVEST.reading(folio.harvest)
    except fusion.FAULTS:
        faults.append("harvest")
        harvest = HARVEST.reading(HARVEST.initial())
    weight = sum(families.values())
    standing = Standing(
        subject=subject, at=at, weight=weight, families=families, evidence=evidence, harvest=harvest, company=placed
    )
    return Weighing(standing, faults)


def importance(standing: Standing) -> int:
    """Return how much a case is worth keeping, 0 to 63: doublings of what was taken home, and nats of weight.

    One exchange is grade 1, a thousand are 10: a million keys used once each never push out a harvester.
    """
    taken = max(0, standing.harvest.exchanges) + max(0.0, standing.harvest.traces)
    return min(RANKS - 1, int(math.log2(1 + taken) + standing.weight))
