import pytest

from detectors.lab.traffic import Asked, Said
from gateway.demo.cast import ROLES, Role, questions
from gateway.demo.letters import Letter, credentials, write
from gateway.demo.model import Received, answer
from gateway.demo.script import HEADER, read_script
from gateway.dialects.known import Dialects
from gateway.exchange import Query

DIALECTS = ("openai", "anthropic", "gemini")
RICH = Asked(
    at=0.0,
    turns=(Said("user", "Which bolt fits?"), Said("assistant", "…" * 30), Said("user", "And for the old frame?")),
    system="Answer for mechanics.",
    user="u7",
    max_tokens=300,
    samples=2,
    logprobs=4,
    logit_bias=3,
    temperature=0.3,
    tools=2,
    answer_tokens=80,
)
ERRAND = Asked(at=0.0, turns=(Said("user", "Repair it."), Said("assistant", "…"), Said("tool", "2 failed")), tools=1)


def reread(letter: Letter) -> Query:
    dialect, surface = Dialects().find("POST", letter.path.partition("?")[0], ())
    return dialect.read(surface, letter.body)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_reads_back_what_was_written(dialect: str) -> None:
    query = reread(write(RICH, dialect, "sk-x"))
    assert query.system == RICH.system
    assert [turn.role for turn in query.turns] == ["user", "assistant", "user"]
    assert query.turns[-1].text == "And for the old frame?"
    assert (query.max_tokens, query.temperature, query.tools) == (300, 0.3, 2)


def test_only_dialects_that_have_them_carry_samples_and_log_probabilities() -> None:
    read = {dialect: reread(write(RICH, dialect, "sk-x")) for dialect in DIALECTS}
    assert [read[d].samples for d in DIALECTS] == [2, 1, 2]
    assert [read[d].logprobs for d in DIALECTS] == [4, 0, 4]
    assert [read[d].logit_bias for d in DIALECTS] == [3, 0, 0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_tool_results_are_handed_back(dialect: str) -> None:
    query = reread(write(ERRAND, dialect, "sk-x"))
    assert query.tool_results == 1
    assert query.turns[-1].text == "2 failed"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_reasoning_is_asked_for_by_parameter(dialect: str) -> None:
    assert reread(write(RICH, dialect, "sk-x", reasons=True)).asks_reasoning
    assert not reread(write(RICH, dialect, "sk-x")).asks_reasoning


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_the_model_answers_every_client_of_the_cast(role: Role) -> None:
    for asked in questions(role, None)[:20]:
        letter = write(asked, role.dialect, role.key)
        path, _, query = letter.path.partition("?")
        headers = dict(letter.headers)
        said = answer(Received("POST", path, query, headers, letter.body), read_script(headers[HEADER]))
        assert said.status == 200
        assert said.streams == role.streams


def test_keys_are_shown_as_each_provider_wants_them() -> None:
    assert credentials("openai", "k") == (("authorization", "Bearer k"),)
    assert credentials("anthropic", "k")[0] == ("x-api-key", "k")
    assert credentials("gemini", "k") == (("x-goog-api-key", "k"),)


def test_the_answers_length_is_the_labs() -> None:
    letter = write(RICH, "openai", "k")
    assert dict(letter.headers)[HEADER] == "tokens=40"  # 80 tokens in two samples
