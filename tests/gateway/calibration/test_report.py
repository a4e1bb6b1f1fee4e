"""The report says what happened, in words and as a record, and they agree."""

import msgspec
import pytest

from gateway.calibration.report import Found
from gateway.calibration.work import calibrate
from tests.gateway.calibration import kit

LIVES = [*kit.honest(), kit.life(kit.harvest, 1)]


@pytest.fixture(scope="module")
def found() -> Found:
    some = kit.gathered(LIVES)._replace(subjects=900, unread=3, nameless=2, late=1, bad={"not JSON": 4})
    return calibrate(kit.task(), some, kit.nothing)


def test_the_record_is_json_and_whole(found: Found) -> None:
    row = msgspec.json.decode(msgspec.json.encode(found.row()))
    assert (row["subjects"], row["sampled"], row["bad_lines"]) == (900, 71, 4)
    assert row["placed"]["chat"] == {"subjects": 40, "learnt": True}
    assert row["placed"]["generation"] == {"subjects": 1, "learnt": False}
    assert [one["subject"]["value"] for one in row["left_out"]] == ["harvest-1"]
    assert {one["rule"] for one in row["false_alarms"]} == {"notice", "trim", "bulk", "slow", "stop"}
    assert all(one["promise"] > 1.0 and one["days"] == row["subject_days"] for one in row["false_alarms"])
    assert row["started_from"] == "a test's teaching"


def test_the_words_name_what_the_record_holds(found: Found) -> None:
    said = "\n".join(found.lines())
    for piece in (
        "71 subjects",
        "about 900 subjects",
        "4 bad lines skipped: not JSON",
        "key:harvest-1",
        "balanced/trim",
    ):
        assert piece in said
    assert all(assumed in said for assumed in found.assumed())
    assert all(f"{one['name']} " in said for one in found.row()["changes"])


def test_what_was_assumed_says_the_share_and_that_cases_are_single_looks(found: Found) -> None:
    assert "At most 5.0% of the subjects harvest" in found.assumed()[0]
    nobody = calibrate(kit.task(0.0), kit.gathered(LIVES), kit.nothing)
    assert "nobody is left out" in nobody.assumed()[0]
    assert "looked at once" in nobody._replace(live=True).assumed()[-1]


def test_a_small_class_and_a_missing_trial_are_said() -> None:
    few = calibrate(kit.task(), kit.gathered(LIVES[:30]), kit.nothing)
    said = "\n".join(few.lines())
    assert "its numbers stay as they were" in said
    assert "False alarms: not measured" in said
    assert few.row()["false_alarms"] is None
