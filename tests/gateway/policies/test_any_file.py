"""Whatever a policy file says, it is a policy or it has faults; and whatever a policy is asked, it answers."""

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.base import Evidence, Harvest
from gateway.decisions import Standing, Subject
from gateway.faults import Faults
from gateway.policies.file import load_policy
from gateway.policies.ladder import Ladder
from gateway.policies.written import PolicyPart, RungPart

WORDS = st.sampled_from([
    "p", "trim", "deny", "watch", "throttle", "enforce", "shadow", "off", "key", "network", "1h", "7d", "0s",
    "weight > 1.0",
    "strikes['p/a'] > 0", "1 / 0 > 0", "evidence[scope] > 1.0", "models.exists(m, m == 'x')", "weight >",
    "Not a name", "é",
    "${HOME}", "${NOBODY_SET_THIS}", "", "a",
])  # fmt: skip
MARKS = st.sampled_from(
    ["policy:", " ", "\n", "- ", "rungs", "{", "]", "'", "|", "when: ", "&a", "*a", "!x", "#", "weight > 1.0"]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 9), st.floats(), st.just(1e8), WORDS, st.text(max_size=5))
KEYS = st.sampled_from([
    *(field.alias or name for name, field in RungPart.model_fields.items()),
    *PolicyPart.model_fields, "within", "steps", "after", "traces", "logprobs", "requests_per_minute", "unknown", "",
])  # fmt: skip
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
FINE = {"rule": "a", "one_in": 1e3, "action": "watch", "for": "1h"}
RUNGS = st.dictionaries(KEYS, VALUES, max_size=3).map(lambda more: FINE | more)
FILES = st.dictionaries(KEYS, VALUES, max_size=3).flatmap(
    lambda more: st.lists(RUNGS, max_size=3).map(lambda rungs: {"policy": "p", "rungs": rungs} | more)
)


def loaded(file: Path, text: str) -> Ladder | Faults:
    file.write_text(text, "utf-8", errors="surrogatepass")
    try:
        return load_policy(file)
    except Faults as faults:
        return faults


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(FILES, st.floats(0, 60), st.sampled_from(["key", "network", "", "campaign"]), st.integers(0, 9))
def test_a_file_of_our_words_is_a_policy_or_has_its_faults(
    tmp_path: Path, whole: object, weight: float, scope: str, before: int
) -> None:
    found = loaded(tmp_path / "p.yaml", json.dumps(whole))
    if isinstance(found, Faults):
        assert found.faults
    else:
        held = Standing(
            subject=Subject(scope, "s"), at=weight * 1e9, weight=weight, families={"content": weight, "timing": 2.0},
            evidence={"volume": Evidence(weight)}, harvest=Harvest(before), models=("x", "\ud800"),
            strikes={"p/a": before, "p/a:shadow": before},
        )  # fmt: skip
        told = found.judgement(held)
        assert told.verdict is None or told.verdict.policy == found.name
        assert {fault.policy for fault in told.faults} <= {found.name}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.lists(MARKS).map("".join))
def test_a_file_of_anything_has_its_faults(tmp_path: Path, text: str) -> None:
    assert isinstance(loaded(tmp_path / "p.yaml", text), Faults)
