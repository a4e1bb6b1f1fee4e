"""What every dialect promises, tried on samples that its author writes by hand.

@pytest.mark.parametrize("sample", [Sample(...)], ids=lambda sample: sample.name)
class TestEcho(DialectContract):
    dialects = Dialects(before=[Echo()])
"""

import json
from itertools import pairwise
from typing import ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.actions.base import NO_TRIMMING, STATUS, RefusalKind, Refuse, Trimming
from gateway.dialects.base import Dialect, Rewriter
from gateway.dialects.known import Dialects
from gateway.exchange import Answer, Glance, Query, Surface

FULL = Trimming(logprobs=True, samples=1, max_tokens=16, reasoning=True)
TRIMMINGS = [FULL, Trimming(logprobs=True), Trimming(reasoning=True)]
quick = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors]
)


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange as the wire has it, and what the dialect must make of it.

    Attributes:
        name: what it shows, in a word or three; unique within the dialect.
        surface: expected ``Surface.name``.
        dialect: expected ``Surface.dialect``.
        path: without the query string.
        request: body as a client sends it.
        response: body as the model sends it.
        content_type: of the response.
        glance: expected, ``body_bytes`` left at 0 (the suite fills it in).
        query: expected.
        answer: expected.
        hidden: texts in the response that must be gone after a full trimming (log-probabilities, reasoning, blobs).
        trimmed_request: texts in the request that must be gone after a full trimming.
        ending: the last bytes of a stream, which a trimming must keep.
        generates: whether the surface carries model output worth weighing.
    """

    name: str
    surface: str
    dialect: str
    path: str
    method: str = "POST"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    request: bytes = b""
    response: bytes = b""
    content_type: str = "application/json"
    glance: Glance = Glance()
    query: Query = Query()
    answer: Answer = Answer()
    hidden: tuple[bytes, ...] = ()
    trimmed_request: tuple[bytes, ...] = ()
    ending: bytes = b""
    generates: bool = True


def passed(rewriter: Rewriter | None, data: bytes, cuts: list[int]) -> bytes:
    """Return an answer as a client gets it, cut where the list says."""
    if rewriter is None:
        return data
    edges = [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    return b"".join(rewriter.feed(piece) for piece in pieces) + rewriter.finish()


class DialectContract:
    """The promises; ``dialects`` knows the dialect that is tried."""

    dialects: ClassVar[Dialects] = Dialects()

    def found(self, sample: Sample) -> tuple[Dialect, Surface]:
        """Return the dialect and surface of a sample."""
        return self.dialects.find(sample.method, sample.path, sample.headers)

    def test_a_dialect_claims_its_path(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        assert (dialect.name, surface.dialect, surface.name) == (sample.dialect, sample.dialect, sample.surface)
        assert surface.generates == sample.generates
        assert dialect.claims(sample.method, sample.path) == surface

    def test_a_journal_entry_finds_its_dialect_again(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        recalled, again = self.dialects.recall(sample.surface, surface.model)
        assert (recalled.name, again.name, again.model) == (dialect.name, surface.name, surface.model)
        assert recalled.read(again, sample.request) == sample.query
        assert recalled.hear(again, sample.content_type, sample.response) == sample.answer

    def test_a_glance_tells_what_the_proxy_must_know(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        expected = msgspec.structs.replace(sample.glance, body_bytes=len(sample.request))
        assert dialect.glance(surface, sample.request) == expected

    def test_a_query_is_read(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        assert dialect.read(surface, sample.request) == sample.query

    def test_an_answer_is_heard(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        assert dialect.hear(surface, sample.content_type, sample.response) == sample.answer

    def test_no_trimming_touches_nothing(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        assert dialect.write(surface, sample.request, NO_TRIMMING) is sample.request
        assert dialect.rewriter(surface, sample.content_type, NO_TRIMMING) is None

    def test_caps_leave_the_answer_alone(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        assert dialect.rewriter(surface, sample.content_type, Trimming(samples=1, max_tokens=16)) is None

    def test_a_trimmed_query_asks_for_less_and_the_same(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
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

    def test_a_trimming_keeps_members_that_nobody_knows(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
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

    def test_a_trimmed_answer_says_the_same_and_nothing_else(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
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

    @quick
    @given(cuts=st.lists(st.integers(0, 6000), max_size=8))
    def test_where_an_answer_is_cut_changes_nothing(self, sample: Sample, cuts: list[int]) -> None:
        dialect, surface = self.found(sample)
        for trimming in TRIMMINGS:
            pieces = passed(dialect.rewriter(surface, sample.content_type, trimming), sample.response, cuts)
            assert pieces == passed(dialect.rewriter(surface, sample.content_type, trimming), sample.response, [])

    def test_an_answer_byte_by_byte_is_the_same(self, sample: Sample) -> None:
        dialect, surface = self.found(sample)
        cuts = list(range(len(sample.response)))
        pieces = passed(dialect.rewriter(surface, sample.content_type, FULL), sample.response, cuts)
        assert pieces == passed(dialect.rewriter(surface, sample.content_type, FULL), sample.response, [])

    @quick
    @given(end=st.integers(0, 6000))
    def test_an_answer_cut_short_is_read_as_far_as_it_goes(self, sample: Sample, end: int) -> None:
        dialect, surface = self.found(sample)
        heard = dialect.hear(surface, sample.content_type, sample.response[:end])
        assert isinstance(heard, Answer)
        rewriter = dialect.rewriter(surface, sample.content_type, FULL)
        assert isinstance(passed(rewriter, sample.response[:end], []), bytes)

    @quick
    @given(data=st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
    def test_bytes_of_no_meaning_pass_unharmed(self, sample: Sample, data: bytes) -> None:
        dialect, surface = self.found(sample)
        glance = dialect.glance(surface, data)
        assert glance.samples >= 1
        assert glance.max_tokens >= 0
        dialect.read(surface, data)
        dialect.hear(surface, sample.content_type, data)
        for trimming in TRIMMINGS:
            assert dialect.write(surface, data, trimming) == data
        assert passed(dialect.rewriter(surface, sample.content_type, FULL), data, [len(data) // 3]) == data

    @pytest.mark.parametrize("kind", list(STATUS))
    def test_a_refusal_has_its_status_its_words_and_no_smuggled_header(self, sample: Sample, kind: RefusalKind) -> None:
        dialect, _ = self.found(sample)
        refusal = Refuse(kind=kind, message="Sorry.", decision="dec_1\r\nx: y", appeal="https://example.org/appeal")
        reply = dialect.refuse(refusal, "req_1")
        assert reply.status == STATUS[kind]
        assert b"Sorry." in reply.body
        assert b"dec_1" in reply.body
        assert b"https://example.org/appeal" in reply.body
        assert not any({13, 10} & {*name, *value} for name, value in reply.headers)
