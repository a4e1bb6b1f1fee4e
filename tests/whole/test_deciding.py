"""What is decided reaches every proxy, does what it says, and in shadow does nothing at all."""

import json
import threading
from collections.abc import Callable, Sequence

import pytest

from gateway.clock import monotonic, now
from gateway.decisions import SEVERITY_TOUCHES_CLIENT
from gateway.demo.cast import ROLES, Role, questions
from gateway.demo.letters import Letter, write
from tests.whole.conftest import Start
from tests.whole.kit import CHAT, DEMO_POLICY, Answer, Client, Whole, chat, one_client_each, until

HARVESTER = next(role for role in ROLES if role.name == "instruction harvester")
NEIGHBOUR = next(role for role in ROLES if role.name == "support desk")
PACE = 0.7  # seconds between two questions of the neighbour: the demo's support desk
MOST = 400  # exchanges after which an obvious harvester must have climbed the ladder


def letters(role: Role) -> list[Letter]:
    return [write(asked, role.dialect, role.key, reasons=role.reasons) for asked in questions(role, None)]


def send(client: Client, letter: Letter) -> Answer:
    return client.ask("", letter.body, letter.path, headers=dict(letter.headers))


def seen(answer: Answer) -> tuple[int, str | None, bytes]:
    return answer.status, answer.headers.get("content-type"), answer.body


def first_moment(clients: Sequence[Client], status: int) -> Callable[[], float]:
    """Ask from all clients until each got the status; return when the last of them did."""

    def look() -> float:
        got = [client.ask("sk-reader", chat("Hello.")).status for client in clients]
        return now() if got == [status] * len(clients) else 0.0

    return look


def test_a_decision_by_hand_reaches_every_proxy_and_its_end_does_too(start: Start) -> None:
    whole = start(workers=2)
    subject = whole.key("sk-reader")
    with one_client_each(whole) as clients:
        assert first_moment(clients, 200)()
        adding = whole.command("decisions", "add", *subject, "deny", "--for", "10m", "-o", "json")
        denied_at = until(first_moment(clients, 403), "both proxies deny")
        (added,) = json.loads(adding.communicate()[0])
        refused = clients[0].ask("sk-reader", chat("Hello."))
        assert refused.headers["stillguard-decision-id"] == added["id"]
        assert clients[0].ask("sk-other", chat("Hello.")).status == 200

        deleting = whole.command("decisions", "delete", *subject, "-o", "json")
        free_at = until(first_moment(clients, 200), "both proxies answer again")
        (lifted,) = json.loads(deleting.communicate()[0])
    took = denied_at - added["at"], free_at - lifted["until"]
    print(f"\na decision reached both proxies after {took[0]:.3f} s, its end after {took[1]:.3f} s")  # noqa: T201 - the figure
    assert max(took) < 10.0
    assert whole.decisions() == ()


def test_shadow_records_the_whole_ladder_and_the_client_gets_the_models_own_bytes(start: Start, model: str) -> None:
    whole = start(DEMO_POLICY.replace("mode: enforce", "mode: shadow"))
    guarded, direct = Client(whole.url), Client(model)
    sent = 0
    for sent, letter in enumerate(letters(HARVESTER)[:MOST], start=1):
        assert seen(send(guarded, letter)) == seen(send(direct, letter))
        if sent % 20 == 0:
            whole.folded()
            if whole.metric("requests_total", mode="shadow", action="deny") >= 20:
                break
    whole.settled(sent)
    taken = {decision.action for decision in whole.decisions() if decision.subject.scope == "key"}
    assert taken == {"deny"}
    assert {decision.mode for decision in whole.decisions()} == {"shadow"}
    for action in ("watch", "trim", "throttle", "deny"):
        assert whole.metric("decisions_total", mode="shadow", action=action, scope="key", policy="demo") == 1
    assert whole.metric("decisions_total", mode="enforce") == 0
    assert whole.metric("requests_total", mode="enforce") == 0
    until(lambda: whole.metric("active_decisions", mode="shadow", action="deny") >= 1, "the gauge, set once a second")
    assert whole.metric("errors_total") == 0
    assert {line["mode"] for line in whole.logged("decision")} == {"shadow"}


class Neighbour:
    """An honest client beside a harvester, at its own pace, until told to stop."""

    def __init__(self, whole: Whole, direct: str) -> None:
        self._guarded, self._direct = Client(whole.url), Client(direct)
        self._letters = letters(NEIGHBOUR)
        self._next = 0.0
        self.asked = 0

    def may_ask(self) -> bool:
        """Ask if it is time to, and hold the answer against the model's own; False, for there may be more."""
        if monotonic() < self._next:
            return False
        letter = self._letters[self.asked]
        assert seen(send(self._guarded, letter)) == seen(send(self._direct, letter))
        self.asked, self._next = self.asked + 1, monotonic() + PACE
        return False


def climb(client: Client, neighbour: Neighbour, whole: Whole) -> list[tuple[int, bytes]]:
    """Harvest until denied; return status and body of each answer."""
    got: list[tuple[int, bytes]] = []
    for letter in letters(HARVESTER):
        answer = send(client, letter)
        got.append((answer.status, answer.body))
        neighbour.may_ask()
        if answer.status == 403:
            break
        if answer.status == 429:
            assert 1 <= int(answer.headers["retry-after"]) <= 60
            threading.Event().wait(0.5)  # a harvester's impatience
        elif len(got) % 10 == 0:
            whole.folded()
    return got


@pytest.mark.slow
def test_an_obvious_harvester_climbs_the_ladder_and_its_neighbour_notices_nothing(start: Start, model: str) -> None:
    whole = start(DEMO_POLICY)
    neighbour = Neighbour(whole, model)
    got = climb(Client(whole.url), neighbour, whole)
    statuses = [status for status, _ in got]
    assert set(statuses) == {200, 429, 403}
    assert statuses.count(200) <= MOST
    assert statuses.index(429) < statuses.index(403)
    carried = [b'logprobs":{' in body for status, body in got if status == 200]
    assert carried[0], "log-probabilities come through at first"
    assert not carried[-1], "and are trimmed in the end"

    whole.folded()
    rungs = [line for line in whole.logged("decision") if line["subject"] == str(whole.key(HARVESTER.key))]
    assert [line["action"] for line in rungs] == ["watch", "trim", "throttle", "deny"]
    assert {line["mode"] for line in rungs} == {"enforce"}
    until(lambda: neighbour.may_ask() or neighbour.asked >= 10, "the neighbour asks on, after the denial too")
    whole.folded()
    near = whole.key(NEIGHBOUR.key)
    harsh = [d for d in whole.decisions() if d.severity >= SEVERITY_TOUCHES_CLIENT and d.subject.scope != "network"]
    assert near in whole.cases()
    assert {decision.subject for decision in harsh} == {whole.key(HARVESTER.key)}


def test_a_harvesters_rungs_are_told_nowhere_in_its_refusals(start: Start) -> None:
    whole = start()
    client = Client(whole.url)
    subject = whole.key("sk-reader")
    whole.command("decisions", "add", *subject, "deny").communicate()
    refused = until(lambda: (a := client.ask("sk-reader", chat("Hello."), CHAT)).status == 403 and a, "it is denied")
    assert isinstance(refused, Answer)
    told = (str(refused.headers) + refused.body.decode()).lower()
    assert not [word for word in ("nats", "weight", "detector", "one_in", "threshold", "harvest") if word in told]
