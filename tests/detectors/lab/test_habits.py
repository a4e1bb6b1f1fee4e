"""Habits are drawn from one law, whoever draws."""

from random import Random

from detectors.lab.habits import AGENTS, habits


def test_habits_are_seeded_and_differ() -> None:
    assert habits(Random(4)) == habits(Random(4))
    many = [habits(Random(seed)) for seed in range(400)]
    assert {one.agent for one in many} == set(AGENTS)
    assert {one.stream for one in many} == {one.anthropic for one in many} == {True, False}
    assert len({one.max_tokens for one in many}) > 3
    assert len({one.temperature for one in many}) > 3
    assert all(one.anthropic for one in many if one.thinks)
