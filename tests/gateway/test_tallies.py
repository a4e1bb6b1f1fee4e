import asyncio

import pytest
from prometheus_client import REGISTRY

from gateway import tallies
from gateway.clock import monotonic
from gateway.tallies import Tallies

LABELS = ("tallied", "openai", 200, "none", "none")


def counted() -> float:
    named = {"surface": "tallied", "dialect": "openai", "code": "200", "action": "none", "mode": "none"}
    return REGISTRY.get_sample_value("stillguard_requests_total", named) or 0.0


async def test_an_exchange_that_outlasts_the_timer_is_counted_though_no_other_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tallies, "_EVERY", 0.01)
    one, before = Tallies(), counted()
    one.enter()
    await asyncio.sleep(0.05)  # the timer fires meanwhile
    one.leave()
    one.count(LABELS, "")
    deadline = monotonic() + 1.0
    while counted() == before:
        assert monotonic() < deadline, "it is counted within a second"
        await asyncio.sleep(0.01)
    assert REGISTRY.get_sample_value("stillguard_inflight_requests") == 0
