"""Charges are completed and turned back."""

from gateway.actions.base import Charge
from gateway.charging import filled, undone

PLAIN = Charge(meter="requests", amount=1.0, rate=1.0, burst=2.0)
DISTINCT = Charge(meter="payloads", amount=1.0, rate=1.0, burst=2.0, distinct=True)


def test_the_payload_is_worked_out_only_where_it_counts() -> None:
    asked: list[str] = []

    def payload() -> str:
        asked.append("once")
        return "print"

    assert filled([PLAIN], payload) == [PLAIN]
    assert asked == []
    assert [charge.payload for charge in filled([PLAIN, DISTINCT], payload)] == ["", "print"]
    assert asked == ["once"]


def test_what_was_taken_is_given_back_but_for_payloads() -> None:
    assert [(charge.meter, charge.amount) for charge in undone([PLAIN, DISTINCT])] == [("requests", -1.0)]
