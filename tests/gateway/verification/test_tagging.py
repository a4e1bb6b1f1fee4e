from collections.abc import Mapping

from gateway.decisions import Subject
from gateway.stores.base import StoreError
from gateway.verification.tagging import with_verified

ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")


def test_who_counts_as_verified_has_the_tag_until_the_end() -> None:
    times = [100.0]
    asked: list[float] = []

    def verified(at: float) -> Mapping[Subject, float]:
        asked.append(at)
        return {ANNA: 102.0}

    tags = with_verified(lambda _: ("research",), verified, lambda: times[-1])
    assert tags(ANNA) == ("research", "verified")
    assert tags(BERT) == ("research",)
    times.append(100.5)
    assert tags(ANNA) == ("research", "verified")
    assert asked == [100.0]
    times.append(102.0)
    assert tags(ANNA) == ("research",)
    assert asked == [100.0, 102.0]


def test_a_clock_that_is_set_back_looks_again() -> None:
    times = [1e9]
    tags = with_verified(lambda _: (), lambda _: {} if len(times) == 1 else {ANNA: 200.0}, lambda: times[-1])
    assert tags(ANNA) == ()
    times.append(100.0)
    assert tags(ANNA) == ("verified",)


def test_a_book_that_cannot_be_read_leaves_the_old_word() -> None:
    times = [100.0]

    def verified(_: float) -> Mapping[Subject, float]:
        if len(times) > 1:
            raise StoreError("gone")
        return {ANNA: 500.0}

    tags = with_verified(lambda _: (), verified, lambda: times[-1])
    assert tags(ANNA) == ("verified",)
    times.append(200.0)
    assert tags(ANNA) == ("verified",)
