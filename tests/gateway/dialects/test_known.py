import pytest

from gateway.actions.base import Refuse
from gateway.dialects import known
from gateway.dialects.known import Dialects, plain_path

DIALECTS = Dialects()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/v1/chat/completions/", "/v1/chat/completions"),
        ("//v1///chat/completions", "/v1/chat/completions"),
        ("/v1/./chat/x/../completions", "/v1/chat/completions"),
        ("/v1/chat/%63ompletions", "/v1/chat/completions"),
        ("/v1%2Fchat/completions", "/v1/chat/completions"),
        ("/../..", "/"),
        ("", "/"),
    ],
)
def test_a_path_is_seen_as_a_server_may_see_it(path: str, expected: str) -> None:
    assert plain_path(path) == expected


@pytest.mark.parametrize("path", ["/v1/chat/completions/", "//v1/chat/completions", "/v1/chat/%63ompletions"])
def test_another_spelling_does_not_slip_past(path: str) -> None:
    assert DIALECTS.find("POST", path, ())[1].name == "openai.chat"


@pytest.mark.parametrize(
    ("headers", "start"),
    [
        ((), b'{"error":{"message"'),
        (((b"authorization", b"Bearer k"),), b'{"error":{"message"'),
        (((b"x-api-key", b"k"),), b'{"type":"error"'),
        (((b"host", b"x"), (b"anthropic-version", b"2023-06-01")), b'{"type":"error"'),
        (((b"x-goog-api-key", b"k"),), b'{"error":{"code":403'),
    ],
)
def test_an_unknown_path_is_opaque_and_refused_in_the_clients_dialect(
    headers: tuple[tuple[bytes, bytes], ...], start: bytes
) -> None:
    dialect, surface = DIALECTS.find("POST", "/v9/oracle", headers)
    assert (dialect.name, surface.name, surface.generates) == ("opaque", "opaque", False)
    refusal = Refuse(kind="denied", message="No.")
    assert dialect.refuse(refusal, "r").body.startswith(start)
    assert b"No." in dialect.interrupt(surface, refusal, "r")


def test_an_unknown_surface_name_is_recalled_as_opaque() -> None:
    dialect, surface = DIALECTS.recall("elsewhere.chat")
    assert (dialect.name, surface.name) == ("opaque", "opaque")
    assert DIALECTS.recall("opaque")[1].name == "opaque"


def test_a_method_decides_too() -> None:
    assert DIALECTS.find("PUT", "/v1/chat/completions", ())[1].name == "opaque"


def test_only_so_many_paths_are_remembered() -> None:
    dialects = Dialects()
    for i in range(known._REMEMBERED + 50):
        dialects.find("GET", f"/v1/models/m-{i}", ())
    dialects.find("GET", "/v1/models/" + "m" * known._LONGEST_REMEMBERED, ())
    remembered = dialects._remembered.cache_info()
    assert remembered.currsize == known._REMEMBERED
    assert remembered.misses == known._REMEMBERED + 50
