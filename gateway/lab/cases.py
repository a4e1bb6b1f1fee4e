"""Single tenants that a reader should see: honest ones alarmed or near it, and harvesters that were missed."""

from collections.abc import Iterable, Iterator, Sequence

from gateway.lab.findings import Findings
from gateway.lab.outcome import Outcome

_COLUMNS = (
    "account", "kind", "source", "seen", "exchanges", "days", "alarm", "convinced", "highest weight", "families",
    "by detector",
)  # fmt: skip
_NEAR = 15  # honest tenants shown
_MISSED = 40  # harvesters shown
_LOUD = 0.05  # nats that show at one decimal


def innocent(found: Findings) -> Iterator[str]:
    """Yield honest tenants: all that were alarmed, then those that came nearest."""
    ordered = sorted(found.honest(), key=lambda one: (one.alarm == 0, -peak(one)))
    alarmed = sum(one.alarm > 0 for one in ordered)
    yield from _listed(found, ordered[: max(alarmed, _NEAR)])


def missed(found: Findings) -> Iterator[str]:
    """Yield single-key harvesters that were never alarmed, the quietest first."""
    ordered = sorted((one for one in found.single() if not one.alarm), key=peak)
    yield f"{len(ordered)} of {len(found.single())} were missed."
    yield ""
    yield from _listed(found, ordered[:_MISSED])


def peak(one: Outcome) -> float:
    """Return the highest fused weight of a life, nats."""
    return float(one.trace.fused.max(initial=0.0))


def _listed(found: Findings, some: Iterable[Outcome]) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{'---|' * len(_COLUMNS)}"
    for one in some:
        cells = (
            one.who.account, one.who.kind, one.who.source, "yes" if one.who.seen else "no", one.exchanges, one.days,
            one.alarm or "-", one.convinced or "-", f"{peak(one):.1f}", one.trace.families.max(initial=0),
            _said(found.detectors, one),
        )  # fmt: skip
        yield f"| {' | '.join(map(str, cells))} |"


def _said(detectors: Sequence[str], one: Outcome) -> str:
    highest = one.trace.weights.max(axis=0, initial=0.0).tolist()
    loud = sorted(
        ((weight, name) for weight, name in zip(highest, detectors, strict=True) if weight >= _LOUD), reverse=True
    )
    return ", ".join(f"{name} {weight:.1f}" for weight, name in loud)
