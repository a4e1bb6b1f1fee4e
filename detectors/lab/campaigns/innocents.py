"""Honest groups that share things, by kind."""

from collections.abc import Callable, Mapping
from typing import Final

from detectors.lab.campaigns import gatherings, products
from detectors.lab.campaigns.crowds import Setting
from detectors.lab.campaigns.persons import Person

KINDS: Final[Mapping[str, Callable[[Setting], list[Person]]]] = {
    "office_nat": gatherings.office_nat,
    "vpn": gatherings.vpn,
    "harness": products.harness,
    "byok_app": products.byok_app,
    "class": gatherings.classroom,
    "reseller": gatherings.reseller,
    "organisation": products.organisation,
    "release_day": gatherings.release_day,
    "hackathon": gatherings.hackathon,
    "scheduled_tool": products.scheduled_tool,
}
