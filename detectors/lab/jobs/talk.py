"""Conversations: a person or an app's users speak, read, and speak again; every turn carries what was said before."""

from collections.abc import Sequence

from detectors.lab.job import Ask, Desk, Job, Work
from detectors.lab.tempo import Pause
from detectors.lab.traffic import Conversation, Said

_MOST = 12  # turns after which even a patient person starts afresh
_USERS = 5000  # end users of a large app


def sitting(desk: Desk, one: Conversation, form: str, system: str | None, user: str = "") -> Job:
    """Play one conversation, turn by turn."""
    turns: tuple[Said, ...] = ()
    pause: Pause = "new"
    for line in one.lines[:_MOST]:
        turns = (*turns, Said("user", line.text))
        answer = yield Ask(turns, one.system or system, form, line.answer_chars, pause, user=user)
        turns, pause = (*turns, Said("assistant", answer)), "turn"


def talking(form: str = "prose", systems: Sequence[str] = (), *, users: bool = False) -> Work:
    """Return the job of conversing; ``systems``: of these prompts each client keeps one; ``users``: some name theirs."""

    def work(desk: Desk) -> Job:
        system = desk.words.say(desk.club, systems) if systems else None
        named = users and desk.rng.random() < 0.5  # noqa: PLR2004 - half of the apps tell who asks
        for one in desk.script:
            user = f"u{desk.rng.randrange(_USERS)}" if named else ""
            yield from sitting(desk, one, form, system, user)

    return work


def switching(form: str = "prose", lines: Sequence[str] = ()) -> Work:
    """Return the job of somebody who keeps changing the system prompt and the parameters of an app to be."""

    def work(desk: Desk) -> Job:
        kept: list[str] = []
        for one in desk.script:
            if not kept or desk.rng.random() < 1 / (4 + len(kept)):
                kept.append(desk.words.say(desk.rng, lines))
            turns: tuple[Said, ...] = ()
            odd = desk.rng.random() < 0.3  # noqa: PLR2004 - of the sittings play with the parameters
            for line in one.lines[:_MOST]:
                turns = (*turns, Said("user", line.text))
                answer = yield Ask(
                    turns, desk.rng.choice(kept[-4:]), form, line.answer_chars, "turn" if len(turns) > 1 else "new",
                    temperature=desk.rng.choice((0.0, 0.5, 1.0, 1.5)), again=desk.rng.choice((1, 2, 4)) if odd else 1,
                    logprobs=desk.rng.choice((0, 0, 5)) if odd else 0,
                )  # fmt: skip
                turns = (*turns, Said("assistant", answer.partition("\n")[0]))

    return work
