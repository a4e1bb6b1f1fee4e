"""An analyst process: folds the journal into cases and decisions; started by the supervisor."""

import asyncio
import logging
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import watchfiles

from detectors.base import Baseline
from gateway import logs, metrics
from gateway.analyst import Analyst
from gateway.app.keeping import decision_log, rules_taken
from gateway.app.last_good import take, take_at_start
from gateway.birth import leave_when_told, read_job, spare_collector, stop_sign
from gateway.clock import now
from gateway.config import Config
from gateway.decision_log.chronicle import Chronicle
from gateway.dialects.known import Dialects
from gateway.embedding.chosen import chosen
from gateway.faults import Faults
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.sqlite import SqliteJournal
from gateway.plugins import panel
from gateway.secret import secret
from gateway.stores.sqlite import SqliteStore

LOG = logging.getLogger("stillguard.analyst")
SHIPPED = Path(__file__).parents[2] / "detectors" / "baselines" / "default.json"


def baseline_of(config: Config) -> Baseline:
    """Return the baseline that the detectors bet against."""
    return msgspec.json.decode((config.analysis.baseline or SHIPPED).read_bytes(), type=Baseline)


def build(config: Config) -> Analyst:
    """Return the analyst of this configuration."""
    salt = secret(config.identity.secret_file or config.data / "secret")
    features = Features(salt, chosen(config.analysis.embedding))
    store = SqliteStore(config.data, cases=config.analysis.cases, forget=config.analysis.forget)
    chronicle = Chronicle(decision_log(config), store.audit)
    analyst = Analyst(
        SqliteJournal(config.data, capacity=config.journal.capacity),
        store,
        Intake(Dialects(), features, ahead=features if features.asks else None),
        panel(config.panel),
        take_at_start(config),
        baseline_of(config),
        config.analysis,
    )
    analyst.chronicle = chronicle
    chronicle.tell("reload", now(), rules_taken(config))
    chronicle.follow()  # before anything new is decided: power may have failed, and positions be given again
    return analyst


def reload(analyst: Analyst, config: Config) -> bool:
    """Take the policies and the baseline as they stand on disk; if anything is wrong with them, keep the old ones."""
    try:
        baseline = baseline_of(config)
        analyst.reload(take(config), baseline)
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


async def work(config: Config, analyst: Analyst, asked: Sequence[int] = ()) -> None:
    """Fold on a thread until told to stop; read the policies again on SIGHUP or when their files change.

    Args:
        config: the whole configuration.
        analyst: who folds.
        asked: hangups that came while the analyst was being built: they are heeded now.
    """
    stop, halt = asyncio.Event(), threading.Event()
    with stop_sign(stop):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload, analyst, config)
        if asked:
            reload(analyst, config)
        folding = asyncio.ensure_future(asyncio.to_thread(analyst.run, halt))
        watching = asyncio.ensure_future(_watch(config, analyst))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait((folding, stopping), return_when=asyncio.FIRST_COMPLETED)
        halt.set()
        watching.cancel()
        await folding
    LOG.info("folded all")


async def _watch(config: Config, analyst: Analyst) -> None:
    beside = config.policies if config.policies.is_dir() else config.policies.parent
    async for changes in watchfiles.awatch(beside, recursive=False):
        if config.policies.is_dir() or any(Path(path).name == config.policies.name for _, path in changes):
            reload(analyst, config)


def main() -> None:
    """Read the job and work."""
    leave_when_told()
    asked: list[int] = []  # a hangup's default is to end the process
    signal.signal(signal.SIGHUP, lambda number, _: asked.append(number))
    config, _ = read_job()
    logs.set_up("analyst", config.log_level)
    analyst = build(config)
    spare_collector()
    asyncio.run(work(config, analyst, asked))


if __name__ == "__main__":
    main()
