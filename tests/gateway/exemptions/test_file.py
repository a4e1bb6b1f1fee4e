import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.decisions import Subject
from gateway.exemptions.base import Budget
from gateway.exemptions.file import MOST_FAULTS, load_exemptions
from gateway.exemptions.index import Exemptions
from gateway.faults import Faults

KEY = "0f" * 16
WHOLE = f"""# who, and why
entitlements:
  - name: acme-synthetic
    subjects: [account:acme, key:{KEY}, "network:10.1.2.3/8", group:failover]
    purpose: other
    note: ${{WORK:-a data set}}
    budget: {{tokens: 5e7, traces: 20000, per: 30d}}
    starts: 2026-11-01
    ends: 2027-01-31T12:00:00+01:00
    owner: Jo
    reason: |
      contract 47,
      signed
    tags: [synthetic, paid-for]
    over_budget: watch
groups:
  - {{name: failover, members: [account:one, account:two], owner: Jo, reason: failover, ends: 2026-12-31}}
"""
ONE = """
  - {{name: {name}, subjects: [account:{name}], purpose: contract, budget: {{tokens: 5}}, ends: 2027-01-31, owner: o,
     reason: r}}"""


HASHED = "a key is named by its keyed hash, 32 hexadecimal digits: stillguard identity hash"
WRITTEN = "a subject is written scope:value, with a scope of account, key, user, network, group"


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "exemptions.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def load(folder: Path, text: str | bytes, *, hashed: bool = True) -> Exemptions:
    return load_exemptions(write(folder, text), environ={}, hashed=hashed)


def faults(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(Faults) as caught:
        load(folder, text)
    return [str(fault).partition("exemptions.yaml:")[2] for fault in caught.value.faults]


def test_a_file_says_who_what_for_how_much_until_when_and_on_whose_word(tmp_path: Path) -> None:
    [one] = load(tmp_path, WHOLE).entitlements
    assert one.subjects == (
        Subject("account", "acme"), Subject("key", KEY), Subject("network", "10.0.0.0/8"), Subject("group", "failover"),
    )  # fmt: skip
    assert (one.name, one.purpose, one.note, one.owner) == ("acme-synthetic", "other", "a data set", "Jo")
    assert one.budget == Budget(tokens=50_000_000, traces=20_000, per=30 * 86400.0)
    assert (one.starts, one.ends) == (1_793_491_200.0, 1_801_393_200.0)
    assert (one.reason, one.tags, one.over_budget) == ("contract 47,\nsigned", ("synthetic", "paid-for"), "watch")


def test_the_day_on_which_it_ends_belongs_to_it(tmp_path: Path) -> None:
    exemptions = load(tmp_path, WHOLE)
    group = exemptions.groups["failover"]
    assert group.ends == 1_798_761_600.0  # 2027-01-01
    assert exemptions.of(group.members[1], group.ends - 1) is not None
    assert exemptions.of(group.members[1], group.ends) is None


@pytest.mark.parametrize("text", ["", "# nobody\n", "entitlements:\n", "entitlements: []\ngroups:\n", "---\n...\n"])
def test_a_file_may_hold_nobody(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text).entitlements == []


def test_the_revision_is_the_files_own(tmp_path: Path) -> None:
    first, again, other = (load(tmp_path, text).revision for text in (WHOLE, WHOLE, WHOLE + "# more\n"))
    assert first == again != other


def test_every_fault_is_told_at_its_place(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        """entitlements:
  - name: Acme
    subjects: [key:sk-secret-in-clear, planet:x, network:10.0.0.1, 7]
    purpose: fun
    budget: {per: 5m}
    ends: tomorrow
    colour: red
  - {name: b, subjects: [account:b], purpose: other, budget: {tokens: 5, per: 5m}, ends: 2026-01-01T00:00:00,
     owner: " ", reason: r, tags: [Bad Tag], starts: 2026-02-30}
  - {name: c, subjects: [account:c], purpose: other, budget: {tokens: 5}, starts: 2026-02-01, ends: 2026-01-01,
     owner: o, reason: r}
group: []
groups:
  - {name: g, members: [account:a], owner: o, reason: r, ends: 2027-01-01}
  - {name: h, members: [account:a, "network:10.0.0.0/8"], owner: o, reason: r, ends: 2027-01-01}
  - nothing
""",
    )
    assert not any("sk-secret" in fault for fault in told)
    assert [fault.split(" (")[0] for fault in told] == [
        "2:5: entitlements[0].owner: is missing",
        "2:5: entitlements[0].reason: is missing",
        "2:11: entitlements[0].name: a name is lower-case letters and digits, with . _ - between them",
        f"3:16: entitlements[0].subjects[0]: {HASHED}",
        f"3:40: entitlements[0].subjects[1]: {WRITTEN}",
        "3:50: entitlements[0].subjects[2]: a network is named with its prefix, for example 203.0.113.0/24",
        f"3:68: entitlements[0].subjects[3]: {WRITTEN}",
        "4:14: entitlements[0].purpose: should be 'contract', 'research', 'own_evaluation' or 'other'",
        "5:13: entitlements[0].budget: a budget limits exchanges, tokens or traces",
        "6:11: entitlements[0].ends: a day, 2027-01-31",
        "7:5: entitlements[0].colour: unknown key",
        "8:79: entitlements[1].budget.per: a window is at least 1h",
        "8:90: entitlements[1].ends: a day, 2027-01-31",
        "9:13: entitlements[1].owner: say it in words",
        "9:36: entitlements[1].tags[0]: a tag is lower-case words and digits joined by hyphens, like-this",
        "9:54: entitlements[1].starts: a day, 2027-01-31",
        "10:47: entitlements[2].purpose: say in note what it is for",
        "10:101: entitlements[2].ends: it ends before it starts",
        "12:1: group: unknown key",
        "14:24: groups[0].members: needs at least 2",
        "15:36: groups[1].members[1]: a member is a key or an account",
        "16:5: groups[2]: should be an object",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a\n", "1:1: the file is a mapping of entitlements and groups"),
        ("word\n", "1:1: the file is a mapping of entitlements and groups"),
        ("entitlements: {}\n", "1:15: entitlements: should be a list"),
        ("entitlements: x\n", "1:15: entitlements: should be a list"),
        ("groups: []\ngroups: []\n", "2:1: groups: written twice"),
        ("entitlements: []\n---\ngroups: []\n", "2:1: a second document (one file holds one document)"),
        ("entitlements: [\n", "2:1: while parsing a flow node, did not find expected node content"),
        ("entitlements: [*a]\n", "1:16: entitlements: aliases are not read here (write it out)"),
        ("entitlements: [!!set {}]\n", "1:16: entitlements[0]: tags are not read here: !!set (leave the tag out)"),
        ("? [a]\n: b\n", "1:3: unknown key (known here: entitlements, groups)"),
        (b"entitlements: []\n# \xff", "2:3: not UTF-8 (save the file as UTF-8)"),
        ("entitlements: [" + "[" * 60 + "]" * 60 + "]", "1:49: entitlements: too deep"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, text: str | bytes, fault: str) -> None:
    assert faults(tmp_path, text)[0] == fault


def test_clashes_are_told_at_the_entry(tmp_path: Path) -> None:
    text = "entitlements:" + ONE.format(name="a") + ONE.format(name="a")
    assert faults(tmp_path, text) == [
        "4:5: entitlements[1]: a subject of it has the entitlement a at the same time: starts and ends must part them",
        "4:5: entitlements[1]: there is another of the name a",
    ]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("9999-12-31", "the calendar ends"), ("2027-1-31", "a day"), ("2027-02-29", "a day"), ("20270131", "a day"),
        ("2027-01-31T12:00:00", "a day"), ("[2027]", "a day"), ("9999-12-30", ""), ("9999-12-31T23:59:59-12:00", ""),
        ("0001-01-01T00:00:00+12:00", "it ends before it starts"),
    ],
)  # fmt: skip
def test_an_end_is_a_day_or_a_moment_of_the_calendar(tmp_path: Path, end: str, told: str) -> None:
    text = "entitlements:" + ONE.format(name="a").replace("2027-01-31", end)
    if told:
        assert told in faults(tmp_path, text)[0]
    else:
        assert load(tmp_path, text).entitlements[0].ends > 2e11


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="No such file"):
        load_exemptions(tmp_path / "none.yaml")


def test_recorded_traffic_names_keys_and_users_plainly(tmp_path: Path) -> None:
    text = "entitlements:" + ONE.format(name="a").replace("account:a", "key:k-17, user:account/acme/u-3")
    assert len(faults(tmp_path, text)) == 2
    [one] = load(tmp_path, text, hashed=False).entitlements
    assert one.subjects == (Subject("key", "k-17"), Subject("user", "account/acme/u-3"))


def test_of_very_many_faults_some_are_told(tmp_path: Path) -> None:
    assert MOST_FAULTS <= len(faults(tmp_path, "entitlements:\n" + "  - {}\n" * 2000)) < MOST_FAULTS + 10


def test_many_entitlements_take_little_more_memory_on_the_way_than_their_text_and_themselves(tmp_path: Path) -> None:
    file = write(tmp_path, "entitlements:" + "".join(ONE.format(name=f"t-{n}") for n in range(3000)))
    tracemalloc.start()
    exemptions = load_exemptions(file)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(exemptions.entitlements) == 3000
    assert exemptions.of(Subject("account", "t-2999"), 1_800_000_000.0) is exemptions.entitlements[-1]
    assert held < 3000 * 1500
    assert peak < held + 8 * file.stat().st_size + (4 << 20)


PIECES = st.sampled_from([
    "entitlements:", "groups:", "\n", "  - ", "{", "}", "[", "]", "name: a", "ends: 2027-01-01", ", ", "&a ", "*a",
    "!!set ",
    "subjects: [account:a]", "budget: {tokens: 5}", "'", '"', "|\n", "? ", "${X", "---", "\t", "\x00", "\ufeff", "é",
])  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_whatever_a_file_says_it_is_read_or_its_faults_are_told(tmp_path: Path, text: str) -> None:
    try:
        exemptions = load(tmp_path, text.encode("utf-8", "surrogatepass"))
    except Faults as told:
        assert told.faults  # noqa: PT017 - either is right, nothing else
    else:
        assert exemptions.clashes == []
