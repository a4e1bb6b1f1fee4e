"""A dialect of another package fails alone, and never lets pass untrimmed what must be trimmed."""

from typing import Any, cast

import pytest

from gateway.actions.base import Refuse, Trimming
from gateway.dialects.base import Dialect, Reply
from gateway.dialects.known import SHIPPED, Dialects
from gateway.dialects.plugged import Plugged, dialects_of, sure_dialects
from gateway.exchange import Answer, Glance, Query, Surface
from gateway.isolation.telling import NonsenseError
from gateway.slips import MisplacedError

SURFACE = Surface("odd.say", "odd")
REFUSE = Refuse(kind="denied", message="Sorry.")


class Odd:
    """Gives the same answer to all."""

    name = "odd"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def _said(self, *_: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    claims = glance = read = hear = write = rewriter = refuse = interrupt = _said


def wrapped(answer: Any) -> tuple[Plugged, list[Exception]]:
    told: list[Exception] = []
    return Plugged(Odd(answer), "odd", SHIPPED[0], lambda _kind, _name, error: told.append(error)), told


@pytest.mark.parametrize("answer", [OSError("odd"), "odd", 7, [1]])
def test_what_it_cannot_read_is_as_if_nobody_could(answer: Any) -> None:
    dialect, told = wrapped(answer)
    assert dialect.claims("POST", "/odd") is None
    assert dialect.glance(SURFACE, b"abc") == Glance(body_bytes=3)
    assert dialect.read(SURFACE, b"abc") == Query()
    assert dialect.hear(SURFACE, "", b"abc") == Answer()
    assert dialect.refuse(REFUSE, "r") == SHIPPED[0].refuse(REFUSE, "r")
    assert dialect.interrupt(SURFACE, REFUSE, "r") == b""
    assert len(told) == 6


def rewritten(dialect: Plugged) -> bytes:
    rewriter = dialect.rewriter(SURFACE, "", Trimming(reasoning=True))
    assert rewriter is not None
    return rewriter.feed(b"abc")


@pytest.mark.parametrize("answer", [OSError("odd"), "odd", 7])
def test_what_must_be_trimmed_and_cannot_be_fails(answer: Any) -> None:
    dialect, told = wrapped(answer)
    with pytest.raises((OSError, NonsenseError)):
        dialect.write(SURFACE, b"abc", Trimming(reasoning=True))
    with pytest.raises((OSError, NonsenseError, AttributeError)):
        rewritten(dialect)
    assert len(told) == 2


def test_a_rewriter_that_breaks_off_is_told() -> None:
    class Breaking:
        def feed(self, data: bytes) -> Any:
            return data.decode()

        def finish(self) -> bytes:
            raise EOFError

    dialect, told = wrapped(Breaking())
    rewriter = dialect.rewriter(SURFACE, "", Trimming(reasoning=True))
    assert rewriter is not None
    with pytest.raises(NonsenseError):
        rewriter.feed(b"abc")
    with pytest.raises(EOFError):
        rewriter.finish()
    assert len(told) == 2


@pytest.mark.parametrize("surface", [Surface("openai.chat", "openai"), Surface("even.say", "odd")])
def test_it_claims_no_surface_of_anothers(surface: Surface) -> None:
    dialect, told = wrapped(surface)
    assert dialect.claims("POST", "/odd") is None
    assert isinstance(told[0], NonsenseError)


@pytest.mark.parametrize(
    "reply",
    [Reply(200, (), b""), Reply(403, ((b"x", b"a\r\ny: b"),), b""), Reply(403, (), "text")],  # type: ignore[arg-type]  # on purpose
)
def test_a_refusal_that_is_none_is_written_by_another(reply: Reply) -> None:
    dialect, told = wrapped(reply)
    assert dialect.refuse(REFUSE, "r").status == 403
    assert b"Sorry." in dialect.refuse(REFUSE, "r").body
    assert len(told) == 2


def test_sound_answers_pass_through_and_its_path_comes_first() -> None:
    dialect, told = wrapped(SURFACE)
    mine = cast("Dialect", dialect)
    known = Dialects(before=[mine])
    assert known.find("POST", "/v1/chat/completions", ()) == (mine, SURFACE)
    assert known.recall("odd.say", "m")[0] is mine
    assert told == []
    assert dialect.answer == SURFACE
    silent = wrapped(None)[0]
    assert silent.claims("POST", "/odd") is None
    assert Dialects(before=[cast("Dialect", silent)]).find("POST", "/nowhere", ())[0].name == "opaque"


def test_names_that_cannot_be_are_told_together_and_left_out_later() -> None:
    with pytest.raises(MisplacedError) as caught:
        dialects_of({"openai": {}, "opaque": {}, "gone": {}})
    assert [slip.loc for slip in caught.value.slips] == [("dialects", name) for name in ("openai", "opaque", "gone")]
    assert sure_dialects({"gone": {}}).find("POST", "/v1/messages", ())[0].name == "anthropic"
