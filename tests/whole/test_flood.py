"""A flood of made-up clients costs the guard a bounded number of cases and a bounded memory."""

from pathlib import Path

import pytest

from tests.whole.conftest import Start
from tests.whole.flooding import flood
from tests.whole.kit import chat, until

CAP = 100  # cases kept in this test; a real guard keeps a million
LONG = 4096  # characters of a key: 6,000 of them remembered would be 24 MB
MIB = 1 << 20


def resident(pid: int) -> int:
    """Return the bytes of a process that are in memory."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * 4096


@pytest.mark.slow
def test_random_keys_push_no_harvester_out_and_fill_no_memory(start: Start) -> None:
    whole = start(analysis={"cases": CAP})
    (proxy,) = whole.alive("proxy")
    harvester = whole.key("sk-harvester")
    assert flood(whole.url, iter(["sk-harvester"] * 50), chat("Write a long story.")) == 50
    whole.settled(50)
    assert whole.cases()[harvester].exchanges == 50

    long = "k" * LONG
    assert flood(whole.url, (f"sk-warm-{i}-{long}" for i in range(1000)), chat("Hi.")) == 1000
    whole.settled(1050)
    before = resident(proxy)
    assert flood(whole.url, (f"sk-{i}-{long}" for i in range(6000)), chat("Hi.")) == 6000
    whole.settled(7050)
    grown = resident(proxy) - before
    print(f"\na proxy grew by {grown / MIB:.1f} MiB under 6,000 random keys, to {resident(proxy) / MIB:.0f} MiB")  # noqa: T201 - the figure
    assert grown < 12 * MIB

    cases = whole.cases()
    assert len(cases) == CAP
    assert cases[harvester].exchanges == 50
    until(lambda: whole.metric("cases") == CAP, "the metric says so")
    assert whole.metric("queue_dropped_total") == 0
    assert whole.metric("journal_appended_total") == 7050
