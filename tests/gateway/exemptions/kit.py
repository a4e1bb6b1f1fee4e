"""What the tests of exemptions share: entitlements, observations, and exchanges."""

from detectors.base import AnswerObservation, Observation, QueryObservation
from gateway.decisions import Subject
from gateway.exemptions.base import Budget, Entitlement, KeyGroup

DAY = 86400.0
START = 1_800_000_000.0
ACME, KEY, USER, NETWORK = (
    Subject("account", "acme"), Subject("key", "aa" * 16), Subject("user", "bb" * 16), Subject("network", "10.0.0.0/8"),
)  # fmt: skip
EXCHANGE = (USER, KEY, ACME, NETWORK)


def entitlement(*subjects: Subject, name: str = "acme", **other: object) -> Entitlement:
    fields: dict[str, object] = {
        "purpose": "contract", "budget": Budget(exchanges=10), "ends": START + 100 * DAY, "owner": "Jo", "reason": "47",
        "starts": START,
    }  # fmt: skip
    return Entitlement(name=name, subjects=subjects or (ACME,), **(fields | other))  # type: ignore[arg-type]  # by name


def group(*members: Subject, name: str = "failover", ends: float = START + 100 * DAY) -> KeyGroup:
    return KeyGroup(name=name, members=members, owner="Jo", reason="one organisation", ends=ends)


def exchange(number: int = 0, *, at: float = START, tokens: int = 300) -> tuple[Observation, ...]:
    query = QueryObservation(at=at, payload=number + 1, prompt_chars=40)
    return query, AnswerObservation(at=at + 1, query=query, completion_tokens=tokens)
