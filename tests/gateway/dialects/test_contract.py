"""What every dialect promises, tried on every sample: a new dialect brings samples, and is held to all of it."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.actions.base import NO_TRIMMING, Trimming
from gateway.exchange import Answer, Query
from tests.gateway.dialects.contract import DIALECTS, FULL, SAMPLES, TRIMMINGS, every_sample, found, passed, quick
from tests.gateway.dialects.samples.base import Sample


def test_every_dialect_has_samples_with_unique_names() -> None:
    assert {sample.dialect for sample in SAMPLES} == {"openai", "anthropic", "gemini", "opaque"}
    named = [(sample.dialect, sample.surface, sample.name) for sample in SAMPLES]
    assert len(set(named)) == len(named)


@every_sample
def test_a_dialect_claims_its_path(sample: Sample) -> None:
    dialect, surface = found(sample)
    assert (dialect.name, surface.dialect, surface.name) == (sample.dialect, sample.dialect, sample.surface)
    assert surface.generates == sample.generates
    assert dialect.claims(sample.method, sample.path) == surface


@every_sample
def test_a_journal_entry_finds_its_dialect_again(sample: Sample) -> None:
    dialect, surface = found(sample)
    recalled, again = DIALECTS.recall(sample.surface, surface.model)
    assert (recalled.name, again.name, again.model) == (dialect.name, surface.name, surface.model)
    assert recalled.read(again, sample.request) == sample.query
    assert recalled.hear(again, sample.content_type, sample.response) == sample.answer


@every_sample
def test_a_glance_tells_what_the_proxy_must_know(sample: Sample) -> None:
    dialect, surface = found(sample)
    expected = msgspec.structs.replace(sample.glance, body_bytes=len(sample.request))
    assert dialect.glance(surface, sample.request) == expected


@every_sample
def test_a_query_is_read(sample: Sample) -> None:
    dialect, surface = found(sample)
    assert dialect.read(surface, sample.request) == sample.query


@every_sample
def test_an_answer_is_heard(sample: Sample) -> None:
    dialect, surface = found(sample)
    assert dialect.hear(surface, sample.content_type, sample.response) == sample.answer


def test_every_generating_surface_is_read_and_heard() -> None:
    generating = {s.surface for s in SAMPLES if s.generates}
    assert generating == {s.surface for s in SAMPLES if s.generates and s.answer != Answer()}
    asked = {name for name in generating if not name.endswith(".stored")}
    assert asked == {s.surface for s in SAMPLES if s.generates and s.query != Query()} & asked


@every_sample
def test_no_trimming_touches_nothing(sample: Sample) -> None:
    dialect, surface = found(sample)
    assert dialect.write(surface, sample.request, NO_TRIMMING) is sample.request
    assert dialect.rewriter(surface, sample.content_type, NO_TRIMMING) is None


@every_sample
def test_caps_leave_the_answer_alone(sample: Sample) -> None:
    dialect, surface = found(sample)
    assert dialect.rewriter(surface, sample.content_type, Trimming(samples=1, max_tokens=16)) is None


@every_sample
def test_a_trimmed_query_asks_for_less_and_the_same(sample: Sample) -> None:
    dialect, surface = found(sample)
    for text in sample.trimmed_request:
        assert text in sample.request
    written = dialect.write(surface, sample.request, FULL)
    for text in sample.trimmed_request:
        assert text not in written
    if written is sample.request:
        return
    before, after = sample.query, dialect.read(surface, written)
    assert (after.turns, after.system, after.model, after.stream) == (
        before.turns, before.system, before.model, before.stream,
    )  # fmt: skip
    assert (after.logprobs, after.logit_bias, after.samples) == (0, 0, 1)
    assert 0 < after.max_tokens <= 16
    assert 0 < dialect.glance(surface, written).max_tokens <= 16
    assert dialect.write(surface, written, FULL) is written


@every_sample
def test_a_trimming_keeps_members_that_nobody_knows(sample: Sample) -> None:
    dialect, surface = found(sample)
    strange = {"x_strange": {"big": 123456789012345678901234567890, "é": [1.5, None, "\u2028"]}}
    try:
        document = json.loads(sample.request)
    except ValueError:
        return
    before = {**strange, **document, "y_strange": [strange]}
    after = json.loads(dialect.write(surface, json.dumps(before).encode(), FULL))
    assert after["x_strange"] == strange["x_strange"]
    assert after["y_strange"] == [strange]
    kept = [key for key in before if key in after]
    assert [key for key in after if key in before] == kept


@every_sample
def test_a_trimmed_answer_says_the_same_and_nothing_else(sample: Sample) -> None:
    dialect, surface = found(sample)
    for text in sample.hidden:
        assert text in sample.response
    written = passed(dialect.rewriter(surface, sample.content_type, FULL), sample.response, [])
    for text in sample.hidden:
        assert text not in written
    heard = dialect.hear(surface, sample.content_type, written)
    silent = msgspec.structs.replace(sample.answer, reasoning="", reasoning_blobs=(), logprobs=False)
    assert heard == silent
    assert written.endswith(sample.ending)
    if not sample.hidden:
        assert written == sample.response


@every_sample
@quick
@given(cuts=st.lists(st.integers(0, 6000), max_size=8))
def test_where_an_answer_is_cut_changes_nothing(sample: Sample, cuts: list[int]) -> None:
    dialect, surface = found(sample)
    for trimming in TRIMMINGS:
        pieces = passed(dialect.rewriter(surface, sample.content_type, trimming), sample.response, cuts)
        assert pieces == passed(dialect.rewriter(surface, sample.content_type, trimming), sample.response, [])


@every_sample
def test_an_answer_byte_by_byte_is_the_same(sample: Sample) -> None:
    dialect, surface = found(sample)
    cuts = list(range(len(sample.response)))
    pieces = passed(dialect.rewriter(surface, sample.content_type, FULL), sample.response, cuts)
    assert pieces == passed(dialect.rewriter(surface, sample.content_type, FULL), sample.response, [])


@every_sample
@quick
@given(end=st.integers(0, 6000))
def test_an_answer_cut_short_is_read_as_far_as_it_goes(sample: Sample, end: int) -> None:
    dialect, surface = found(sample)
    heard = dialect.hear(surface, sample.content_type, sample.response[:end])
    assert isinstance(heard, Answer)
    rewriter = dialect.rewriter(surface, sample.content_type, FULL)
    assert isinstance(passed(rewriter, sample.response[:end], []), bytes)
