import os
from pathlib import Path

import pytest

from gateway.demo.cast import ROLES, questions

PACK = os.environ.get("STILLGUARD_PACK", "")


def test_the_cast_is_honest_clients_of_many_kinds_and_four_harvesters() -> None:
    assert len({role.kind for role in ROLES if role.honest}) >= 6
    assert sum(not role.honest for role in ROLES) == 4
    assert {role.dialect for role in ROLES} == {"openai", "anthropic", "gemini"}


def test_every_client_has_a_key_of_its_own() -> None:
    assert len({role.key for role in ROLES}) == len(ROLES)


def test_honest_clients_keep_a_pace_and_harvesters_do_not() -> None:
    assert all((role.every > 0) == role.honest for role in ROLES)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_a_client_asks_the_same_each_time(role: object) -> None:
    first = questions(role, None)  # type: ignore[arg-type] # pytest's parameters are objects
    assert len(first) > 40
    assert first == questions(role, None)  # type: ignore[arg-type] # the same


@pytest.mark.skipif(not PACK, reason="STILLGUARD_PACK names no traffic pack")
def test_with_the_pack_the_cast_speaks_its_text() -> None:
    for role in ROLES:
        own, real = questions(role, None), questions(role, Path(PACK))
        assert len(real) > 40
        assert (own[0].turns == real[0].turns) == (not role.source)
