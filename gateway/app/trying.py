"""Takes the candidate policy as it stands on disk, at the start and whenever its files change."""

import logging
from functools import partial
from pathlib import Path

from gateway.app.watching import watch
from gateway.candidate import FILE, Candidate
from gateway.config import Config
from gateway.faults import Faults
from gateway.policies.file import load_policies

LOG = logging.getLogger("stillguard.analyst")


def candidate_of(config: Config) -> Candidate:
    """Return the candidate that a configuration names, at work if its files have no faults."""
    candidate = Candidate(config.candidate, config.data / FILE)
    take_candidate(candidate, config.candidate)
    return candidate


def take_candidate(candidate: Candidate, file: Path | None) -> bool:
    """Take the candidate's policies as they stand on disk; if anything is wrong, it says nothing until it is mended."""
    if file is None:
        return False
    try:
        candidate.take(load_policies(file))
    except (Faults, OSError) as fault:
        told = [str(one) for one in fault.faults] if isinstance(fault, Faults) else [str(fault)]
        candidate.refuse(told)
        LOG.warning("the candidate is not tried", extra={"fault": "; ".join(told)})
        return False
    LOG.info("candidate taken", extra={"file": str(file)})
    return True


async def watch_candidate(candidate: Candidate, file: Path | None) -> None:
    """Take the candidate anew whenever its files change, until cancelled; nothing to do without one."""
    if file is not None:
        await watch([file], partial(take_candidate, candidate, file))
