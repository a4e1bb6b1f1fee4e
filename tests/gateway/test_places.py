import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.places import MOST_LEVELS, Place, decode, read

SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def only_message(text: str) -> str:
    (slip,) = read(text, {}).slips
    return slip.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", "off"), ("yes", "yes"), ("true", True), ("False", False), ("~", None), ("null", None),
        ("12", 12), ("-7", -7), ("0x1f", 31), ("0o17", 15), ("1_000", "1_000"), ("12:30:00", "12:30:00"),
        ("1e6", 1_000_000), ("1e-3", 0.001), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1.0", 1.0),
        (".inf", float("inf")), ("-.inf", float("-inf")), ("1e999", float("inf")), ("2026-01-01", "2026-01-01"),
        ("9" * 30, 1e30), ("'12'", "12"), ('"true"', "true"), ("''", ""), ("1e400000", float("inf")), ("+", "+"),
        ("1.5e3", 1500.0), ("٣", "٣"),
    ],
)  # fmt: skip
def test_scalars_are_read_by_the_core_schema(text: str, value: object) -> None:
    found = read(f"a: {text}", {}).value["a"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_and_key_has_its_place() -> None:
    tree = read("a: 1\nb:\n  - c: x\n  - [2, 3]\n", {})
    assert tree.value == {"a": 1, "b": [{"c": "x"}, [2, 3]]}
    assert tree.places["a",] == Place(1, 4)
    assert tree.keys["b", 0, "c"] == Place(3, 5)
    assert tree.places["b", 0, "c"] == Place(3, 8)
    assert tree.places["b", 1, 1] == Place(4, 9)


def test_columns_count_characters_not_bytes() -> None:
    assert read("é: {ü: 1, b: x}", {}).places["é", "b"] == Place(1, 14)


@pytest.mark.parametrize(
    ("text", "environ", "value"),
    [
        ("${A}", {"A": "7"}, 7),
        ("${A}", {"A": ""}, ""),
        ("'${A}'", {"A": "7"}, "7"),
        ("${A:-8}", {}, 8),
        ("${A:-8}", {"A": ""}, 8),
        ("${A:-}", {}, ""),
        ("x${A}y${B:-b}", {"A": "a"}, "xayb"),
        ("$${A}", {}, "${A}"),
        ("$A", {"A": "7"}, "$A"),
        ("${A}", {"A": "[1, 2]"}, "[1, 2]"),
        ("${A}", {"A": "${B}"}, "${B}"),
    ],
)
def test_variables_stand_for_the_environment_and_never_for_structure(
    text: str, environ: dict[str, str], value: object
) -> None:
    tree = read(f"a: {text}", environ)
    assert tree.slips == ()
    assert tree.value["a"] == value


def test_what_a_variable_holds_is_not_told() -> None:
    (slip,) = read("a: ${UNSET}${SET}", {"SET": "hush"}).slips
    assert "UNSET" in slip.message
    assert "hush" not in str(slip)


def test_aliases_of_aliases_are_refused_before_they_unfold() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [{('*' + p + ', ') * 9}]\n" for p, c in zip("abcdefgh", "bcdefghi"))  # noqa: B905 - one is longer
    assert only_message(bomb) == "too deep or too large"


def test_an_alias_of_itself_is_refused() -> None:
    assert only_message("a: &a [*a]") == "too deep or too large"


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 50_000 + "x", "{a: " * 2000 + "}" * 2000])
def test_depth_is_refused_without_falling_over(text: str) -> None:
    tree = read(text, {})
    assert tree.value is None
    assert tree.slips


def test_honest_depth_is_read() -> None:
    assert read("[" * MOST_LEVELS + "]" * MOST_LEVELS, {}).slips == ()


def test_a_key_that_is_no_word_is_a_slip() -> None:
    assert only_message("? [a, b]\n: c") == "a key is a word"


@pytest.mark.parametrize(
    ("data", "place"), [(b"a: \xff", Place(1, 4)), ("é: 1\nb: é".encode() + b"\xc3\xc3", Place(2, 5))]
)
def test_bytes_that_are_no_utf8_are_placed(data: bytes, place: Place) -> None:
    slip = decode(data)
    assert not isinstance(slip, str)
    assert slip.place == place


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1") == "a: 1"


def test_control_characters_are_placed() -> None:
    (slip,) = read("a: é\nb: \x07", {}).slips
    assert slip.place == Place(2, 4)


@settings(deadline=None)
@given(st.text() | st.text("ab:-[]{}&*!|>'\"%@,?# \n\t${}0123"))
def test_no_text_makes_reading_raise(text: str) -> None:
    tree = read(text, {})
    assert tree.value is not None or tree.slips or re.fullmatch(r"[\s\S]*(null|Null|NULL|~|)[\s\S]*", text)
    for slip in tree.slips:
        assert slip.place is not None
        assert slip.place.line <= len(re.split(r"\r\n|[\r\n\x85\u2028\u2029]", text)) + 1


@settings(deadline=None)
@given(VALUES)
def test_what_yaml_writes_is_read_back(value: Any) -> None:
    text = yaml.safe_dump({"a": value}, allow_unicode=True, default_style='"' if isinstance(value, str) else None)
    ours, theirs = read(text.replace("$", "_"), {}), yaml.safe_load(text.replace("$", "_"))
    if not ours.slips and "!!" not in text:
        assert _loose(ours.value) == _loose(theirs)


def _loose(value: Any) -> Any:
    """YAML 1.1 and 1.2 differ in scalars' types, never in shape."""
    if isinstance(value, dict):
        return [_loose(child) for child in value.values()]
    return [_loose(child) for child in value] if isinstance(value, list) else 0
