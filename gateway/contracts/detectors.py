"""What every detector promises.

@pytest.mark.parametrize("detector", [Bursts()], ids=["bursts"])
class TestBursts(DetectorContract):
    plays = {"bursts": Play(adversary=..., passer_by=..., edge=...)}
"""

import copy
import math
from collections.abc import Mapping
from functools import reduce
from random import Random
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.base import Baseline, Observation
from gateway.contracts.plays import Play, flood, observation, observations

ONE_BY_ONE = 0.15  # share of a weight that a merge may miss where a detector remembers the newest questions or answers
tried = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.differing_executors])


def fold(detector: Any, observed: list[Observation], state: Any = None) -> Any:
    """Return the state after observations, one by one."""
    return reduce(detector.update, observed, detector.initial() if state is None else state)


def near(detector: Any, a: float, b: float) -> bool:
    """Return whether two weights are within the stated share, of five nats at least."""
    return bool(abs(a - b) <= 1e-6 + detector.merge_tolerance * max(a, b, 5.0))


class DetectorContract:
    """The promises; ``plays`` is the play of each detector, by its name."""

    plays: ClassVar[Mapping[str, Play]] = {}

    def weight(self, detector: Any, state: Any) -> float:
        """Return what it says in its play's baseline, nats."""
        said: float = detector.evidence(state, self.plays[detector.name].baseline).weight
        return said

    def test_presumes_innocence(self, detector: Any) -> None:
        assert detector.name in self.plays
        assert detector.evidence(detector.initial(), Baseline()).weight == 0.0
        assert self.weight(detector, detector.initial()) == 0.0
        assert all(name.startswith(f"{detector.name}.") for name in detector.nulls)

    @tried
    @given(observations, observation)
    def test_is_pure_and_leaves_the_old_state_unharmed(
        self, detector: Any, past: list[Observation], new: Observation
    ) -> None:
        state = fold(detector, past)
        before = copy.deepcopy(state)
        assert detector.update(state, new) == detector.update(state, new)
        assert state == before
        assert self.weight(detector, state) == self.weight(detector, before)

    @tried
    @given(observations)
    def test_speaks_in_finite_nats_never_below_zero(self, detector: Any, past: list[Observation]) -> None:
        state = fold(detector, past)
        for baseline in (Baseline(), self.plays[detector.name].baseline):
            said = detector.evidence(state, baseline)
            assert 0.0 <= said.weight < math.inf
            assert all(math.isfinite(reason) for reason in said.because.values())
        if detector.nulls:
            assert set(detector.statistic(state)) <= set(detector.nulls)
        for n, shares in detector.spans(state, Baseline()) if hasattr(detector, "spans") else ():
            assert set(shares) >= set(detector.signs)
            assert all(math.isfinite(share) for share in (n, *shares.values()))

    @tried
    @given(observations)
    def test_survives_storage(self, detector: Any, past: list[Observation]) -> None:
        state = fold(detector, past)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=detector.state) == state

    def test_stays_within_a_thousand_bytes_after_twenty_thousand_observations(self, detector: Any) -> None:
        state = reduce(lambda state, pair: fold(detector, list(pair), state), flood(), detector.initial())
        assert len(msgspec.msgpack.encode(state)) <= 1_000

    @tried
    @given(observations, st.lists(st.integers(1, 9), min_size=40, max_size=40))
    def test_a_batch_says_what_its_observations_say_one_by_one(
        self, detector: Any, past: list[Observation], sizes: list[int]
    ) -> None:
        _needs(detector, "fold")
        batched, rest = detector.initial(), past
        for size in sizes:
            batched, rest = detector.fold(batched, rest[:size]), rest[size:]
        alone = self.weight(detector, fold(detector, past))
        assert self.weight(detector, batched) == pytest.approx(alone, rel=0.15, abs=0.75)

    def test_a_batch_in_order_leaves_the_very_state_that_its_observations_leave_one_by_one(self, detector: Any) -> None:
        _needs(detector, "fold")
        shown = [o for pair in list(self.plays[detector.name].passer_by(Random(1)))[:60] for o in pair]
        assert detector.fold(detector.initial(), shown) == fold(detector, shown)

    @tried
    @given(st.lists(observations, max_size=4))
    def test_subjects_folded_together_are_each_as_if_alone(self, detector: Any, lives: list[list[Observation]]) -> None:
        _needs(detector, "fold_all")
        before = [fold(detector, life) for life in reversed(lives)]
        alone = [detector.fold(state, life) for state, life in zip(before, lives, strict=True)]
        assert detector.fold_all(before, lives) == alone

    @tried
    @given(observations, observations)
    def test_merge_is_commutative_and_initial_changes_nothing(
        self, detector: Any, a: list[Observation], b: list[Observation]
    ) -> None:
        one, other = fold(detector, a), fold(detector, b)
        assert detector.merge(one, other) == detector.merge(other, one)
        assert detector.merge(one, detector.initial()) == one == detector.merge(detector.initial(), one)

    @tried
    @given(observations, observations, observations)
    def test_merge_is_associative(
        self, detector: Any, a: list[Observation], b: list[Observation], c: list[Observation]
    ) -> None:
        _needs_merging(detector)
        x, y, z = fold(detector, a), fold(detector, b), fold(detector, c)
        left, right = detector.merge(detector.merge(x, y), z), detector.merge(x, detector.merge(y, z))
        assert near(detector, self.weight(detector, left), self.weight(detector, right))

    @tried
    @given(st.lists(st.tuples(st.booleans(), observation), max_size=60), st.randoms(use_true_random=False))
    def test_merging_is_folding_the_union_in_any_order(
        self, detector: Any, past: list[tuple[bool, Observation]], dice: Random
    ) -> None:
        _needs_merging(detector)
        parts = [fold(detector, [o for mine, o in past if mine is side]) for side in (True, False)]
        dice.shuffle(past)
        union = fold(detector, [o for _, o in past])
        merged = self.weight(detector, detector.merge(*parts))
        assert near(detector, merged, self.weight(detector, union))

    def test_merging_subjects_is_folding_them_one_after_the_other(self, detector: Any) -> None:
        if not getattr(detector, "merges", True):
            pytest.skip(f"{detector.name} says nothing of merged subjects")
        play = self.plays[detector.name]
        exchanges = [list(play.adversary(Random(seed)))[:1000] for seed in (6, 7)]
        lives = [[one for pair in pairs for one in pair] for pairs in exchanges]
        merged = self.weight(detector, detector.merge(*[fold(detector, life) for life in lives]))
        alone = self.weight(detector, fold(detector, [one for life in lives for one in life]))
        assert merged > 0.0
        assert merged == pytest.approx(alone, rel=min(detector.merge_tolerance, ONE_BY_ONE), abs=0.5)

    @pytest.mark.parametrize("members", [2, 7])
    def test_a_campaign_is_caught_as_one_client_would_be(self, detector: Any, members: int) -> None:
        _needs_merging(detector)
        whole = list(self.plays[detector.name].adversary(Random(3)))
        shares = [[o for pair in whole[i::members] for o in pair] for i in range(members)]
        merged = self.weight(detector, reduce(detector.merge, [fold(detector, share) for share in shares]))
        alone = self.weight(detector, fold(detector, [o for pair in whole for o in pair]))
        assert near(detector, merged, alone)
        assert merged >= detector.speaks * (1.0 - detector.merge_tolerance)

    def test_catches_its_adversary_within_its_stated_delay(self, detector: Any) -> None:
        shown = list(self.plays[detector.name].adversary(Random(4)))[: detector.delay]
        assert self.weight(detector, fold(detector, [o for pair in shown for o in pair])) >= detector.speaks

    def test_spares_a_passer_by(self, detector: Any) -> None:
        shown = [o for pair in self.plays[detector.name].passer_by(Random(5)) for o in pair]
        assert self.weight(detector, fold(detector, shown)) < 3.0

    def test_keeps_the_false_alarm_bound_at_the_edge_of_the_null(self, detector: Any) -> None:
        subjects, days, play = 60, 10, self.plays[detector.name]
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


def _needs(detector: Any, method: str) -> None:
    if not hasattr(detector, method):
        pytest.skip(f"{detector.name} has no {method}, and needs none")


def _needs_merging(detector: Any) -> None:
    """Skip those who remember the newest of a subject: an interleaved union has other newest ones than its members."""
    if not math.isfinite(detector.merge_tolerance):
        pytest.skip(f"{detector.name} promises nothing of its weight after a merge")
