from gateway.replay.names import Places


def test_an_address_has_a_place_and_what_is_none_has_not() -> None:
    places = Places(lambda found: 64496 if found.version == 4 else 0, 24, 56)
    assert places.of("203.0.113.7") == ("203.0.113.0/24", 64496)
    assert places.of("2001:db8::1") == ("2001:db8::/56", 0)
    assert places.of("") == places.of("nowhere") == ("", 0)
