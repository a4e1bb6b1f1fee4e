import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from gateway.verification.attestation import Attestation
from gateway.verification.book import Book

ANNA = Subject("key", "aa" * 16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = json.dumps(str(tmp_path / "var"))
    (tmp_path / "gateway.yaml").write_text(f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {data}\n")
    decision = Decision(id="dec_1", subject=ANNA, action="verify", severity=4, at=now(), until=now() + 900)
    store = SqliteStore(tmp_path / "var")
    store.commit(Folded(upto=0, cases={}, decisions=[decision], at=now()))
    store.close()
    Book(tmp_path / "var").file(
        Attestation(
            id="att_1", decision="dec_1", subject=ANNA, at=now(), name="Acme", contact="a@example.org", purpose="Chat"
        )
    )
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["verify", *words, "-c", str(folder / "gateway.yaml")])


def test_who_waits_is_listed(folder: Path) -> None:
    shown = run(folder, "list")
    assert "att_1" in shown.output
    assert "Acme, a@example.org" in shown.output
    assert json.loads(run(folder, "list", "-o", "json").output)[0]["state"] == "pending"


def test_an_approval_frees_the_client(folder: Path) -> None:
    done = run(folder, "approve", "att_1", "--for", "2d", "-o", "json")
    (settled,) = json.loads(done.output)
    assert (settled["state"], settled["by"]) == ("approved", "operator")
    assert settled["until"] == settled["decided"] + 2 * 86400
    store = SqliteStore(folder / "var")
    assert store.announced(0, now()).decisions == ()
    store.close()
    assert "nobody waits" in run(folder, "list").stderr
    assert "att_1" in run(folder, "list", "--all").output


def test_a_refusal_is_kept(folder: Path) -> None:
    assert json.loads(run(folder, "refuse", "att_1", "-o", "json").output)[0]["state"] == "refused"
    again = run(folder, "refuse", "att_1")
    assert (again.exit_code, "att_1" in again.stderr) == (1, True)


def test_what_is_no_duration_is_said(folder: Path) -> None:
    done = run(folder, "approve", "att_1", "--for", "soon")
    assert (done.exit_code, "--for soon" in done.stderr) == (1, True)
