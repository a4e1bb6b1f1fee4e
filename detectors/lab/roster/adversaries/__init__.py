"""Distillers: attack profiles of the public reports, each as the jobs of single accounts."""

from typing import Final

from detectors.lab.roster.adversaries.generation import GENERATION_KINDS
from detectors.lab.roster.adversaries.reasoning import REASONING_KINDS

ADVERSARIES: Final = GENERATION_KINDS + REASONING_KINDS
