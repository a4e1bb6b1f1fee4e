"""A panel that is played back fuses as the engine does, with and without a part."""

from typing import Any

from gateway.lab.ablation import recalled
from gateway.plugins import panel


def test_a_played_back_panel_lacks_only_the_part_left_out() -> None:
    whole: Any = panel({})
    assert list(recalled(whole)) == list(whole)
    name = next(iter(whole))
    assert list(recalled(whole, name)) == [other for other in whole if other != name]
    assert recalled(whole)[name].family == whole[name].family
