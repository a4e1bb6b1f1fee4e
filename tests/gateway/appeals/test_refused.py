"""What a refused client is told, on every surface and in every dialect: an id, a neutral sentence, where to appeal."""

import json
import re

import pytest

from gateway.actions.base import RefusalKind, Refuse
from gateway.actions.deny import Deny
from gateway.exchange import Glance
from tests.gateway.dialects.contract import every_sample, found
from tests.gateway.dialects.samples.base import Sample

TELLING = re.compile(
    r"detector|score|threshold|watermark|distil|suspic|evidence|exempt|policy|weight|nats|rung", re.IGNORECASE
)
APPEAL = "https://example.org/appeal"


def refusal(kind: RefusalKind) -> Refuse:
    said = Deny().admit(Glance(), ())
    assert isinstance(said, Refuse)
    return Refuse(kind=kind, message=said.message, decision="dec_1", appeal=APPEAL)


@every_sample
@pytest.mark.parametrize("kind", ["denied", "throttled"])
def test_before_an_answer_it_is_told_all_three(sample: Sample, kind: RefusalKind) -> None:
    dialect, _ = found(sample)
    reply = dialect.refuse(refusal(kind), "req_1")
    told = json.dumps(json.loads(reply.body), ensure_ascii=False)
    assert "dec_1" in told
    assert APPEAL in told
    assert not TELLING.search(told)
    assert (b"stillguard-decision-id", b"dec_1") in reply.headers


@every_sample
def test_in_the_middle_of_a_stream_too(sample: Sample) -> None:
    dialect, surface = found(sample)
    if not sample.generates or "event-stream" not in sample.content_type or sample.answer.error:
        pytest.skip("nothing streams here")
    end = dialect.interrupt(surface, refusal("denied"), "req_1").decode()
    assert "dec_1" in end
    assert APPEAL in end
    assert not TELLING.search(end)
