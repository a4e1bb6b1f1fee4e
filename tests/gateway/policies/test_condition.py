import pickle

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Evidence, Harvest
from gateway.decisions import Standing, Subject
from gateway.places import Place
from gateway.policies.condition import Condition, Outcome, activation, complaints
from gateway.policies.reading import VARIABLES, variables

HELD = Standing(
    subject=Subject("key", "s"),
    at=1_800_000_000.0,  # a Friday, 8 o'clock
    weight=9.0,
    families={"content": 6.0, "timing": 3.0},
    evidence={"volume": Evidence(6.0)},
    harvest=Harvest(exchanges=20, traces=12.5),
    company={"agent": 0.8, "chat": 0.2},
    models=("gpt-large", "gpt-small"),
    tags=("research",),
    strikes={"p/slow": 2},
)


def outcome(text: str, held: Standing = HELD) -> Outcome:
    return Condition(text).outcome(activation(variables(held, {"evidence": ("volume",), "strikes": ("p/stop",)})))


@pytest.mark.parametrize(
    "text",
    [
        "weight > 8.5 && one_in > 8000.0",
        "evidence.volume >= 6.0 && evidence['volume'] < 7.0",
        "families.content > 5.0 && families.identity == 0.0 && speaking == 2",
        "harvest.exchanges == 20.0 && harvest.traces > 12.0 && harvest.reasoning_tokens == 0.0",
        "class.agent > 0.5 && class.generation == 0.0",
        "'gpt-large' in models && models.exists(m, m.startsWith('gpt-s')) && size(models) == 2",
        "'research' in tags && !('blocked' in tags) && scope == 'key'",
        "hour == 8 && weekday == 5",
        "strikes['p/slow'] == 2 && strikes['p/stop'] == 0",
        "models.all(m, m.matches('^gpt-(large|small)$'))",
        "has(evidence.volume) && !has(evidence.rhythm)",
    ],
)
def test_a_condition_reads_all_that_a_policy_may(text: str) -> None:
    assert complaints(text) == []
    assert outcome(text) == Outcome(met=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 / (speaking - 2) > 0", "divide by zero"),
        ("evidence[scope] > 1.0", "Key not found"),
        ("models[7] == 'x'", "Index error"),
        ("strikes['q/other'] > 0", "Key not found"),
        ("models.all(a, models.all(b, " * 7 + "true" + "))" * 7, "Iteration budget exceeded"),
    ],
)
def test_what_cannot_be_evaluated_is_not_met_and_says_why(text: str, reason: str) -> None:
    assert complaints(text) == []
    many = msgspec.structs.replace(HELD, models=tuple("abcdefgh"))
    held = outcome(text, many if "all" in text else HELD)
    assert not held.met
    assert reason in held.fault


def test_a_truth_that_does_not_need_what_is_missing_stands() -> None:
    assert outcome("weight > 1.0 || evidence[scope] > 1.0") == Outcome(met=True)


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ("weight > 1", (1, 8), "> does not go with (double, int)", "with a point"),
        ("weight > 1.0 &&\n  wieght < 2.0", (2, 3), "nothing is called wieght", "did you mean weight?"),
        ("weight >", (1, 9), "Syntax error", ""),
        ("harvest.traces", (1, 1), "says double, not yes or no", "compares"),
        ("scope.matches('(')", (1, 15), "missing ): (", ""),
        ("scope.matches('(((a{100}){100}){100})')", (1, 15), "invalid repetition size", ""),
        ("scope.matches(scope)", (1, 7), "must stand in the rule", "written out"),
        ("matches(scope, 'a')", (1, 1), "must stand in the rule", "written out"),
        (f"scope.matches('{'a' * 201}')", (1, 15), "longer than 200", ""),
        ("(" * 17 + "true" + ")" * 17, (1, 17), "more than 16 brackets", ""),
        ("true" + " && true" * 200, (1, 1), "longer than 1000", "split"),
        ("'a' + 'b' == 'ab'", (1, 5), "+ does not go with (string, string)", ""),
        ("1" + " - 1" * 40 + " > 0", (1, 1), "recursion", ""),
        (
            "harvest.traces / harvest.exchanges > 0.5",
            (1, 16),
            "/ does not go with (double, double)",
            "compare products",
        ),
        ("", (1, 1), "empty", ""),
    ],
)
def test_what_is_wrong_is_told_where_it_is(text: str, at: tuple[int, int], message: str, hint: str) -> None:
    found = complaints(text)[0]
    assert found.at == Place(*at)
    assert message in found.message
    assert hint in found.hint


def test_nothing_that_grows_text_or_hides_a_type_is_known() -> None:
    for text in (
        "models + models == models",
        "dyn(1) == 1",
        "models.map(m, m) == models",
        "timestamp('x') == timestamp('x')",
    ):
        assert complaints(text), text


def test_a_condition_travels_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(Condition("weight > 8.0"))) == Condition("weight > 8.0")  # noqa: S301 - our own


MARKS = ["(", ")", "[", "]", ".", "&&", "||", "!", "-", ",", "?", ":", "in", "{", "}", "\n", "\x00", "==", ">", '"']
OTHERS = ["1", "1.0", "'a'", "matches", "exists", "all", "volume", "é"]
WORDS = st.sampled_from([*VARIABLES, *MARKS, *OTHERS])


@given(st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=300))
def test_any_text_is_a_condition_or_has_its_complaints(text: str) -> None:
    if not complaints(text):
        assert isinstance(outcome(text), Outcome)


numbers = st.floats(allow_nan=True, allow_infinity=True)
names = st.text(st.characters(), max_size=8)


@settings(max_examples=200)
@given(
    st.builds(
        Standing,
        subject=st.builds(Subject, names, names),
        at=numbers,
        weight=numbers,
        families=st.dictionaries(names, numbers, max_size=3),
        evidence=st.dictionaries(names, st.builds(Evidence, numbers), max_size=3),
        harvest=st.builds(Harvest, st.integers(), st.integers(), st.integers(), st.integers(), numbers),
        company=st.dictionaries(names, numbers, max_size=3),
        models=st.lists(names, max_size=3).map(tuple),
        tags=st.lists(names, max_size=3).map(tuple),
        strikes=st.dictionaries(names, st.integers(), max_size=3),
    )
)
def test_no_standing_makes_a_condition_raise(held: Standing) -> None:
    text = "one_in > 1.0 && harvest.traces > 0.0 && models.exists(m, m == scope) && tags.all(t, t != '') && hour < 25"
    assert isinstance(outcome(text, held), Outcome)
