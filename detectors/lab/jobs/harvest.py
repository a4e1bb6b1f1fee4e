"""Distillers: jobs whose answers are the goods. What is asked decides what a student learns."""

from collections.abc import Sequence

from detectors.lab.job import Ask, Desk, Job, Work
from detectors.lab.jobs.items import PLAIN, framed
from detectors.lab.traffic import Said

_PAIRS = 2  # orders in which a pair of responses is shown


def eliciting(frames: Sequence[str], systems: Sequence[str], how: str, form: str = "thinking") -> Work:
    """Return the job of having reasoning written out.

    Args:
        frames: around the problem.
        systems: scaffolds that demand it.
        how: "fixed", "account" (reworded for each client) or "query" (for each question).
        form: of the answers.
    """

    def work(desk: Desk) -> Job:
        rng, words = desk.rng, desk.words
        frame, system = (words.pick(rng, frames) if frames else PLAIN), words.of(systems)[0]
        lead = ""
        if how == "account":
            system, lead = words.pick(rng, systems), words.say(rng, LEADS)
        for one in desk.script:
            if how == "query":
                system, lead = words.pick(rng, systems), words.say(rng, LEADS)
            yield Ask((Said("user", framed(frame, one)),), f"{lead}{system}", form)

    return work


LEADS = (
    "You teach {d} to a {p} in {c}. ",
    "Today you work with a {p} on {d}. ",
    "Imagine a {a} notebook about the {t}. ",
    "You are the tutor of a {p} who likes the {t}. ",
    "In {c} a {p} waits for you. ",
    "You check the homework of a {a} {p}. ",
)


def resampling(samples: Sequence[int], temperatures: Sequence[float], form: str = "worked") -> Work:
    """Return the job of drawing many answers to each question: in one call, or call after call over a grid."""

    def work(desk: Desk) -> Job:
        rng = desk.rng
        again = rng.choice(list(samples))
        grid = rng.random() < 0.5  # noqa: PLR2004 - half of them ask again instead of setting n
        for one in desk.script:
            turns = (Said("user", one.lines[0].text),)
            if grid:
                for temperature in temperatures:
                    yield Ask(turns, one.system or None, form, temperature=temperature)
            else:
                yield Ask(turns, one.system or None, form, temperature=1.0, again=again)

    return work


def societies(desk: Desk) -> Job:
    """Two simulated speakers, both played by the model: what one says is the other's prompt."""
    for one in desk.script:
        talk: list[str] = [one.lines[0].text]
        for number in range(desk.rng.randint(4, 12)):
            mine = number % 2
            turns = tuple([Said("user" if i % 2 == mine else "assistant", text) for i, text in enumerate(talk)])
            turns = turns if turns[0].role == "user" else turns[1:]
            if not turns:
                break
            system = f"{one.system} Now you are the {('assistant', 'user')[mine]}."
            talk.append((yield Ask(turns, system, "prose", pause="step" if number else "new")))


def preferring(frames: Sequence[str]) -> Work:
    """Return the job of labelling pairs of responses, each pair twice with the order swapped."""

    def work(desk: Desk) -> Job:
        frame = desk.words.pick(desk.rng, frames)
        for one in desk.script:
            texts = [line.text for line in one.lines[:3]]
            if len(texts) < 3:  # noqa: PLR2004 - the source has put question and responses in one text
                for line in one.lines[:_PAIRS]:
                    yield Ask((Said("user", line.text),), one.system or None, "graded", temperature=0.0)
                continue
            for a, b in ((1, 2), (2, 1)):
                text = frame.replace("{x}", texts[0]).replace("{y}", texts[a]).replace("{z}", texts[b])
                yield Ask((Said("user", text),), None, "graded", temperature=0.0)

    return work


def lifting(desk: Desk) -> Job:
    """Next-token distributions, read through a logit bias that brings every token up in turn, or as log-probabilities."""
    biased = desk.rng.random() < 0.6  # noqa: PLR2004 - the others only read what is offered
    for one in desk.script:
        yield Ask(
            (Said("user", one.lines[0].text[: desk.rng.randint(20, 200)]),), None, "word", cap=1, temperature=0.0,
            logprobs=20, logit_bias=desk.rng.randint(5, 300) if biased else 0,
        )  # fmt: skip
