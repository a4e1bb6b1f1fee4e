"""The plug-ins that a configuration names: made when it is checked, so that no process finds out later."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from gateway.config import Config, Named
from gateway.dialects.plugged import dialects_of
from gateway.embedding.plugged import plugged
from gateway.isolation.telling import NonsenseError
from gateway.places import Loc, Slip
from gateway.plugins import PluginError, panel
from gateway.slips import MisplacedError
from gateway.storage import storage_of

Make: TypeAlias = Callable[[], object]


def unpluggable(config: Config) -> Iterator[Slip]:
    """Yield a slip for each plug-in that cannot be made as it is written."""
    yield from _slips((), lambda: panel(config.panel, config.analysis.detector_budget))
    yield from _slips((), lambda: dialects_of(config.dialects))
    yield from _named(("store",), lambda: storage_of(config))
    chosen = config.analysis.embedding
    if isinstance(chosen, Named):
        yield from _named(("analysis", "embedding"), lambda: plugged(chosen.plugin, chosen.parameters))


def _named(loc: Loc, make: Make) -> Iterator[Slip]:
    """Place what is wrong with parameters at ``with``, and all else at the plug-in's name."""
    for slip in _slips((*loc, "plugin"), make):
        yield slip._replace(loc=(*loc, "with", *slip.loc[len(loc) + 1 :])) if slip.loc[len(loc) + 1 :] else slip


def _slips(loc: Loc, make: Make) -> Iterator[Slip]:
    try:
        make()
    except MisplacedError as error:
        yield from (slip._replace(loc=(*loc, *slip.loc)) for slip in error.slips)
    except (PluginError, NonsenseError) as error:
        yield Slip(loc, str(error))
