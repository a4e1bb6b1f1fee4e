"""The gateway's configuration file, loaded and checked as a whole: panel, TLS and paths that must be there."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from gateway.config import Config
from gateway.faults import load
from gateway.named_files import unusable
from gateway.places import Slip
from gateway.plugged import unpluggable
from gateway.slips import MisplacedError


def load_config(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Return the configuration.

    Raises:
        Faults: all that is wrong with it, with line and column, detectors' parameters and the files it names included.
    """
    return load(path, Config, environ=environ, check=partial(_whole, path.resolve().parent))


def _whole(beside: Path, config: Config) -> None:
    slips: list[Slip] = []
    if (config.listen.tls_certificate is None) != (config.listen.tls_key is None):
        slips.append(Slip(("listen",), "TLS needs both tls_certificate and tls_key"))
    if config.identity.account_header and not config.identity.trusted_proxies:
        hint = "name the proxies that set it in trusted_proxies"
        slips.append(Slip(("identity", "account_header"), "nobody is trusted to set this header", hint))
    if config.identity.user_headers and not config.identity.trusted_proxies:
        hint = "name the proxies that set them in trusted_proxies"
        slips.append(Slip(("identity", "user_headers"), "nobody is trusted to set these headers", hint))
    slips += unpluggable(config)
    slips += unusable(config, beside)
    if slips:
        raise MisplacedError(slips)
