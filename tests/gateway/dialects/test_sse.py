import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.dialects import sse
from gateway.dialects.sse import Event, Events, frame, reframe

STREAM = (
    b"\xef\xbb\xbfdata: one\n\n"
    b": a comment\n\n"
    b"event: two\r\nid: 7\r\ndata: first\r\ndata:second\r\n\r\n"
    b"\n\r\n"
    b"data\rdata: after nothing\r\r"
    b"retry: 10\n\n"
    b"data: no blank line"
)
EXPECTED = [
    ("", b"one"),
    ("", b""),
    ("two", b"first\nsecond"),
    ("", b"\nafter nothing"),
    ("", b""),
    ("", b"no blank line"),
]
pieces_of_a_stream = st.lists(
    st.sampled_from([b"data: a", b"data:", b"event: e", b":", b"\n", b"\r", b"\r\n", b"\n\n", b"x", b"\xef\xbb\xbf"])
    | st.binary(max_size=4),
    max_size=30,
)  # fmt: skip


def told(events: list[Event]) -> list[tuple[str, bytes]]:
    """Return the events without the bytes that only separate them."""
    return [(event.event, event.data) for event in events if event.raw.strip(b"\r\n")]


def fed(pieces: list[bytes], limit: int = sse.LIMIT) -> list[Event]:
    events = Events(limit)
    return [event for piece in pieces for event in events.feed(piece)] + events.finish()


def test_a_stream_is_cut_into_its_events() -> None:
    assert told(fed([STREAM])) == EXPECTED


@pytest.mark.parametrize("cut", range(len(STREAM)))
def test_a_cut_anywhere_changes_no_event(cut: int) -> None:
    found = fed([STREAM[:cut], STREAM[cut:]])
    assert told(found) == EXPECTED
    assert b"".join(event.raw for event in found) == STREAM


def test_an_event_comes_out_as_soon_as_its_blank_line_is_in() -> None:
    events = Events()
    assert events.feed(b"data: x\n") == []
    assert events.feed(b"\n") == [Event(b"data: x\n\n", "", b"x")]
    assert events.finish() == []


def test_a_carriage_return_waits_for_the_line_feed_that_may_follow() -> None:
    events = Events()
    assert events.feed(b"data: x\r\n\r") == []
    assert events.feed(b"\n") == [Event(b"data: x\r\n\r\n", "", b"x")]


@settings(max_examples=300, deadline=None)
@given(pieces=pieces_of_a_stream, limit=st.sampled_from([0, 3, 9, sse.LIMIT]))
def test_no_byte_is_lost_and_no_cut_matters(pieces: list[bytes], limit: int) -> None:
    whole = b"".join(pieces)
    one, many, single = fed([whole], limit), fed(pieces, limit), fed([bytes([b]) for b in whole], limit)
    for found in (one, many, single):
        assert b"".join(event.raw for event in found) == whole
    data = [event.data for event in one if event.data]
    assert data == [event.data for event in many if event.data] == [event.data for event in single if event.data]


def test_an_event_over_the_limit_is_handed_on_unread_and_the_next_is_read() -> None:
    big = b"data: " + b"x" * 100 + b"\n\n"
    stream = big + b"data: next\n\n"
    for pieces in ([stream], [stream[:50], stream[50:]], [bytes([b]) for b in stream]):
        found = fed(pieces, limit=40)
        assert b"".join(event.raw for event in found) == stream
        assert [event.data for event in found if event.data] == [b"next"]


def test_an_event_over_the_limit_is_not_held_in_memory() -> None:
    events = Events(limit=1000)
    for _ in range(100):
        events.feed(b"x" * 500)
        assert len(events._held) <= 1000


def test_small_pieces_of_a_big_event_are_not_looked_at_again() -> None:
    looked = 0
    events = Events()
    for _ in range(2000):
        before = events._seen
        events.feed(b"abcdefgh")
        looked += len(events._held) - max(0, before - sse._OVERLAP)
    assert looked <= 2000 * (8 + sse._OVERLAP)


def test_the_limit_is_kept_to_the_byte() -> None:
    exact = b"data: 12\n\n"
    assert [e.data for e in fed([exact], limit=len(exact))] == [b"12"]
    assert [e.data for e in fed([exact], limit=len(exact) - 1)] == [b""]


@given(data=st.binary(max_size=40).filter(lambda d: b"\r" not in d), name=st.sampled_from(["", "error", "ping"]))
def test_a_written_event_reads_back(data: bytes, name: str) -> None:
    assert told(fed([frame(data, name)])) == [(name, data)]


def test_a_rewritten_event_keeps_its_other_lines() -> None:
    [event] = fed([b"id: 7\r\n: why\r\nevent: e\r\ndata: old\r\ndata: lines\r\n\r\n"])
    again = reframe(event, b"new")
    assert again == b"id: 7\n: why\nevent: e\ndata: new\n\n"
    [plain] = fed([b"data: old\n\n"])
    assert reframe(plain, b"new") == b"data: new\n\n"
    [named] = fed([b"data: old\nevent: e\n"])
    assert reframe(named, b"new") == b"event: e\ndata: new\n\n"


def test_a_name_that_is_no_text_is_still_a_name() -> None:
    [event] = fed([b"event: \xff\ndata: x\n\n"])
    assert event.event == "\ufffd"
