from detectors.linkage.base import Facts, Group, Id, Imprint, Mark
from gateway.finding import ByAtlas
from gateway.known import KnownMarks

NOBODY: frozenset[Id] = frozenset()


def imprint(scaffold: int) -> Imprint:
    once = (0.0, 9.0)
    return Imprint(exchanges=9, scaffolds=(Mark(scaffold, 9, *once),), habits=(Mark(5, 9, *once),))


PEOPLE = {f"key:{n}": imprint(7 if n < 20 else n) for n in range(60)}
POOL = tuple(sorted(f"key:{n}" for n in range(20)))


def found(finds: ByAtlas, changed: dict[Id, Imprint] | None = None) -> list[Group]:
    return list(finds.find(changed or {}, NOBODY, {}).values())


def test_a_known_prompt_links_nobody_and_does_again_once_it_is_known_no_more() -> None:
    finds = ByAtlas({}, KnownMarks())
    assert [group.members for group in found(finds, PEOPLE)] == [POOL]
    finds.know({}, KnownMarks(scaffolds=frozenset({7})))
    assert found(finds) == []
    finds.know({}, KnownMarks())
    assert [group.members for group in found(finds)] == [POOL]


def test_kin_are_one_until_they_are_forgotten() -> None:
    finds = ByAtlas({one: Facts(kin="firm") for one in POOL}, KnownMarks())
    assert found(finds, PEOPLE) == found(finds)
    assert all(link.weight == 0.0 for group in found(finds) for link in group.links)
    finds.know({}, KnownMarks())
    assert all(link.weight > 0.0 for group in found(finds) for link in group.links)
    assert [group.members for group in found(finds)] == [POOL]
