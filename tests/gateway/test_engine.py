import math
from dataclasses import dataclass
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.base import AnswerObservation, Baseline, Evidence, Family, Harvest, Observation, Panel, QueryObservation
from gateway.decisions import Standing, Subject
from gateway.engine import Folio, begin, fold, importance, merge, seal, unseal, weigh

ANNA = Subject("key", "anna")
NOW = 1_800_000_000.0


class Count(msgspec.Struct, frozen=True):
    number: int = 0


@dataclass(frozen=True)
class Counting:
    """Counts observations; each is worth ``worth`` nats."""

    worth: float = 1.0
    family: ClassVar[Family] = "content"
    name: ClassVar[str] = "counting"
    state: ClassVar[type[Count]] = Count

    def initial(self) -> Count:
        return Count()

    def update(self, state: Count, observation: Observation) -> Count:
        if isinstance(observation, QueryObservation) and observation.max_tokens == 13:
            raise ValueError("a bad day")
        return Count(state.number + 1)

    def merge(self, a: Count, b: Count) -> Count:
        if a.number == 666:
            raise ZeroDivisionError
        return Count(a.number + b.number)

    def evidence(self, state: Count, baseline: Baseline) -> Evidence:
        if state.number == 99:
            raise OverflowError
        return Evidence(self.worth * state.number * baseline.number("scale", 1.0), {"seen": float(state.number)})


@dataclass(frozen=True)
class Timing(Counting):
    """The same, in another family."""

    family: ClassVar[Family] = "timing"


PANEL: Panel = {"a": Counting(), "b": Counting(0.0), "c": Timing(2.0)}


def query(at: float = NOW, max_tokens: int = 0) -> QueryObservation:
    return QueryObservation(at=at, max_tokens=max_tokens)


def answer(at: float = NOW) -> AnswerObservation:
    return AnswerObservation(at=at, query=query(), completion_tokens=500, text_chars=2000)


def numbers(folio: Folio) -> list[int]:
    return [state.number for state in folio.states.values()]


def test_folding_in_one_batch_or_one_by_one_is_the_same() -> None:
    seen = [query(NOW + n) for n in range(5)] + [answer(NOW + 9)]
    whole = fold(PANEL, begin(PANEL), seen).folio
    piecewise = begin(PANEL)
    for one in seen:
        piecewise = fold(PANEL, piecewise, [one]).folio
    assert whole == piecewise
    assert (whole.observations, whole.first_at, whole.last_at) == (6, NOW, NOW + 9)
    assert whole.harvest.exchanges == 1


def test_folding_leaves_the_given_folio_unharmed() -> None:
    before = begin(PANEL)
    fold(PANEL, before, [query()])
    assert before == begin(PANEL)


def test_a_detector_that_fails_is_passed_over_for_that_observation_and_named() -> None:
    folding = fold(PANEL, begin(PANEL), [query(), query(max_tokens=13), query()])
    assert numbers(folding.folio) == [2, 2, 2]
    assert sorted(folding.faults) == ["a", "b", "c"]
    assert folding.folio.observations == 3


def test_a_case_survives_storage() -> None:
    folio = fold(PANEL, begin(PANEL), [query(), answer(NOW + 1)]).folio
    assert unseal(PANEL, seal(folio)) == (folio, [])
    assert unseal(PANEL, seal(begin(PANEL))) == (begin(PANEL), [])


def test_a_state_that_is_new_or_unreadable_begins_anew_and_the_rest_stays() -> None:
    folio = fold(
        {"a": Counting(), "b": Counting(), "gone": Counting()}, begin({"gone": Counting(), **PANEL}), [query()]
    )
    stored = seal(folio.folio._replace(states={**folio.folio.states, "b": "no state"}))
    back, faults = unseal(PANEL, stored)
    assert numbers(back) == [1, 0, 0]
    assert faults == ["b"]
    assert back.observations == 1


def test_a_case_from_before_there_were_imprints_still_reads() -> None:
    folio = fold(PANEL, begin(PANEL), [query(), answer(NOW + 1)]).folio
    assert folio.imprint.exchanges == 1
    before = msgspec.msgpack.encode(msgspec.msgpack.decode(seal(folio))[:-1])
    assert unseal(PANEL, before) == (folio._replace(imprint=begin(PANEL).imprint), [])


def test_an_imprint_that_cannot_be_read_begins_anew_and_is_named() -> None:
    folio = fold(PANEL, begin(PANEL), [answer()]).folio
    stored = msgspec.msgpack.encode([*msgspec.msgpack.decode(seal(folio))[:-1], b"\xc1"])
    assert unseal(PANEL, stored) == (folio._replace(imprint=begin(PANEL).imprint), ["imprint"])


def test_imprints_merge_with_their_cases() -> None:
    folio = fold(PANEL, begin(PANEL), [answer()]).folio
    assert merge(PANEL, folio, folio).folio.imprint.exchanges == 2


@given(st.binary(max_size=200))
def test_bytes_that_are_no_case_begin_anew(stored: bytes) -> None:
    folio, faults = unseal(PANEL, stored)
    assert folio == begin(PANEL)
    assert faults == ["case"]


def test_merging_adds_members_up_in_either_order() -> None:
    a = fold(PANEL, begin(PANEL), [query(), answer()]).folio
    b = fold(PANEL, begin(PANEL), [query(NOW - 5)]).folio
    both = merge(PANEL, a, b).folio
    assert both == merge(PANEL, b, a).folio
    assert numbers(both) == [3, 3, 3]
    assert (both.first_at, both.last_at, both.observations) == (NOW - 5, NOW, 3)
    assert merge(PANEL, a, begin(PANEL)).folio == a


def test_a_merge_that_fails_keeps_one_side_and_is_named() -> None:
    bad = begin(PANEL)._replace(states={**begin(PANEL).states, "b": Count(666)})
    merging = merge(PANEL, bad, begin(PANEL))
    assert merging.faults == ["b"]
    assert numbers(merging.folio) == [0, 666, 0]


def test_weights_of_a_family_average_as_e_values_and_families_add() -> None:
    folio = fold(PANEL, begin(PANEL), [query()] * 5).folio
    standing, faults = weigh(PANEL, Baseline(), folio, ANNA, NOW)
    assert standing.families == pytest.approx({"content": math.log((math.exp(5) + 1) / 2), "timing": 10.0})
    assert standing.weight == pytest.approx(sum(standing.families.values()))
    assert standing.evidence["a"].because == {"seen": 5.0}
    assert not faults


def test_a_subject_never_seen_weighs_nothing_and_took_nothing() -> None:
    standing = weigh(PANEL, Baseline(), begin(PANEL), ANNA, NOW).standing
    assert standing.weight == 0
    assert standing.harvest == Harvest()


@pytest.mark.parametrize(("worth", "named"), [(math.nan, ["a"]), (math.inf, ["a"]), (-3.0, []), (-math.inf, [])])
def test_evidence_that_is_no_number_counts_nothing_and_is_named(worth: float, named: list[str]) -> None:
    panel: Panel = {"a": Counting(worth)}
    folio = fold(panel, begin(panel), [query()]).folio
    standing, faults = weigh(panel, Baseline(), folio, ANNA, NOW)
    assert standing.weight == 0
    assert faults == named


def test_evidence_that_fails_counts_nothing_and_is_named() -> None:
    folio = begin(PANEL)._replace(states={**begin(PANEL).states, "a": Count(99)})
    standing, faults = weigh(PANEL, Baseline(), folio, ANNA, NOW)
    assert (standing.weight, faults) == (0, ["a"])


def test_the_baseline_reaches_the_detectors() -> None:
    folio = fold(PANEL, begin(PANEL), [query()]).folio
    standing = weigh(PANEL, Baseline("test", {"scale": 4.0}), folio, ANNA, NOW).standing
    assert standing.families["timing"] == 8.0


def test_importance_grows_with_doublings_and_nats_and_is_bounded() -> None:
    assert importance(standing(exchanges=0)) == 0
    assert importance(standing(exchanges=1)) == 1
    assert importance(standing(exchanges=1023)) == 10
    assert importance(standing(exchanges=1023, weight=5.0)) == 15
    assert importance(standing(exchanges=10**9, weight=1e6)) == 63


def standing(exchanges: int = 0, weight: float = 0.0, at: float = NOW) -> Standing:
    return Standing(subject=ANNA, at=at, weight=weight, families={}, evidence={}, harvest=Harvest(exchanges=exchanges))
