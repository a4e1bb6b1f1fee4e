"""Who a client is: its key, account, user and network, the secret ones as keyed hashes.

Headers that name an account or a user are believed only from a trusted proxy. A user that the body declares is
nobody's proof: it is held apart under the account or key that declared it, so nobody can frame another's user, and
an anonymous client can declare none.

A request may carry several credentials, and the gateway cannot know which of them the model reads. Each becomes a
key subject: a made-up one beside the real one changes nothing for the real one's case.
"""

import hmac
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from gateway import config
from gateway.addresses import Hops, address, client, network, trusts
from gateway.asns import FindAsn, no_asn
from gateway.decisions import Subject
from gateway.recent import Recent
from gateway.software import told

REMEMBERED = 10_000  # clients whose subjects are kept in memory, about 1.2 KiB each; another costs some 20 µs
_LONGEST_REMEMBERED = 512  # bytes of headers; longer ones are worked out anew, so a flood of them keeps no memory
_DIGEST = 16  # bytes: 128 bits, so that no two of 10^9 keys meet
_SOFTWARE = 1000  # different clients' software kept in memory, about 1.2 KiB each at most
_ENDS = 4  # credentials kept from each end of a longer list: servers read the first of a header, or the last
_LONGEST_NAME = 128  # characters of an account's name kept as it is
_UNTRUSTED = frozenset({"user"})
_TRUSTED: frozenset[str] = frozenset()


class Identified(NamedTuple):
    """Who sent a query.

    Attributes:
        subjects: in the order user, key, account, network.
        untrusted: scopes that are self-declared.
        tls, client: keyed hashes of how it speaks TLS, as a trusted proxy tells, and of its software; empty: unknown.
        asn: its autonomous system; 0 unknown.
    """

    subjects: tuple[Subject, ...]
    untrusted: frozenset[str]
    tls: str = ""
    asn: int = 0
    client: str = ""


NOBODY = Identified((), frozenset())


_Seen = tuple[tuple[tuple[bytes, bytes], ...], str, str, bytes]  # headers, peer, declared user, query


class _Claim(NamedTuple):
    """All of one request that says who sent it."""

    credentials: tuple[bytes, ...]
    account: bytes
    user_header: bytes
    user: str
    peer: str
    hops: Hops
    tls: bytes = b""


def fingerprint(secret: bytes, kind: str, value: bytes) -> str:
    """Return the keyed hash of a secret or personal value: 32 hexadecimal digits; kinds never meet."""
    return hmac.digest(secret, kind.encode() + b"\0" + value, "sha256")[:_DIGEST].hex()


def key_hash(secret: bytes, credential: str) -> str:
    """Return what stands for an API key in the accounts file, in listings and as subject ``key:…``."""
    return fingerprint(secret, "key", bare(credential.strip().encode()))


def bare(credential: bytes) -> bytes:
    """Return a credential without the word Bearer; others, such as Basic, as they are."""
    scheme, _, rest = credential.strip().partition(b" ")
    return rest.strip() if scheme.lower() == b"bearer" else credential.strip()


class Identity:
    """Tells clients apart. What it has worked out it remembers, for at most ``remembered`` clients."""

    def __init__(
        self,
        settings: config.Identity,
        secret: bytes,
        accounts: Mapping[str, str] | None = None,
        asn: FindAsn = no_asn,
        remembered: int = REMEMBERED,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._accounts = dict(accounts or {})
        self._asn = asn
        self._key_headers = frozenset(name.lower().encode() for name in settings.key_headers)
        self._account_header = settings.account_header.lower().encode()
        self._user_headers = tuple(dict.fromkeys(name.lower().encode() for name in settings.user_headers))
        self._tls_headers = tuple(dict.fromkeys(name.lower().encode() for name in settings.tls_headers))
        self._software = lru_cache(maxsize=_SOFTWARE)(partial(fingerprint, secret, "client"))
        self._remembered = lru_cache(maxsize=remembered)(self._work_out)
        self._recent = Recent(self._identify, _weight)

    def __repr__(self) -> str:
        return f"Identity({len(self._accounts)} keys of accounts, {self._remembered.cache_info().currsize} remembered)"

    def identify(self, headers: Sequence[tuple[bytes, bytes]], peer: str, user: str, query: bytes = b"") -> Identified:
        """Return whose request this is; never raises for anything that a client can send.

        Args:
            headers: names in lower case, as ASGI gives them.
            peer: address at the other end of the connection, in text.
            user: the user that the body declares; empty if none.
            query: the URL's query string, where Gemini's clients may put their key.
        """
        return self._recent.of((tuple(headers), peer, user, query))

    def _identify(self, seen: _Seen) -> Identified:
        headers, peer, user, query = seen
        held = _first(headers)
        credentials = self._credentials(headers, query)
        user_header = next((held[name] for name in self._user_headers if held.get(name)), b"")
        hops = _hops(headers, held) if self._settings.trusted_proxies else _DIRECT
        shown = [held.get(name, b"") for name in self._tls_headers]
        tls = b"\n".join(shown) if any(shown) else b""
        claim = _Claim(credentials, held.get(self._account_header, b""), user_header, user, peer, hops, tls)
        size = sum(map(len, credentials)) + len(claim.account) + len(user_header) + len(user) + sum(map(len, hops))
        found = (self._work_out if size + len(tls) > _LONGEST_REMEMBERED else self._remembered)(claim)
        software = told(headers)
        return found._replace(client=self._software(software)) if software else found

    def _credentials(self, headers: Sequence[tuple[bytes, bytes]], query: bytes) -> tuple[bytes, ...]:
        found = [bare(value) for name, value in headers if name in self._key_headers]
        if b"key=" in query:
            found.append(_query_key(query))
        if len(found) == 1:
            return (found[0],) if found[0] else ()
        distinct = tuple(dict.fromkeys(filter(None, found)))
        return distinct if len(distinct) <= 2 * _ENDS else distinct[:_ENDS] + distinct[-_ENDS:]

    def _work_out(self, claim: _Claim) -> Identified:
        nearest = address(claim.peer)
        trusted = nearest is not None and trusts(nearest, self._settings.trusted_proxies)
        keys = [fingerprint(self._secret, "key", credential) for credential in claim.credentials]
        account = next((self._accounts[key] for key in keys if key in self._accounts), "")
        account = account or (self._name(claim.account) if trusted else "")
        user, believed = self._user(claim, keys[0] if keys else "", account, trusted=trusted)
        found = client(claim.peer, claim.hops, self._settings.trusted_proxies)
        prefixes = self._settings.network_prefix_v4, self._settings.network_prefix_v6
        near = network(found, *prefixes) if found is not None else ""
        named = [("user", user), *(("key", key) for key in keys), ("account", account), ("network", near)]
        subjects = tuple(Subject(scope, value) for scope, value in named if value)
        tls = fingerprint(self._secret, "tls", claim.tls) if claim.tls and trusted else ""
        asn = self._asn(found) if found is not None else 0
        return Identified(subjects, _UNTRUSTED if user and not believed else _TRUSTED, tls, asn)

    def _name(self, value: bytes) -> str:
        """Return an account's name as listings can show it; a strange one as its hash."""
        name = value.strip().decode("utf-8", "replace")
        if len(name) <= _LONGEST_NAME and name.isprintable() and "\ufffd" not in name:
            return name
        return fingerprint(self._secret, "account", value.strip())

    def _user(self, claim: _Claim, key: str, account: str, *, trusted: bool) -> tuple[str, bool]:
        """Return the user's hash, and whether somebody trusted named it."""
        owner = f"account {account}" if account else f"key {key}" if key else ""
        named = claim.user_header.strip() if trusted else b""
        if named:
            return fingerprint(self._secret, f"user of {owner if account else ''}", named), True
        declared = claim.user.strip().encode("utf-8", "surrogatepass")
        if not (declared and owner):
            return "", False
        return fingerprint(self._secret, f"self-declared user of {owner}", declared), False


_DIRECT = Hops()
_FORWARDING = (b"x-forwarded-for", b"forwarded", b"x-real-ip")


def _weight(seen: _Seen) -> int:
    headers, peer, user, query = seen
    return sum(len(name) + len(value) for name, value in headers) + len(peer) + len(user) + len(query)


def _first(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the headers by name; of repeated ones the first."""
    return dict(reversed(headers))


def _hops(headers: Sequence[tuple[bytes, bytes]], held: Mapping[bytes, bytes]) -> Hops:
    """Join repeated headers in order: each proxy may add its own line."""
    if len(held) == len(headers):
        return Hops(held.get(b"x-forwarded-for", b""), held.get(b"forwarded", b""), held.get(b"x-real-ip", b""))
    return Hops(*(b",".join(value for name, value in headers if name == wanted) for wanted in _FORWARDING))


def _query_key(query: bytes) -> bytes:
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name == b"key" and value:
            return unquote_to_bytes(value.replace(b"+", b" ")).strip()
    return b""
