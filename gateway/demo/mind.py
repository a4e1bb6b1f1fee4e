"""What the simulated model thinks of a question, in no provider's dialect: a pure function of the prompt."""

import hashlib
import math
import re
from collections.abc import Mapping
from random import Random
from typing import Any

import msgspec

from gateway.demo import prose

_ONE_WORD = re.compile(r"\b(one word|single word|only the label|label only|yes or no)\b", re.IGNORECASE)
_BRIEF = re.compile(r"\b(brief|briefly|short|one sentence|in a line|concise)", re.IGNORECASE)
_LONG = re.compile(
    r"\b(detailed|in detail|at length|step by step|essay|thorough|comprehensive|do not omit)", re.IGNORECASE
)
CHARS_A_TOKEN = 4  # rule of thumb for English text; only usage figures depend on it


class Tool(msgspec.Struct, frozen=True):
    """A tool offered to the model, with the JSON schema of its arguments."""

    name: str
    schema: Mapping[str, Any] = {}


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A question as the model understands it.

    Attributes:
        prompt: all text given, in order.
        newest: the newest turn, which is what gets answered.
        max_tokens: cap on an answer, tokens; 0 if none.
        samples: answers wanted.
        reasons: reasoning is to be shown.
        tool: the tool to call instead of answering, if one was offered and has not been called.
        refuse: the model declines.
        length: tokens of one answer, whatever the prompt asks for; 0 if the prompt decides.
    """

    prompt: str
    newest: str
    max_tokens: int = 0
    samples: int = 1
    reasons: bool = False
    tool: Tool | None = None
    refuse: bool = False
    length: int = 0


class Choice(msgspec.Struct, frozen=True):
    """One answer: its tokens, and ``stop`` or ``length``."""

    pieces: tuple[str, ...]
    finish: str = "stop"

    @property
    def text(self) -> str:
        """The answer in one piece."""
        return "".join(self.pieces)


class Call(msgspec.Struct, frozen=True):
    """A call of a tool, arguments as JSON text and as data."""

    name: str
    arguments: str
    data: Mapping[str, Any]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says.

    Attributes:
        key: 24 hex digits that follow from the prompt; ids are made of it.
        choices: one or more answers; empty text when a tool is called.
        thoughts: tokens of reasoning; empty unless asked for.
        call: the tool call, if any.
        refusal: why the model declines; empty unless it does.
        prompt_tokens: tokens of the question.
    """

    key: str
    choices: tuple[Choice, ...]
    thoughts: tuple[str, ...] = ()
    call: Call | None = None
    refusal: str = ""
    prompt_tokens: int = 1

    @property
    def answer_tokens(self) -> int:
        """Tokens of all answers, reasoning excluded."""
        call = len(self.call.arguments) // CHARS_A_TOKEN + 4 if self.call else 0
        return sum(len(choice.pieces) for choice in self.choices) + call + len(self.refusal) // CHARS_A_TOKEN

    @property
    def signature(self) -> str:
        """What stands for encrypted reasoning: opaque text that follows from the prompt."""
        return "EqMB" + hashlib.sha256(self.key.encode()).hexdigest() * 2


def digest(text: str) -> str:
    """Return 24 hex digits that follow from a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def tokens_of(text: str) -> int:
    """Return how many tokens a text is billed as."""
    return max(1, len(text) // CHARS_A_TOKEN)


def think(asking: Asking) -> Said:
    """Return what the model says to a question: always the same to the same question."""
    key = digest(asking.prompt)
    thoughts = _thoughts(asking, key) if asking.reasons else ()
    billed = tokens_of(asking.prompt)
    if asking.refuse:
        refusal = "I am not able to help with that request."
        return Said(key=key, choices=(Choice(()),), refusal=refusal, prompt_tokens=billed)
    if asking.tool is not None:
        call = _call(asking.tool, asking.newest)
        return Said(key=key, choices=(Choice(()),), thoughts=thoughts, call=call, prompt_tokens=billed)
    choices = tuple(_choice(asking, f"{key}{i}") for i in range(max(1, asking.samples)))
    return Said(key=key, choices=choices, thoughts=thoughts, prompt_tokens=billed)


def _thoughts(asking: Asking, key: str) -> tuple[str, ...]:
    dice = Random(f"{key}thoughts")
    return prose.reasoning(asking.newest, dice.randint(30, 90), dice)


def _choice(asking: Asking, seed: str) -> Choice:
    dice = Random(seed)
    if _ONE_WORD.search(asking.prompt):
        return Choice(prose.label(dice))
    low, high = 60, 160
    if asking.length:
        low = high = asking.length
    elif _LONG.search(asking.prompt):
        low, high = 220, 420
    elif _BRIEF.search(asking.prompt):
        low, high = 15, 40
    tokens = dice.randint(low, high)
    if asking.max_tokens and tokens > asking.max_tokens:
        return Choice(prose.answer(asking.newest, asking.max_tokens, dice), "length")
    return Choice(prose.answer(asking.newest, tokens, dice))


def _call(tool: Tool, about: str) -> Call:
    properties = tool.schema.get("properties")
    named = properties if isinstance(properties, Mapping) else {}
    data = {str(name): _value(kind, about) for name, kind in named.items()}
    return Call(tool.name, msgspec.json.encode(data).decode(), data)


def _value(schema: Any, about: str) -> Any:
    """Return a value that fits a JSON schema."""
    if not isinstance(schema, Mapping):
        return None
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return schema["enum"][0]
    kind = str(schema.get("type", "string")).lower()
    plain: dict[str, Any] = {"integer": 3, "number": 3.5, "boolean": True, "array": [], "object": {}, "null": None}
    return plain[kind] if kind in plain else prose.topics(about)[-1]


def alternatives(token: str, count: int) -> list[tuple[str, float]]:
    """Return a token and its rivals with log-probabilities, most likely first; ``count`` in all, at least 1."""
    dice = Random(token)
    first = 0.5 + dice.random() / 2.1
    rest = 1.0 - first
    found = [(token, math.log(first))]
    for i in range(1, count):
        rest /= 2
        found.append((f" {prose.topics(token)[0]}{i}", math.log(rest)))
    return found


def embedding(text: str, dimensions: int) -> list[float]:
    """Return a unit vector that follows from a text."""
    dice = Random(digest(text))
    vector = [dice.gauss() for _ in range(dimensions)]
    length = math.sqrt(sum(x * x for x in vector))
    return [round(x / length, 7) for x in vector]
