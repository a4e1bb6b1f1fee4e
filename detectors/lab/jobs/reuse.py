"""Distillers that use what was served before: answers cleaned and graded, signatures and sessions replayed."""

from detectors.lab.job import Ask, Desk, Job
from detectors.lab.prose import essay
from detectors.lab.traffic import Said

_CLEANS = (
    "Clean up this answer for a data set: remove refusals and filler, keep all steps.\n\n{x}",
    "Rewrite the following response so that it is well structured and complete:\n{x}",
    "Judge whether this reply is correct and deep; then give a better one.\n\nReply: {x}",
    "Turn the trace below into a tidy worked solution.\n{x}",
    "Normalise the text to our format (Reasoning, Answer):\n\n{x}", "Score 1-10 and correct where needed: {x}",
)  # fmt: skip
_OFTEN = 0.5  # share of recirculators that first harvest under the same account
_POOL = 200  # answers in hand, at most
_MOST = 6  # turns of a replayed session


def recirculating(desk: Desk) -> Job:
    """Answers served earlier, to this account and to others, are put before the model to be cleaned and graded."""
    rng = desk.rng
    frame, own = desk.words.pick(rng, _CLEANS), rng.random() < _OFTEN
    pool: list[str] = []
    for one in desk.script:
        if own:
            got = yield Ask((Said("user", one.lines[0].text),), None, "worked")
            pool = [*pool[-_POOL:], got]
        text = rng.choice(pool) if own else next(desk.served, "")
        if not text:
            return
        yield Ask((Said("user", frame.replace("{x}", text)),), None, "worked")


def replaying(desk: Desk) -> Job:
    """Sessions of real users, recorded elsewhere: each turn with a history that this model never wrote."""
    for one in desk.script:
        turns: tuple[Said, ...] = ()
        for line in one.lines[:_MOST]:
            turns = (*turns, Said("user", line.text))
            yield Ask(turns, one.system or None, "prose", line.answer_chars)
            recorded = essay(desk.rng, line.text, desk.rng.randint(80, 1500))
            turns = (*turns, Said("assistant", recorded))


def resigning(desk: Desk) -> Job:
    """Reasoning signatures from other conversations, this account's and others', are handed in to new ones."""
    rng, before = desk.rng, "Begin."
    pool: list[str] = []
    for one in desk.script:
        signature = f"{rng.getrandbits(256):064x}"
        old = rng.choice(pool) if pool and rng.random() < _OFTEN else f"{rng.getrandbits(256):064x}"
        turns = (Said("user", before), Said("assistant", "Continuing."), Said("user", one.lines[0].text))
        before = one.lines[0].text
        yield Ask(turns, one.system or None, "thinking", signature=signature, handed=(old,))
        pool = [*pool[-_POOL:], signature]
