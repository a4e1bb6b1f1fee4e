"""A verifier written from docs/decision-log.md alone: it imports nothing of the guard."""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def content(raw: bytes, record: dict[str, Any]) -> str:
    """Return what is wrong with one record by itself."""
    if sha(raw[75:].rpartition(b',"personal":')[0]) != record["hash"] or not raw.endswith(b"]}\n"):
        return "hash"
    if len(record["personal"]) != len(record["commitments"]):
        return "personal"
    for part, promised in zip(record["personal"], record["commitments"], strict=True):
        if part is not None and sha("\n".join([part[1], part[0], part[2]]).encode()) != promised:
            return "commitment"
    return ""


def signature(record: dict[str, Any], before: str | None, key: str) -> str:
    """Return what is wrong with a checkpoint: it signs the record before it, and names the checkpoint before."""
    body = record["body"]
    if before not in {None, body["previous"]}:
        return "checkpoints"
    said = f"stillguard checkpoint\n{record['seq'] - 1}\n{record['prev']}\n{body['previous']}\n".encode()
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(base64.b64decode(body["signature"]), said)
    except InvalidSignature:
        return "signature"
    return ""


def check(folder: Path, key: str) -> str:
    """Return the first fault of a log, or nothing."""
    records: list[dict[str, Any]] = []
    checkpoint = None
    for file in sorted(folder.glob("*.jsonl")):
        for number, raw in enumerate(file.read_bytes().splitlines(keepends=True), 1):
            record = json.loads(raw)
            fault = content(raw, record)
            if records and (record["seq"], record["prev"]) != (records[-1]["seq"] + 1, records[-1]["hash"]):
                fault = fault or "chain"
            if record["kind"] == "checkpoint":
                fault = fault or signature(record, checkpoint, key)
                checkpoint = record["hash"]
            elif number == 1:
                fault = fault or "begins without a checkpoint"
            if fault:
                return f"{file.name}:{number} {fault}"
            records.append(record)
    return told(records)


def told(records: list[dict[str, Any]]) -> str:
    """Return what is missing without a record that says so."""
    dropped = {record["body"]["upto"] for record in records if record["kind"] == "dropped"}
    spans = [span for record in records if record["kind"] == "forget" for span in record["body"]["records"]]
    forgotten = [record["seq"] for record in records if None in record["personal"]]
    if records[0]["seq"] and records[0]["seq"] - 1 not in dropped:
        return "beginning"
    silent = [seq for seq in forgotten if not any(first <= seq <= last for first, last in spans)]
    return f"forgotten {silent}" if silent else ""


if __name__ == "__main__":
    print(check(Path(sys.argv[1]), sys.argv[2]) or "good")  # noqa: T201 - it is a command
