"""What the panel would have done without one of its detectors: told from stored weights, nothing is folded again.

Each detector is played back by one whose state is the weight that it gave, so the engine's own fusion runs: the
figures follow whatever rule fuses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from detectors.base import Baseline, Evidence, Harvest
from gateway.decisions import Policy
from gateway.engine import begin, weigh
from gateway.lab.judging import SUBJECT, touches
from gateway.lab.outcome import Outcome


@dataclass(frozen=True)
class Recalled:
    """Says again what a detector said; its state is the weight, nats."""

    name: str
    family: str

    def initial(self) -> float:
        """Return the weight of a detector that has said nothing."""
        return 0.0

    def evidence(self, state: float, baseline: Baseline) -> Evidence:
        """Return the weight."""
        del baseline
        return Evidence(state)


def recalled(panel: Mapping[str, Any], without: str = "") -> dict[str, Any]:
    """Return a panel that plays back, without one detector."""
    return {name: Recalled(name, detector.family) for name, detector in panel.items() if name != without}


def alarm(outcome: Outcome, panel: Mapping[str, Any], policy: Policy, names: list[str]) -> int:
    """Return the exchange at which a panel that plays back makes the policy touch the client; 0 if never.

    Args:
        outcome: what was said.
        panel: as ``recalled`` gives it.
        policy: the policy.
        names: of the whole panel, as the columns of the trace.
    """
    trace, empty = outcome.trace, begin(panel)
    columns = [(names.index(name), name) for name in panel]
    for number, weights, taken in zip(trace.at, trace.weights, trace.harvests, strict=True):
        states = {name: float(weights[column]) for column, name in columns}
        if not any(states.values()):
            continue
        standing = weigh(panel, Baseline(), empty._replace(states=states), SUBJECT, 0.0).standing
        exchanges, prompt, completion, reasoning, traces = taken.tolist()
        harvest = Harvest(int(exchanges), int(prompt), int(completion), int(reasoning), traces)
        if touches(policy, msgspec.structs.replace(standing, harvest=harvest)):
            return int(number)
    return 0


def ablations(
    outcomes: Iterable[Outcome], panel: Mapping[str, Any], policy: Policy
) -> dict[str, list[tuple[Outcome, int]]]:
    """Return every tenant's alarm by the detector that was left out; under ``none``, the whole panel's."""
    kept, names = list(outcomes), list(panel)
    found = {}
    for without in ("", *names):
        heard = recalled(panel, without)
        found[without or "none"] = [(one, alarm(one, heard, policy, names)) for one in kept]
    return found
