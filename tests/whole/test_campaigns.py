"""Twenty keys that ask under one scaffold are one campaign: what is decided on it reaches each of them, and more."""

import json
import os
import signal
import subprocess

from gateway.demo.letters import Letter
from tests.whole.conftest import Start
from tests.whole.kit import CHAT, Client, Whole, chat, until
from tests.whole.test_deciding import HARVESTER, letters

KEYS, EACH = 20, 6
SCAFFOLD = (
    "You write training examples for a smaller model. Reason in full, then give the whole answer and nothing else."
)
POLICY = """
policy: whole
mode: enforce
rungs:
  - {rule: campaign, one_in: 5, when: members >= 15, single_family: true, scopes: [campaign], action: deny, for: 1h}
"""
LINKAGE = {"every": "300ms", "full": "3s"}
TRUSTED = {"trusted_proxies": ["127.0.0.1"]}


def key(number: int) -> str:
    return f"sk-pool-{number}"


def send(client: Client, number: int, letter: Letter) -> int:
    """Ask from a network of the key's own."""
    headers = {name: value for name, value in letter.headers if name.lower() not in {"authorization", "x-api-key"}}
    headers["x-forwarded-for"] = f"198.51.{number}.7"
    asked = json.loads(letter.body)
    asked["messages"].insert(0, {"role": "system", "content": SCAFFOLD})
    return client.ask(key(number), json.dumps(asked).encode(), letter.path, headers=headers).status


def harvested(whole: Whole, client: Client) -> None:
    """Have every key of the pool ask its share, and an honest one beside them."""
    mine = letters(HARVESTER)
    for n in range(KEYS * EACH):
        assert send(client, n % KEYS, mine[n]) in {200, 403}
    for n in range(EACH):
        client.ask("sk-honest", chat(f"Hello {n}, how was your day?"))
    whole.folded()


def campaigns(whole: Whole, *words: str) -> object:
    command = whole.command("campaigns", *words, "-o", "json")
    said = command.communicate()[0]
    assert command.returncode == 0, said
    return json.loads(said)


def statuses(client: Client, numbers: range) -> set[int]:
    mine = letters(HARVESTER)
    return {send(client, n, mine[300 + n]) for n in numbers}


def test_a_campaign_is_denied_as_a_whole_and_set_free_in_part_or_as_a_whole(start: Start) -> None:
    whole = start(POLICY, linkage=LINKAGE, identity=TRUSTED)
    client = Client(whole.url)
    harvested(whole, client)
    (decision,) = until(whole.decisions, "the campaign is decided on")
    name = decision.subject.value
    assert (decision.subject.scope, decision.action) == ("campaign", "deny")
    assert 15 <= decision.members <= KEYS
    until(lambda: statuses(client, range(KEYS)) == {403}, "every member is refused")
    assert client.ask("sk-honest", chat("And now?")).status == 200

    def joined() -> bool:
        return statuses(client, range(KEYS, KEYS + 1)) == {403}

    until(joined, "a key that joins later is refused without a decision of its own")
    assert [one.id for one in whole.decisions()] == [decision.id]

    freed = whole.key(key(3))
    campaigns(whole, "release", name, str(freed), "--reason", "a customer", "--by", "ann")
    until(lambda: statuses(client, range(3, 4)) == {200}, "the released one is served")
    until(lambda: whole.metric("linker_pass_seconds_count") > 0, "passes are counted")
    assert statuses(client, range(4, 5)) == {403}

    campaigns(whole, "undo", name, "--reason", "a class", "--by", "ann", "--growth", "1e250")
    until(lambda: statuses(client, range(KEYS)) == {200}, "all are served")
    campaigns(whole, "redo", name, "--by", "ann")
    until(lambda: statuses(client, range(4, 8)) == {403}, "and refused again")
    assert statuses(client, range(3, 4)) == {200}
    shown = campaigns(whole, "show", name)
    assert isinstance(shown, dict)
    assert any("fixed part of the prompt" in sentence for sentence in shown["joined_by"])
    client.close()


def test_a_linker_that_is_killed_goes_on_with_the_same_campaign(start: Start) -> None:
    whole = start(POLICY.replace("enforce", "shadow"), linkage=LINKAGE, identity=TRUSTED)
    client = Client(whole.url)
    harvested(whole, client)
    (decision,) = until(whole.decisions, "the campaign is decided on")
    before = whole.store.roll()
    for _ in range(3):
        whole.kill("linker")
    until(lambda: whole.logged("all cases linked"), "it links again")
    full = whole.metric("linker_pass_seconds_count")
    until(lambda: whole.metric("linker_pass_seconds_count") > full, "it makes passes again")
    after = whole.store.roll()
    assert [one.id for one in after.campaigns] == [one.id for one in before.campaigns] == [decision.subject.value]
    assert after.born == before.born
    assert [one.id for one in whole.decisions()] == [decision.id]
    assert client.ask(key(1), chat("still served"), CHAT).status == 200
    client.close()


def test_a_second_linker_on_the_same_folder_stands_by(start: Start) -> None:
    whole = start(POLICY, linkage=LINKAGE)
    (first,) = whole.alive("linker")
    until(lambda: whole.logged("all cases linked"), "the first one links")
    os.kill(first, 0)
    held = subprocess.run(["flock", "-n", str(whole.data / "linker.lock"), "true"], check=False)
    assert held.returncode == 1
    os.kill(first, signal.SIGKILL)
    until(lambda: len(whole.alive("linker")) == 1 and whole.alive("linker") != [first], "its successor works")
