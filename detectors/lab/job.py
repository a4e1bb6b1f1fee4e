"""A job is what a client does with the model: a generator that yields what it asks and is sent what came back.

The same player plays every job, honest or not: it alone decides on times, lengths, failures and text of answers.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from heapq import heappop, heappush
from random import Random
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from detectors.lab.habits import Habits
from detectors.lab.prose import FORMS
from detectors.lab.tempo import END, Beat, Pause
from detectors.lab.traffic import CHARS_PER_TOKEN, DAY, START, Asked, Said, Script, bell, tokens
from detectors.lab.words import Words


class Ask(NamedTuple):
    """One question of a job.

    Attributes:
        turns: the conversation as sent.
        form: shape of the answer, one of ``LENGTHS``.
        chars: length of the answer where known, characters; 0: drawn.
        pause: what comes before: a new conversation, a person's turn, a program's step, a rest.
        options: the labels of which the answer is one; none: free text.
        cap: max_tokens that the job forces; 0: as the client is used to. ``temperature``: likewise, -2.0.
        longer: factor on the drawn length.
        again: how many samples are asked for at once (``n``).
        handed, signature: see ``Asked``.
    """

    turns: tuple[Said, ...]
    system: str | None = None
    form: str = "prose"
    chars: int = 0
    pause: Pause = "new"
    options: Sequence[str] = ()
    cap: int = 0
    temperature: float = -2.0
    longer: float = 1.0
    again: int = 1
    logprobs: int = 0
    logit_bias: int = 0
    tools: int = 0
    tool_results: int = 0
    tool_calls: int = 0
    user: str = ""
    handed: tuple[str, ...] = ()
    signature: str = ""
    stream: bool | None = None


Job: TypeAlias = Generator[Ask, str, None]


class Desk(NamedTuple):
    """What a job has at hand: dice, what is said, this half's words, the client's habits, how much is wanted."""

    rng: Random
    script: Script
    words: Words
    habits: Habits
    most: int
    club: Random  # dice shared by the accounts of one class, event or team
    served: Iterator[str] = iter(())  # answers that other accounts were served


Work: TypeAlias = Callable[[Desk], Job]

# Typical length of an answer by its form, tokens, and the log-normal spread between answers.
LENGTHS: Final = {
    "prose": (230.0, 0.7), "code": (260.0, 0.6), "worked": (220.0, 0.5), "thinking": (900.0, 0.5),
    "list": (330.0, 0.4), "dialogue": (450.0, 0.4), "graded": (130.0, 0.5), "reply": (55.0, 0.5), "json": (24.0, 0.3),
    "sql": (34.0, 0.4), "summary": (110.0, 0.4), "step": (60.0, 0.8), "word": (2.0, 0.0), "completion": (22.0, 0.8),
    "long": (620.0, 0.4), "page": (320.0, 0.3), "echo": (0.0, 0.2), "task": (50.0, 0.4),
}  # fmt: skip
_TEXTS: Final = {"thinking": "worked", "completion": "code"}  # forms that look like another
_SHORT = ("word", "json", "sql")  # forms whose length is their own
_RATE = 60.0  # tokens a second that the model writes
_BUSY: Final = (429, 500, 503)  # how calls fail


def said(rng: Random, ask: Ask, habits: Habits) -> tuple[str, str]:
    """Return one answer and how it finished."""
    prompt = ask.turns[-1].text
    if ask.options:
        return rng.choice(ask.options), "stop"
    typical, spread = LENGTHS[ask.form]
    drawn = bell(rng, typical * habits.wordy * ask.longer, spread) * CHARS_PER_TOKEN
    if ask.form == "echo":
        drawn = len(prompt) * bell(rng, ask.longer, spread)
    chars = max(2, ask.chars or round(drawn))
    cap = round((ask.cap or habits.max_tokens) * CHARS_PER_TOKEN)
    text = FORMS.get(_TEXTS.get(ask.form, ask.form), FORMS["prose"])(rng, prompt, min(chars, cap or chars))
    if cap and len(text) > cap:
        text = text[:cap]
    return text, "length" if cap and chars >= cap and ask.form not in _SHORT else "stop"


def play(rng: Random, job: Job, beat: Beat, habits: Habits, most: int, *, attack: bool = False) -> list[Asked]:
    """Play a job to its end, to so many exchanges or to the end of the fortnight; return it in time order."""
    asked = [one for _, one in _played(rng, job, beat, habits, most, attack=attack)]
    return sorted((one for one in asked if one.at < END), key=lambda one: one.at)


def stream(rng: Random, job: Job, beat: Beat, habits: Habits, most: int, *, attack: bool = False) -> Iterator[Asked]:
    """Yield what ``play`` returns, little by little: only conversations that overlap are held."""
    waiting: list[tuple[float, int, Asked]] = []
    for number, (opened, one) in enumerate(_played(rng, job, beat, habits, most, attack=attack)):
        while waiting and waiting[0][0] <= opened:
            yield heappop(waiting)[2]
        if one.at < END:
            heappush(waiting, (one.at, number, one))
    while waiting:
        yield heappop(waiting)[2]


def _played(
    rng: Random, job: Job, beat: Beat, habits: Habits, most: int, *, attack: bool
) -> Iterator[tuple[float, Asked]]:
    """Yield exchanges, each with a time before which none of those to come lies."""
    count, left, at, shown = 0, _stint(rng, habits), beat.at, Shown()
    ask = next(job, None)
    while ask is not None and count < most:
        if ask.pause in ("new", "rest"):
            left -= 1
            resting = ask.pause == "rest" or left == 0
            at = beat.rest() if resting else beat.open()
            left, shown = (_stint(rng, habits) if resting else left), Shown()
            if at >= END:
                break
        signed = shown.sign(rng, ask) if habits.thinks and _plain(ask) else ask
        done = answered(rng, signed, habits, at, attack=attack)
        if rng.random() < habits.flaky:
            count += 1
            yield beat.at, _failed(rng, done)
            done = replace(done, at=done.at + rng.uniform(1.0, 9.0))
        count += 1
        yield beat.at, done
        ask = _next(job, done.choices[0])
        at = done.at + done.took + (beat.pause(ask.pause) if ask and ask.pause in ("turn", "step") else 0.0)


class Shown:
    """The signatures of reasoning shown in one conversation, which the client hands back with its history."""

    def __init__(self) -> None:
        """Begin with none."""
        self._signatures: tuple[str, ...] = ()

    def sign(self, rng: Random, ask: Ask) -> Ask:
        """Return the question with what is handed back, and with the signature that its answer will carry."""
        signature, handed = f"{rng.getrandbits(256):064x}", self._signatures if len(ask.turns) > 1 else ()
        self._signatures = (*self._signatures, signature)
        return ask._replace(signature=signature, handed=handed)


def _plain(ask: Ask) -> bool:
    """Say whether the question can be put to an API that shows signed reasoning: one sample, no log-probabilities."""
    return ask.again == 1 and not ask.logprobs and not ask.logit_bias


def _next(job: Job, answer: str) -> Ask | None:
    try:
        return job.send(answer)
    except StopIteration:
        return None


def _stint(rng: Random, habits: Habits) -> int:
    return round(bell(rng, habits.stints, 0.5)) + 1 if habits.stints else -1


def answered(rng: Random, ask: Ask, habits: Habits, at: float, *, attack: bool) -> Asked:
    """Return one exchange: the question, and what the lab's model says to it."""
    both = [said(rng, ask, habits) for _ in range(ask.again)]
    count = sum([tokens(len(text)) for text, _ in both])
    return Asked(
        at=at, turns=ask.turns, system=habits.system if ask.system is None else ask.system, user=ask.user,
        max_tokens=ask.cap or habits.max_tokens, samples=ask.again, logprobs=ask.logprobs, logit_bias=ask.logit_bias,
        temperature=habits.temperature if ask.temperature < -1.0 else ask.temperature, tools=ask.tools,
        tool_results=ask.tool_results, stream=habits.stream if ask.stream is None else ask.stream,
        answer_chars=sum([len(text) for text, _ in both]), answer_tokens=count, tool_calls=ask.tool_calls,
        took=rng.uniform(0.3, 1.2) + count / ask.again / _RATE, choices=tuple([text for text, _ in both]),
        finish="tool_calls" if ask.tool_calls else both[0][1],
        key=rng.randrange(habits.keys), address=rng.randrange(habits.addresses),
        model=int(at >= START + habits.adopts * DAY), handed=ask.handed, signature=ask.signature, attack=attack,
    )  # fmt: skip


def _failed(rng: Random, one: Asked) -> Asked:
    return replace(
        one, choices=(), answer_chars=0, answer_tokens=0, tool_calls=0, finish="error", took=0.4, signature="",
        status=rng.choice(_BUSY),
    )  # fmt: skip
