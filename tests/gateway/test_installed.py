"""Whose a name is, told from what is installed in a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import installed as names
from gateway import plugins
from gateway.installed import GROUPS, claims, installed, is_own, owner, shipped
from gateway.plugins import PluginError, plugin
from tests.packages import install

CODE = "class Odd: ..."


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose packages this process finds from now on."""
    monkeypatch.syspath_prepend(str(tmp_path))
    caches = (names.claims, names.installed, plugins.plugin, plugins._schema)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path
    for cached in caches:
        cached.cache_clear()


def test_every_kind_has_a_group_and_ours_are_ours() -> None:
    assert len(set(GROUPS.values())) == len(GROUPS)
    assert "volume" in shipped("detector")
    assert shipped("store") == ["sqlite"]
    assert is_own(installed("action")["deny"])


def test_a_name_that_is_ours_stays_ours_whatever_is_installed(site: Path) -> None:
    install(site, "aaa", CODE, {"actions.deny": "Odd"})
    assert [str(claim) for claim in claims("action")["deny"]] == ["stillguard 0.1.0", "aaa 1.0"]
    assert is_own(installed("action")["deny"])
    assert plugin("action", "deny").__module__ == "gateway.actions.deny"


def test_a_name_that_two_strangers_claim_is_nobodys(site: Path) -> None:
    install(site, "aaa", CODE, {"actions.odd": "Odd"})
    install(site, "bbb", CODE, {"actions.odd": "Odd", "actions.other": "Odd"}, version="2.1")
    assert "odd" not in installed("action")
    assert owner(claims("action")["odd"]) is None
    assert "other" in installed("action")
    assert "other" not in shipped("action")
    with pytest.raises(PluginError, match=r"action odd is claimed by aaa 1\.0 and by bbb 2\.1: uninstall one"):
        plugin("action", "odd")


@pytest.mark.parametrize("code", ["raise KeyError('at import')", "import sys; sys.exit(3)", "Odd = 7", ""])
def test_what_cannot_be_loaded_is_named_and_ends_nothing(site: Path, code: str) -> None:
    name = f"torn{len(code)}"
    install(site, name, code, {"actions.odd": "Odd"})
    with pytest.raises(PluginError, match="action odd"):
        plugin("action", "odd")


def test_nobody_claims_nothing() -> None:
    assert owner(()) is None
