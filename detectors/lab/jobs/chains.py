"""Honest work in which an answer comes back in another conversation: drafts that are revised, pipelines of steps."""

from detectors.lab.job import Ask, Desk, Job
from detectors.lab.traffic import Said

_STEPS = (
    ("Outline an answer to: {x}", "Write it in full from this outline:\n{y}", "List factual risks in this text:\n{y}"),
    ("Summarise the request: {x}", "Draft a reply to this:\n{y}", "Shorten, same meaning:\n{y}"),
    ("What would an expert ask about: {x}", "Answer these one by one:\n{y}", "Merge into one page:\n{y}"),
    ("Translate to plain English: {x}", "Draft the report on this:\n{y}", "Check tone and spelling:\n{y}"),
)
_ASKS = (
    "I got this from a colleague, what do you think of it?\n\n{y}", "Improve the following text of mine:\n{y}",
    "This does not work as hoped. Where is the mistake?\n\n{y}", "Make a shorter version for our page:\n{y}",
)  # fmt: skip
_PASTED = 0.4  # share of answers that a person takes to a fresh conversation


def chaining(desk: Desk) -> Job:
    """A pipeline of an app: outline, draft, check, each a call of its own with the answer before it in the prompt."""
    steps = desk.words.pick(desk.rng, _STEPS)
    for one in desk.script:
        answer = ""
        for number, step in enumerate(steps):
            text = step.replace("{x}", one.lines[0].text).replace("{y}", answer)
            answer = yield Ask((Said("user", text),), None, "prose", pause="step" if number else "new")


def pasting(desk: Desk) -> Job:
    """A person who takes answers over into new conversations, to have them improved or looked at afresh."""
    for one in desk.script:
        answer = yield Ask((Said("user", one.lines[0].text),), None, "prose")
        if desk.rng.random() < _PASTED:
            text = desk.words.pick(desk.rng, _ASKS).replace("{y}", answer)
            yield Ask((Said("user", text),), None, "prose")
