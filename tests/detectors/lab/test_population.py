"""Accounts are labelled, seeded and apart: what calibrates never evaluates, and habits tell nothing."""

import gzip
import json
import math
import os
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from detectors.lab.library import LEARNT
from detectors.lab.pack import CALIBRATION, Pack
from detectors.lab.population import PADDED, Tenant, population
from detectors.lab.tempo import END
from detectors.lab.traffic import START, Asked

JUDGE, LEARN = population(None, "judge", size=0.1), population(None, "learn", size=0.1)
ONE_OF_EACH = list({(one.kind, one.share): one for one in JUDGE}.values())
PADS = [one for one in population(None, "judge", size=0.03, adversaries=0.35) if one.profile == "h"]


def lived(tenant: Tenant) -> list[Asked]:
    return list(tenant.exchanges())


@pytest.mark.parametrize("tenant", ONE_OF_EACH, ids=lambda one: f"{one.kind}-{one.share}")
def test_every_kind_lives_its_fortnight_in_order_and_the_same_each_time(tenant: Tenant) -> None:
    life = lived(tenant)
    assert life
    assert [one.at for one in life] == sorted(one.at for one in life)
    assert life[0].at >= START
    assert life[-1].at < END
    assert all(one.turns and one.turns[-1].role in ("user", "tool") for one in life)
    assert all((one.status == 200) == bool(one.choices) for one in life)
    assert all(one.answer_chars == sum(map(len, one.choices)) for one in life)
    again = next(one for one in population(None, "judge", size=0.1) if one.account == tenant.account)
    assert lived(again)[:50] == life[:50]
    assert len(lived(again)) == len(life)


def test_another_seed_makes_other_accounts() -> None:
    others = population(None, "judge", seed=1, size=0.1)
    assert not {one.account for one in others} & {one.account for one in JUDGE}
    chat, other = (next(one for one in some if one.kind == "instruct_harvest") for some in (JUDGE, others))
    assert lived(chat)[0].turns != lived(other)[0].turns


def test_full_populations_are_as_large_as_promised() -> None:
    judge, learn = population(None, "judge"), population(None, "learn")
    for part, least in ((judge, 720), (learn, 700)):
        assert sum(one.label == "benign" and not one.contracted for one in part) >= least
        assert len({one.account for one in part}) == len(part)
    assert sum(one.label == "adversary" and one.share == 1.0 for one in judge) >= 200
    for share in PADDED:
        assert sum(one.share == share for one in judge) >= 60
    assert {one.profile for one in judge} - {""} == set("abcdefghijklm")
    classes = {one.traffic_class for one in judge if one.label == "benign"}
    assert classes == {"chat", "agent", "retrieval", "labelling", "evaluation", "app", "generation"}


def test_what_calibrates_speaks_from_no_source_that_is_unseen_when_judging() -> None:
    learnt = {one.source for one in LEARN}
    assert all(one.seen for one in LEARN)
    assert {one.seen for one in JUDGE} == {True, False}
    for one in JUDGE:
        assert (one.source in learnt) <= one.seen, one.source


def prompts(tenants: list[Tenant], kind: str) -> set[str]:
    some = [tenant for tenant in tenants if tenant.kind == kind][:3]
    return {one.turns[-1].text for tenant in some for one in lived(tenant)}


@pytest.mark.parametrize("kind", ["chat", "instruct_harvest", "moderation", "reasoning_fixed", "evaluation"])
def test_unseen_accounts_say_nothing_that_was_learnt(kind: str) -> None:
    unseen = [one for one in population(None, "judge", size=0.4) if not one.seen]
    said, learnt = prompts(unseen, kind), prompts(LEARN, kind)
    assert said
    assert len(said & learnt) <= 0.02 * len(said)


@pytest.mark.parametrize("tenant", PADS[::4], ids=lambda one: f"{one.kind}-{one.share}")
def test_padded_accounts_keep_their_share_in_every_part_of_their_life(tenant: Tenant) -> None:
    life = lived(tenant)
    assert sum(one.status == 200 for one in life) >= 1500
    assert sum(one.attack for one in life) / len(life) == pytest.approx(tenant.share, abs=0.03)
    half = len(life) // 2
    for part in (life[:half], life[half:]):
        assert sum(one.attack for one in part) / len(part) == pytest.approx(tenant.share, abs=0.1)


def test_only_adversaries_attack_and_whoever_does_not_hide_does_nothing_else() -> None:
    for tenant in ONE_OF_EACH:
        attacks = [one.attack for one in lived(tenant)]
        assert any(attacks) == (tenant.label == "adversary")
        assert all(attacks) == (tenant.share == 1.0)
        assert bool(tenant.plan) == (tenant.label == "adversary")


def test_people_are_many_and_light_and_a_few_accounts_are_heavy() -> None:
    benign = [one for one in population(None, "judge", adversaries=0.0) if one.label == "benign"]
    chats = [one.cast.most for one in benign if one.kind == "chat"]
    assert median(chats) <= 30
    assert max(one.cast.most for one in benign) > 3000
    assert all(one.cast.most <= 40000 for one in benign)


def chi_square(first: Counter[Any], second: Counter[Any]) -> float:
    """Return the p-value of two samples being of one law (Wilson-Hilferty for the tail of chi-square)."""
    n, m = first.total(), second.total()
    kinds = first.keys() | second.keys()
    total = sum(
        (math.sqrt(m / n) * first[one] - math.sqrt(n / m) * second[one]) ** 2 / (first[one] + second[one])
        for one in kinds
    )
    freedom = max(1, len(kinds) - 1)
    z = ((total / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))
    return 0.5 * math.erfc(z / math.sqrt(2))


@pytest.mark.parametrize(
    "habit", ["agent", "max_tokens", "temperature", "stream", "system", "addresses", "keys", "adopts"]
)
def test_habits_tell_nothing_of_the_label(habit: str) -> None:
    everyone = [one for one in population(None, "judge") if one.profile not in {"f", "k"} and one.kind != "release_day"]
    found = {label: Counter[Any]() for label in ("benign", "adversary")}
    for one in everyone:
        value = getattr(one.cast.habits(one.seed), habit)
        found[one.label][value if habit != "adopts" else value < 14] += 1
    assert chi_square(*found.values()) > 0.001


def test_recirculated_answers_were_served_before_to_somebody() -> None:
    borrower = next(one for one in population(None, "judge", size=0.3) if one.kind == "recirculation")
    assert borrower.cast.lender is not None
    lender, seed = borrower.cast.lender
    served = {one.answer for one in lender.lived(seed)}
    life = lived(borrower)
    mine: set[str] = set()
    back = 0
    for one in life:
        back += any(answer in one.turns[-1].text for answer in served | mine if len(answer) > 60)
        mine.add(one.answer)
    assert back >= 0.4 * len(life)


@pytest.mark.skipif(not os.environ.get("STILLGUARD_PACK"), reason="STILLGUARD_PACK names no traffic pack")
def test_the_real_pack_is_split_by_source_for_both_labels() -> None:
    pack = Pack(Path(os.environ["STILLGUARD_PACK"]))
    judge, learn = population(pack, "judge"), population(pack, "learn")
    learnt = {one.source for one in learn}
    assert {name for name in learnt if not name.startswith("own:")} <= LEARNT
    assert not {one.source for one in judge if not one.seen} & learnt
    for label in ("benign", "adversary"):
        assert {
            one.source for one in judge if not one.seen and one.label == label and not one.source.startswith("own:")
        }
    for tenant in list({one.kind: one for one in judge if not one.source.startswith("own:")}.values())[::3]:
        assert lived(tenant), tenant.kind


def test_rows_that_calibrate_are_not_those_that_evaluate(tmp_path: Path) -> None:
    rows = [{"prompt": f"question {number} on cards"} for number in range(400)]
    with gzip.open(tmp_path / "ben_banking77.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    about = [{"name": "ben_banking77", "file": "ben_banking77.jsonl.gz", "label": "benign", "kind": "ben.narrow"}]
    (tmp_path / "manifest.json").write_text(json.dumps({"sources": about}))
    pack = Pack(tmp_path)
    said: list[set[str]] = []
    for part in ("learn", "judge"):
        tenants = [one for one in population(pack, part, size=0.5) if one.source == "ben_banking77"]
        assert tenants
        said.append({one.turns[0].text for tenant in tenants for one in lived(tenant) if one.turns})
    questions = [{text[text.index("question") :][:20] for text in some if "question" in text} for some in said]
    assert all(questions)
    assert not questions[0] & questions[1]


def test_honest_sources_that_calibrate_are_the_ones_of_the_pack_reader() -> None:
    assert CALIBRATION <= LEARNT
