"""The linker process: finds campaigns in the cases that the analyst keeps; started by the supervisor beside it.

It yields to everybody: traffic and analysis go on at their pace whatever it does.
"""

import asyncio
import logging
import os
import secrets
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from detectors.linkage.base import Facts, Id
from detectors.linkage.census import Census
from gateway import logs
from gateway.accounts import load_facts
from gateway.analyst import decision_id
from gateway.app.analysing import baseline_of, tags_of, watched
from gateway.app.last_good import FOLDER
from gateway.app.watching import Look, look, watch
from gateway.birth import leave_when_told, read_job, spare_collector, stop_sign
from gateway.config import Config
from gateway.decisions import Policy
from gateway.examining import ByCase
from gateway.exemptions.file import load_exemptions
from gateway.exemptions.index import NOBODY, Exemptions
from gateway.faults import Faults
from gateway.finding import ByAtlas
from gateway.known import Known, load_known
from gateway.linker import Linker, Rules
from gateway.plugins import sure_panel
from gateway.policies.file import load_policies
from gateway.secret import secret
from gateway.storage import storage_of
from gateway.stores.lease import Lease

LOG = logging.getLogger("stillguard.linker")
CENSUS = Path(__file__).parents[2] / "detectors" / "baselines" / "census.json"  # the shipped one
NICENESS = 10  # of the process: whoever carries exchanges goes first
_TRY = 1.0  # seconds between two looks whether another linker has gone


class Built(NamedTuple):
    """A linker, and what finds for it."""

    linker: Linker
    finds: ByAtlas


def build(config: Config) -> Built:
    """Return the linker of this configuration."""
    store = storage_of(config).store(config.data, cases=config.analysis.cases, forget=config.analysis.forget)
    exemptions = exemptions_of(config)
    known = known_of(config)
    facts = facts_of(config, known, exemptions)
    finds = finder(config, known, facts, secret(config.identity.secret_file or config.data / "secret"))
    names = partial(decision_id, dice=secrets.token_bytes)
    return Built(Linker(store, finds, rules_of(config, exemptions, facts), config.linkage, names), finds)


def rules_of(config: Config, exemptions: Exemptions, facts: Mapping[Id, Facts]) -> Rules:
    """Return what campaigns are judged by, as it stands on disk."""
    panel = sure_panel(config.panel, config.analysis.detector_budget)
    examines = ByCase(panel, baseline_of(config), facts)
    return Rules(policy_of(config), examines, exemptions, tags_of(config))


def policy_of(config: Config) -> Policy:
    """Return the policies on disk, or, if anything is wrong with them, those that the analyst took last."""
    try:
        return load_policies(config.policies)
    except Faults:
        kept = config.data / FOLDER
        if not kept.is_dir():
            raise
        return load_policies(kept, sure=True)


def exemptions_of(config: Config) -> Exemptions:
    """Return the exemptions as they stand on disk; raises Faults."""
    return load_exemptions(config.exemptions) if config.exemptions else NOBODY


def finder(config: Config, known: Known, facts: Mapping[Id, Facts], salt: bytes) -> ByAtlas:
    """Return what finds groups among imprints whose fingerprints have this salt; raises as ``census_of`` does."""
    return ByAtlas(facts, known.marks(salt), census_of(config))


def census_of(config: Config) -> Census:
    """Return how common marks are among trusted subjects; raises OSError or msgspec.DecodeError."""
    return msgspec.json.decode((config.linkage.census or CENSUS).read_bytes(), type=Census)


def known_of(config: Config) -> Known:
    """Return what the operator knows of sharing; raises Faults."""
    return load_known(config.linkage.known) if config.linkage.known else Known()


def facts_of(config: Config, known: Known, exemptions: Exemptions) -> Mapping[Id, Facts]:
    """Return facts by subject: what the accounts file says, and kin as the operator's other files name them.

    Raises Faults if the accounts file is at fault. Of several files that name kin of a subject, the one of known
    groups counts, then the accounts file, then the key groups of the exemptions.
    """
    told = load_facts(config.identity.accounts_file) if config.identity.accounts_file else {}
    groups = {str(member): f"group {name}" for name, group in exemptions.groups.items() for member in group.members}
    kin = {**groups, **{one: facts.kin for one, facts in told.items() if facts.kin}, **known.kin}
    return {**told, **{one: replace(told.get(one, Facts()), kin=name) for one, name in kin.items()}}


def reload(built: Built, config: Config) -> bool:
    """Take policies, exemptions and known groups as they stand on disk; if anything is wrong, keep the old ones."""
    try:
        exemptions, known = exemptions_of(config), known_of(config)
        facts = facts_of(config, known, exemptions)
        rules = rules_of(config, exemptions, facts)
        marks = known.marks(secret(config.identity.secret_file or config.data / "secret"))
    except (Faults, OSError, msgspec.DecodeError) as fault:
        LOG.error("the old rules stay", extra={"fault": str(fault)})  # noqa: TRY400 - the fault is the operator's
        return False
    built.finds.know(facts, marks)
    built.linker.reload(rules)
    return True


@contextmanager
def alone(config: Config, stop: threading.Event) -> Iterator[bool]:
    """Wait until no other linker works on this data folder; yield False if told to stop before."""
    lease = Lease(config.data / "linker.lock")
    while not lease.take() and not stop.is_set():
        stop.wait(_TRY)
    try:
        yield lease.held
    finally:
        lease.release()


def passes(config: Config, linker: Linker, stop: threading.Event) -> None:
    """Make passes, once this linker is the only one, until told to stop."""
    with alone(config, stop) as ours:
        if ours:
            linker.run(stop)


async def work(config: Config, built: Built, asked: Sequence[int] = (), seen: Look | None = None) -> None:
    """Link on a thread until told to stop; read the rules again on SIGHUP or when their files change.

    Args:
        config: the whole configuration.
        built: who links.
        asked: hangups that came while it was being built: they are heeded now.
        seen: how the files looked before they were read; as now if it is left out.
    """
    stop, halt = asyncio.Event(), threading.Event()
    again = partial(reload, built, config)
    with stop_sign(stop):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, again)
        if asked:
            again()
        linking = asyncio.ensure_future(asyncio.to_thread(passes, config, built.linker, halt))
        watching = asyncio.ensure_future(watch(files(config), again, seen))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait((linking, stopping), return_when=asyncio.FIRST_COMPLETED)
        halt.set()
        watching.cancel()
        await linking


def files(config: Config) -> list[Path]:
    """Return the files and folders at whose change all are read again."""
    return [*watched(config), *([config.linkage.known] if config.linkage.known else [])]


def main() -> None:
    """Read the job and work."""
    leave_when_told()
    os.nice(NICENESS)
    asked: list[int] = []  # a hangup's default is to end the process
    signal.signal(signal.SIGHUP, lambda number, _: asked.append(number))
    config, _ = read_job()
    logs.set_up("linker", config.log_level)
    seen = look(files(config))
    built = build(config)
    spare_collector()
    asyncio.run(work(config, built, asked, seen))


if __name__ == "__main__":
    main()
