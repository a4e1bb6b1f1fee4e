import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.dialects.gemini_array import Element, Elements

ARRAY = b'[{"a": "]}\\"[{"},\r\n{"b": [{"c": {}}, "\\\\"]}\n,\n {}\n]\n'
JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def split(data: bytes, step: int, limit: int = 1 << 20) -> list[Element]:
    elements = Elements(limit)
    found = [e for at in range(0, len(data), step) for e in elements.feed(data[at : at + step])]
    return found + elements.finish()


def joined(found: list[Element]) -> bytes:
    return b"".join(e.lead + e.body for e in found)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_elements_come_whole_however_the_array_is_cut(step: int) -> None:
    found = split(ARRAY, step)
    assert [e.body for e in found if e.body] == [b'{"a": "]}\\"[{"}', b'{"b": [{"c": {}}, "\\\\"]}', b"{}"]
    assert joined(found) == ARRAY


def test_an_element_is_handed_on_at_its_closing_bracket() -> None:
    elements = Elements()
    assert elements.feed(b'[{"a":1') == []
    assert elements.feed(b"}") == [Element(b"[", b'{"a":1}')]
    assert elements.feed(b',{"b":2}') == [Element(b",", b'{"b":2}')]
    assert elements.feed(b"]") == []
    assert elements.finish() == [Element(b"]", b"")]


def test_a_bare_object_is_an_element() -> None:
    assert [e.body for e in split(b' {"error": {"code": 429}}\n', 4) if e.body] == [b'{"error": {"code": 429}}']


def test_an_element_over_the_limit_is_handed_on_unread_and_the_next_one_is_read() -> None:
    data = b'[{"a":"' + b"x" * 500 + b'{"},{"b":2}]'
    found = split(data, 10, limit=100)
    assert joined(found) == data
    assert [e.body for e in found if e.body] == [b'{"b":2}']
    assert max(len(e.lead) for e in found) <= 120


@given(st.binary(max_size=200), st.integers(1, 9), st.integers(1, 300))
def test_no_byte_is_lost_of_any_bytes(data: bytes, step: int, limit: int) -> None:
    assert joined(split(data, step, limit)) == data


@given(st.text(alphabet='[]{}",\\ a\n', max_size=80), st.integers(1, 9))
def test_no_byte_is_lost_of_any_brackets(text: str, step: int) -> None:
    assert joined(split(text.encode(), step)) == text.encode()


@given(st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=3), max_size=5), st.integers(1, 40))
def test_every_array_of_objects_splits_into_its_objects(values: list[object], step: int) -> None:
    data = msgspec.json.format(msgspec.json.encode(values), indent=2)
    assert [msgspec.json.decode(e.body) for e in split(data, step) if e.body] == values


def test_a_big_element_in_single_bytes_is_never_looked_at_again() -> None:
    elements = Elements()
    data = b'[{"a":"' + b"x" * 5_000 + b'"'
    for at in range(len(data)):
        elements.feed(data[at : at + 1])
        assert elements._seen == len(elements._held)
