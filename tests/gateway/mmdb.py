"""Writes small MaxMind DB files: https://maxmind.github.io/MaxMind-DB/."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

_KINDS = {"node_count": 6, "autonomous_system_number": 6, "build_epoch": 9}  # of integers: 32, 32, 64 bits; else 16
_POINTERS = 16  # bytes of zeros between the tree and the data, counted in every pointer


def written(networks: Mapping[str, Mapping[str, Any]], version: int = 4) -> bytes:
    """Return a file of networks that do not overlap, each with its record."""
    nodes: list[list[int | str | None]] = [[None, None]]
    for name in networks:
        network = ip_network(name)
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        at = 0
        for bit in bits[:-1]:
            further = nodes[at][int(bit)]
            if not isinstance(further, int):
                further = nodes[at][int(bit)] = len(nodes)
                nodes.append([None, None])
            at = further
        nodes[at][int(bits[-1])] = name
    data, places = b"", {}
    for name, record in networks.items():
        places[name] = len(data)
        data += _encoded(dict(record))
    tree = b"".join(_record(side, len(nodes), places).to_bytes(3, "big") for node in nodes for side in node)
    about = {
        "node_count": len(nodes), "record_size": 24, "ip_version": version, "database_type": "Test", "languages": [],
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1, "description": {},
    }  # fmt: skip
    return tree + bytes(_POINTERS) + data + b"\xab\xcd\xefMaxMind.com" + _encoded(about)


def _record(side: int | str | None, count: int, places: Mapping[str, int]) -> int:
    if side is None:
        return count
    return side if isinstance(side, int) else count + _POINTERS + places[side]


def _encoded(value: Any, kind: int = 5) -> bytes:
    if isinstance(value, str):
        return _control(2, len(value.encode())) + value.encode()
    if isinstance(value, int):
        body = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _control(kind, len(body)) + body
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_encoded, value))
    return _control(7, len(value)) + b"".join(_encoded(k) + _encoded(v, _KINDS.get(k, 5)) for k, v in value.items())


def _control(kind: int, size: int) -> bytes:
    if kind > 7:
        return bytes((size, kind - 7))
    return bytes((kind << 5 | size,)) if size < 29 else bytes((kind << 5 | 29, size - 29))
