"""The decision log of a configuration, and what it is told of the rules in force."""

import hashlib
from typing import Any

from gateway.app.last_good import taken
from gateway.config import Config
from gateway.decision_log.signing import signer
from gateway.decision_log.writer import DecisionLog, Limits


def decision_log(config: Config) -> DecisionLog:
    """Return the log, not opened yet; makes its key at the first start. Raises KeyFileError."""
    settings = config.log
    limits = Limits(settings.rotate, settings.rotate_after, settings.keep, settings.checkpoint)
    folder = settings.folder or config.data / "log"
    return DecisionLog(folder, signer(settings.key_file or config.data / "log-key.pem"), limits)


def rules_taken(config: Config) -> dict[str, Any]:
    """Return what a reload record says: the policy files in force, each with its SHA-256."""
    return {"taken": True, "files": {file.name: _digest(file.read_bytes()) for file in taken(config)}}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
