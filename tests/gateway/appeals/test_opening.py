from pathlib import Path

import click
import pytest

from gateway.appeals.opening import day, has_run, opened, seconds
from gateway.opening import loaded


@pytest.mark.parametrize(
    ("at", "shown"),
    [(0.0, "1970-01-01 00:00"), (1.8e9, "2027-01-15 08:00"), (1e12, "9999-12-31 23:59"), (float("inf"), "")],
)
def test_a_time_is_shown_in_utc_and_never_beyond_the_calendar(at: float, shown: str) -> None:
    assert day(at) == shown


def test_a_duration_is_read_or_told() -> None:
    assert seconds("--for", "2h") == 7200.0
    with pytest.raises(click.ClickException, match="--for soon"):
        seconds("--for", "soon")


def test_a_configuration_at_fault_ends_the_command(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("routes: []\n")
    with pytest.raises(SystemExit):
        loaded(tmp_path / "bad.yaml")


def test_no_store_is_made_where_no_guard_has_run(folder: Path) -> None:
    config = loaded(folder / "gateway.yaml")
    assert not has_run(config)
    with pytest.raises(click.ClickException, match="no guard has run"), opened(config):
        pass
    assert not config.data.exists()
