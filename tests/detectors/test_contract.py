"""What every shipped detector promises. A new one needs a play, in bets.py or, if it learns, in learnt.py."""

from typing import Any

import pytest

from gateway.contracts.detectors import DetectorContract
from gateway.installed import shipped
from gateway.plugins import build
from tests.detectors.bets import BETS
from tests.detectors.learnt import LEARNT

PANEL: tuple[Any, ...] = tuple(build("detector", name, {}) for name in shipped("detector"))


@pytest.mark.parametrize("detector", PANEL, ids=lambda d: d.name)
class TestShippedDetectors(DetectorContract):
    plays = BETS | LEARNT
