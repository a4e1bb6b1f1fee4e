"""For all tests: no example of a property is timed, as a busy machine is no fault of what is tried."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
