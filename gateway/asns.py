"""Which autonomous system an address belongs to, as a MaxMind DB file tells (GeoLite2 ASN, DB-IP ASN, IPinfo).

Countries, which such files may hold too, are never read: where somebody lives is no evidence.
Format: https://maxmind.github.io/MaxMind-DB/
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from maxminddb import InvalidDatabaseError, open_database

from gateway.addresses import Address

FindAsn: TypeAlias = Callable[[Address], int]

_LARGEST = 2**32 - 1
_WRITTEN = re.compile(r"AS(\d{1,10})")


def no_asn(found: Address) -> int:  # noqa: ARG001 - what stands in where there is no file
    """Return that nothing is known."""
    return 0


def load_asns(path: Path) -> FindAsn:
    """Return what finds an address's autonomous system in a file; 0 where it is not in it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no MaxMind DB file.
    """
    try:
        reader = open_database(path)
    except InvalidDatabaseError as error:
        raise ValueError("no MaxMind DB file") from error

    def find(found: Address) -> int:
        try:
            return _number(reader.get(found))
        except (ValueError, InvalidDatabaseError):  # an IPv6 address in a file of IPv4; a file that was cut short
            return 0

    return find


def _number(record: object) -> int:
    if not isinstance(record, dict):
        return 0
    number = record.get("autonomous_system_number", record.get("asn"))
    if isinstance(number, str) and (written := _WRITTEN.fullmatch(number)):
        number = int(written[1])
    return number if isinstance(number, int) and 0 < number <= _LARGEST else 0
