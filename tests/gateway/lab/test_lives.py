"""A life is played into observations and vectors, the same each time."""

from typing import Any

import numpy as np

from gateway.lab.lives import lived


def test_a_life_is_the_same_each_time(player: Any) -> None:
    one, other = lived(player()), lived(player())
    assert one.pairs == other.pairs
    np.testing.assert_array_equal(one.trail.vectors, other.trail.vectors)
    assert np.allclose(np.linalg.norm(one.trail.vectors, axis=1), 1.0)


def test_attack_addresses_and_days_are_kept(player: Any) -> None:
    life = lived(player(label="adversary", share=0.25, most=200))
    assert life.attack.sum() == 50
    assert list(life.trail.addresses[:4]) == [1, 2, 3, 3]
    assert life.days() == 3
    assert len(lived(player(), 7).pairs) == 7


def test_a_part_is_a_life_of_its_own(player: Any) -> None:
    life = lived(player(share=0.25))
    part = life.part(8, 12)
    assert part.pairs == life.pairs[8:20]
    assert part.attack.tolist() == [True, False, False, False] * 3
    assert part.trail.vectors.shape[0] == len(part.trail.asked) == len(part.trail.at) == 12
