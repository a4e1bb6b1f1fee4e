"""The plays that bets against a rate are tried on: adversaries, passers-by, honest subjects at the edge of the null."""

import math
from random import Random

from detectors.base import CELLS, Taking
from gateway.contracts.plays import DAY, NOW, Exchanges, Play, exchange

__all__ = ["BETS", "DAY", "NOW", "Exchanges", "Play", "exchange", "spread"]


def spread(dice: Random, n: int) -> list[float]:
    return sorted(NOW + dice.random() * 10 * DAY for _ in range(n))


def harvest(dice: Random) -> Exchanges:
    return (exchange(NOW + 7.0 * i, 700, scaffold=5, opening=6, payload=dice.getrandbits(64)) for i in range(60))


def labelling(dice: Random) -> Exchanges:
    return (exchange(NOW + i, 3, scaffold=5, opening=6, payload=dice.getrandbits(64)) for i in range(2000))


def harvest_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        yield exchange(at, 700 if dice.random() < 0.25 else 9, scaffold=5, opening=6, payload=dice.getrandbits(64))


def sweep(dice: Random) -> Exchanges:
    return (exchange(NOW + i, cell=dice.randrange(CELLS)) for i in range(4096))


def narrow(dice: Random) -> Exchanges:
    return (exchange(NOW + i, cell=dice.randrange(300)) for i in range(4096))


def breadth_edge(dice: Random) -> Exchanges:
    tail = dice.random()
    cells = min(CELLS, max(2, round(384 * math.exp(0.25 * math.log(tail / (1.0 - tail)) * math.sqrt(3) / math.pi))))
    return (exchange(at, cell=dice.randrange(cells)) for at in spread(dice, 600))


def search(dice: Random) -> Exchanges:
    return (exchange(NOW + i, scaffold=dice.getrandbits(64), demands_reasoning=True) for i in range(12))


def one_sentence(dice: Random) -> Exchanges:
    return (
        exchange(NOW + i, scaffold=7, payload=dice.getrandbits(64), turns=5, demands_reasoning=True)
        for i in range(2000)
    )


def demands_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        scaffold, payload = dice.getrandbits(64), dice.getrandbits(64)
        yield exchange(at, scaffold=scaffold, payload=payload, demands_reasoning=dice.random() < 0.1)


def logits(_dice: Random) -> Exchanges:
    return (exchange(NOW + i, logprobs=20, logit_bias=300) for i in range(12))


def scoring(_dice: Random) -> Exchanges:
    return (exchange(NOW + i, logprobs=5, max_tokens=1) for i in range(2000))


def probing_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        kind = dice.random()  # mean x = 0.05 + 0.5 * 0.1
        bias, samples = int(kind < 0.05), 8 if 0.05 <= kind < 0.15 else 1
        yield exchange(at, logprobs=bias, max_tokens=9, logit_bias=bias, samples=samples)


def metronome(_dice: Random) -> Exchanges:
    return (exchange(NOW + 10.0 * i, 700) for i in range(1000))


def chance(dice: Random) -> Exchanges:
    at = NOW
    for _ in range(3000):
        at += dice.expovariate(0.1)
        yield exchange(at, 700)


def chance_edge(dice: Random) -> Exchanges:
    return (exchange(at, 700) for at in spread(dice, 2500))


def recipe(dice: Random) -> Exchanges:
    return (exchange(NOW + 20.0 * i, 500, asks=0b100001, payload=dice.getrandbits(64)) for i in range(40))


def judged_again(dice: Random) -> Exchanges:
    items = [dice.getrandbits(64) for _ in range(60)]
    return (exchange(NOW + i, 30, asks=0b11000, payload=items[i % 60]) for i in range(2000))


def recipe_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        kind, verdict = dice.random(), 0b1000 if dice.random() < 0.2 else 0
        asks = 0b10 if kind < 0.05 else 0b1 if kind < 0.15 else 0  # mean x = 0.05 + 0.5 * 0.1
        yield exchange(at, asks=asks | verdict, payload=dice.getrandbits(64))


def best_of_eight(dice: Random) -> Exchanges:
    payloads = [dice.getrandbits(64) for _ in range(12)]
    return (exchange(NOW + 9.0 * i, 500, payload=payloads[i // 8], temperature=1.0) for i in range(96))


def checkpoint_runs(dice: Random) -> Exchanges:
    payloads = [dice.getrandbits(64) for _ in range(10)]
    return (exchange(NOW + i, 9, payload=payloads[i % 10], temperature=0.0) for i in range(1000))


def draws_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        yield exchange(at, payload=dice.getrandbits(64), samples=8 if dice.random() < 0.25 else 1)


def batch(dice: Random) -> Exchanges:
    return (exchange(NOW + 30.0 * i, 300, payload=dice.getrandbits(64)) for i in range(40))


def talk(dice: Random) -> Exchanges:
    return (exchange(NOW + i, 300, payload=dice.getrandbits(64), turns=2 + i % 9) for i in range(1, 2000) if i % 9)


def batch_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        yield exchange(at, 300 if dice.random() < 0.5 else 9, payload=dice.getrandbits(64))


def answers_handed_in(dice: Random) -> Exchanges:
    for i in range(60):
        query, answer = exchange(NOW + 9.0 * i, 300, (3 * i, 3 * i + 1, 3 * i + 2), payload=dice.getrandbits(64),
                                 quotes=(3 * i - 3, 3 * i - 2, 3 * i - 1))  # fmt: skip
        yield query, answer


def answers_kept(dice: Random) -> Exchanges:
    return (exchange(NOW + i, 300, (i + 1, i + 9**6), payload=dice.getrandbits(64)) for i in range(2000))


def drafts_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        quotes = (1, 2) if dice.random() < 0.1 else ()
        yield exchange(at, 300, (1, 2), payload=dice.getrandbits(64), quotes=quotes)


def replayed(dice: Random) -> Exchanges:
    for i in range(20):
        blob = dice.getrandbits(64)
        yield exchange(NOW + 30.0 * i, 300, presented=(blob,), takings=(Taking("reasoning", blob, 7, elsewhere=True),))


def moved(dice: Random) -> Exchanges:
    for i in range(400):
        blob = dice.getrandbits(64)
        takings = (Taking("reasoning", blob, 7),) if i < 200 else ()  # a conversation that another account goes on with
        yield exchange(NOW + i, 300, presented=(blob,), takings=takings)


def replayed_edge(dice: Random) -> Exchanges:
    for at in spread(dice, 400):
        blob = dice.getrandbits(64)
        takings = (Taking("reasoning", blob, 7, elsewhere=True),) if dice.random() < 0.05 else ()
        yield exchange(at, 300, presented=(blob,), takings=takings)


BETS = {
    "repetition": Play(harvest, labelling, harvest_edge, {"repetition.scaffold_rate": 0.25}),
    "coverage": Play(sweep, narrow, breadth_edge),
    "elicitation": Play(search, one_sentence, demands_edge, {"elicitation.taken_rate": 0.1}),
    "interface": Play(logits, scoring, probing_edge),
    "cadence": Play(metronome, chance, chance_edge, {"cadence.rate": 0.05}),
    "generation": Play(recipe, judged_again, recipe_edge),
    "resampling": Play(best_of_eight, checkpoint_runs, draws_edge),
    "recirculation": Play(answers_handed_in, answers_kept, drafts_edge),
    "handed_in": Play(replayed, moved, replayed_edge),
    "consumption": Play(batch, talk, batch_edge),
}
