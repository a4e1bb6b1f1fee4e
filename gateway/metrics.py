"""Every Prometheus series, named once. The only importer of prometheus_client.

Several processes share one scrape: the supervisor sets PROMETHEUS_MULTIPROC_DIR before any of them starts,
and the admin process adds up what they wrote. Labels are closed vocabularies: never a key, a user or a raw path.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FAST = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_NATS = (0.0, 1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 20.0, 30.0, 50.0, 100.0)

# proxy plane
REQUESTS = Counter(
    "stillguard_requests_total",
    "Exchanges, by what came of them.",
    ["surface", "dialect", "code", "action", "mode"],
)
ERRORS = Counter(
    "stillguard_errors_total", "Exchanges that failed, by whose fault (closed vocabulary).", ["error_type"]
)
OVERHEAD = Histogram("stillguard_overhead_seconds", "Time added by the guard.", ["phase"], buckets=_FAST)
UPSTREAM = Histogram("stillguard_upstream_duration_seconds", "The model's own time.", ["surface"], buckets=_SLOW)
FIRST_BYTE = Histogram(
    "stillguard_upstream_first_byte_seconds", "Time to the model's first byte.", ["surface"], buckets=_SLOW
)
INFLIGHT = Gauge("stillguard_inflight_requests", "Exchanges under way.", multiprocess_mode="livesum")
TOKENS = Counter("stillguard_tokens_total", "Tokens of weighed exchanges, as the model counted them.", ["direction"])
# queue, journal, store
QUEUE = Gauge("stillguard_queue_entries", "Entries waiting in proxies' memory.", multiprocess_mode="livesum")
QUEUE_DROPPED = Counter("stillguard_queue_dropped_total", "Entries lost to a full queue or disk.", ["reason"])
JOURNAL_APPENDED = Counter("stillguard_journal_appended_total", "Entries that the journal accepted.")
JOURNAL_DEPTH = Gauge(
    "stillguard_journal_depth_entries", "Entries waiting for an analyst.", multiprocess_mode="livemax"
)
JOURNAL_CORRUPT = Counter("stillguard_journal_corrupt_total", "Entries that could not be decoded.")
STORE_LATENCY = Histogram("stillguard_store_latency_seconds", "Time of one store call.", ["call"], buckets=_FAST)
STORE_ERRORS = Counter("stillguard_store_errors_total", "Store calls that failed.", ["call"])
# analysis plane
OBSERVATIONS = Counter("stillguard_observations_total", "Observations folded.", ["kind"])
EVIDENCE = Histogram("stillguard_evidence_nats", "Evidence of touched subjects.", ["detector"], buckets=_NATS)
DECISIONS = Counter("stillguard_decisions_total", "Decisions taken.", ["policy", "rule", "action", "scope", "mode"])
POLICY_FAULTS = Counter(
    "stillguard_policy_faults_total",
    "Standings for which a rule's condition could not be evaluated: the rule was not met.",
    ["policy", "rule"],
)
ACTIVE = Gauge("stillguard_active_decisions", "Decisions that stand.", ["action", "mode"], multiprocess_mode="livemax")
ENTITLEMENTS = Gauge(
    "stillguard_entitlements",
    "Entitlements of the exemptions file as it was last taken, by state: open (not ended), expired.",
    ["state"],
    multiprocess_mode="livemostrecent",
)
CASES = Gauge("stillguard_cases", "Subjects with a case.", multiprocess_mode="livemax")
DETECTOR_ERRORS = Counter("stillguard_detector_errors_total", "Observations a detector could not fold.", ["detector"])
PLUGIN_ERRORS = Counter(
    "stillguard_plugin_errors_total",
    "Calls of other packages' plug-ins that failed or gave nonsense.",
    ["kind", "name"],
)
PLUGIN_SECONDS = Counter(
    "stillguard_plugin_seconds_total", "Time that other packages' plug-ins took.", ["kind", "name"]
)
EMBEDDINGS = Counter(
    "stillguard_embeddings_total",
    "Texts that an embeddings endpoint was to embed, by outcome: ok, failed.",
    ["outcome"],
)
LEDGER_SLOTS = Gauge(
    "stillguard_ledger_slots",
    "Fingerprints of what was served that a ledger remembers.",
    ["ledger"],
    multiprocess_mode="livemax",
)
LEDGER_ENTERED = Counter("stillguard_ledger_entered_total", "Fingerprints that a ledger took in.", ["ledger"])
LEDGER_EVICTED = Counter(
    "stillguard_ledger_evicted_total", "Fingerprints that a full ledger lost before their time.", ["ledger"]
)
LEDGER_PRESENTED = Counter(
    "stillguard_ledger_presented_total",
    "Pieces of encrypted reasoning handed in, by whom they were served to: own, foreign, common, unknown.",
    ["outcome"],
)
LEDGER_RETURNED = Counter("stillguard_ledger_returned_total", "Questions that hand in what another was answered.")
LEDGER_IN_MEMORY = Gauge(
    "stillguard_ledger_in_memory",
    "1 if a ledger found no room on disk and is kept in memory.",
    ["ledger"],
    multiprocess_mode="livemax",
)
ANALYST_LAG = Gauge("stillguard_analyst_lag_seconds", "Age of the newest entry folded.", multiprocess_mode="livemax")
CANDIDATE = Counter(
    "stillguard_candidate_verdicts_total",
    "Weighings on which the live policy or the candidate says anything, by both actions.",
    ["live", "candidate"],
)
CANDIDATE_SUBJECTS = Gauge(
    "stillguard_candidate_subjects",
    "Subjects that the candidate would treat otherwise now: stricter, milder, otherwise.",
    ["way"],
    multiprocess_mode="livemax",
)

# campaigns
LINKER_PASS = Histogram("stillguard_linker_pass_seconds", "Time of one pass of the linker.", ["pass"], buckets=_SLOW)
LINKER_AT = Gauge(
    "stillguard_linker_pass_timestamp_seconds", "When the linker's last pass was kept.", multiprocess_mode="livemax"
)
LINKER_SUBJECTS = Gauge(
    "stillguard_linker_subjects", "Subjects that have done enough to be linked.", multiprocess_mode="livemax"
)
LINKER_WAITING = Gauge(
    "stillguard_linker_waiting_groups",
    "Groups that the linker's last pass had no time to look at.",
    multiprocess_mode="livemax",
)
CAMPAIGNS = Gauge(
    "stillguard_campaigns",
    "Groups that were found, by state: named once a decision was taken on it, else group.",
    ["state"],
    multiprocess_mode="livemax",
)

# decision log
LOG_RECORDS = Counter("stillguard_log_records_total", "Records appended to the decision log.", ["kind"])
LOG_BYTES = Counter("stillguard_log_bytes_total", "Bytes appended to the decision log.")
LOG_ERRORS = Counter("stillguard_log_errors_total", "Times that the decision log could not be written.")
LOG_WAITING = Gauge(
    "stillguard_log_waiting_records",
    "Records that wait in memory for the decision log's disk.",
    multiprocess_mode="livemax",
)
LOG_CHECKPOINT = Gauge(
    "stillguard_log_checkpoint_timestamp_seconds",
    "When the decision log was last signed.",
    multiprocess_mode="livemax",
)
# configuration
RELOAD_OK = Gauge(
    "stillguard_config_last_reload_successful",
    "1 if the last reload was taken.",
    multiprocess_mode="livemostrecent",  # only the analyst sets it; a minimum would see the others' 0
)
RELOAD_AT = Gauge(
    "stillguard_config_last_reload_success_timestamp_seconds",
    "When a configuration was last taken.",
    multiprocess_mode="livemax",
)
BUILD = Gauge("stillguard_build_info", "1, labelled with the version.", ["version"], multiprocess_mode="livemax")

ERROR_TYPES = frozenset({
    "caller_malformed", "caller_too_large", "caller_gone", "caller_unsupported",
    "policy_throttled", "policy_denied", "policy_unverified",
    "provider_unreachable", "provider_timeout", "provider_error", "provider_cut",
    "guard_store", "guard_internal", "guard_overloaded",
})  # fmt: skip


def exposition() -> bytes:
    """Return the text that Prometheus scrapes, added up over all processes."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_processes(pids: Iterable[int]) -> None:
    """Drop the gauges of processes that have ended; their counters stay."""
    for pid in pids:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def sweep(folder: Path) -> None:
    """Empty the folder that the processes share, at the start of a run."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)
