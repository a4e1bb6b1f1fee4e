"""The rosters name every traffic class, every known hard negative, and every attack profile."""

from detectors.lab.roster.adversaries import ADVERSARIES
from detectors.lab.roster.benign import BENIGN

HARD = {
    "evaluation", "choice_evaluation", "broad_evaluation", "interview", "examination", "harness", "audit",
    "deliberation", "deliberation_code", "retrieval", "moderation", "extraction", "app", "advice", "reseller",
    "model_judging", "pair_judging", "hackathon", "release_day", "backfill", "load_test", "translation", "red_team",
    "refusal_test", "faq_batch", "product_copy", "tinkerer", "voting", "pipeline", "revision",
}  # fmt: skip


def test_kinds_have_one_name_each() -> None:
    names = [recipe.kind for recipe in BENIGN + ADVERSARIES]
    assert len(names) == len(set(names))


def test_every_hard_negative_is_there_and_is_called_so() -> None:
    assert {recipe.kind for recipe in BENIGN if recipe.hard} >= HARD


def test_honest_kinds_have_no_profile_and_distillers_have_one() -> None:
    assert not any(recipe.profile for recipe in BENIGN)
    assert {recipe.profile for recipe in ADVERSARIES} == set("abcdefgijklm")
    assert not any(recipe.hard or recipe.contracted for recipe in ADVERSARIES)


def test_distillers_keep_all_three_tempos() -> None:
    assert all(len(recipe.tempos) == 3 for recipe in ADVERSARIES)


def test_resellers_have_customers_of_kinds_that_exist() -> None:
    kinds = {recipe.kind for recipe in BENIGN}
    assert all(set(recipe.parts) <= kinds for recipe in BENIGN)
