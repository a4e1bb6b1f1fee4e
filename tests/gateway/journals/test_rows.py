import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.exchange import Entry
from gateway.journals.rows import opened, rows

NOW = 1_800_000_000.0


def entry(name: str, request: bytes = b"{}", model: str = "m") -> Entry:
    subjects = (("key", "k"), ("user", "u"))
    return Entry(
        id=name, at=NOW, took=1.0, surface="openai.chat", model=model, subjects=subjects, status=200, request=request
    )


@settings(max_examples=150)
@given(st.data())
def test_a_row_damaged_anywhere_is_read_or_counted_and_never_raises(data: st.DataObject) -> None:
    names = [str(n) for n in range(6)]
    (row,) = rows([entry(name, b"words") for name in names])
    at = data.draw(st.integers(0, len(row.body) - 1))
    damaged = data.draw(
        st.sampled_from([
            row.body[:at],
            row.body[:at] + bytes([row.body[at] ^ (1 + data.draw(st.integers(0, 254)))]) + row.body[at + 1 :],
            row.body + b"\x00",
            data.draw(st.binary(max_size=60)),
        ])
    )  # fmt: skip
    found = opened(damaged)
    assert len(found.entries) <= len(names)
    assert found.entries or found.faults or damaged[:1] in {b"\x90", b"\xdc", b"\xdd"}


def test_an_entry_from_before_software_was_told_still_reads() -> None:
    before = msgspec.msgpack.encode(msgspec.msgpack.decode(msgspec.msgpack.encode(entry("a")))[:-3])
    found = opened(b"\xdc\x00\x01" + before)
    assert found.entries == [entry("a")]


def test_one_damaged_entry_leaves_the_others_of_its_row() -> None:
    bodies = [msgspec.msgpack.encode(entry(name)) for name in "abc"]
    bodies[1] = msgspec.msgpack.encode(["not", "an", "entry"])
    found = opened(b"\xdc\x00\x03" + b"".join(bodies))
    assert [e.id for e in found.entries] == ["a", "c"]
    assert found.faults == [(1, len(bodies[1]))]
