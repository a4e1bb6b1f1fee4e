import pytest

from gateway.actions.base import Forward, Trimming
from gateway.actions.reroute import Reroute
from gateway.exchange import Glance


@pytest.mark.parametrize(("as_asked", "shown"), [(False, ""), (True, "big")])
def test_the_client_sees_the_model_it_asked_for_only_if_the_operator_says_so(as_asked: bool, shown: str) -> None:
    effect = Reroute(model="small", route="spare", as_asked=as_asked).admit(Glance(model="big"), ())
    assert effect == Forward(trimming=Trimming(model="small", model_shown=shown), route="spare")


@pytest.mark.parametrize("model", ["", "a\nb"])
def test_a_reroute_to_nowhere_is_refused(model: str) -> None:
    with pytest.raises(ValueError, match=r"^model: "):
        Reroute(model=model)
