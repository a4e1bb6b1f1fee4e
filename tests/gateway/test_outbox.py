from gateway.decisions import Subject
from gateway.exchange import Entry
from gateway.outbox import Outbox

ANNA = Subject("key", "anna")


def entry(name: str, size: int = 2) -> Entry:
    return Entry(
        id=name, at=1.0, took=1.0, surface="openai.chat", model="m", subjects=(ANNA,), status=200, request=bytes(size)
    )


def test_the_outbox_is_bounded_in_bytes_and_room_comes_back() -> None:
    outbox = Outbox(100, memory=1000)
    assert [outbox.post(entry(str(n), 400)) for n in range(4)] == [True, True, False, False]
    taken = outbox.take(10, 1 << 20)
    outbox.put_back(taken)
    assert not outbox.post(entry("x", 400))
    assert [e.id for e in outbox.take(1, 1 << 20)] == ["0"]
    assert outbox.post(entry("y", 400))
    assert [e.id for e in outbox.take(10, 1)] == ["1"]
    assert len(outbox) == 1
