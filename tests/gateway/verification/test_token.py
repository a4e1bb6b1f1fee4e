import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions import Subject
from gateway.verification.token import Claim, TokenError, derived, mark, read, signed

KEY = derived(b"s" * 32, "verify")
CLAIM = Claim("dec_01J", mark(KEY, Subject("key", "k-1")), 1_800_000_000)


@given(decision=st.text("abc_019.-", min_size=1, max_size=40), until=st.integers(0, 2**40))
def test_what_is_signed_is_read_again(decision: str, until: int) -> None:
    claim = Claim(decision, CLAIM.mark, until)
    assert read(KEY, signed(KEY, claim), until) == claim


def test_a_token_expires() -> None:
    with pytest.raises(TokenError) as caught:
        read(KEY, signed(KEY, CLAIM), CLAIM.until + 1)
    assert caught.value.expired


@given(at=st.integers(0, 200), other=st.characters())
def test_a_token_with_any_character_changed_is_not_ours(at: int, other: str) -> None:
    token = signed(KEY, CLAIM)
    at %= len(token)
    if token[at] == other:
        return
    with pytest.raises(TokenError) as caught:
        read(KEY, token[:at] + other + token[at + 1 :], 0)
    assert not caught.value.expired


@given(token=st.text(max_size=400))
def test_no_other_text_is_a_token(token: str) -> None:
    with pytest.raises(TokenError):
        read(KEY, token, 0)


def test_another_secret_and_another_purpose_read_nothing() -> None:
    for key in (derived(b"t" * 32, "verify"), derived(b"s" * 32, "blur")):
        with pytest.raises(TokenError):
            read(key, signed(KEY, CLAIM), 0)


def test_a_mark_names_nobody_and_tells_subjects_apart() -> None:
    assert mark(KEY, Subject("account", "acme")) != mark(KEY, Subject("account", "acme2"))
    assert mark(KEY, Subject("account", "acme")) != mark(KEY, Subject("user", "acme"))
    assert "acme" not in signed(KEY, CLAIM._replace(mark=mark(KEY, Subject("account", "acme"))))
