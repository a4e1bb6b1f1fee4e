"""Tasks: three parts that share no text, the same for the same seed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.lab.student.tasks import own, split

ROWS = st.dictionaries(st.text(max_size=8), st.sampled_from(["a", "b", "c"]), min_size=5, max_size=60)


@given(ROWS, st.integers(0, 9))
def test_parts_share_no_text_and_lose_none(rows: dict[str, str], seed: int) -> None:
    if len(set(rows.values())) < 2:
        with pytest.raises(ValueError, match="two classes"):
            split("t", rows.items(), [], seed)
        return
    task = split("t", rows.items(), ["f"], seed)
    parts = (task.taught.texts, task.asked, task.judged.texts)
    assert sorted(text for part in parts for text in part) == sorted(rows)
    assert all(rows[text] == label for text, label in zip(*task.judged, strict=True))
    assert task == split("t", reversed(list(rows.items())), ["f"], seed)


def test_own_tasks_are_written_anew_by_seed_and_alike_for_one() -> None:
    desk, mail = own(400)
    assert (desk.name, mail.name) == ("own_desk", "own_mail")
    assert len(set(desk.taught.classes)) == 16
    assert set(mail.taught.classes) == {"urgent", "later"}
    assert own(400) == [desk, mail]
    assert own(400, 1)[0].taught != desk.taught
    assert not set(desk.foreign) & {*desk.taught.texts, *desk.asked, *desk.judged.texts}
