from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions import Subject
from gateway.verification.attestation import FIELDS, attestation_id, said

FULL = {"name": "Acme", "contact": "a@example.org", "purpose": "Support chat"}


def test_what_is_said_is_kept_clean() -> None:
    assert said({**FULL, "purpose": " Support\nchat\x1b[2J ", "more": 1}) == {**FULL, "purpose": "Support chat [2J"}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, "", "  ", 7, ["x"], "x" * 2001])
def test_every_field_is_needed_and_bounded(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        said({**FULL, field: value})


@given(body=st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))
def test_what_is_no_object_says_nothing(body: Any) -> None:
    with pytest.raises(ValueError, match="JSON object"):
        said(body)


def test_one_decision_on_one_subject_has_one_attestation() -> None:
    anna, bert = Subject("key", "anna"), Subject("key", "bert")
    assert attestation_id("dec_1", anna) == attestation_id("dec_1", anna)
    assert len({attestation_id(d, s) for d in ("dec_1", "dec_2") for s in (anna, bert)}) == 4
