"""The policies that were taken last, kept in the data folder: an analyst that starts over a bad file uses them."""

import logging
import shutil
from pathlib import Path

from gateway import metrics
from gateway.app.watching import Look, look
from gateway.clock import now
from gateway.config import Config
from gateway.decisions import Policy
from gateway.faults import Fault, Faults
from gateway.policies.file import load_policies, policy_files

LOG = logging.getLogger("stillguard.analyst")
FOLDER = "policies.taken"
_TRIES = 3


def take(config: Config) -> Policy:
    """Return the policies as they stand on disk and keep a copy; raises Faults if anything is wrong with them."""
    policies, seen = _read(config.policies)
    _keep(config, seen)
    metrics.RELOAD_OK.set(1)
    metrics.RELOAD_AT.set(now())
    return policies


def take_at_start(config: Config) -> Policy:
    """Return the policies on disk, or, if anything is wrong with them, those that were taken last.

    Raises:
        Faults: something is wrong with them, and none were ever taken.
    """
    try:
        return take(config)
    except Faults as fault:
        kept = config.data / FOLDER
        if not kept.is_dir():
            raise
        LOG.error("the old policies stay", extra={"fault": str(fault)})  # noqa: TRY400 - the fault is the operator's
        metrics.RELOAD_OK.set(0)
        metrics.RELOAD_AT.set(kept.stat().st_mtime)
        return load_policies(kept, sure=True)


def _read(path: Path) -> tuple[Policy, Look]:
    """Return policies of files that nobody wrote to meanwhile, and how these looked: half a file may be a policy too.

    Raises:
        Faults: something is wrong with them, or they change faster than they can be read.
    """
    for _ in range(_TRIES):
        before = look([path])
        policies = load_policies(path)
        if look([path]) == before:
            return policies, before
    raise Faults([Fault(str(path), 0, 0, "", "is being written to", "it is read again when it has changed")])


def _keep(config: Config, seen: Look) -> None:
    """Replace the copy: whole or not at all, and by nothing that cannot be loaded."""
    kept = config.data / FOLDER
    aside, old = kept.with_suffix(".new"), kept.with_suffix(".old")
    files = policy_files(config.policies) if config.policies.is_dir() else [config.policies]
    try:
        _emptied(aside)
        for file in files:
            shutil.copyfile(file, aside / f"{file.stem}.yaml")
        load_policies(aside)
        if look([config.policies]) != seen:
            LOG.warning("the policies changed again: these are not kept for the next start")
            return
        shutil.rmtree(old, ignore_errors=True)
        if kept.is_dir():
            kept.rename(old)
        aside.rename(kept)
        shutil.rmtree(old, ignore_errors=True)
    except (OSError, Faults) as fault:
        LOG.warning("the policies could not be kept for the next start", extra={"fault": str(fault)})


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)


def taken(config: Config) -> list[Path]:
    """Return the files of the policies in force: the copies, or, if none could be kept, those on disk."""
    kept = config.data / FOLDER
    if kept.is_dir():
        return policy_files(kept)
    return policy_files(config.policies) if config.policies.is_dir() else [config.policies]
