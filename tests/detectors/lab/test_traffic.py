"""Clients are seeded lists of exchanges, and each kind behaves as it is described."""

from itertools import pairwise
from random import Random
from statistics import fmean, median, pstdev

import msgspec
import pytest

from detectors.lab import adversaries, benign
from detectors.lab.traffic import DAY, START, Asked, Client, bell, office, poisson

OWN = {client.kind: client for client in benign.clients(range(3, 4))}
THEIRS = {client.kind: client for client in adversaries.clients(range(3, 4))}
EVERYONE = [*OWN.values(), *THEIRS.values()]


def many(kind: str) -> list[list[Asked]]:
    pool = benign.KINDS | adversaries.KINDS
    return [Client(kind, "own", seed, *pool[kind]).exchanges(7, 600) for seed in range(10, 16)]


@pytest.mark.parametrize("client", EVERYONE, ids=lambda client: client.kind)
def test_a_seed_plays_the_same_life_twice_and_another_seed_another(client: Client) -> None:
    life = client.exchanges(4, 200)
    assert life == client.exchanges(4, 200)
    assert life != client._replace(seed=client.seed + 1).exchanges(4, 200)


@pytest.mark.parametrize("client", EVERYONE, ids=lambda client: client.kind)
def test_a_life_is_in_order_bounded_and_has_answers(client: Client) -> None:
    life = client.exchanges(5, 300)
    assert 0 < len(life) <= 300
    assert [one.at for one in life] == sorted(one.at for one in life)
    assert all(one.at >= START for one in life)
    assert all(one.turns and one.turns[-1].text and one.answer_chars > 0 and one.answer_tokens > 0 for one in life)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(life), type=list[Asked]) == life


def test_there_are_at_least_six_honest_kinds_and_four_distillers() -> None:
    assert len(benign.KINDS) >= 6
    assert len(adversaries.KINDS) >= 4
    assert not benign.KINDS.keys() & adversaries.KINDS.keys()


def test_chats_go_back_and_forth_about_anything() -> None:
    asked = [one for life in many("chat") for one in life]
    assert fmean(len(one.turns) > 2 for one in asked) > 0.4
    assert len({one.turns[0].text for one in asked}) > 100


def test_an_app_has_one_system_prompt_and_short_replies() -> None:
    for life in many("app"):
        assert len({one.system for one in life}) == 1
        assert median(one.answer_tokens for one in life) < 150


def test_retrieval_sends_much_and_takes_little() -> None:
    for life in many("retrieval"):
        assert median(len(one.turns[-1].text) for one in life) > 4 * median(one.answer_tokens for one in life)


def test_analysts_rest_at_the_weekend() -> None:
    days = [int((one.at - START) // DAY) for life in many("analyst") for one in life]
    at_work, resting = [[days.count(d) for d in range(7) if office(d) is open_] for open_ in (True, False)]
    assert fmean(at_work) > 4 * fmean(resting)


def test_an_agent_carries_a_growing_context_and_tool_results() -> None:
    for life in many("agent"):
        assert all(one.tools for one in life)
        assert fmean(one.tool_results for one in life) > 0.7
        assert max(len(one.turns) for one in life) > 10


def test_labelling_is_even_short_and_of_one_template() -> None:
    for life in many("labelling"):
        gaps = [b.at - a.at for a, b in pairwise(life)]
        assert pstdev(gaps) < 0.1 * fmean(gaps)
        assert all(one.answer_tokens <= 4 and 0 < one.max_tokens <= 16 for one in life)
        assert len({one.turns[0].text[:20] for one in life}) == 1


def evaluations() -> list[list[Asked]]:
    return [client.exchanges() for client in benign.clients(range(12)) if client.kind == "evaluation"]


def test_an_evaluation_asks_the_same_items_again_at_each_checkpoint() -> None:
    assert any(len({one.turns[0].text for one in life}) <= len(life) / 2 for life in evaluations())


def test_evaluations_come_in_bursts_or_as_fast_as_they_are_answered() -> None:
    gaps = [[b.at - a.at for a, b in pairwise(life)] for life in evaluations()]
    assert any(median(some) < 0.1 * fmean(some) for some in gaps)
    single = [life for life in evaluations() if life[1].at == pytest.approx(life[0].at + life[0].took)]
    assert single  # one lane, kept busy


def test_an_advice_app_answers_many_single_questions_at_length() -> None:
    for life in many("advice"):
        assert len({one.system for one in life}) == 1
        assert median(one.answer_tokens for one in life) > 150
        assert fmean(len(one.turns) == 1 for one in life) > 0.3


def test_an_unhurried_harvester_pauses_by_chance() -> None:
    for life in many("instructions_unhurried"):
        gaps = [b.at - a.at for a, b in pairwise(life)]
        assert pstdev(gaps) == pytest.approx(fmean(gaps), rel=0.2)


def test_distillers_take_long_answers_to_single_questions() -> None:
    for kind in ("instructions", "reasoning", "synthetic"):
        for life in many(kind):
            assert all(len(one.turns) == 1 for one in life)
            assert fmean(one.answer_tokens >= 200 for one in life) > 0.5
            assert len({one.turns[0].text for one in life}) > 0.95 * len(life)


def test_a_logit_harvester_sets_bias_and_asks_for_alternatives() -> None:
    assert all(one.logit_bias and one.logprobs >= 5 and one.max_tokens == 1 for one in THEIRS["logits"].exchanges())


def test_gaps_of_a_trace_replace_drawn_ones() -> None:
    life = OWN["chat"]._replace(gaps=(1000.0,)).exchanges()
    first = next(i for i, one in enumerate(life) if len(one.turns) == 3)
    before = [one for one in life[:first] if one.turns == life[first].turns[:1]]
    assert life[first].at - before[-1].at - before[-1].took == pytest.approx(1000.0, abs=1e-3)


def test_draws_have_the_law_they_claim() -> None:
    rng = Random(7)
    assert median(bell(rng, 50.0, 0.5) for _ in range(4000)) == pytest.approx(50.0, rel=0.05)
    for mean in (0.5, 8.0, 200.0):
        assert fmean(poisson(rng, mean) for _ in range(4000)) == pytest.approx(mean, rel=0.08)
