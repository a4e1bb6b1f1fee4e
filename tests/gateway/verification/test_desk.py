import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.memory import MemoryStore
from gateway.verification.book import FILE, Book
from gateway.verification.desk import LARGEST, PREFIX, Desk, Visit
from gateway.verification.token import derived
from tests.gateway.verification.hooked import Hook, hooked

ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")
DECISION = Decision(id="dec_1", subject=ANNA, action="verify", severity=4, at=0, until=900, mode="enforce")
SAID = {"name": "Acme", "contact": "a@example.org", "purpose": "Support chat"}


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    store.commit(Folded(upto=0, cases={}, decisions=[DECISION], at=0))
    return store


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as running:
        yield running


def desk(folder: Path, store: MemoryStore, hook: Hook | None = None, url: str = "https://api.example.org/") -> Desk:
    heard = (hook.url, b"key") if hook else None
    return Desk(derived(b"s" * 32, "verify"), Book(folder), url, 3600.0, lambda: store, heard)


def token(at: Desk, lasts: float = 100.0) -> str:
    return at.link(DECISION, 0.0, lasts).rpartition("/")[2]


async def visited(here: Desk, method: str = "POST", **how: Any) -> tuple[int, Any]:
    said = {
        "token": token(here),
        "html": False,
        "subjects": [BERT, ANNA],
        "body": json.dumps(SAID).encode(),
        "at": 50.0,
    }
    page = await here.receive(Visit(method=method, **{**said, **how}))
    return page.status, json.loads(page.body) if page.kind == b"application/json" else page.body.decode()


def test_a_link_leads_here(tmp_path: Path, store: MemoryStore) -> None:
    assert desk(tmp_path, store).link(DECISION, 0.0, 100.0).startswith(f"https://api.example.org{PREFIX}dec_1.")
    assert desk(tmp_path, store, url="").link(DECISION, 0.0, 100.0).startswith(PREFIX)


async def test_a_program_and_a_person_are_told_what_to_do(tmp_path: Path, store: MemoryStore) -> None:
    at = desk(tmp_path, store)
    status, told = await visited(at, "GET", subjects=[])
    assert (status, told["decision"], set(told["fields"])) == (200, "dec_1", {"name", "contact", "purpose"})
    status, page = await visited(at, "GET", html=True)
    assert (status, "<h1>Confirm your use</h1>" in page) == (200, True)


async def test_what_is_said_waits_for_a_word(tmp_path: Path, store: MemoryStore) -> None:
    status, told = await visited(desk(tmp_path, store))
    assert (status, told["state"]) == (202, "pending")
    (kept,) = Book(tmp_path).all()
    assert (kept.id, kept.subject, kept.decision, kept.purpose) == (told["id"], ANNA, "dec_1", "Support chat")
    assert store.announced(0, 50.0).decisions == (DECISION,)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"method": "DELETE"}, 405),
        ({"subjects": [BERT]}, 403),
        ({"subjects": []}, 403),
        ({"at": 101.0}, 410),
        ({"token": "dec_1.0.99.0"}, 404),
        ({"token": ""}, 404),
        ({"body": b"{"}, 400),
        ({"body": b'{"name":"A"}'}, 400),
        ({"body": b" " * (LARGEST + 1)}, 413),
    ],
)
async def test_what_does_not_fit_is_refused_and_leaves_no_trace(
    tmp_path: Path, store: MemoryStore, how: dict[str, Any], status: int
) -> None:
    told = await visited(desk(tmp_path, store), **how)
    assert told[0] == status
    assert Book(tmp_path).verified(0) == {}
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("says", "state", "stands"),
    [(b'{"verdict":"approve","days":1}', "approved", False), (b'{"verdict":"refuse"}', "refused", True)],
)
async def test_a_webhooks_word_counts_at_once(
    tmp_path: Path, store: MemoryStore, hook: Hook, says: bytes, state: str, stands: bool
) -> None:
    hook.says = says
    status, told = await visited(desk(tmp_path, store, hook))
    assert (status, told["state"]) == (202, state)
    assert bool(store.announced(0, 50.0).decisions) is stands
    assert Book(tmp_path).verified(50.0) == ({} if stands else {ANNA: 50.0 + 86400.0})


async def test_a_webhook_that_fails_leaves_it_waiting(tmp_path: Path, store: MemoryStore, hook: Hook) -> None:
    hook.status = 500
    assert (await visited(desk(tmp_path, store, hook)))[1]["state"] == "pending"


async def test_a_book_that_cannot_be_written_is_said_without_details(tmp_path: Path, store: MemoryStore) -> None:
    (tmp_path / FILE).write_bytes(b"x" * 4096)
    assert await visited(desk(tmp_path, store)) == (503, {"message": "Please try again later."})


async def test_a_member_of_a_campaign_speaks_for_itself_alone(tmp_path: Path, store: MemoryStore) -> None:
    campaign = Subject("campaign", "camp_1")
    here = desk(tmp_path, store)
    of_campaign = msgspec.structs.replace(DECISION, subject=campaign)
    link = here.link(of_campaign, 0.0, 100.0).rpartition("/")[2]
    assert (await visited(here, token=link))[0] == 403
    status, told = await visited(here, token=link, campaigns={campaign: BERT})
    assert (status, told["state"]) == (202, "pending")
    (kept,) = Book(tmp_path).all()
    assert (kept.subject, kept.campaign, kept.decision) == (BERT, "camp_1", "dec_1")
