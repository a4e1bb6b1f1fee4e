"""What of a query is fixed, told from the query alone, and fingerprinted under a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.scaffold import Fingerprints, canonical, core, frame

PRINTS = Fingerprints(b"salt")
RULES = "You answer for the harbour office of Vigo, briefly and in plain words."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rate item 17 now", "rate ITEM 4,211 now"),
        ("See https://a.example/x?y=1 first", "see http://b.example first"),
        ('Judge "a long quotation of many words here" well', 'Judge "quite another quotation, longer still" well'),
        ("Run\n```py\nprint(1)\n```\nthen stop", "Run\n```\nmake all\n```\nthen stop"),
        ('Given {"price": 3, "name": "oak table"} reply', 'Given {"price": 99, "name": "a pine chair"} reply'),
        ("<doc>the night train to Linz was late</doc> sum up", "<doc>rye flour is dearer than wheat now</doc> sum up"),
        ("two   spaces\nand lines", "two spaces and\n\nlines"),
    ],
)
def test_what_is_filled_in_does_not_change_the_wording(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_other_wording_is_other_wording() -> None:
    assert canonical("Rate the item") != canonical("Rank the item")


def test_a_system_prompt_is_the_scaffold_whatever_is_asked() -> None:
    assert PRINTS.scaffold(RULES, "When is low tide?", "") == PRINTS.scaffold(RULES, "Q: is\nthe pier\nopen", "") != 0
    assert PRINTS.scaffold(RULES, "x", "") != PRINTS.scaffold(RULES + " Be kind.", "x", "")


def test_without_a_system_prompt_the_frame_of_the_turn_is() -> None:
    one = "Q: How many keels has a proa?\nA: think step by step and then answer."
    other = "Q: Name a lichen.\nA: think step by step and then answer."
    assert PRINTS.scaffold("", one, "") == PRINTS.scaffold("", other, "") != 0


def test_a_payload_at_the_end_does_not_become_the_frame() -> None:
    assert frame("Continue the text.\nThe ferry had left.") == frame("Continue the text.\nA tram came late.") == ""


def test_a_plain_question_has_no_scaffold() -> None:
    assert PRINTS.scaffold("", "Why is rye bread dark?", "") == 0


def test_one_demanding_sentence_is_one_template_whatever_it_is_asked_about() -> None:
    demand = "write out your complete reasoning"
    one = PRINTS.scaffold("", f"Name: a lichen. {demand}", demand)
    assert one == PRINTS.scaffold("", f"{demand}: how deep is the harbour, please answer?", demand) != 0


def test_an_opening_is_six_tokens_and_fewer_are_too_few() -> None:
    assert PRINTS.opening("Write the product page for oak tables") == PRINTS.opening(
        "write the PRODUCT page, for 12 oak!"
    )
    assert PRINTS.opening("only five tokens in here") == 0
    assert PRINTS.opening("请写一篇关于海港历史的短文") != 0


def test_fingerprints_are_keyed_and_never_zero_for_a_text() -> None:
    assert Fingerprints(b"other").of("text") != PRINTS.of("text") == Fingerprints(b"salt").of("text")
    assert PRINTS.of("") == 0


def test_the_core_is_short_and_from_the_middle() -> None:
    assert core("short") == "short"
    long = "a" * 1000 + "b" * 1000 + "c" * 1000
    assert core(long) == "b" * 400


@given(st.text(alphabet=st.characters(), max_size=400), st.text(alphabet=st.characters(), max_size=400))
def test_any_text_has_fingerprints_of_64_bits(system: str, turn: str) -> None:
    for mark in (PRINTS.scaffold(system, turn, ""), PRINTS.opening(turn), PRINTS.of(turn)):
        assert 0 <= mark < 2**64


@pytest.mark.timeout(30)  # measured: under 0.2 s; anything but linear takes hours
@pytest.mark.parametrize("piece", ['"', "<a>", "{", "```", "«", "x:", "\n", "http://", "字", "a "])
def test_ten_megabytes_of_any_delimiter_cost_no_more_than_a_bounded_text(piece: str) -> None:
    text = piece * (10_000_000 // len(piece))
    assert PRINTS.scaffold(text, text, "") >= 0
    assert PRINTS.opening(text) >= 0
