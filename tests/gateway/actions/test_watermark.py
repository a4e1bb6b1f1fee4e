from importlib.metadata import EntryPoint

import pytest

from gateway.actions import watermark
from gateway.actions.base import Forward, Trimming
from gateway.actions.watermark import Watermark
from gateway.exchange import Glance
from gateway.plugins import build
from gateway.slips import MisplacedError


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "plain": EntryPoint("plain", "tests.gateway.actions.schemes:Plain", watermark.GROUP),
        "gone": EntryPoint("gone", "tests.gateway.actions.schemes:Gone", watermark.GROUP),
    }
    monkeypatch.setattr(watermark, "schemes", lambda: known)


def test_without_a_scheme_it_is_refused_where_it_is_named() -> None:
    with pytest.raises(MisplacedError) as caught:
        build("action", "watermark", {"scheme": "green"})
    (slip,) = caught.value.slips
    assert slip.loc == ("scheme",)
    assert "'green'" in slip.message


@pytest.mark.usefixtures("plain")
def test_a_scheme_says_what_the_model_server_is_asked() -> None:
    effect = Watermark(scheme="plain", strength=0.25).admit(Glance(), ())
    assert effect == Forward(trimming=Trimming(members={"vllm_xargs": {"mark": 0.25}}))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("scheme", "strength", "field"),
    [("gone", 0.5, "scheme"), ("plain", 0.0, "strength"), ("plain", 1.5, "strength"), ("plain", 0.95, "strength")],
)
def test_a_scheme_that_does_not_load_or_has_no_such_strength_is_refused(
    scheme: str, strength: float, field: str
) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        Watermark(scheme=scheme, strength=strength)
