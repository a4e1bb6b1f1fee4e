"""Agents: each call carries the whole growing context, and what the last tool returned."""

from collections.abc import Sequence

from detectors.lab.job import Ask, Desk, Job, Work
from detectors.lab.tempo import Pause
from detectors.lab.traffic import Said

_MOST = 30  # calls of one errand


def errands(systems: Sequence[str] = (), form: str = "step", longer: float = 1.0) -> Work:
    """Return the job of running errands with tools; the first line of a conversation is the task, the others results."""

    def work(desk: Desk) -> Job:
        system = desk.words.say(desk.rng, systems) if systems else None
        offered = desk.rng.randint(4, 24)
        for one in desk.script:
            turns: tuple[Said, ...] = ()
            pause: Pause = "new"
            lines = one.lines[:_MOST]
            for number, line in enumerate(lines):
                result = number and not line.text.startswith("\u0000")
                turns = (*turns, Said("tool" if result else "user", line.text))
                last = number == len(lines) - 1
                answer = yield Ask(
                    turns, one.system or system, form, line.answer_chars, pause, tools=offered, longer=longer,
                    tool_results=int(bool(result)), tool_calls=int(not last),
                )  # fmt: skip
                turns, pause = (*turns, Said("assistant", answer)), "step"

    return work
