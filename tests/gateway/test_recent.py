from gateway.recent import ENTRIES, LONGEST, Recent


def counting() -> tuple[Recent[bytes, int], list[bytes]]:
    asked: list[bytes] = []

    def work_out(key: bytes) -> int:
        asked.append(key)
        return len(key)

    return Recent(work_out, len), asked


def test_the_same_input_is_worked_out_once() -> None:
    recent, asked = counting()
    assert [recent.of(b"abc"), recent.of(b"abc"), recent.of(b"d")] == [3, 3, 1]
    assert asked == [b"abc", b"d"]


def test_long_inputs_are_worked_out_anew_and_not_kept() -> None:
    recent, asked = counting()
    long = b"x" * (LONGEST + 1)
    assert recent.of(long) == recent.of(long) == LONGEST + 1
    assert (len(asked), len(recent)) == (2, 0)


def test_a_flood_of_inputs_keeps_no_more_than_the_bound() -> None:
    recent, _ = counting()
    for number in range(3 * ENTRIES):
        recent.of(b"%d" % number)
        assert len(recent) <= ENTRIES
    assert recent.of(b"7") == 1
