import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.asks import MARKS
from gateway.ways import Lookout, Way, found, needed, ways

WAYS = [way for mark in MARKS for way in mark.wordings]
PIECES = sorted({word for way in WAYS for group in way.groups for word in group})


@given(way=st.sampled_from(WAYS), data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_whatever_a_wording_matches_holds_a_word_of_each_group(way: Way, data: st.DataObject) -> None:
    short_gaps = re.sub(r"\{0,\d+\}", "{0,1}", way.pattern.pattern)  # whatever this matches, the wording does
    text = data.draw(st.from_regex(short_gaps))
    assert way.pattern.search(text)
    assert all(any(word in text for word in group) for group in way.groups)


@given(st.lists(st.sampled_from([*PIECES, "a", "the", "of", ".", "\n", "İ", "\ud800", "12"]), max_size=24), st.data())
def test_wordings_are_found_where_their_patterns_joined_are(pieces: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["", " "])).join(pieces)
    lookout = Lookout(PIECES)
    for mark in MARKS:
        joined = re.compile("|".join([way.pattern.pattern for way in mark.wordings]))
        assert found(lookout.watched(mark.wordings), text, lookout.seen(text)) == bool(joined.search(text))


@given(st.lists(st.text("abc\ud800任", min_size=1, max_size=4), min_size=1), st.text("abc\ud800任"))
def test_the_words_seen_are_those_that_stand_in_the_text(words: list[str], text: str) -> None:
    lookout = Lookout(words)
    assert lookout.seen(text) == lookout.bits([word for word in words if word in text])


def test_a_word_that_nobody_looks_out_for_is_no_bit() -> None:
    with pytest.raises(KeyError):
        Lookout(["tide"]).bits(["pilot"])


@pytest.mark.parametrize(
    ("pattern", "groups"),
    [
        (r"\btides?\b", (("tide",),)),
        (r"(?:grade|rate)s? (?:it|this)", (("grade it", "grade this", "grades it", "grades this", "rate it"),)),
        (r"[^.]*harbour|pilot", (("harbour", "pilot"),)),
        (r"(?:\d+|tide)x", ()),
        (r"a{2,3}(?=tide)", ()),
        (r"(?:[a-z]+ tide)+", ((" tide",),)),
        (r"生成[^。]{0,9}任务", (("任务",), ("生成",))),
    ],
)
def test_the_words_that_a_pattern_needs_are_read_off_it(pattern: str, groups: tuple[tuple[str, ...], ...]) -> None:
    assert [group[:5] for group in needed(pattern)] == list(groups)


def test_no_wording_is_found_in_nothing() -> None:
    assert not found(Lookout(["tide"]).watched(ways("tide")), "", 0)
