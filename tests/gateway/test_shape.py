import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.shape import LONGEST, MOST, shape


def test_the_order_of_members_is_the_client_s_own() -> None:
    assert shape(b'{"stream": true, "messages": [{"role": "user"}], "model": "m"}') == "stream messages model"


@pytest.mark.parametrize("body", [b"", b"[]", b"--boundary", b'{"a": ', b"\xff", b'{"\xff": 1}', b"null"])
def test_what_is_no_object_has_no_shape(body: bytes) -> None:
    assert shape(body) == ""


def test_any_number_of_members_of_any_length_is_bounded() -> None:
    many = b"{" + b", ".join(b'"%s%d": 0' % (b"x" * 100, i) for i in range(1000)) + b"}"
    assert len(shape(many)) < MOST * (LONGEST + 1)


@given(st.binary())
def test_any_bytes_are_read(body: bytes) -> None:
    assert isinstance(shape(body), str)
