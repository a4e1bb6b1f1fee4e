"""What every installed detector promises. A new one needs a play, in bets.py or, if it learns, in learnt.py."""

import copy
import math
from functools import reduce
from importlib.metadata import entry_points
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import CELLS, AnswerObservation, Baseline, Observation, QueryObservation
from tests.detectors.bets import BETS
from tests.detectors.learnt import LEARNT

PANEL: tuple[Any, ...] = tuple([entry.load()() for entry in sorted(entry_points(group="stillguard.detectors"))])
PLAYS = BETS | LEARNT
NOW = 1_700_000_123.0  # seconds since the epoch
DAY = 86_400.0
tried = settings(deadline=None, max_examples=40)  # 500 draws a promise over the panel
each = pytest.mark.parametrize("detector", PANEL, ids=lambda d: d.name)
foldable = pytest.mark.parametrize("detector", [d for d in PANEL if hasattr(d, "fold")], ids=lambda d: d.name)
mergeable = pytest.mark.parametrize(
    "detector", [d for d in PANEL if math.isfinite(d.merge_tolerance)], ids=lambda d: d.name
)


def fold(detector: Any, observations: list[Observation], state: Any = None) -> Any:
    return reduce(detector.update, observations, detector.initial() if state is None else state)


def weight(detector: Any, state: Any) -> float:
    said: float = detector.evidence(state, PLAYS[detector.name].baseline).weight
    return said


def near(detector: Any, a: float, b: float) -> bool:
    """Within the stated share of the weight, of five nats at least."""
    return bool(abs(a - b) <= 1e-6 + detector.merge_tolerance * max(a, b, 5.0))


few = st.integers(0, 5)
huge = st.one_of(st.integers(-(2**70), 2**70), few, st.integers(0, 2**64 - 1))
times = st.one_of(
    st.floats(NOW, NOW + 20 * DAY),
    st.floats(NOW, NOW + 60.0),
    st.sampled_from([-1.0, 0.0, 1.0, NOW - 400 * DAY, NOW + 4000 * DAY, math.nan, math.inf, -math.inf, 1e300]),
)
fingerprints = st.lists(st.one_of(few, huge), max_size=5).map(tuple)
queries = st.builds(
    QueryObservation, at=times, scaffold=huge, opening=few, payload=huge,
    cell=st.one_of(st.integers(0, CELLS - 1), st.sampled_from([-1, CELLS, 2**80])), demands_reasoning=st.booleans(),
    turns=st.one_of(st.just(1), huge), max_tokens=huge, samples=huge, logprobs=huge, logit_bias=huge,
    temperature=st.floats(), tools=st.one_of(st.just(0), huge), prompt_chars=huge,
    tool_results=st.one_of(st.just(0), huge), images=huge, payload_chars=huge, named=st.booleans(), asks=huge, bag=huge,
    grams=fingerprints, vector=st.binary(max_size=8), quotes=fingerprints,
)  # fmt: skip
answers = st.builds(
    AnswerObservation, at=times, query=queries, status=st.sampled_from([200, 200, 200, 429, 500, -1]),
    prompt_tokens=huge, completion_tokens=huge, reasoning_tokens=huge, text_chars=huge, reasoning_chars=huge,
    choices=huge, entropy=st.floats(), took=st.floats(), shingles=fingerprints,
)  # fmt: skip
observations = st.lists(st.one_of(queries, answers), max_size=40)


@each
def test_presumes_innocence(detector: Any, plays: Any) -> None:
    assert detector.name in plays
    assert detector.evidence(detector.initial(), Baseline()).weight == 0.0
    assert weight(detector, detector.initial()) == 0.0
    assert all(name.startswith(f"{detector.name}.") for name in detector.nulls)


@each
@tried
@given(observations, st.one_of(queries, answers))
def test_is_pure_and_leaves_the_old_state_unharmed(detector: Any, past: list[Observation], new: Observation) -> None:
    state = fold(detector, past)
    before = copy.deepcopy(state)
    assert detector.update(state, new) == detector.update(state, new)
    assert state == before
    assert weight(detector, state) == weight(detector, before)


@each
@tried
@given(observations)
def test_speaks_in_finite_nats_never_below_zero(detector: Any, past: list[Observation]) -> None:
    state = fold(detector, past)
    for baseline in (Baseline(), PLAYS[detector.name].baseline):
        said = detector.evidence(state, baseline)
        assert 0.0 <= said.weight < math.inf
        assert all(math.isfinite(reason) for reason in said.because.values())
    if detector.nulls:
        assert set(detector.statistic(state)) <= set(detector.nulls)
    for n, shares in detector.spans(state, Baseline()) if hasattr(detector, "spans") else ():
        assert set(shares) >= set(detector.signs)
        assert all(math.isfinite(share) for share in (n, *shares.values()))


@each
@tried
@given(observations)
def test_survives_storage(detector: Any, past: list[Observation]) -> None:
    state = fold(detector, past)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=detector.state) == state


@each
def test_stays_within_a_thousand_bytes_after_twenty_thousand_observations(detector: Any, flood: Any) -> None:
    state = reduce(lambda state, pair: fold(detector, list(pair), state), flood, detector.initial())
    assert len(msgspec.msgpack.encode(state)) <= 1_000


@foldable
@tried
@given(observations, st.lists(st.integers(1, 9), min_size=40, max_size=40))
def test_a_batch_says_what_its_observations_say_one_by_one(
    detector: Any, past: list[Observation], sizes: list[int]
) -> None:
    batched, rest = detector.initial(), past
    for size in sizes:
        batched, rest = detector.fold(batched, rest[:size]), rest[size:]
    assert weight(detector, batched) == pytest.approx(weight(detector, fold(detector, past)), rel=0.15, abs=0.75)


@foldable
def test_a_batch_in_order_leaves_the_very_state_that_its_observations_leave_one_by_one(
    detector: Any, plays: Any
) -> None:
    shown = [o for pair in list(plays[detector.name].passer_by(Random(1)))[:60] for o in pair]
    assert detector.fold(detector.initial(), shown) == fold(detector, shown)


@each
@tried
@given(observations, observations)
def test_merge_is_commutative_and_initial_changes_nothing(
    detector: Any, a: list[Observation], b: list[Observation]
) -> None:
    one, other = fold(detector, a), fold(detector, b)
    assert detector.merge(one, other) == detector.merge(other, one)
    assert detector.merge(one, detector.initial()) == one == detector.merge(detector.initial(), one)


@mergeable
@tried
@given(observations, observations, observations)
def test_merge_is_associative(detector: Any, a: list[Observation], b: list[Observation], c: list[Observation]) -> None:
    x, y, z = fold(detector, a), fold(detector, b), fold(detector, c)
    left, right = detector.merge(detector.merge(x, y), z), detector.merge(x, detector.merge(y, z))
    assert near(detector, weight(detector, left), weight(detector, right))


@mergeable
@tried
@given(st.lists(st.tuples(st.booleans(), st.one_of(queries, answers)), max_size=60), st.randoms(use_true_random=False))
def test_merging_is_folding_the_union_in_any_order(
    detector: Any, past: list[tuple[bool, Observation]], dice: Random
) -> None:
    parts = [fold(detector, [o for mine, o in past if mine is side]) for side in (True, False)]
    dice.shuffle(past)
    union = fold(detector, [o for _, o in past])
    assert near(detector, weight(detector, detector.merge(*parts)), weight(detector, union))


@mergeable
@pytest.mark.parametrize("members", [2, 7])
def test_a_campaign_is_caught_as_one_client_would_be(detector: Any, plays: Any, members: int) -> None:
    whole = list(plays[detector.name].adversary(Random(3)))
    shares = [[o for pair in whole[i::members] for o in pair] for i in range(members)]
    merged = reduce(detector.merge, [fold(detector, share) for share in shares])
    alone = weight(detector, fold(detector, [o for pair in whole for o in pair]))
    assert near(detector, weight(detector, merged), alone)
    assert weight(detector, merged) >= detector.speaks * (1.0 - detector.merge_tolerance)


@each
def test_catches_its_adversary_within_its_stated_delay(detector: Any, plays: Any) -> None:
    shown = list(plays[detector.name].adversary(Random(4)))[: detector.delay]
    assert weight(detector, fold(detector, [o for pair in shown for o in pair])) >= detector.speaks


@each
def test_spares_a_passer_by(detector: Any, plays: Any) -> None:
    shown = [o for pair in plays[detector.name].passer_by(Random(5)) for o in pair]
    assert weight(detector, fold(detector, shown)) < 3.0


@each
def test_keeps_the_false_alarm_bound_at_the_edge_of_the_null(detector: Any, plays: Any) -> None:
    subjects, days, play = 60, 10, plays[detector.name]
    alarms = dict.fromkeys((20.0, 100.0), 0)
    for subject in range(subjects):
        states = {one_in: detector.initial() for one_in in alarms}
        for i, pair in enumerate(play.edge(Random(subject))):
            states = {one_in: fold(detector, list(pair), state) for one_in, state in states.items()}
            if i % 10:
                continue
            for one_in, state in states.items():
                if detector.evidence(state, play.edge_baseline).weight >= math.log(one_in):
                    alarms[one_in] += 1
                    states[one_in] = detector.initial()  # the next false alarm starts from nothing
    assert all(count <= subjects * days / one_in for one_in, count in alarms.items()), alarms
