import gzip
import itertools
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.encoding import EncodingError, decode, decoder

CODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@given(st.sampled_from(sorted(CODERS)), st.binary(max_size=3000), st.lists(st.integers(0, 3100), max_size=6))
def test_each_coding_is_undone_however_it_is_cut(coding: str, data: bytes, cuts: list[int]) -> None:
    packed = CODERS[coding](data)
    assert decode(packed, coding, len(data)) == data
    one = decoder(coding)
    assert one is not None
    places = sorted({0, len(packed), *(min(cut, len(packed)) for cut in cuts)})
    pieces = [packed[a:b] for a, b in itertools.pairwise(places)]
    assert b"".join(one.feed(piece, len(data)) for piece in pieces) == data


@pytest.mark.parametrize("coding", CODERS)
def test_a_bomb_is_given_up_on(coding: str) -> None:
    bomb = CODERS[coding](b"\0" * 50_000_000)
    assert decode(bomb, coding, 1 << 20) is None
    one = decoder(coding)
    assert one is not None
    with pytest.raises(EncodingError):
        one.feed(bomb, 1 << 20)


def test_a_bomb_in_a_bomb_is_given_up_on() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    assert decode(bomb, "gzip, gzip", 1 << 20) is None


@pytest.mark.parametrize("coding", CODERS)
def test_data_cut_short_gives_what_it_holds(coding: str) -> None:
    data = bytes(range(256)) * 2000
    found = decode(CODERS[coding](data)[:-9], coding, len(data))
    assert found is not None
    assert data.startswith(found)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_data_in_another_coding_is_not_read(coding: str) -> None:
    assert decode(b"this is plain text, and no more than that", coding, 1 << 20) is None


def test_deflate_without_its_frame_is_read() -> None:
    assert decode(raw_deflate(b"hello" * 9), "deflate", 1 << 10) == b"hello" * 9


def test_gzip_in_members_is_read() -> None:
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", 1 << 10) == b"one two"


def test_zstd_in_frames_is_read() -> None:
    pack = zstandard.ZstdCompressor().compress
    assert decode(pack(b"one ") + pack(b"two"), "zstd", 1 << 10) == b"one two"


def test_codings_are_undone_in_reverse() -> None:
    assert decode(brotli.compress(gzip.compress(b"x")), "gzip , BR", 1 << 10) == b"x"


@pytest.mark.parametrize("encoding", ["", "identity", "identity, identity", ","])
def test_no_coding_is_no_change(encoding: str) -> None:
    assert decode(b"x", encoding, 0) == b"x"


@pytest.mark.parametrize("encoding", ["compress", "gzip, mystery", ", ".join(["gzip"] * 5)])
def test_an_unknown_or_endless_chain_is_not_read(encoding: str) -> None:
    assert decode(b"x", encoding, 1 << 20) is None
    assert decoder(encoding) is None


def test_a_zstd_frame_may_not_ask_for_a_huge_window() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(b"x" * 100) + packer.flush()
    assert decode(packed, "zstd", 1 << 20) is None
