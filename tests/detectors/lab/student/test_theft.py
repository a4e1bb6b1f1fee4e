"""Classifiers are stolen the better the more is asked; probabilities teach more than labels."""

import pytest

from detectors.lab.student.curve import Curve
from detectors.lab.student.tasks import own
from detectors.lab.student.theft import MEASURES, Stolen, steal
from detectors.lab.student.thieves import THIEVES

TASK = own(500)[0]


@pytest.fixture(scope="module")
def stolen() -> Stolen:
    return steal(TASK, (0, 1), 200)


def named(stolen: Stolen) -> dict[tuple[str, str, str], Curve]:
    return {(one.thief, one.remedy, one.measure): one for one in stolen.curves}


def test_every_thief_remedy_and_measure_has_its_curve(stolen: Stolen) -> None:
    assert len(named(stolen)) == len(stolen.curves) == len(THIEVES) * 3 * len(MEASURES)
    assert all(0.0 <= value <= 1.0 for one in stolen.curves for run in one.runs for value in run)
    assert all(len(run) == len(one.budgets) for one in stolen.curves for run in one.runs)


def test_natural_queries_steal_and_foreign_sentences_hardly(stolen: Stolen) -> None:
    natural, foreign = (named(stolen)[thief, "refused", "agreement"] for thief in ("natural", "sentences"))
    full = natural.budgets[-1]
    assert natural.at(full).value > natural.at(30).value > natural.at(0).value
    assert natural.at(full).value > foreign.at(full).value + 0.3


def test_probabilities_teach_more_than_labels_and_a_late_trim_loses_less(stolen: Stolen) -> None:
    whole, trimmed, after = (
        named(stolen)["natural", remedy, "agreement"] for remedy in ("refused", "trimmed", "trimmed after")
    )
    full = whole.budgets[-1]
    assert whole.at(full).value > trimmed.at(full).value
    assert after.at(0).value == pytest.approx(trimmed.at(full).value)
    assert after.at(full).value >= whole.at(full).value


def test_without_a_harvest_all_thieves_are_alike_and_the_teacher_is_the_bound(stolen: Stolen) -> None:
    beginnings = {one.at(0).value for one in stolen.curves if one.measure == "agreement" and one.remedy == "refused"}
    assert len(beginnings) == 1
    assert 0.5 < stolen.teacher_accuracy <= 1.0
