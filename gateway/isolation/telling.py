"""What a plug-in did wrong: counted each time, logged once for each kind of fault."""

import logging
from collections.abc import Callable
from typing import TypeAlias

from gateway import metrics
from gateway.installed import Kind

Tell: TypeAlias = Callable[[Kind, str, Exception], None]
_MOST_TOLD = 256  # different faults that are logged: a name made up anew each time must not fill the log
_told: set[tuple[str, str, str]] = set()
log = logging.getLogger("stillguard.plugins")


class NonsenseError(TypeError):
    """A plug-in returned what its contract does not allow."""


class SlowError(Exception):
    """A plug-in took more time than it is given, and is set aside."""


def failed(kind: Kind, name: str, error: Exception) -> None:
    """Count a failure of a plug-in, and log the first of its kind.

    Messages of others' exceptions may quote what they worked on, so the log has the fault's type and place; of our
    own (nonsense, slowness) the words too.
    """
    metrics.PLUGIN_ERRORS.labels(kind, name).inc()
    told = (kind, name, type(error).__name__)
    if told in _told or len(_told) >= _MOST_TOLD:
        return
    _told.add(told)
    words = {"error": str(error)} if isinstance(error, NonsenseError | SlowError) else {}
    log.error("a plug-in failed", extra={"plugin": f"{kind} {name}", **words}, exc_info=error)


def spent(kind: Kind, name: str, seconds: float) -> None:
    """Count the time that a plug-in took."""
    metrics.PLUGIN_SECONDS.labels(kind, name).inc(seconds)
