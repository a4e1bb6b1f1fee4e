"""The admin process: metrics and readings over HTTP on a port of its own; started by the supervisor."""

import asyncio
import importlib.metadata
import os
import signal
import socket as sockets
from collections.abc import Sequence
from typing import Any

import msgspec
import uvicorn

from detectors.base import Baseline, Panel
from gateway import logs, metrics
from gateway.app.analysing import baseline_of
from gateway.birth import leave_when_told, read_job, stop_sign
from gateway.campaign_rows import by_size, by_weight, member_row, row
from gateway.candidate import FILE
from gateway.clock import now
from gateway.config import Config
from gateway.console.admin import NO_CANDIDATE, create
from gateway.decisions import Decision, Standing
from gateway.engine import unseal, weigh
from gateway.journals.base import Journal
from gateway.plugins import sure_panel
from gateway.storage import storage_of
from gateway.stores.base import Store


class Reading:
    """What the store holds, weighed anew as it is asked for."""

    def __init__(self, store: Store, journal: Journal, detectors: Panel, baseline: Baseline) -> None:
        self._store = store
        self._journal = journal
        self._panel = detectors
        self._baseline = baseline

    def subjects(self, limit: int) -> Sequence[Standing]:
        """Return the standings of the subjects most worth a look."""
        at = now()
        return [
            weigh(self._panel, self._baseline, unseal(self._panel, case).folio, subject, at).standing
            for subject, case in self._store.heaviest(limit)
        ]

    def decisions(self) -> Sequence[Decision]:
        """Return the decisions that stand, strictest first."""
        standing = self._store.announced(0, now()).decisions
        return sorted(standing, key=lambda decision: (-decision.severity, decision.at))

    def campaigns(self) -> Sequence[dict[str, Any]]:
        """Return the campaigns and groups, those first on which a decision stands."""
        decided = {one.subject: one for one in self._store.announced(0, now()).decisions}
        return [row(one, decided.get(one.subject)) for one in by_size(self._store.roll().campaigns, decided)]

    def campaign(self, name: str) -> dict[str, Any] | None:
        """Return one with its members; None if there is none of this id."""
        found = next((one for one in self.campaigns() if one["id"] == name), None)
        return found and found | {"who": [member_row(one) for one in by_weight(self._store.members(name))]}

    def measure(self) -> None:
        """Set the journal's depth: it grows where no analyst lives to say so."""
        metrics.JOURNAL_DEPTH.set(self._journal.depth())


def candidate_told(config: Config) -> bytes:
    """Return what the analyst last wrote of the candidate, as JSON."""
    if config.candidate is None:
        return NO_CANDIDATE
    try:
        return (config.data / FILE).read_bytes()
    except OSError:  # the analyst has not come to it yet
        return msgspec.json.encode({"file": str(config.candidate)})


async def work(config: Config, socket: sockets.socket) -> None:
    """Serve until told to stop."""
    version = importlib.metadata.version("stillguard")
    metrics.BUILD.labels(version).set(1)
    supervisor = os.getppid()
    # FastAPI runs each of our plain handlers on a thread: the store's connection must take that.
    storage = storage_of(config)
    store, journal = storage.store(config.data, wait=1.0), storage.journal(config.data, wait=1.0)
    reading = Reading(store, journal, sure_panel(config.panel), baseline_of(config))
    app = create(reading, lambda: os.kill(supervisor, signal.SIGHUP), version, lambda: candidate_told(config))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off"))
    stop = asyncio.Event()
    serving = asyncio.ensure_future(server.serve(sockets=[socket]))
    with stop_sign(stop):
        await stop.wait()
        server.should_exit = True
        await serving


def main() -> None:
    """Read the job and work."""
    leave_when_told()
    config, fd = read_job()
    logs.set_up("admin", config.log_level)
    asyncio.run(work(config, sockets.socket(fileno=fd)))


if __name__ == "__main__":
    main()
