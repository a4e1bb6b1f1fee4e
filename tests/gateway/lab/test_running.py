"""The same comes out however many processes there are."""

from pathlib import Path
from typing import Any

import numpy as np

from detectors.base import Baseline
from gateway.lab.judging import Bench
from gateway.lab.running import fitted, honest_windows, judged
from gateway.plugins import panel
from gateway.policies.file import load_policy

POLICY = Path(__file__).parents[3] / "deploy" / "policies" / "balanced.yaml"


def test_processes_change_nothing(player: Any) -> None:
    tenants = [player(account=f"t{i}", most=20 + 10 * i) for i in range(6)]
    done: list[int] = []
    rivals = fitted(tenants, lambda: done.append(1))
    bench = Bench(panel({}), Baseline(), load_policy(POLICY), rivals, {20: 2})
    one, two = (judged(bench, tenants, jobs, lambda: done.append(1)) for jobs in (1, 2))
    assert len(done) == 18
    for a, b in zip(one, two, strict=True):
        assert a.who == b.who
        np.testing.assert_array_equal(a.trace.weights, b.trace.weights)
        assert a.windows == b.windows
        for name in a.rivals:
            np.testing.assert_array_equal(a.rivals[name].values, b.rivals[name].values)
    alone = honest_windows(bench, tenants, 2, lambda: None)
    assert [window for _, window in alone] == [window for outcome in one for window in outcome.windows]
