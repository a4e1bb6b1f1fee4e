from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.addresses import Address
from gateway.asns import FindAsn, load_asns, no_asn
from tests.gateway.mmdb import written

DOCUMENTED: dict[str, dict[str, Any]] = {
    "203.0.113.0/24": {"autonomous_system_number": 64496},
    "198.51.100.0/24": {"asn": "AS64497"},
}


def loaded(folder: Path, content: bytes) -> FindAsn:
    file = folder / "asn.mmdb"
    file.write_bytes(content)
    return load_asns(file)


def of(text: str) -> Address:
    return ip_address(text)


def test_the_number_is_read_as_either_kind_of_file_writes_it(tmp_path: Path) -> None:
    asn = loaded(tmp_path, written(DOCUMENTED))
    assert (asn(of("203.0.113.7")), asn(of("198.51.100.255"))) == (64496, 64497)


def test_what_is_not_in_the_file_is_unknown(tmp_path: Path) -> None:
    asn = loaded(tmp_path, written(DOCUMENTED))
    assert (asn(of("192.0.2.1")), asn(of("2001:db8::1")), no_asn(of("203.0.113.7"))) == (0, 0, 0)


@pytest.mark.parametrize(
    "record",
    [{"country": "FR"}, {"asn": "64496"}, {"asn": "ASx"}, {"autonomous_system_number": 0}, {"asn": "AS9999999999"}],
)
def test_a_record_without_a_number_is_unknown(tmp_path: Path, record: dict[str, Any]) -> None:
    assert loaded(tmp_path, written({"203.0.113.0/24": record}))(of("203.0.113.7")) == 0


def test_addresses_of_ipv6_are_found(tmp_path: Path) -> None:
    asn = loaded(tmp_path, written({"2001:db8::/32": {"autonomous_system_number": 64496}}, version=6))
    assert asn(of("2001:db8::7")) == 64496


def test_a_file_of_another_kind_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no MaxMind DB file"):
        loaded(tmp_path, b"country,asn\n")


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-file"):
        load_asns(tmp_path / "no-such-file")


@given(st.data())
def test_a_damaged_file_names_nobody_or_says_so(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(written(DOCUMENTED))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, 200))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.mktemp("mmdb") / "asn.mmdb"
    file.write_bytes(content)
    assert load_asns(file)(of("203.0.113.7")) >= 0
