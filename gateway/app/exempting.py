"""The exemptions in force: read from their file, and kept for an analyst that starts over a bad one."""

import logging
import shutil
from pathlib import Path

from gateway import metrics
from gateway.config import Config
from gateway.exemptions.file import load_exemptions, revision_of
from gateway.exemptions.index import NOBODY, Exemptions
from gateway.faults import Faults

LOG = logging.getLogger("stillguard.analyst")
_TAKEN = "exemptions.taken"


def take(config: Config, at: float, before: Exemptions = NOBODY) -> Exemptions:
    """Return the exemptions as they stand on disk, and keep a copy of their file.

    Args:
        config: names the file; without one nobody is exempt.
        at: now, seconds since the epoch: those that have ended are told.
        before: those in force; the same again if the file did not change, as a million take a minute to read.

    Raises:
        Faults: all that is wrong with the file.
    """
    if config.exemptions is None:
        return NOBODY
    exemptions = before if _same(config.exemptions, before) else load_exemptions(config.exemptions)
    if exemptions is not before:
        _keep(config.exemptions, config.data)
        LOG.info("exemptions taken", extra={"file": str(config.exemptions), "entries": len(exemptions.entitlements)})
    expired = exemptions.expired(at)
    metrics.ENTITLEMENTS.labels("expired").set(expired)
    metrics.ENTITLEMENTS.labels("open").set(len(exemptions.entitlements) - expired)
    if expired:
        LOG.warning("entitlements have ended and change nothing any more", extra={"entries": expired})
    return exemptions


def take_at_start(config: Config, at: float) -> Exemptions:
    """Return the exemptions on disk, or, if anything is wrong with them, those that were taken last.

    Raises:
        Faults: something is wrong with them, and none were ever taken.
    """
    try:
        return take(config, at)
    except Faults as fault:
        kept = config.data / _TAKEN
        if not kept.is_file():
            raise
        LOG.error("the old exemptions stay", extra={"fault": str(fault)})  # noqa: TRY400 - the fault is the operator's
        metrics.RELOAD_OK.set(0)
        return load_exemptions(kept)


def _same(file: Path, before: Exemptions) -> bool:
    if not before.revision:
        return False
    try:
        return revision_of(file.read_bytes()) == before.revision
    except OSError:
        return False  # reading it tells the fault


def _keep(file: Path, data: Path) -> None:
    """Replace the copy, whole or not at all."""
    aside = data / f"{_TAKEN}.new"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(file, aside)
        aside.replace(data / _TAKEN)
    except OSError as fault:
        LOG.warning("the exemptions could not be kept for the next start", extra={"fault": str(fault)})
