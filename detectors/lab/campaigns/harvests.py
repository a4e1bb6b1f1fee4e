"""What a campaign asks of the model, question by question, whichever account asks it."""

from collections import deque
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final, Protocol

from detectors.lab.job import Ask
from detectors.lab.prose import essay
from detectors.lab.traffic import Asked, Conversation, Said, Script
from detectors.lab.words import Words

_CLEANS: Final = (
    "Clean up this trace for a data set: keep every step, drop filler.\n\n{x}", "Rewrite as a tidy solution:\n{x}",
    "Judge whether the reply is right and deep, then improve it.\n\n{x}", "Grade 1-10 and mend what is wrong: {x}",
    "Normalise to (Reasoning, Answer):\n\n{x}", "Turn this into a worked example, nothing lost.\n{x}",
)  # fmt: skip
_HELD: Final = 400  # answers in hand, at most
_OPEN: Final = 40  # relayed conversations that are open at a time, at most
_GOES_ON: Final = 0.6  # share of relayed turns that go on with one
_TURNS: Final = 6


class Harvest(Protocol):
    """Deals questions to accounts, which are numbers here."""

    def ask(self, account: int) -> Ask:
        """Return what that account asks next."""
        ...

    def told(self, account: int, ask: Ask, asked: Asked) -> None:
        """Take notice of the answer."""
        ...


def never_twice(script: Script) -> Iterator[Conversation]:
    """Leave out what was yielded before, up to a million questions; then again from any."""
    seen: set[int] = set()
    dull = 0
    for one in script:
        mark = hash(one.lines[0].text)
        dull = dull + 1 if mark in seen else 0
        if dull in range(1, 50):
            continue
        seen.add(mark)
        yield one


class Listed:
    """Questions from one list, each asked once: under one scaffold, under each account's own, or under none."""

    def __init__(self, questions: Iterator[Conversation], scaffolds: Sequence[tuple[str, str]], form: str) -> None:
        """Take the questions; ``scaffolds``: of each account, (system, frame); ``form``: of the answers."""
        self._questions, self._scaffolds, self._form = questions, scaffolds, form

    def ask(self, account: int) -> Ask:
        """Return the next question of the list."""
        one = next(self._questions)
        system, frame = self._scaffolds[account % len(self._scaffolds)]
        text = frame.replace("{x}", one.lines[0].text)
        return Ask((Said("user", text),), system or one.system or None, self._form)

    def told(self, account: int, ask: Ask, asked: Asked) -> None:
        """Learn nothing."""


class Cleaning:
    """Some accounts harvest, others are handed what came back, to clean and grade it (GTG-16006)."""

    def __init__(self, rng: Random, words: Words, harvest: Listed, cleaners: frozenset[int]) -> None:
        """Take the harvest, and which accounts clean."""
        self._rng, self._frame, self._harvest, self._cleaners = rng, words.pick(rng, _CLEANS), harvest, cleaners
        self._held: deque[str] = deque(maxlen=_HELD)

    def ask(self, account: int) -> Ask:
        """Return a question, or a trace that is to be cleaned."""
        if account in self._cleaners and self._held:
            at = self._rng.randrange(len(self._held))
            trace, self._held[at] = self._held[at], self._held[-1]
            self._held.pop()
            return Ask((Said("user", self._frame.replace("{x}", trace)),), None, "worked")
        return self._harvest.ask(account)

    def told(self, account: int, ask: Ask, asked: Asked) -> None:
        """Keep what was harvested."""
        del ask
        if account not in self._cleaners and asked.choices:
            self._held.append(asked.choices[0])


class Relay:
    """Requests of real users elsewhere, dealt out over the pool turn by turn (GTG-16002, GTG-16001).

    Without ``sticky`` the turns of one conversation come from several accounts, and each hands in the signatures that
    the accounts before it were served.
    """

    def __init__(self, rng: Random, script: Script, system: str, *, sticky: bool) -> None:
        """Take the users' conversations, and the system prompt put in front (empty: none)."""
        self._rng, self._script, self._system, self._sticky = rng, script, system, sticky
        self._open: list[_Talk] = []
        self._asks: _Talk | None = None

    def ask(self, account: int) -> Ask:
        """Return a turn of some user's conversation."""
        mine = [one for one in self._open if not self._sticky or one.account == account]
        if mine and self._rng.random() < _GOES_ON:
            talk = self._rng.choice(mine)
        else:
            talk = _Talk(next(self._script), account)
            self._open = [*self._open[-_OPEN:], talk]
        self._asks = talk
        signature = f"{self._rng.getrandbits(256):064x}"
        handed, turns = tuple(talk.signatures), (*talk.turns, Said("user", talk.left[0]))
        return Ask(turns, self._system or talk.system or None, "prose", handed=handed, signature=signature)

    def told(self, account: int, ask: Ask, asked: Asked) -> None:
        """Go on with the conversation, if its user has more to say."""
        del account
        talk = self._asks
        if talk is None:
            return
        talk.turns = (*ask.turns, Said("assistant", asked.choices[0]))
        talk.signatures, talk.left = [*talk.signatures, asked.signature], talk.left[1:]
        if not talk.left:
            self._open.remove(talk)


class _Talk:
    def __init__(self, one: Conversation, account: int) -> None:
        self.left = [line.text for line in one.lines[:_TURNS]]
        self.system, self.account = one.system, account
        self.turns: tuple[Said, ...] = ()
        self.signatures: list[str] = []


class Sessions:
    """Recorded sessions of one's own users, replayed through an agent's prompt, history and all (GTG-16008)."""

    def __init__(self, rng: Random, script: Script, system: str) -> None:
        """Take the sessions and the agent's prompt."""
        self._rng, self._script, self._system = rng, script, system

    def ask(self, account: int) -> Ask:
        """Return one turn of a session, with a history that this model never wrote."""
        del account
        lines = [line.text for line in next(self._script).lines[:_TURNS]]
        stop = self._rng.randrange(len(lines))
        turns: tuple[Said, ...] = ()
        for text in lines[:stop]:
            recorded = essay(self._rng, text, self._rng.randint(80, 1200))
            turns = (*turns, Said("user", text), Said("assistant", recorded))
        return Ask((*turns, Said("user", lines[stop])), self._system or None, "page", tools=8)

    def told(self, account: int, ask: Ask, asked: Asked) -> None:
        """Learn nothing."""


class Grading:
    """Candidates of one's own model under one rubric, for a reward model (February 2026)."""

    def __init__(self, rng: Random, script: Script, rubric: str) -> None:
        """Take questions with responses, and the rubric."""
        self._rng, self._script, self._rubric = rng, script, rubric

    def ask(self, account: int) -> Ask:
        """Return a question and a candidate to grade."""
        del account
        one = next(self._script)
        reply = one.lines[1].text if len(one.lines) > 1 else essay(self._rng, one.lines[0].text, 500)
        text = f"{self._rubric}\n\nQuestion: {one.lines[0].text}\n\nResponse: {reply}"
        return Ask((Said("user", text),), one.system or None, "graded")

    def told(self, account: int, ask: Ask, asked: Asked) -> None:
        """Learn nothing."""
