"""Each job does what its clients do: what comes back, what is repeated, what is demanded."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from detectors.lab.grammars import exams, papers, people, seeds
from detectors.lab.habits import habits
from detectors.lab.job import Desk, Work, play
from detectors.lab.jobs.chains import chaining, pasting
from detectors.lab.jobs.harvest import bootstrapping, breeding, eliciting, lifting, resampling, societies
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.labels import bounding, grading, preferring
from detectors.lab.jobs.reuse import recirculating, replaying, resigning
from detectors.lab.jobs.talk import switching, talking
from detectors.lab.jobs.tools import errands
from detectors.lab.jobs.trials import evaluating, interviewing
from detectors.lab.roster.recipe import Grammar
from detectors.lab.tempo import Beat
from detectors.lab.traffic import START, Asked
from detectors.lab.words import Words

KEPT = habits(Random(1))._replace(flaky=0.0, stints=0, thinks=False, max_tokens=0, keys=1)
PAIR = ("Q {x}\n1 {y}\n2 {z}",)


def done(work: Work, own: Grammar, seed: int = 3, most: int = 120, served: Sequence[str] = ()) -> list[Asked]:
    rng, words = Random(seed), Words(0)
    desk = Desk(rng, own(rng, words), words, KEPT, most, rng, iter(list(served) * most))
    return play(rng, work(desk), Beat(rng, "even", 2000.0, START, (5.0,)), KEPT, most)


def newest(life: list[Asked]) -> list[str]:
    return [one.turns[-1].text for one in life]


def test_conversations_carry_the_real_answers_under_one_system_prompt() -> None:
    life = done(talking("reply", ("You are {a}.",), users=True), people.people)
    answers = {one.answer for one in life}
    history = [turn.text for one in life for turn in one.turns if turn.role == "assistant"]
    assert len(history) > 50
    assert set(history) <= answers
    assert len({one.system for one in life}) == 1


def test_tinkerers_change_prompts_and_parameters() -> None:
    life = done(switching("prose", ("Be {a}.", "unused")), people.people)
    assert len({one.system for one in life}) > 3
    assert len({one.temperature for one in life}) > 2
    assert {one.samples for one in life} > {1}


def test_items_keep_one_frame_and_choose_among_options() -> None:
    life = done(asking(Shape("word", ("Label: {x}", "unused"), options=(("a", "b"),), cap=(4,))), papers.notes)
    assert all(text.startswith("Label: ") for text in newest(life))
    assert {one.answer for one in life} == {"a", "b"}
    assert {one.max_tokens for one in life} == {4}


def test_backfills_ask_again_and_plain_items_do_not() -> None:
    assert len(set(newest(done(asking(Shape(), twice=0.5), papers.pages)))) < 90
    assert len(set(newest(done(asking(Shape()), papers.pages)))) == 120


def test_evaluations_repeat_their_items_in_order() -> None:
    texts = newest(done(evaluating(Shape("worked"), runs=(3,)), exams.sums))
    assert texts[:40] == texts[40:80] == texts[80:]
    assert len(set(texts)) == 40


def test_votes_ask_for_many_samples() -> None:
    life = done(evaluating(Shape("worked"), runs=(1,), samples=(8,)), exams.sums)
    assert all(one.samples == len(one.choices) == 8 and len(set(one.choices)) > 1 for one in life)


def test_interviews_have_two_turns() -> None:
    life = done(interviewing(), exams.interviews)
    assert {len(one.turns) for one in life} == {1, 3}


def test_agents_read_what_tools_return_in_a_growing_context() -> None:
    life = done(errands(("Act.",)), papers.repairs)
    assert all(one.tools for one in life)
    assert sum(one.tool_results for one in life) > 80
    assert all(
        a.tool_calls == int(b.turns[-1].role == "tool") for a, b in pairwise(life) if len(b.turns) > len(a.turns)
    )


def brought_back(life: list[Asked]) -> int:
    """Return how many newest turns hold an answer given before in another conversation."""
    before: set[str] = set()
    count = 0
    for one in life:
        count += any(answer in one.turns[-1].text for answer in before if len(answer) > 40)
        before.add(one.answer)
    return count


@pytest.mark.parametrize(
    ("work", "own", "least"),
    [(chaining, people.visitors, 60), (pasting, people.people, 20), (recirculating, seeds.instructions, 40)],
)
def test_answers_come_back_in_other_conversations(work: Work, own: Grammar, least: int) -> None:
    lives = [done(work, own, seed, served=("x" * 50,)) for seed in range(4)]
    assert max(map(brought_back, lives)) >= least
    assert all(len(one.turns) == 1 for life in lives for one in life)


def test_what_others_were_served_is_put_in_by_some() -> None:
    lives = [done(recirculating, seeds.instructions, seed, served=("served to others",)) for seed in range(8)]
    assert any(all("served to others" in text for text in newest(life)) for life in lives)


def test_bred_tasks_are_asked_next_and_listed_ones_too() -> None:
    assert any(brought_back(done(breeding(), seeds.evolutions, seed)) > 40 for seed in range(6))
    lives = [done(bootstrapping, seeds.bootstrap, seed) for seed in range(6)]
    assert len({len(one.turns) for life in lives for one in life}) == 1
    first = [[one.answer for one in life] for life in lives]
    assert any(
        sum(any(text in said for said in said_all) for text in newest(life)) > 60
        for life, said_all in zip(lives, first, strict=True)
    )


@pytest.mark.parametrize(("how", "few", "many"), [("fixed", 1, 1), ("account", 1, 1), ("query", 20, 120)])
def test_reasoning_is_demanded_in_one_wording_or_in_many(how: str, few: int, many: int) -> None:
    life = done(eliciting(("{x}",), ("Show all.", "unused", "All of it."), how), exams.sums)
    assert few <= len({one.system for one in life}) <= many
    assert all(("Show all." in one.system) or ("All of it." in one.system) for one in life)


def test_resamplers_set_n_or_ask_again_over_a_grid() -> None:
    lives = [done(resampling((4,), (0.2, 0.9)), exams.sums, seed) for seed in range(8)]
    assert {life[0].samples for life in lives} == {1, 4}
    grid = next(life for life in lives if life[0].samples == 1)
    assert newest(grid)[::2] == newest(grid)[1::2]
    assert [one.temperature for one in grid[:4]] == [0.2, 0.9, 0.2, 0.9]


def test_a_society_hears_itself() -> None:
    life = done(societies, seeds.roles)
    assert all(one.turns[0].role == "user" and one.turns[-1].role == "user" for one in life)
    assert sum(any(one.answer == text for one in life) for text in newest(life)) > 60


def test_lifting_asks_for_one_token_and_its_alternatives() -> None:
    lives = [done(lifting, people.people, seed) for seed in range(6)]
    assert all(one.max_tokens == 1 and one.logprobs == 20 for life in lives for one in life)
    assert {bool(life[0].logit_bias) for life in lives} == {True, False}


def test_boundaries_are_searched_by_small_changes() -> None:
    life = done(bounding(Shape("word", ("{x}",), options=(("a", "b"),))), papers.notes)
    close = [len(set(a.split()) ^ set(b.split())) <= 4 for a, b in pairwise(newest(life))]
    assert sum(close) > 0.6 * len(close)


def test_pairs_are_shown_in_both_orders_and_new_for_labels() -> None:
    texts = newest(done(preferring(PAIR), exams.responses))
    first, second = (text.split("\n1 ")[1].split("\n2 ") for text in texts[:2])
    assert first == second[::-1]
    assert len({text.split("\n1 ")[0] for text in texts}) > 50
    again = newest(done(preferring(PAIR, runs=2), exams.responses))
    assert len({text.split("\n1 ")[0] for text in again}) <= 30


def test_marks_are_given_again_to_longer_responses() -> None:
    life = done(grading(Shape("graded", ("{x}",)), runs=2), exams.responses)
    assert [text.split("\n\n")[0] for text in newest(life[:60])] == [
        text.split("\n\n")[0] for text in newest(life[60:])
    ]
    assert sum(map(len, newest(life[60:]))) > sum(map(len, newest(life[:60])))


def test_replayed_sessions_hold_answers_that_were_never_given() -> None:
    life = done(replaying, people.people)
    given = {one.answer for one in life}
    history = [turn.text for one in life for turn in one.turns if turn.role == "assistant"]
    assert len(history) > 30
    assert not given & set(history)


def test_replayed_signatures_are_from_other_conversations() -> None:
    life = done(resigning, seeds.instructions)
    assert all(one.signature and len(one.handed) == 1 for one in life)
    served = {one.signature for one in life}
    own = sum(one.handed[0] in served for one in life)
    assert 30 < own < 100
