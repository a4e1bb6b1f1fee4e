"""A population's exchanges as recorded traffic."""

from itertools import islice

import msgspec

from detectors.lab.campaigns.company import company
from detectors.lab.campaigns.writing import TLS, label, shape, written


def test_lines_say_who_asked_whence_and_with_what_and_never_who_is_guilty() -> None:
    for act in islice(company(None, "judge", 0, "small").acts(), 300):
        line = written(act)

        assert line["account"] == act.member.account
        assert line["address"] in act.member.addresses
        assert line["headers"] == {"user-agent": act.member.agent, TLS: act.member.tls}
        assert " ".join(line["request"]) == shape(act)
        assert (
            act.member.group not in msgspec.json.encode({**line, "request": 0, "response": 0}).decode()
            or not act.member.group
        )
        assert label(act)["group"] == act.member.group


def test_two_kinds_of_software_write_members_in_different_orders() -> None:
    acts = list(islice(company(None, "judge", 0, "small").acts(), 2000))
    orders = {(shape(act), act.member.agent.partition("/")[0]) for act in acts}
    by_members: dict[frozenset[str], set[str]] = {}
    for order, _ in orders:
        by_members.setdefault(frozenset(order.split()), set()).add(order)

    assert any(len(some) > 1 for some in by_members.values())
    same = {(frozenset(order.split()), software): order for order, software in orders}
    assert len(same) == len(orders)
