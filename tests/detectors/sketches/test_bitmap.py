from hypothesis import given
from hypothesis import strategies as st

from detectors.base import CELLS
from detectors.sketches.bitmap import BYTES, add, count, union

cells = st.one_of(
    st.lists(st.integers(0, CELLS - 1), max_size=20), st.sets(st.integers(0, CELLS - 1), min_size=120).map(list)
)


def fold(visited: list[int]) -> bytes:
    kept = b""
    for cell in visited:
        kept = add(kept, cell)
    return kept


@given(cells)
def test_counts_each_cell_once(visited: list[int]) -> None:
    assert count(fold(visited + visited)) == len({*visited})


@given(cells, cells)
def test_a_union_is_the_fold_of_both_to_the_last_byte(a: list[int], b: list[int]) -> None:
    assert union(fold(a), fold(b)) == fold([*a, *b]) == fold([*b, *a]) == union(fold(b), fold(a))


def test_every_cell_fits_in_two_hundred_and_fifty_six_bytes() -> None:
    whole = fold(list(range(CELLS)))
    assert len(whole) == BYTES == 256
    assert count(whole) == CELLS


def test_the_form_changes_at_a_hundred_and_twenty_eight_cells() -> None:
    assert [len(fold(list(range(0, 16 * n, 16)))) for n in (1, 127, 128)] == [2, 254, 256]
    assert [count(fold(list(range(0, 16 * n, 16)))) for n in (1, 127, 128)] == [1, 127, 128]
