from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import Partner
from detectors.linkage.nets import POPULAR, RECIRCULATION, Tie, nets, strong, ties


def handed(source: int, kind: str = "reasoning", count: int = 9) -> Partner:
    return Partner(100 + source, kind, count, 0.0)


NODES = {100 + node: node for node in range(60)}


def pairs(found: list[Tie]) -> list[tuple[int, int]]:
    return [(tie.presenter, tie.source) for tie in found]


def test_once_is_chance_and_often_is_a_tie() -> None:
    assert strong([handed(1, count=2), handed(2, count=3)]) == (handed(2, count=3),)
    few = handed(1, "recirculation", RECIRCULATION - 1)
    assert strong([few]) == ()


def test_own_takings_and_those_of_strangers_tie_nobody() -> None:
    assert ties([(1, [handed(1)]), (2, [Partner(7, "reasoning", 9, 0.0)])], NODES) == []


def test_a_published_answer_ties_nobody() -> None:
    readers = [(node, [handed(0)]) for node in range(1, POPULAR + 2)]
    assert ties(readers, NODES) == []
    assert len(ties(readers[:-1], NODES)) == POPULAR


def test_whoever_hands_in_too_is_no_publisher() -> None:
    readers = [(node, [handed(0)]) for node in range(1, POPULAR + 2)]
    assert len(ties([*readers, (0, [handed(1)])], NODES)) == POPULAR + 2


edges = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


@given(edges)
def test_a_net_is_what_ties_connect_in_any_order(found: list[tuple[int, int]]) -> None:
    given_in = [(one, [handed(other)]) for one, other in found]
    whole = ties(given_in, NODES)
    assert ties(given_in[::-1], NODES) == whole
    heads = nets(whole)
    assert nets(whole[::-1]) == heads
    for one, other in pairs(whole):
        assert heads[one] == heads[other] <= min(one, other)
    assert all(heads[head] == head for head in heads.values())
