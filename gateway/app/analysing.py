"""An analyst process: folds the journal into cases and decisions; started by the supervisor."""

import asyncio
import logging
import signal
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from detectors.base import Baseline
from gateway import logs, metrics
from gateway.accounts import load_facts, load_tags
from gateway.analyst import Analyst
from gateway.app.exempting import take as take_exemptions
from gateway.app.exempting import take_at_start as take_exemptions_at_start
from gateway.app.keeping import decision_log, rules_taken
from gateway.app.last_good import take, take_at_start
from gateway.app.trying import candidate_of, take_candidate, watch_candidate
from gateway.app.watching import Look, look, watch
from gateway.birth import leave_when_told, read_job, spare_collector, stop_sign
from gateway.circumstances import Tags, tagged, untagged
from gateway.clock import now
from gateway.config import Config
from gateway.decision_log.chronicle import Chronicle
from gateway.dialects.plugged import sure_dialects
from gateway.embedding.chosen import sure
from gateway.faults import Faults
from gateway.features import Features
from gateway.intake import Intake
from gateway.ledger import Ledgers, kin_of
from gateway.plugins import sure_panel
from gateway.secret import secret
from gateway.storage import storage_of
from gateway.verification.book import Book
from gateway.verification.tagging import with_verified

LOG = logging.getLogger("stillguard.analyst")
SHIPPED = Path(__file__).parents[2] / "detectors" / "baselines" / "default.json"


def baseline_of(config: Config) -> Baseline:
    """Return the baseline that the detectors bet against."""
    return msgspec.json.decode((config.analysis.baseline or SHIPPED).read_bytes(), type=Baseline)


def build(config: Config) -> Analyst:
    """Return the analyst of this configuration."""
    salt = secret(config.identity.secret_file or config.data / "secret")
    features = Features(salt, sure(config.analysis.embedding))
    storage = storage_of(config)
    store = storage.store(config.data, cases=config.analysis.cases, forget=config.analysis.forget)
    audit = getattr(store, "audit", None)  # a store of another package may have none: then there is no log
    chronicle = Chronicle(decision_log(config), audit) if audit is not None else None
    analyst = Analyst(
        storage.journal(config.data, capacity=config.journal.capacity),
        store,
        Intake(sure_dialects(config.dialects), features, ahead=features if features.asks else None),
        sure_panel(config.panel, config.analysis.detector_budget),
        take_at_start(config),
        baseline_of(config),
        config.analysis,
    )
    analyst.tags = tags_of(config)
    analyst.candidate = candidate_of(config)
    analyst.exempt(take_exemptions_at_start(config, now()))
    analyst.chronicle = chronicle
    analyst.ledgers = Ledgers(config.ledgers, config.data, kin_in(config))
    if chronicle is None:
        LOG.warning("this store keeps no notes: there is no decision log", extra={"plugin": config.store.plugin})
    else:
        chronicle.tell("reload", now(), rules_taken(config))
        chronicle.follow()  # before anything new is decided: power may have failed, and positions be given again
    return analyst


def tags_of(config: Config) -> Tags:
    """Return what tells tags of accounts and of verified clients; raises Faults if the accounts file is at fault."""
    file = config.identity.accounts_file
    tags = tagged(load_tags(file)) if file else untagged
    return with_verified(tags, Book(config.data).verified, now)


def kin_in(config: Config) -> dict[int, str]:
    """Return which members the operator declared to belong together; raises Faults as ``tags_of`` does."""
    file = config.identity.accounts_file
    return kin_of(load_facts(file)) if file else {}


def reload(analyst: Analyst, config: Config) -> bool:
    """Take policies, baseline, tags and exemptions as they stand on disk; if anything is wrong, keep the old ones."""
    take_candidate(analyst.candidate, config.candidate)
    try:
        baseline, tags, kin = baseline_of(config), tags_of(config), kin_in(config)
        exemptions = take_exemptions(config, now(), analyst.exemptions)
        analyst.reload(take(config), baseline)
        analyst.tags = tags
        if analyst.ledgers:
            analyst.ledgers.declare(kin)
        analyst.exempt(exemptions)
    except (Faults, OSError, msgspec.DecodeError) as fault:
        metrics.RELOAD_OK.set(0)
        LOG.error("the old policies stay", extra={"fault": str(fault)})  # noqa: TRY400 - the fault is the operator's
        _record(analyst, {"taken": False, "fault": str(fault).encode(errors="replace").decode()})
        return False
    _record(analyst, rules_taken(config))
    LOG.info("policies taken", extra={"file": str(config.policies)})
    return True


def _record(analyst: Analyst, body: dict[str, Any]) -> None:
    if analyst.chronicle:
        analyst.chronicle.tell("reload", now(), body)


async def work(config: Config, analyst: Analyst, asked: Sequence[int] = (), seen: Look | None = None) -> None:
    """Fold on a thread until told to stop; read the policies again on SIGHUP or when their files change.

    Args:
        config: the whole configuration.
        analyst: who folds.
        asked: hangups that came while the analyst was being built: they are heeded now.
        seen: how the policy files looked before they were read; as now if it is left out.
    """
    stop, halt = asyncio.Event(), threading.Event()
    with stop_sign(stop):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload, analyst, config)
        if asked:
            reload(analyst, config)
        folding = asyncio.ensure_future(asyncio.to_thread(analyst.run, halt))
        watching = asyncio.ensure_future(watch(watched(config), partial(reload, analyst, config), seen))
        trying = asyncio.ensure_future(watch_candidate(analyst.candidate, config.candidate))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait((folding, stopping), return_when=asyncio.FIRST_COMPLETED)
        halt.set()
        watching.cancel()
        trying.cancel()
        await folding
    LOG.info("folded all")


def watched(config: Config) -> list[Path]:
    """Return the files and folders at whose change all are read again."""
    return [config.policies, *([config.exemptions] if config.exemptions else [])]


def main() -> None:
    """Read the job and work."""
    leave_when_told()
    asked: list[int] = []  # a hangup's default is to end the process
    signal.signal(signal.SIGHUP, lambda number, _: asked.append(number))
    config, _ = read_job()
    logs.set_up("analyst", config.log_level)
    seen = look(watched(config))
    analyst = build(config)
    spare_collector()
    asyncio.run(work(config, analyst, asked, seen))


if __name__ == "__main__":
    main()
