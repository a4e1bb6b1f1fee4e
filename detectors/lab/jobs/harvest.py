"""Distillers: jobs whose answers are the goods. What is asked decides what a student learns."""

from collections.abc import Sequence

from detectors.lab.job import Ask, Desk, Job, Work
from detectors.lab.jobs.items import framed
from detectors.lab.traffic import Said

LEADS = (
    "You teach {d} to a {p} in {c}. ", "Today you work with a {p} on {d}. ", "Imagine a {a} notebook about the {t}. ",
    "You are the tutor of a {p} who likes the {t}. ", "In {c} a {p} waits for you. ",
    "You check the homework of a {a} {p}. ",
)  # fmt: skip
_GRID = 0.5  # share of resamplers that ask again and again instead of setting n
_TASKS = 10  # tasks of one answer that are then asked each for itself, at most
_READABLE = 20  # characters; a shorter line of an answer is no task


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
        frame, system, lead = words.pick(rng, frames), words.of(systems)[0], ""
        if how == "account":
            system, lead = words.pick(rng, systems), words.say(rng, LEADS)
        for one in desk.script:
            if how == "query":
                system, lead = words.pick(rng, systems), words.say(rng, LEADS)
            yield Ask((Said("user", framed(frame, one)),), f"{lead}{system}", form)

    return work


def breeding(form: str = "long") -> Work:
    """Return the job of having tasks bred, and each new task answered: what came back is the next prompt."""

    def work(desk: Desk) -> Job:
        for one in desk.script:
            short = one.lines[0].text.rstrip().lower().find("only") >= 0
            bred = yield Ask((Said("user", one.lines[0].text),), one.system or None, "task" if short else form)
            if short:
                yield Ask((Said("user", bred),), one.system or None, form)

    return work


def bootstrapping(desk: Desk) -> Job:
    """Lists of new tasks, of which some are then asked each for itself."""
    follows = desk.rng.random() < _GRID
    for one in desk.script:
        listed = yield Ask((Said("user", one.lines[0].text),), one.system or None, "list")
        tasks = [task for task in listed.split("\n") if len(task) > _READABLE] if follows else []
        for task in tasks[:_TASKS]:
            yield Ask((Said("user", task.partition(". ")[2] or task),), one.system or None, "prose")


def resampling(samples: Sequence[int], temperatures: Sequence[float], form: str = "worked") -> Work:
    """Return the job of drawing many answers to each question: in one call, or call after call over a grid."""

    def work(desk: Desk) -> Job:
        rng = desk.rng
        again, grid = rng.choice(list(samples)), rng.random() < _GRID
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
            role = ("assistant", "user")[mine]
            system = f"{one.system} Now you are the {role}." if one.system else f"You are the {role}."
            talk.append((yield Ask(turns, system, "prose", pause="step" if number else "new")))


def lifting(desk: Desk) -> Job:
    """Next-token distributions, through a logit bias that brings every token up in turn, or as log-probabilities."""
    rng = desk.rng
    biased, sweep = rng.random() < _GRID, rng.choice((1, 4, 20))
    for one in desk.script:
        text = one.lines[0].text[-rng.randint(30, 200) :]
        for _ in range(sweep if biased else 1):
            yield Ask(
                (Said("user", text),), None, "word", cap=1, temperature=0.0, logprobs=20,
                logit_bias=rng.randint(5, 300) if biased else 0,
            )  # fmt: skip
