"""Detectors are tried without a clock."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of a detector
settings.load_profile("untimed")
