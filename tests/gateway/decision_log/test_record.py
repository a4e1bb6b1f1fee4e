import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decision_log.record import (
    GENESIS,
    Record,
    UnreadableError,
    commitment,
    is_whole,
    line_of,
    read_line,
    rewritten,
    subject_text,
)
from gateway.decisions import Subject
from tests.gateway.decision_log.nursery import START

ANNA = Subject("key", "anna")
_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), _words)
_bodies = st.dictionaries(
    st.one_of(_words, st.sampled_from(["subject", "reason", "hash", "personal", "store"])),
    st.one_of(_plain.filter(lambda value: value is None), _words),
)


def dice() -> random.Random:
    return random.Random(3)


def wrote(body: dict[str, Any], seq: int = 4) -> bytes:
    return line_of(Record("decision", START, body), seq, GENESIS, dice().randbytes).bytes


def test_a_line_says_what_was_recorded_and_keeps_what_is_personal_apart() -> None:
    raw = wrote({"id": "dec_1", "subject": ANNA, "reason": "Bob asked", "weight": 13.8})
    line = read_line(raw)
    assert (line.seq, line.at, line.kind, line.prev) == (4, START, "decision", GENESIS)
    assert line.body == {"id": "dec_1", "weight": 13.8}
    assert line.restored() == {"id": "dec_1", "weight": 13.8, "subject": "key:anna", "reason": "Bob asked"}
    hashed = raw.rpartition(b',"personal":')[0]
    assert b"anna" not in hashed
    assert b"Bob" not in hashed


def test_subjects_are_personal_however_and_wherever_they_are_written() -> None:
    body = {
        "members": [ANNA, ("account", "house"), {"scope": "user", "value": "u"}],
        "entitlement": {"subjects": ["key:bert"], "owner": "Carla", "budget": 5},
        "label": {"scope": "network", "value": "203.0.113.0/24"},
    }
    raw = wrote(body)
    assert read_line(raw).restored() == {
        "members": ["key:anna", "account:house", "user:u"],
        "entitlement": {"subjects": ["key:bert"], "owner": "Carla", "budget": 5},
        "label": {"subject": "network:203.0.113.0/24"},
    }
    hashed = raw.rpartition(b',"personal":')[0]
    assert not [word for word in (b"anna", b"house", b"bert", b"Carla", b"203.0") if word in hashed]


@pytest.mark.parametrize(
    "subject", [ANNA, ("key", "anna"), ["key", "anna"], {"scope": "key", "value": "anna"}, "key:anna"]
)
def test_a_subject_has_one_text(subject: object) -> None:
    assert subject_text(subject) == "key:anna"


def test_the_hash_is_of_the_bytes_as_they_stand() -> None:
    raw = wrote({"id": "dec_1", "subject": ANNA, "weight": 1e-7})
    covered = raw[len('{"hash":"') + 64 + len('",') :].rpartition(b',"personal":')[0]
    assert json.loads(raw)["hash"] == hashlib.sha256(covered).hexdigest()


def test_the_same_name_is_committed_to_differently_each_time() -> None:
    turn = dice()
    first, second = (line_of(Record("x", START, {"subject": ANNA}), 0, GENESIS, turn.randbytes).line for _ in range(2))
    assert first.commitments != second.commitments
    [part] = first.personal
    assert part is not None
    assert first.commitments == [commitment(part)]


def test_a_forgotten_part_leaves_the_hash_as_it_was() -> None:
    raw = wrote({"subject": ANNA, "reason": "because"})
    line = read_line(raw)
    without = rewritten(line, raw, [0])
    assert b"anna" not in without
    assert is_whole(read_line(without), without)
    assert read_line(without).hash == line.hash
    assert read_line(without).restored() == {"reason": "because"}


@given(_bodies)
def test_what_is_written_can_be_read_and_is_whole(body: dict[str, Any]) -> None:
    raw = wrote(body)
    line = read_line(raw)
    assert is_whole(line, raw)
    assert line.restored() == body
    assert raw.count(b"\n") == 1


@given(_bodies, st.randoms(use_true_random=False))
def test_a_line_that_was_changed_in_any_byte_is_not_whole(body: dict[str, Any], turn: random.Random) -> None:
    raw = bytearray(wrote(body))
    place = turn.randrange(len(raw))
    raw[place] ^= turn.randrange(1, 256)
    try:
        line = read_line(bytes(raw))
    except UnreadableError:
        return
    promised = [part is None or commitment(part) == line.commitments[n] for n, part in enumerate(line.personal)]
    assert not (is_whole(line, bytes(raw)) and all(promised) and None not in line.personal)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    try:
        read_line(raw)
    except UnreadableError:
        return
    raise AssertionError("nobody wrote that")
