import pytest

from gateway.actions.base import Allowance
from gateway.dialects.limits import limit_headers


def left(meter: str, remaining: float = 3.9, **how: float) -> Allowance:
    return Allowance(meter=meter, allowed=True, limit=6, remaining=remaining, reset=how.get("reset", 12.2), **{
        name: value for name, value in how.items() if name != "reset"
    })  # fmt: skip


def test_every_meter_that_clients_are_told_of_has_its_place_in_the_drafts_fields() -> None:
    told = dict(limit_headers([left("slots"), left("input_tokens", window=60), left("requests", window=60)]))
    assert told["ratelimit-policy"] == (
        '"requests";q=6;w=60, "input-tokens";q=6;w=60, "concurrent-requests";q=6;qu="concurrent-requests"'
    )
    assert told["ratelimit"] == '"requests";r=3;t=13, "input-tokens";r=3;t=13, "concurrent-requests";r=3;t=13'
    assert {name for name in told if name.startswith("x-")} == {
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
    }  # fmt: skip


@pytest.mark.parametrize("meter", ["payloads", "", "anything"])
def test_clients_are_told_of_no_other_meter(meter: str) -> None:
    assert limit_headers([left(meter)]) == []


def test_of_two_meters_of_one_name_the_emptier_is_told() -> None:
    told = dict(limit_headers([left("requests", 3), left("requests", 1), left("requests", 2)]))
    assert told["ratelimit"] == '"requests";r=1;t=13'


def test_what_is_not_known_is_not_told() -> None:
    unknown = Allowance(meter="tokens", allowed=False, limit=-1, remaining=-1, reset=-1)
    assert limit_headers([unknown]) == []


def test_a_reset_is_never_later_than_the_wait() -> None:
    assert dict(limit_headers([left("requests", retry_after=4.1)]))["ratelimit"] == '"requests";r=3;t=5'
