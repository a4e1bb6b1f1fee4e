from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import Evidence
from gateway.decision_log.reading import lines, shown
from gateway.decision_log.record import Record
from gateway.decisions import Subject
from gateway.plugins import panel
from gateway.replay.reading import Bad
from gateway.replay.sources import Source
from gateway.workbench.labels import LabelsError, load_labels
from gateway.workbench.logged import of_lines
from tests.gateway.decision_log.nursery import begin, decision

ROW: dict[str, Any] = {"at": 1.0, "subject": {"scope": "key", "value": "k"}, "action": "watch", "severity": 1}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def read(file: Path) -> tuple[list[Any], list[Bad]]:
    bad: list[Bad] = []
    return list(of_lines([Source(file)], panel({}), bad.append)), bad


def test_families_and_weight_follow_from_the_evidence_where_they_are_not_written(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_bytes(msgspec.json.encode(ROW | {"evidence": {"coverage": Evidence(30.0)}}))
    ((standing,), bad) = read(file)
    assert bad == []
    assert 26.0 < standing.families["content"] == standing.weight < 30.0
    assert set(standing.families) == {"content", "identity", "timing", "interface"}


@pytest.mark.parametrize("subject", ["key:k", ["key", "k"], {"scope": "key", "value": "k"}])
def test_a_subject_may_be_written_in_every_way_that_we_print(tmp_path: Path, subject: object) -> None:
    file = tmp_path / "log.jsonl"
    file.write_bytes(msgspec.json.encode(ROW | {"subject": subject, "evidence": {}}))
    ((standing,), _) = read(file)
    assert standing.subject == Subject("key", "k")


@given(st.lists(st.binary(max_size=60) | VALUES.map(msgspec.json.encode), max_size=6))
def test_any_lines_are_standings_or_told_bad(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    file = tmp_path_factory.mktemp("any") / "log.jsonl"
    file.write_bytes(b"\n".join(lines))
    standings, bad = read(file)
    assert standings == []
    assert all(one.file == str(file) for one in bad)


@given(st.dictionaries(st.sampled_from([*ROW, "evidence", "harvest", "families", "kind", "body"]), VALUES))
def test_a_decision_of_which_anything_is_wrong_is_told_bad(
    tmp_path_factory: pytest.TempPathFactory, other: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("any") / "log.jsonl"
    file.write_bytes(msgspec.json.encode(ROW | {"evidence": {}} | other))
    standings, bad = read(file)
    assert len(standings) + len(bad) <= 1


@given(st.binary(max_size=200))
def test_any_bytes_are_labels_or_told_not_to_be(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "labels.jsonl"
    file.write_bytes(data)
    with suppress(LabelsError):
        assert all(isinstance(label, str) for label in load_labels(file).values())


def test_what_the_decision_log_exports_is_read_as_it_is(tmp_path: Path) -> None:
    log = begin(tmp_path)
    body = {"action": "watch", "severity": 1, "evidence": {"volume": {"weight": 4.5, "because": {"taken": 9.0}}}}
    log.append([Record(one.kind, one.at, one.body | body) for one in (decision(1), decision(2))])
    log.close()
    file = tmp_path / "exported.jsonl"
    file.write_bytes(b"\n".join(msgspec.json.encode(shown(line)) for line in lines(tmp_path / "log")))
    found, bad = read(file)
    assert bad == []
    assert [one.subject for one in found] == [Subject("key", "anna")] * 2
    assert found[0].evidence == {"volume": Evidence(4.5, {"taken": 9.0})}
