import io
import math

import msgspec
import pytest
from rich.console import Console

from detectors.base import Evidence, Harvest
from gateway.decisions import Standing, Subject
from gateway.demo.clients import Tally
from gateway.demo.table import LiveTable, PlainLines, display, one_in, reason, row
from gateway.demo.watcher import Thought
from gateway.plugins import panel

SEEN = Standing(
    subject=Subject("key", "aa"), at=0.0, weight=math.log(5000), families={}, harvest=Harvest(),
    evidence={"interface": Evidence(7.0), "cadence": Evidence(2.0), "coverage": Evidence(0.0)},
)  # fmt: skip
ROW = row("log harvester", False, Tally(asked=1200, answered=90, tokens=4500, denied=12), Thought(SEEN))


def console(*, terminal: bool = False, width: int = 200) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=width, force_terminal=terminal), out


def test_a_row_says_the_strongest_reason_in_words() -> None:
    assert ROW.reason == "draws log-probabilities, with a bias or of whole texts"
    assert ROW.doubt == "one in 5,000"
    assert ROW.refused == 12


def test_nothing_is_said_of_a_client_without_evidence() -> None:
    assert reason(Thought()) == ""
    assert row("x", True, Tally(), Thought()).doubt == "-"


def test_a_detector_without_words_is_named() -> None:
    assert reason(Thought(msgspec.structs.replace(SEEN, evidence={"novel": Evidence(9.0)}))) == "novel"


@pytest.mark.parametrize("name", sorted(panel({})))
def test_every_shipped_detector_has_words(name: str) -> None:
    assert " " in reason(Thought(msgspec.structs.replace(SEEN, evidence={name: Evidence(9.0)})))


def test_odds_never_overflow() -> None:
    assert one_in(1e6) == "one in 1e99+"
    assert one_in(math.log(1e6)) == "one in 1e06"


def test_a_terminal_gets_a_table_and_a_pipe_gets_lines() -> None:
    assert isinstance(display(console(terminal=True)[0], plain=False), LiveTable)
    assert isinstance(display(console(terminal=True)[0], plain=True), PlainLines)
    assert isinstance(display(console()[0], plain=False), PlainLines)


def test_plain_lines_come_every_ten_seconds() -> None:
    to, out = console()
    with PlainLines(to) as shown:
        for second in range(31):
            shown.show([ROW], second)
    assert out.getvalue().count("log harvester") == 3
    assert "4,500" in out.getvalue()


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_shows_every_client_and_reasons_where_they_fit(width: int) -> None:
    to, out = console(terminal=True, width=width)
    with LiveTable(to) as shown:
        shown.show([ROW, ROW._replace(client="a client with a longer name", honest=True)], 3.0)
    assert "log harvester" in out.getvalue()
    assert "a client with a longer name" in out.getvalue()
    assert (ROW.reason in out.getvalue()) == (width == 200)
    assert "…" not in out.getvalue()
