import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import Route
from gateway.routes import Routes, under


@pytest.mark.parametrize(
    ("prefix", "path", "held"),
    [
        ("", "/anything", True),
        ("/v1", "/v1", True),
        ("/v1", "/v1/", True),
        ("/v1", "/v1/x", True),
        ("/v1", "/v10", False),
        ("/v1", "/v", False),
        ("/v1/chat", "/v1/chatter", False),
    ],
)
def test_a_prefix_ends_where_a_segment_ends(prefix: str, path: str, *, held: bool) -> None:
    assert under(prefix, path) is held


def host(table: Routes, path: str, model: str) -> bytes | None:
    found = table.find(path, model)
    return found.host if found else None


def test_the_first_route_that_fits_wins() -> None:
    table = Routes(
        [
            Route(upstream="http://a.test", paths=("/v1",), models=("big-*", "huge")),
            Route(upstream="http://b.test:81", paths=("/v1/", "/v2")),
            Route(upstream="http://c.test", models=("only",)),
        ]
    )
    assert host(table, "/v1/x", "big-1") == b"a.test"
    assert host(table, "/v1/x", "huge") == b"a.test"
    assert host(table, "/v1/x", "huger") == b"b.test:81"
    assert host(table, "/v2", "") == b"b.test:81"
    assert host(table, "/v3", "only") == b"c.test"
    assert host(table, "/v3", "other") is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_route_for_everything_takes_everything(path: str, model: str) -> None:
    assert Routes([Route(upstream="http://a.test")]).find("/" + path, model) is not None


def test_the_base_urls_path_is_put_in_front() -> None:
    found = Routes([Route.model_validate({"upstream": "https://a.test:8443/base/"})]).find("/x", "")
    assert found is not None
    assert (found.host, found.prefix) == (b"a.test:8443", b"/base")


async def test_a_route_is_found_by_its_name() -> None:
    routes = Routes([Route(upstream="http://a"), Route(upstream="http://b", name="spare")])
    spare = routes.named("spare")
    assert spare is not None
    assert spare.host == b"b"
    assert routes.named("gone") is None
    routes.close()
