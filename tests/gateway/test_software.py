from hypothesis import given
from hypothesis import strategies as st

from gateway.software import LONGEST, told

OPENAI = [
    (b"host", b"a.example"), (b"accept", b"*/*"), (b"content-type", b"application/json"),
    (b"user-agent", b"OpenAI/Python 3.54.0"), (b"x-stainless-os", b"Linux"), (b"authorization", b"Bearer sk-secret"),
]  # fmt: skip


def test_versions_and_the_order_of_names_tell_software_apart() -> None:
    newer = [(name, value.replace(b"3.54.0", b"3.55.0")) for name, value in OPENAI]
    assert len({told(OPENAI), told(newer), told(OPENAI[::-1]), told(OPENAI[1:])}) == 4


def test_what_changes_with_each_query_or_on_the_way_tells_nothing() -> None:
    passing = [(b"content-length", b"17"), (b"x-forwarded-for", b"192.0.2.1"), (b"traceparent", b"00-1-2-01")]
    assert told([*passing, *OPENAI]) == told(OPENAI)


def test_secrets_are_not_in_it() -> None:
    assert b"secret" not in told(OPENAI)


@given(st.lists(st.tuples(st.binary(max_size=300), st.binary(max_size=300)), max_size=100))
def test_any_headers_tell_a_bounded_amount(headers: list[tuple[bytes, bytes]]) -> None:
    assert len(told(headers)) <= LONGEST
