from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.addresses import MOST_HOPS, Hops, address, client

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def seen(peer: str, **hops: bytes) -> str:
    return str(client(peer, Hops(**hops), TRUSTED))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7:443 ", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ('"[2001:db8::7]"', "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "None"),
        ("_hidden", "None"),
        ("", "None"),
        ("1.2.3", "None"),
        ("1.2.3.4.5", "None"),
        ("999.1.1.1", "None"),
        ("[", "None"),
    ],
)
def test_addresses_are_read_as_proxies_write_them(text: str, expected: str) -> None:
    assert str(address(text)) == expected


def test_a_peer_that_is_not_trusted_cannot_say_who_it_is() -> None:
    for name in Hops._fields:
        assert (
            seen("198.51.100.9", **{name: b"for=203.0.113.7" if name == "forwarded" else b"203.0.113.7"})
            == "198.51.100.9"
        )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"203.0.113.7", "203.0.113.7"),
        (b"1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (b"1.1.1.1, 203.0.113.7, 10.2.2.2", "203.0.113.7"),
        (b"10.9.9.9, 203.0.113.7, 10.2.2.2,10.3.3.3", "203.0.113.7"),
        (b"10.9.9.9, 10.2.2.2", "10.9.9.9"),
        (b"203.0.113.7, nonsense, 10.2.2.2", "10.2.2.2"),
        (b"203.0.113.7, ", "10.1.1.1"),
        (b"::ffff:203.0.113.7", "203.0.113.7"),
        (b"\xff\xfe", "10.1.1.1"),
    ],
)
def test_the_right_most_untrusted_address_is_the_client(header: bytes, expected: str) -> None:
    assert seen("10.1.1.1", x_forwarded_for=header) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"for=203.0.113.7;proto=https", "203.0.113.7"),
        (b'proto=https;For="[2001:db8::7]:4711"', "2001:db8::7"),
        (b"for=1.1.1.1, for=203.0.113.7;by=10.2.2.2, for=10.2.2.2", "203.0.113.7"),
        (b"for=unknown", "10.1.1.1"),
        (b"proto=https", "10.1.1.1"),
    ],
)
def test_the_standard_header_is_walked_in_the_same_way(header: bytes, expected: str) -> None:
    assert seen("10.1.1.1", forwarded=header) == expected


def test_one_header_is_read_and_the_others_are_not_mixed_in() -> None:
    assert (
        seen("10.1.1.1", x_forwarded_for=b"203.0.113.7", forwarded=b"for=1.1.1.1", x_real_ip=b"2.2.2.2")
        == "203.0.113.7"
    )
    assert seen("10.1.1.1", x_real_ip=b"203.0.113.7") == "203.0.113.7"


def test_a_peer_behind_a_mapped_address_is_trusted_as_itself() -> None:
    assert seen("::ffff:10.1.1.1", x_forwarded_for=b"203.0.113.7") == "203.0.113.7"


def test_a_chain_without_end_is_walked_for_a_while_only() -> None:
    assert seen("10.1.1.1", x_forwarded_for=b"203.0.113.7" + b", 10.0.0.2" * MOST_HOPS) == "10.0.0.2"


@settings(deadline=None)
@given(peer=st.text(), header=st.binary(), forwarded=st.binary())
def test_garbage_is_tolerated(peer: str, header: bytes, forwarded: bytes) -> None:
    client(peer, Hops(header, forwarded, header), TRUSTED)
    assert client("10.1.1.1", Hops(header, forwarded, header), TRUSTED) is not None


@settings(deadline=None)
@given(claimed=st.lists(st.ip_addresses(v=4).map(str), max_size=5))
def test_nothing_that_a_client_prepends_changes_what_its_proxy_saw(claimed: list[str]) -> None:
    header = ", ".join([*claimed, "203.0.113.7"]).encode()
    assert seen("10.1.1.1", x_forwarded_for=header) == "203.0.113.7"
