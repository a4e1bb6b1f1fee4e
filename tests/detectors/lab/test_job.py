"""The player alone decides on times, lengths and failures; a job is sent what came back."""

from random import Random
from statistics import median

import pytest

from detectors.lab.habits import Habits, habits
from detectors.lab.job import LENGTHS, Ask, Job, play, said
from detectors.lab.tempo import Beat
from detectors.lab.traffic import START, Said

PLAIN = habits(Random(1))._replace(
    max_tokens=0, flaky=0.0, stints=0, thinks=False, wordy=1.0, addresses=1, keys=1, adopts=1000.0
)


def beat(every: float = 10.0) -> Beat:
    return Beat(Random(2), "even", every, START, ())


def user(text: str) -> tuple[Said, ...]:
    return (Said("user", text),)


def test_a_job_is_sent_the_answers_and_carries_them_on() -> None:
    def job() -> Job:
        first = yield Ask(user("Tell me of keels."))
        yield Ask((*user("Tell me of keels."), Said("assistant", first), Said("user", "And?")), pause="turn")

    one, two = play(Random(3), job(), beat(), PLAIN, 9)
    assert two.turns[1].text == one.answer
    assert two.at > one.at + one.took


def test_playing_ends_at_the_number_wanted_and_with_the_fortnight() -> None:
    def job() -> Job:
        while True:
            yield Ask(user("again"))

    assert len(play(Random(3), job(), beat(), PLAIN, 7)) == 7
    assert 100 < len(play(Random(3), job(), beat(10_000.0), PLAIN, 10_000)) < 140


def test_failures_bring_nothing_and_are_tried_again() -> None:
    def job() -> Job:
        for number in range(300):
            yield Ask(user(f"item {number}"))

    life = play(Random(3), job(), beat(), PLAIN._replace(flaky=0.2), 1000)
    failed = [one for one in life if one.status != 200]
    assert 30 < len(failed) < 100
    assert not any(one.choices for one in failed)
    assert {one.turns for one in life if one.status == 200} == {user(f"item {number}") for number in range(300)}


@pytest.mark.parametrize("form", sorted(set(LENGTHS) - {"echo", "word"}))
def test_answers_have_the_length_of_their_form(form: str) -> None:
    texts = [said(Random(seed), Ask(user("What is a keel?"), form=form), PLAIN)[0] for seed in range(99)]
    typical = LENGTHS[form][0] * 4.2
    assert 0.4 * typical < median(map(len, texts)) < 2.5 * typical


def test_caps_cut_and_options_choose() -> None:
    long = Ask(user("Explain."), form="long", cap=10)
    text, finish = said(Random(1), long, PLAIN)
    assert (len(text), finish) == (42, "length")
    assert {said(Random(s), Ask(user("Which?"), options=("a", "b")), PLAIN)[0] for s in range(30)} == {"a", "b"}


def thinking(kept: Habits) -> list[tuple[str, tuple[str, ...]]]:
    def job() -> Job:
        for number in range(2):
            turns: tuple[Said, ...] = ()
            for turn in range(3):
                turns = (*turns, Said("user", f"{number} {turn}"))
                answer = yield Ask(turns, pause="turn" if turn else "new")
                turns = (*turns, Said("assistant", answer))

    return [(one.signature, one.handed) for one in play(Random(5), job(), beat(100_000.0), kept, 99)]


def test_shown_reasoning_is_signed_and_goes_back_with_its_own_conversation_only() -> None:
    signed = thinking(PLAIN._replace(thinks=True))
    names = [name for name, _ in signed]
    assert len(set(names)) == 6
    assert [handed for _, handed in signed[:3]] == [(), (names[0],), (names[0], names[1])]
    assert [handed for _, handed in signed[3:]] == [(), (names[3],), (names[3], names[4])]
    assert not any(thinking(PLAIN)[0])
