from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.linkage.paraphrase import LEADERS, NEAR, Paraphrases, unit
from gateway.embedding import shared
from gateway.scaffold import canonical, core
from tests.detectors.linkage.people import wording
from tests.detectors.linkage.rewordings import REWORDINGS

frames = st.binary(min_size=2, max_size=3)
wordings = st.dictionaries(st.integers(1, 60), frames, max_size=25)


def leaders(held: Mapping[int, bytes], near: float) -> dict[int, tuple[int, ...]]:
    """The definition, read aloud."""
    width = max(map(len, held.values()), default=0)
    units = {value: np.pad(unit(frame), (0, width - len(frame))) for value, frame in held.items() if any(frame)}
    leading: list[int] = []
    for value in sorted(units):
        if not any(units[leader] @ units[value] >= near for leader in leading):
            leading.append(value)
    return {
        value: tuple(leader for leader in leading if units[leader] @ own >= near)[:LEADERS]
        for value, own in units.items()
    }


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(wordings, st.sets(st.integers(1, 60))), max_size=6))
def test_leaders_are_those_of_the_definition_after_any_changes(
    changes: list[tuple[dict[int, bytes], set[int]]],
) -> None:
    paraphrases, held = Paraphrases(0.8), dict[int, bytes]()
    for new, gone in changes:
        paraphrases.change(new, gone)
        held = {value: frame for value, frame in held.items() if value not in gone} | new
        expected = leaders(held, 0.8)
        assert {value: paraphrases.leaders(value) for value in held} == {v: expected.get(v, ()) for v in held}


def test_a_reworded_pool_has_few_leaders_and_strangers_have_their_own() -> None:
    pool = {100 + n: wording(1_000 + n, like=5, apart=0.5) for n in range(50)}
    strangers = {500 + n: wording(n + 10) for n in range(50)}
    paraphrases = Paraphrases()
    paraphrases.change({**pool, **strangers})
    assert len({paraphrases.leaders(value)[0] for value in pool}) < 5
    assert len({paraphrases.leaders(value)[0] for value in strangers}) > 45


def test_fixed_parts_without_words_lead_nobody() -> None:
    paraphrases = Paraphrases()
    paraphrases.change({1: b"", 2: bytes(96)})
    assert (len(paraphrases), paraphrases.leaders(1), paraphrases.leaders(2)) == (0, (), ())


@pytest.fixture(scope="module")
def reworded() -> list[np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    def frame(prompt: str) -> bytes:
        return (shared().embed(core(canonical(prompt))) * 127.0).astype(np.int8).tobytes()

    return [np.array([unit(frame(prompt)) for prompt in prompts]) for prompts in REWORDINGS]


def test_half_of_thorough_rewordings_meet_and_other_prompts_do_not(
    reworded: list[np.ndarray[tuple[int, int], np.dtype[np.float32]]],
) -> None:
    within = np.concatenate([(one @ one.T)[np.triu_indices(len(one), 1)] for one in reworded])
    across = np.concatenate([(one @ other.T).ravel() for one, other in combinations(reworded, 2)])
    assert np.mean(within >= NEAR) > 0.45
    assert np.mean(across >= NEAR) == 0.0
