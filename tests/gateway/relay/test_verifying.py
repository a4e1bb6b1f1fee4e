"""A refused client verifies itself: the link, what it says, the operator's word, and the client is served."""

import json
from pathlib import Path

from gateway.clock import now
from gateway.stores.memory import MemoryStore
from gateway.verification.book import Book
from gateway.verification.desk import Desk
from gateway.verification.settling import approve
from gateway.verification.token import derived
from tests.gateway.relay.kit import SECRET, Model, gateway
from tests.gateway.relay.raw import ask, request

SAID = json.dumps({"name": "Acme", "contact": "a@example.org", "purpose": "Support chat"}).encode()


async def test_a_refused_client_follows_its_link_and_says_who_it_is(model: Model, tmp_path: Path) -> None:
    desk = Desk(derived(SECRET, "verify"), Book(tmp_path), "", 60.0, MemoryStore)
    async with gateway(f"http://127.0.0.1:{model.port}", desk=desk) as relay:
        relay.decide("verify")
        refused = await ask(relay.port)
        path = refused.one(b"stillguard-verify")
        assert (refused.status, path in refused.body) == (403, True)
        assert json.loads(refused.body)["error"]["code"] == "verification_required"
        assert refused.one(b"x-should-retry") == b"false"

        told = await ask(relay.port, request(b"GET", path, b""))
        assert (told.status, told.one(b"cache-control")) == (200, b"no-store")
        page = await ask(relay.port, request(b"GET", path, b"", [b"Accept: text/html,*/*"]))
        assert page.one(b"content-type").startswith(b"text/html")

        said = await ask(relay.port, request(path=path, body=SAID))
        assert (said.status, json.loads(said.body)["state"]) == (202, "pending")
        assert [one.decision for one in Book(tmp_path).all()] == ["dec_1"]
    assert model.seen == []
    assert relay.link.entries == []


async def test_a_client_that_was_approved_is_served_under_the_next_decision_too(model: Model, tmp_path: Path) -> None:
    book = Book(tmp_path)
    desk = Desk(derived(SECRET, "verify"), book, "", 60.0, MemoryStore)
    async with gateway(f"http://127.0.0.1:{model.port}", desk=desk) as relay:
        relay.decide("verify")
        path = (await ask(relay.port)).one(b"stillguard-verify")
        identifier = json.loads((await ask(relay.port, request(path=path, body=SAID))).body)["id"]
        approve(book, MemoryStore(), identifier, now(), 60.0, "operator")
        desk._looked = 0.0
        assert (await ask(relay.port)).status == 200
        assert (await ask(relay.port, request(body=b"{}").replace(b"k-1", b"k-2"))).status == 200
        relay.decide("verify", key=b"k-2")
        assert (await ask(relay.port, request().replace(b"k-1", b"k-2"))).status == 403
    assert len(model.seen) == 2


async def test_without_a_desk_the_path_is_the_models(model: Model) -> None:
    async with gateway(f"http://127.0.0.1:{model.port}") as relay:
        assert (await ask(relay.port, request(b"GET", b"/.stillguard/verify/x", b""))).status == 200
        relay.decide("verify")
        refused = await ask(relay.port)
        assert (refused.status, refused.all(b"stillguard-verify")) == (403, [])
    assert len(model.seen) == 1
