import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import config
from gateway.identity import Identified, Identity, key_hash

SECRET = b"a secret of this test, long enough"
PLAIN = Identity(config.Identity(), SECRET)
BEHIND = Identity(
    config.Identity.model_validate({
        "trusted_proxies": ["10.0.0.0/8"],
        "account_header": "X-Account",
        "user_headers": ["X-End-User", "x-consumer-id"],
    }),
    SECRET,
)  # fmt: skip
BEARER = (b"authorization", b"Bearer sk-one")
NAMES = st.sampled_from([b"authorization", b"x-api-key", b"x-forwarded-for", b"forwarded", b"x-account", b"x-end-user"])
HEADERS = st.lists(st.tuples(NAMES | st.binary(), st.binary()), max_size=8)


def held(found: Identified) -> dict[str, str]:
    return dict(found.subjects)


def plain(*headers: tuple[bytes, bytes], user: str = "", query: bytes = b"", peer: str = "203.0.113.7") -> Identified:
    return PLAIN.identify(headers, peer, user, query)


def test_a_key_a_user_and_a_network_come_in_this_order() -> None:
    found = plain(BEARER, user="u-1")
    assert [subject.scope for subject in found.subjects] == ["user", "key", "network"]
    assert held(found)["network"] == "203.0.113.0/24"
    assert found.untrusted == {"user"}


@pytest.mark.parametrize(
    "header",
    [
        (b"authorization", b"Bearer sk-one"),
        (b"authorization", b"bearer   sk-one "),
        (b"authorization", b"sk-one"),
        (b"x-api-key", b"sk-one"),
        (b"x-goog-api-key", b" sk-one"),
        (b"api-key", b"sk-one"),
    ],
)
def test_one_key_is_one_subject_however_it_is_sent(header: tuple[bytes, bytes]) -> None:
    assert held(plain(header))["key"] == key_hash(SECRET, "sk-one") == key_hash(SECRET, "Bearer sk-one")


def test_basic_credentials_count_whole() -> None:
    assert held(plain((b"authorization", b"Basic dTpw")))["key"] == key_hash(SECRET, "Basic dTpw")


@pytest.mark.parametrize("query", [b"key=sk-one", b"alt=sse&key=sk%2Done&x=1"])
def test_a_key_may_stand_in_the_query(query: bytes) -> None:
    assert held(plain(query=query))["key"] == key_hash(SECRET, "sk-one")
    both = {s.value for s in plain((b"x-api-key", b"sk-two"), query=query).subjects if s.scope == "key"}
    assert both == {key_hash(SECRET, "sk-one"), key_hash(SECRET, "sk-two")}


@pytest.mark.parametrize("query", [b"key=", b"monkey=x", b"key", b"&&=&"])
def test_a_query_without_a_key_names_nobody(query: bytes) -> None:
    assert "key" not in held(plain(query=query))


def test_a_made_up_credential_beside_the_real_one_does_not_hide_it() -> None:
    real = next(s for s in plain((b"x-api-key", b"sk-real")).subjects if s.scope == "key")
    for noise in range(20):
        made_up = [(b"authorization", f"Bearer made-up-{n}".encode()) for n in range(noise)]
        assert real in plain(*made_up, (b"x-api-key", b"sk-real")).subjects
        assert real in plain((b"x-api-key", b"sk-real"), *made_up).subjects


def test_an_empty_credential_names_nobody() -> None:
    assert held(plain((b"authorization", b"Bearer "), (b"x-api-key", b"sk-two")))["key"] == key_hash(SECRET, "sk-two")


def test_the_anonymous_have_a_network_and_nothing_else() -> None:
    found = plain(user="somebody")
    assert list(held(found)) == ["network"]
    assert found.untrusted == frozenset()


def test_a_peer_without_an_address_has_no_network() -> None:
    assert list(held(plain(BEARER, peer=""))) == ["key"]
    assert plain(peer="/run/gateway.sock").subjects == ()


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("203.0.113.200", "203.0.113.0/24"),
        ("::ffff:203.0.113.200", "203.0.113.0/24"),
        ("2001:db8:1:2ff::7", "2001:db8:1:200::/56"),
    ],
)
def test_an_address_counts_as_its_network(peer: str, network: str) -> None:
    assert held(plain(peer=peer))["network"] == network


def test_nobody_can_frame_another_s_user() -> None:
    one, two = (held(plain((b"x-api-key", key), user="victim"))["user"] for key in (b"sk-one", b"sk-two"))
    trusted = held(BEHIND.identify([BEARER, (b"x-end-user", b"victim")], "10.1.1.1", ""))["user"]
    assert len({one, two, trusted}) == 3


def test_an_account_s_keys_share_its_users() -> None:
    accounts = {key_hash(SECRET, "sk-one"): "acme", key_hash(SECRET, "sk-two"): "acme"}
    identity = Identity(config.Identity(), SECRET, accounts)
    one, two = (held(identity.identify([(b"x-api-key", key)], "", "u-1")) for key in (b"sk-one", b"sk-two"))
    assert one["account"] == two["account"] == "acme"
    assert one["user"] == two["user"]
    assert one["key"] != two["key"]


def test_a_trusted_proxy_names_account_user_and_address() -> None:
    headers = [(b"x-account", b"acme"), (b"x-end-user", b"u-1"), (b"x-forwarded-for", b"1.1.1.1, 203.0.113.7")]
    found = BEHIND.identify(headers, "10.1.1.1", "self-declared")
    assert held(found)["account"] == "acme"
    assert held(found)["network"] == "203.0.113.0/24"
    assert found.untrusted == frozenset()
    again = BEHIND.identify([(b"x-account", b"acme"), (b"x-consumer-id", b"u-1")], "10.1.1.1", "")
    assert held(again)["user"] == held(found)["user"]


def test_the_same_headers_from_anybody_else_mean_nothing() -> None:
    headers = [(b"x-account", b"acme"), (b"x-end-user", b"u-1"), (b"x-forwarded-for", b"1.1.1.1")]
    assert held(BEHIND.identify(headers, "203.0.113.7", "")) == {"network": "203.0.113.0/24"}
    spoofed = BEHIND.identify([*headers, BEARER], "203.0.113.7", "mine")
    assert held(spoofed) == held(BEHIND.identify([BEARER], "203.0.113.7", "mine"))
    assert spoofed.untrusted == {"user"}


def test_repeated_forwarded_headers_are_one_list() -> None:
    headers = [
        (b"x-forwarded-for", b"1.1.1.1"),
        (b"x-forwarded-for", b"203.0.113.7"),
        (b"x-forwarded-for", b"10.2.2.2"),
    ]
    assert held(BEHIND.identify(headers, "10.1.1.1", ""))["network"] == "203.0.113.0/24"


@pytest.mark.parametrize("value", [b"a" * 200, b"\xff\xfe", b"line\nbreak", b"\x1b[31m"])
def test_an_account_s_name_that_no_listing_could_show_is_hashed(value: bytes) -> None:
    name = held(BEHIND.identify([(b"x-account", value)], "10.1.1.1", ""))["account"]
    assert len(name) == 32
    assert int(name, 16) >= 0


def test_another_secret_makes_strangers_of_all() -> None:
    other = Identity(config.Identity(), b"another secret of this test, long")
    assert held(other.identify([BEARER], "", "u"))["key"] != held(plain(BEARER))["key"]


def test_nothing_secret_shows() -> None:
    shown = repr(PLAIN) + repr(plain(BEARER, user="someone@example.com"))
    for word in ("sk-one", "someone", SECRET.decode(), SECRET.hex()):
        assert word not in shown


def test_memory_stays_bounded_under_a_flood_of_keys() -> None:
    identity = Identity(config.Identity(), SECRET, remembered=500)
    tracemalloc.start()
    try:
        for i in range(20_000):
            identity.identify([(b"x-api-key", b"%d" % i + b"k" * (i % 3 * 4000))], "203.0.113.7", "u" * 40)
        held_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert identity._remembered.cache_info().currsize <= 500
    assert held_bytes < 500 * 3000


@settings(deadline=None)
@given(
    headers=HEADERS, peer=st.text() | st.ip_addresses().map(str), user=st.text() | st.just("\ud800"), query=st.binary()
)
def test_whatever_is_sent_gives_subjects_in_order_and_the_same_again(
    headers: list[tuple[bytes, bytes]], peer: str, user: str, query: bytes
) -> None:
    for identity in (PLAIN, BEHIND):
        found = identity.identify(headers, peer, user, query)
        assert found == identity.identify(headers, peer, user, query)
        order = ["user", "key", "account", "network"]
        scopes = [subject.scope for subject in found.subjects]
        assert scopes == sorted(scopes, key=order.index)
        assert len(set(found.subjects)) == len(scopes) <= 11
        assert all(subject.value.isprintable() for subject in found.subjects)
        assert found.untrusted <= set(scopes)


@settings(deadline=None)
@given(headers=HEADERS, user=st.text(max_size=20))
def test_no_credential_is_ever_part_of_a_subject(headers: list[tuple[bytes, bytes]], user: str) -> None:
    found = PLAIN.identify([(b"authorization", b"Bearer sk-hush-hush"), *headers], "203.0.113.7", user)
    assert "hush" not in repr(found)


BY_EDGE = Identity(
    config.Identity.model_validate({"trusted_proxies": ["10.0.0.0/8"], "tls_headers": ["X-JA4", "x-ja4h"]}),
    SECRET,
    asn=lambda found: 64496 if str(found) == "203.0.113.7" else 0,
)
JA4 = (b"x-ja4", b"t13d1516h2_8daaf6152771_02713d6af862")


def test_tls_is_believed_from_a_trusted_proxy_alone() -> None:
    edge, stranger = BY_EDGE.identify([JA4], "10.1.1.1", ""), BY_EDGE.identify([JA4], "203.0.113.7", "")
    assert len(edge.tls) == 32
    assert (
        stranger.tls
        == ""
        == BY_EDGE.identify([BEARER], "10.1.1.1", "").tls
        == BEHIND.identify([JA4], "10.1.1.1", "").tls
    )
    assert BY_EDGE.identify([(b"x-ja4h", JA4[1])], "10.1.1.1", "").tls not in {"", edge.tls}


def test_the_autonomous_system_is_that_of_the_client_s_address() -> None:
    behind = BY_EDGE.identify([(b"x-forwarded-for", b"203.0.113.7")], "10.1.1.1", "")
    direct, elsewhere = BY_EDGE.identify([], "203.0.113.7", ""), BY_EDGE.identify([], "192.0.2.1", "")
    assert (behind.asn, direct.asn, elsewhere.asn, plain().asn) == (64496, 64496, 0, 0)


def test_software_is_told_apart_by_headers_and_never_by_key() -> None:
    agent = (b"user-agent", b"OpenAI/Python 3.54.0")
    one, other = plain(agent, BEARER).client, plain(agent, (b"authorization", b"Bearer sk-two")).client
    assert one == other
    assert plain().client == "" != plain(BEARER).client
    assert plain(BEARER, agent).client != one


@given(HEADERS)
def test_whatever_headers_say_of_software_and_tls_is_a_hash_or_nothing(headers: list[tuple[bytes, bytes]]) -> None:
    found = BY_EDGE.identify(headers, "10.1.1.1", "")
    assert {len(found.tls), len(found.client)} <= {0, 32}
