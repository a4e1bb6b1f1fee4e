"""One question after another, each on its own: under a template of the job, or as the source words it."""

from collections.abc import Sequence
from typing import NamedTuple

from detectors.lab.job import Ask, Desk, Job, Work
from detectors.lab.traffic import Conversation, Said

PLAIN = "{x}"  # the frame that adds nothing


class Shape(NamedTuple):
    """How a job of single questions looks.

    Attributes:
        form: of the answers.
        frames: templates around the payload ``{x}``, of which the client keeps one; none: as the source words it.
        systems: system prompts, of which it keeps one; none: its habit.
        options: sets of labels, of which it keeps one and adds nothing to the frame.
        cap: max_tokens, likewise; 0: its habit.
        scores: share of such clients that ask for log-probabilities.
        longer: factor on the length of answers.
        temperatures: of which one is kept; none: its habit.
        known: the source's own answer lengths hold.
    """

    form: str = "prose"
    frames: Sequence[str] = ()
    systems: Sequence[str] = ()
    options: Sequence[Sequence[str]] = ()
    cap: Sequence[int] = (0,)
    scores: float = 0.0
    longer: float = 1.0
    temperatures: Sequence[float] = (-2.0,)
    known: bool = True


def framed(frame: str, one: Conversation) -> str:
    """Return the first line of a conversation inside a frame."""
    return frame.replace("{x}", one.lines[0].text)


def asking(shape: Shape, *, twice: float = 0.0) -> Work:
    """Return the job of asking items of one shape; ``twice``: share asked once more, as a migration or a back-fill."""

    def work(desk: Desk) -> Job:
        rng, words = desk.rng, desk.words
        frame = words.say(rng, [f.replace("{x}", "{{x}}") for f in shape.frames]) if shape.frames else PLAIN
        system = words.say(rng, shape.systems) if shape.systems else None
        kind = rng.randrange(len(shape.options)) if shape.options else -1
        options = shape.options[kind] if shape.options else ()
        cap, temperature = rng.choice(list(shape.cap)), rng.choice(list(shape.temperatures))
        scores = 5 if rng.random() < shape.scores else 0
        for one in desk.script:
            line = one.lines[0]
            ask = Ask(
                (Said("user", framed(frame, one)),), one.system or system, shape.form,
                line.answer_chars if shape.known else 0, options=options, cap=cap, temperature=temperature,
                longer=shape.longer, logprobs=scores,
            )  # fmt: skip
            yield ask
            while rng.random() < twice:
                yield ask

    return work
