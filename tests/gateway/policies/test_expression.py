from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.places import Place
from gateway.policies.expression import DEEPEST, place, reads, tokens, unbounded, unknown

MAPS: dict[str, tuple[str, ...]] = {"evidence": ("volume", "rhythm"), "class": ("agent",)}


def test_words_are_told_from_strings_and_comments() -> None:
    text = """evidence.volume > 1.0 // evidence.none
        && scope != "evidence.neither" && r'\\d' != '''a
        'b' '''"""
    kinds = [(token.kind, token.text) for token in tokens(text) if token.kind in {"name", "string"}]
    assert [said for kind, said in kinds if kind == "name"] == ["evidence", "volume", "scope"]
    assert len([said for kind, said in kinds if kind == "string"]) == 3


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("evidence.volume > 1.0", ["volume"]),
        ("evidence[\"volume\"] > evidence['rhythm']", ["volume", "rhythm"]),
        ("has(class.agent)", ["agent"]),
        ("x.evidence.volume > 1.0 || evidence[scope] > 1.0 || size(evidence) > 0", []),
        ('evidence["vol\\u0075me"] > 1.0', ["volume"]),
        ("evidence", []),
    ],
)
def test_keys_that_are_written_out_are_read(text: str, keys: list[str]) -> None:
    assert [read.key for read in reads(text, MAPS)] == keys


def test_a_key_that_nobody_writes_is_told_with_the_one_that_was_meant() -> None:
    (found,) = unknown("evidence.volume > 1.0 &&\n  evidence.rythm > 1.0", MAPS)
    assert (found.at, found.message, found.hint) == (Place(2, 12), "evidence holds no rythm", "did you mean rhythm?")


def test_brackets_of_a_string_nest_nothing() -> None:
    assert list(unbounded("scope == '" + "(" * 50 + "'")) == []
    assert list(unbounded("(" * DEEPEST + "true" + ")" * DEEPEST)) == []


@given(st.text(max_size=200))
def test_every_character_belongs_to_one_word_or_none(text: str) -> None:
    found = tokens(text)
    assert all(text[token.at : token.at + len(token.text)] == token.text for token in found)
    assert all(a.at + len(a.text) <= b.at for a, b in pairwise(found))
    assert all(place(text, token.at).column >= 1 for token in found)
