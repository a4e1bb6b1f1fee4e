from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient

from detectors.base import Evidence, Harvest
from gateway.console.admin import create
from gateway.decisions import Decision, Standing, Subject
from gateway.stores.base import StoreError

SUBJECT = Subject("key", "aa")
STANDING = Standing(
    subject=SUBJECT, at=1.0, weight=9.0, families={"content": 9.0}, evidence={"coverage": Evidence(9.0)},
    harvest=Harvest(exchanges=7),
)  # fmt: skip
DECISION = Decision(id="dec_1", subject=SUBJECT, action="deny", severity=5, at=1.0, until=2.0)


class Shown:
    """What the store would say; ``failing`` makes it say nothing."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.failing = False
        self.reloads = self.measured = 0

    def subjects(self, limit: int) -> Sequence[Standing]:
        self.asked.append(limit)
        return [STANDING]

    def decisions(self) -> Sequence[Decision]:
        if self.failing:
            raise StoreError("the disk is full: /somewhere/secret")
        return [DECISION]

    def campaigns(self) -> Sequence[dict[str, Any]]:
        return [{"id": "camp_a"}]

    def campaign(self, name: str) -> dict[str, Any] | None:
        return {"id": name, "who": []} if name == "camp_a" else None

    def measure(self) -> None:
        self.measured += 1

    def reload(self) -> None:
        self.reloads += 1


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def client(shown: Shown) -> Iterator[TestClient]:
    with TestClient(create(shown, shown.reload, "1.2.3")) as client:
        yield client


def test_subjects_and_decisions_are_told_as_they_are(client: TestClient) -> None:
    assert msgspec.json.decode(client.get("/subjects").content, type=list[Standing]) == [STANDING]
    assert msgspec.json.decode(client.get("/decisions").content, type=list[Decision]) == [DECISION]


@pytest.mark.parametrize(("asked", "given"), [("5", 5), ("0", 1), ("-3", 1), ("1000000", 1000)])
def test_a_listing_is_never_longer_than_a_thousand(client: TestClient, shown: Shown, asked: str, given: int) -> None:
    assert client.get(f"/subjects?limit={asked}").status_code == 200
    assert shown.asked == [given]


def test_a_limit_that_is_no_number_is_the_callers_fault(client: TestClient) -> None:
    assert client.get("/subjects?limit=many").status_code == 422


def test_a_store_that_fails_is_told_as_a_problem_without_its_words(client: TestClient, shown: Shown) -> None:
    shown.failing = True
    answer = client.get("/decisions")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "secret" not in answer.text
    assert client.get("/readyz").status_code == 200, "traffic flows under the last decisions"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_is_plain(client: TestClient, path: str) -> None:
    assert client.get(path).text == "ok"


def test_metrics_are_measured_anew_and_in_the_format_that_prometheus_reads(client: TestClient, shown: Shown) -> None:
    answer = client.get("/metrics")
    assert shown.measured == 1
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE stillguard_requests_total counter" in answer.text


def test_a_reload_is_asked_for_by_post_only(client: TestClient, shown: Shown) -> None:
    assert client.get("/-/reload").status_code == 405
    assert client.post("/-/reload").status_code == 202
    assert shown.reloads == 1


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/../etc/passwd", "/data/secret"])
def test_there_is_nothing_else(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_candidate_is_told_as_the_analyst_wrote_it(shown: Shown) -> None:
    app = create(shown, shown.reload, "1.2.3", lambda: b'{"file":"next.yaml","subjects":2}')
    assert TestClient(app).get("/candidate").json() == {"file": "next.yaml", "subjects": 2}
    assert TestClient(create(shown, shown.reload, "1.2.3")).get("/candidate").json() == {"file": None}


def test_campaigns_are_told_one_by_one_with_their_members(client: TestClient) -> None:
    assert client.get("/campaigns").json() == [{"id": "camp_a"}]
    assert client.get("/campaigns/camp_a").json() == {"id": "camp_a", "who": []}
    assert client.get("/campaigns/camp_b").status_code == 404
