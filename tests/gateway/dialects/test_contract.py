"""What every dialect promises, tried on every sample: a new dialect brings samples, and is held to all of it."""

from gateway.contracts.dialects import DialectContract
from gateway.exchange import Answer, Query
from tests.gateway.dialects.contract import DIALECTS, SAMPLES, every_sample


def test_every_dialect_has_samples_with_unique_names() -> None:
    assert {sample.dialect for sample in SAMPLES} == {"openai", "anthropic", "gemini", "opaque"}
    named = [(sample.dialect, sample.surface, sample.name) for sample in SAMPLES]
    assert len(set(named)) == len(named)


def test_every_generating_surface_is_read_and_heard() -> None:
    generating = {s.surface for s in SAMPLES if s.generates}
    assert generating == {s.surface for s in SAMPLES if s.generates and s.answer != Answer()}
    asked = {name for name in generating if not name.endswith(".stored")}
    assert asked == {s.surface for s in SAMPLES if s.generates and s.query != Query()} & asked


@every_sample
class TestShippedDialects(DialectContract):
    dialects = DIALECTS
