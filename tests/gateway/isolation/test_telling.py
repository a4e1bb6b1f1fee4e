"""Failures are counted each time and logged once."""

import logging

import pytest

from gateway import metrics
from gateway.isolation import telling
from gateway.isolation.telling import NonsenseError, failed


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_told", set())


def counted(name: str) -> float:
    return float(metrics.PLUGIN_ERRORS.labels("action", name)._value.get())


def test_each_failure_is_counted_and_each_kind_of_fault_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    before = counted("odd")
    with caplog.at_level(logging.ERROR, "stillguard.plugins"):
        for _ in range(5):
            failed("action", "odd", KeyError("a client's words"))
        failed("action", "odd", NonsenseError("an effect is str"))
    assert counted("odd") == before + 6
    assert [vars(record)["plugin"] for record in caplog.records] == ["action odd"] * 2
    assert [vars(record).get("error") for record in caplog.records] == [None, "an effect is str"]


def test_the_log_is_not_filled(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_MOST_TOLD", 3)
    with caplog.at_level(logging.ERROR, "stillguard.plugins"):
        for number in range(9):
            failed("action", f"odd-{number}", ValueError())
    assert len(caplog.records) == 3
