"""Many clients in little time: bytes on one socket, because an HTTP library would be the slowest part."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.whole.kit import CHAT


def flood(url: str, keys: Iterator[str], body: bytes, headers: str = "") -> int:
    """Ask once with each key, on one connection, as fast as it goes; return how many were answered with 200."""
    netloc = urlsplit(url)
    answered = 0
    with socket.create_connection((netloc.hostname or "", netloc.port or 0), timeout=30) as connection:
        for key in keys:
            head = f"POST {CHAT} HTTP/1.1\r\nhost: guard\r\nauthorization: Bearer {key}\r\n{headers}"
            connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            heard = b""
            while not heard.endswith(b"}"):
                heard += connection.recv(65536)
            while b"\r\n\r\n" not in heard or not _complete(heard):
                heard += connection.recv(65536)
            answered += heard.startswith(b"HTTP/1.1 200")
    return answered


def _complete(heard: bytes) -> bool:
    head, _, body = heard.partition(b"\r\n\r\n")
    return len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
