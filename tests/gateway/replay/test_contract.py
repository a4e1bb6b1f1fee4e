"""The replay decides what the live analyst decides, at the same exchanges, on the same traffic."""

import msgspec
import pytest

from gateway.analyst import Analyst
from gateway.config import Analysis, Ledgers
from gateway.decisions import Subject
from gateway.dialects.known import Dialects
from gateway.exchange import Entry
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.memory import MemoryJournal
from gateway.ledger import Ledgers as Kept
from gateway.policies.file import load_policies
from gateway.replay.crew import Order, alone
from gateway.replay.folding import Rules
from gateway.replay.reading import SALT, Block
from gateway.replay.run import BALANCED, rules_of, shipped
from gateway.replay.timeline import Timeline
from gateway.stores.memory import MemoryStore
from tests.gateway.replay.kit import POLICY


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    file = tmp_path_factory.mktemp("policies") / "quick.yaml"
    file.write_text(POLICY)
    return rules_of(shipped().model_copy(update={"policies": file}))


def live(traffic: bytes, rules: Rules) -> list[tuple[float, Subject, str]]:
    """Fold traffic entry by entry through the analyst, its clock set to the end of each exchange."""
    journal, dialects = MemoryJournal(), Dialects()
    store = MemoryStore(journal.acknowledge)
    intake = Intake(dialects, Features(SALT))
    analyst = Analyst(journal, store, intake, rules.panel, rules.policy, rules.baseline, Analysis(batch=1))
    analyst.ledgers = Kept(Ledgers(), None)
    found: list[tuple[float, Subject, str]] = []
    position, standing = 0, dict[Subject, str]()
    for number, row in enumerate(traffic.splitlines()):
        line = msgspec.json.decode(row)
        at = line["at"] + line["took"]
        _, surface = dialects.find("POST", line["path"].partition("?")[0], ())
        subjects = [("account", line["account"]), ("key", line["key"])]
        journal.append([
            Entry(
                id=str(number), at=line["at"], took=line["took"], surface=surface.name, model=surface.model,
                subjects=tuple(subjects), status=200, request=msgspec.json.encode(line["request"]),
                response=msgspec.json.encode(line["response"]),
            )
        ])  # fmt: skip
        analyst.clock = lambda at=at: at  # type: ignore[misc]  # bound now
        while analyst.step():
            pass
        announced = store.announced(position, at) if position else store.announced(0, 0.0)
        position = announced.position
        for decision in announced.decisions:
            if standing.get(decision.subject) != decision.action:
                found.append((decision.at, decision.subject, decision.action))
                standing[decision.subject] = decision.action
    return found


def replayed(traffic: bytes, rules: Rules) -> list[tuple[float, Subject, str]]:
    config = shipped()
    config = config.model_copy(update={"analysis": Analysis(scopes=("account", "key"))})
    steps = alone(Order(config, rules, 1), [Block(0, traffic, "log", 1)], Timeline())
    changes = sorted((change for step in steps for change in step.changes), key=lambda change: change.order)
    found: list[tuple[float, Subject, str]] = []
    standing = dict[Subject, str]()
    for change in changes:  # live, a lapse is announced to nobody: the same decision taken again is no change there
        subject = Subject(change.scope, change.value)
        if change.severity and standing.get(subject) != change.action:
            found.append((change.at, subject, change.action))
            standing[subject] = change.action
    return found


def test_the_replay_decides_what_the_analyst_decides_live(traffic: bytes, rules: Rules) -> None:
    expected = sorted(live(traffic, rules))
    assert sorted(replayed(traffic, rules)) == expected
    assert len(expected) > 5


def test_blocks_cut_anywhere_decide_alike(traffic: bytes, rules: Rules) -> None:
    order = Order(shipped(), rules, 1)
    lines = traffic.splitlines(keepends=True)

    def changes(size: int) -> list[object]:
        blocks = [Block(i, b"".join(lines[i : i + size]), "log", i) for i in range(0, len(lines), size)]
        found = [change for step in alone(order, blocks, Timeline()) for change in step.changes]
        return [change for change in sorted(found, key=lambda change: change.order) if change.severity]

    assert changes(len(lines)) == changes(37) == changes(200)


def test_the_shipped_policy_travels_with_the_package() -> None:
    assert load_policies(BALANCED) == load_policies(BALANCED.parents[2] / "deploy" / "policies" / "balanced.yaml")
