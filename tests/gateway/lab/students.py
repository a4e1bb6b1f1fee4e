"""Students' findings for tests: made up, so that every share can be told by head."""

from detectors.lab.student.curve import Curve, Remedy
from gateway.lab.student_alarms import Alarm
from gateway.lab.student_findings import Findings

FACTS, WORDS = "own_facts", "own_desk"
PLAN = (0, 10, 100, 1000)


def curves(family: str, task: str, thief: str, measure: str, whole: tuple[float, ...]) -> list[Curve]:
    """Curves of two alike runs; once trimmed, half of what was still to be gained is."""
    late = tuple((one + whole[-1]) / 2 for one in whole)
    found: list[Curve] = []
    by: dict[Remedy, tuple[float, ...]] = {"refused": whole, "trimmed": whole, "trimmed after": late}
    for remedy, run in by.items():
        found.append(Curve(family, task, thief, remedy, measure, PLAN, (run, run)))
    return found


def found(*alarms: Alarm) -> Findings:
    """Findings of three thieves, one of whom gains nothing."""
    return Findings(
        [
            *curves("language", FACTS, "plain", "bits", (4.0, 3.0, 2.0, 1.0)),
            *curves("language", FACTS, "plain", "known", (0.0, 0.1, 0.2, 1.0)),
            *curves("classifier", WORDS, "words", "agreement", (0.3, 0.2, 0.2, 0.31)),
        ],
        {("language", FACTS, "bits"): 0.5}, list(alarms),
    )  # fmt: skip
