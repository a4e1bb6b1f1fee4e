"""A proxy process: carries exchanges, reads decisions from memory, posts entries; started by the supervisor."""

import asyncio
import logging
import socket as sockets

import uvloop

from gateway import logs
from gateway.accounts import load_accounts
from gateway.asns import load_asns, no_asn
from gateway.birth import leave_when_told, read_job, spare_collector, stop_sign
from gateway.config import Config
from gateway.dialects.plugged import sure_dialects
from gateway.identity import Identity
from gateway.link import ThreadLink
from gateway.plugins import action_of
from gateway.proxy import Proxy
from gateway.routes import Routes
from gateway.secret import secret
from gateway.server import serve
from gateway.storage import storage_of
from gateway.verification.book import Book
from gateway.verification.desk import Desk
from gateway.verification.token import derived

LOG = logging.getLogger("stillguard.proxy")
_METER_WAIT = 0.2  # seconds a proxy waits for another process's write; its exchanges pass after 0.25 s anyway


def link_of(config: Config) -> ThreadLink:
    """Return the link to the storage of this configuration, not yet started."""
    storage = storage_of(config)
    return ThreadLink(
        lambda: storage.journal(config.data, capacity=config.journal.capacity),
        lambda: storage.store(config.data, wait=_METER_WAIT),
        entries=config.journal.queue,
        flush=config.journal.flush,
    )


def proxy_of(config: Config, link: ThreadLink, routes: Routes) -> Proxy:
    """Return the proxy of this configuration."""
    kept = config.identity
    accounts = load_accounts(kept.accounts_file) if kept.accounts_file else {}
    asns = load_asns(kept.asn_file) if kept.asn_file else no_asn
    known = secret(kept.secret_file or config.data / "secret")
    return Proxy(
        routes=routes,
        dialects=sure_dialects(config.dialects),
        identity=Identity(kept, known, accounts, asns),
        link=link,
        limits=config.limits,
        capture=config.journal.capture,
        appeal=config.appeal,
        action_of=action_of,
        noise=derived(known, "blur"),
        desk=desk_of(config, known),
    )


def desk_of(config: Config, known: bytes) -> Desk:
    """Return the desk at which clients verify themselves."""
    asked = config.verification
    hook = (asked.webhook, secret(asked.webhook_secret_file)) if asked.webhook and asked.webhook_secret_file else None
    return Desk(
        derived(known, "verify"),
        Book(config.data),
        asked.url,
        asked.lasts,
        lambda: storage_of(config).store(config.data),
        hook,
    )


async def work(config: Config, socket: sockets.socket) -> None:
    """Serve until told to stop, drain, and write what the queue still holds."""
    stop = asyncio.Event()
    link = link_of(config)
    with stop_sign(stop):
        link.start()
        routes = Routes(config.routes)
        try:
            await serve(
                proxy_of(config, link, routes), socket=socket, listen=config.listen, limits=config.limits, stop=stop
            )
        finally:
            routes.close()
            await asyncio.to_thread(link.close)
    LOG.info("drained")


def main() -> None:
    """Read the job and work."""
    leave_when_told()
    config, fd = read_job()
    logs.set_up("proxy", config.log_level)
    spare_collector()
    uvloop.run(work(config, sockets.socket(fileno=fd)))


if __name__ == "__main__":
    main()
