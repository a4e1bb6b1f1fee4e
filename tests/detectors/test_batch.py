"""What a batch works out once is what each observation says by itself."""

from hypothesis import example, given
from hypothesis import strategies as st

from detectors.base import AnswerObservation, Observation, QueryObservation
from detectors.batch import Batch, is_single, size_of
from detectors.stats import tally
from detectors.taking import Worth, worth_taking

NOW = 1_764_806_400.0
DAY = 86_400.0
TIMES = st.one_of(st.floats(NOW - 20 * DAY, NOW + 20 * DAY), st.sampled_from([float("nan"), -1.0, 1e18, 0.0]))
QUERIES = st.builds(QueryObservation, at=TIMES, turns=st.integers(1, 4), tools=st.integers(0, 1))
ANSWERS = st.builds(
    AnswerObservation,
    at=TIMES,
    query=QUERIES,
    status=st.sampled_from([200, 404]),
    completion_tokens=st.integers(0, 900),
)
OBSERVATIONS = st.lists(st.one_of(QUERIES, ANSWERS), max_size=12)


def week(one: Observation) -> int:
    return tally.block_of(one.at if isinstance(one, QueryObservation) else one.query.at) // 168


@given(OBSERVATIONS)
def test_a_batch_is_its_observations(observations: list[Observation]) -> None:
    batch = Batch.of(observations)
    assert list(batch) == observations
    assert len(batch) == len(observations)
    assert batch[1:] == tuple(observations)[1:]
    assert Batch.of(batch) is batch
    assert batch.asked == [one for one in observations if isinstance(one, QueryObservation)]
    assert batch.single == [is_single(query) for query in batch.asked]
    assert batch.answered == [one for one in observations if isinstance(one, AnswerObservation) and one.status < 400]


@given(OBSERVATIONS)
@example([QueryObservation(at=NOW), QueryObservation(at=NOW + 8 * DAY), QueryObservation(at=NOW + 1.0)])
def test_the_weeks_of_a_batch_are_its_runs_of_observations_of_one_week(observations: list[Observation]) -> None:
    runs = Batch(observations).weeks()
    assert [one for _, run in runs for one in run] == observations
    assert [own for own, run in runs for _ in run] == [week(one) for one in observations]
    assert all(run for _, run in runs)


@given(OBSERVATIONS, st.integers(0, 500))
def test_what_an_answer_is_worth_is_worked_out_by_each_measure(observations: list[Observation], tokens: int) -> None:
    batch = Batch(observations)
    for least in (Worth(), Worth(tokens=tokens), Worth()):
        assert batch.worth(least) == [worth_taking(answer, least) for answer in batch.answered]


@given(OBSERVATIONS)
def test_how_long_an_answer_is_is_worked_out_answer_by_answer(observations: list[Observation]) -> None:
    batch = Batch(observations)
    assert batch.sizes() == batch.sizes() == [size_of(answer) for answer in batch.answered]


def test_an_answer_is_measured_beside_what_was_handed_in() -> None:
    query = QueryObservation(at=NOW, payload_chars=400)
    assert size_of(AnswerObservation(at=NOW, query=query, completion_tokens=200, choices=2))[::3] == (100.0, 32)
    assert size_of(AnswerObservation(at=NOW, query=query, text_chars=1200)).tokens == 300.0
    assert size_of(AnswerObservation(at=NOW, query=query)).expands == 0
