from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.appeals.editing import NEW, EditError, added, replaced, without
from gateway.exemptions.file import load_exemptions
from gateway.faults import Faults

COMMENTED = """# ours
groups: # failover
  - name: g
    members: [account:a, account:b]
    owner: entitlements
    reason: r
    ends: 2027-01-01

entitlements:   # the list
    # the first
    - name: one   # one
      subjects:
        - account:one   # it
      purpose: contract
      budget: {tokens: 5}
      ends: 2027-01-01
      owner: o
      reason: |
        long

    # the second
    - {name: two, subjects: [account:two], purpose: contract,
       budget: {tokens: 5}, ends: 2027-01-01, owner: o, reason: r}  # two
# the end
"""
ENTRY = (
    "name: one, subjects: [account:one], purpose: research, budget: {traces: 5}, ends: 2027-01-01, reason: r, owner: o"
)
FLOW = f"entitlements: [{{{ENTRY}}}]\n"


def entry(name: str = "new", **other: Any) -> dict[str, Any]:
    return {
        "name": name, "subjects": [f"account:{name}"], "purpose": "contract", "budget": {"tokens": 5, "per": "30d"},
        "ends": "2027-01-01", "owner": "Jo", "reason": "47", **other,
    }  # fmt: skip


def names(folder: Path, text: str) -> list[str]:
    return [one.name for one in replaced(folder / "x.yaml", text).entitlements]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (COMMENTED, ["one", "two"]), (FLOW, ["one"]), ("entitlements: []\n", []), ("entitlements:\n", []),
        ("entitlements:", []), ("groups: []\n", []), ("groups: []", []), (NEW, []), ("", []),
        (f"# a\n---\nentitlements:\n- {{{ENTRY}}}\n", ["one"]),
    ],
)  # fmt: skip
def test_an_entry_is_added_at_the_end_and_every_line_stays(tmp_path: Path, text: str, held: list[str]) -> None:
    edited = added(text, entry())
    assert names(tmp_path, edited) == [*held, "new"]
    if text != FLOW and "[]" not in text:
        rest = edited.splitlines()
        for line in text.splitlines():
            rest.remove(line)
        assert not any("#" in line for line in rest)


def test_what_was_added_to_blocks_can_be_taken_out_again_and_leaves_no_trace() -> None:
    assert without(added(COMMENTED, entry()), "new") == COMMENTED


@pytest.mark.parametrize(("name", "gone"), [("one", range(10, 20)), ("two", range(21, 23))])
def test_an_entry_is_taken_out_with_its_lines_and_no_others(name: str, gone: range) -> None:
    lines = COMMENTED.splitlines()
    assert without(COMMENTED, name).splitlines() == [line for n, line in enumerate(lines) if n not in gone]


def test_who_is_not_there_cannot_be_taken_out_nor_can_one_in_brackets() -> None:
    with pytest.raises(EditError, match="there is no entitlement g"):
        without(COMMENTED, "g")
    with pytest.raises(EditError, match="brackets"):
        without(FLOW, "one")


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1, max_size=40
).filter(lambda text: bool(text.strip()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, st.sampled_from([COMMENTED, FLOW, ""]))
def test_whatever_the_reason_it_is_read_back_as_it_was_given(tmp_path: Path, reason: str, text: str) -> None:
    exemptions = replaced(tmp_path / "x.yaml", added(text, entry(reason=reason, owner=reason + "${X}")))
    assert exemptions.entitlements[-1].reason == reason.strip()
    assert exemptions.entitlements[-1].owner == (reason + "${X}").strip()


def test_a_text_at_fault_does_not_take_the_files_place(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    replaced(file, COMMENTED)
    file.chmod(0o640)
    with pytest.raises(Faults, match=r"x\.yaml:\d+:\d+: entitlements\[2\]"):
        replaced(file, added(COMMENTED, entry("one")))
    assert file.read_text() == COMMENTED
    replaced(file, added(COMMENTED, entry()))
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


def test_a_linked_file_stays_linked(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(NEW)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real.yaml")
    replaced(tmp_path / "link.yaml", added(NEW, entry()))
    assert (tmp_path / "link.yaml").is_symlink()
    assert len(load_exemptions(tmp_path / "real.yaml").entitlements) == 1


def test_brackets_with_nothing_in_them_become_a_list_that_can_be_edited() -> None:
    text = added("# mine\nentitlements: []  # none yet\nkey_groups: []\n", entry())
    assert text.startswith("# mine\nentitlements:  # none yet\n- name: ")
    assert without(text, "new") == "# mine\nentitlements:  # none yet\nkey_groups: []\n"
