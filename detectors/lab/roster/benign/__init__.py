"""Honest kinds: every traffic class, and every hard negative that is known."""

from typing import Final

from detectors.lab.roster.benign.agents import AGENT_KINDS
from detectors.lab.roster.benign.office import OFFICE_KINDS
from detectors.lab.roster.benign.people import PEOPLE_KINDS
from detectors.lab.roster.benign.trials import TRIAL_KINDS

BENIGN: Final = PEOPLE_KINDS + OFFICE_KINDS + TRIAL_KINDS + AGENT_KINDS
