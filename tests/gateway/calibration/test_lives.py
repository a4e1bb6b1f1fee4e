"""A life is folded as it comes, and only its looks are kept."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from detectors.lab.school import LOOKS
from gateway.calibration.lives import DAY, Growing
from gateway.decisions import Subject
from gateway.engine import begin, fold
from tests.gateway.calibration import kit

ANNA = Subject("key", "anna")


def test_looks_come_where_the_learning_wants_them_and_at_the_end() -> None:
    found = kit.life(kit.chat, 1, 100)
    assert [seen.exchanges for seen in found.looks] == [*[n for n in LOOKS if n <= 100], 100]
    assert found.exchanges == 100


def test_an_end_that_is_a_look_is_looked_at_once() -> None:
    assert [seen.exchanges for seen in kit.life(kit.chat, 1, LOOKS[3]).looks] == list(LOOKS[:4])


def test_a_look_is_what_the_engine_folds() -> None:
    answers = kit.labelling(3, 40)
    growing = Growing(kit.PANEL)
    growing.add(answers)
    wanted = fold(kit.PANEL, begin(kit.PANEL), [one for answer in answers[:8] for one in (answer.query, answer)]).folio
    assert growing.life(ANNA).looks[0].folio == wanted


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_pieces_cut_anywhere_come_to_the_same_life(sizes: list[int]) -> None:
    answers = kit.harvest(5, sum(sizes))
    pieces, whole = Growing(kit.PANEL), Growing(kit.PANEL)
    whole.add(answers)
    for size in sizes:
        pieces.add(answers[:size])
        answers = answers[size:]
    assert [seen.exchanges for seen in pieces.life(ANNA).looks] == [seen.exchanges for seen in whole.life(ANNA).looks]
    assert pieces.life(ANNA).days == whole.life(ANNA).days


def test_a_long_life_keeps_few_looks() -> None:
    growing, piece = Growing(kit.PANEL), kit.labelling(2, 400)
    for _ in range(100):
        growing.add(piece)
    assert growing.life(ANNA).exchanges == 40_000
    assert len(growing.life(ANNA).looks) <= len(LOOKS) + 1


def test_days_are_those_with_an_exchange_though_clocks_jump() -> None:
    answers = kit.chat(1, 4)
    times = [kit.NOON, kit.NOON + 30 * DAY, kit.NOON + 60.0, kit.NOON - 90 * DAY]
    replace = msgspec.structs.replace
    moved = [replace(answer, query=replace(answer.query, at=at)) for answer, at in zip(answers, times, strict=True)]
    growing = Growing(kit.PANEL)
    growing.add(moved)
    assert growing.life(ANNA).days == 3


def test_subjects_are_placed_by_what_they_do() -> None:
    assert kit.life(kit.chat, 1).placed(kit.TAUGHT) == "chat"
    assert kit.life(kit.labelling, 1).placed(kit.TAUGHT) == "labelling"
    assert kit.life(kit.chat, 1, 2).placed(kit.TAUGHT) == ""
    assert kit.life(kit.chat, 1).record(kit.TAUGHT).kind == "chat"
