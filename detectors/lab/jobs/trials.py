"""Evaluations: a fixed list of items, asked in order, and the same again for the next checkpoint or setting."""

from collections.abc import Sequence
from itertools import islice

from detectors.lab.job import Ask, Desk, Job, Work
from detectors.lab.jobs.items import PLAIN, Shape, framed
from detectors.lab.traffic import Said

CHOICE = ("A", "B", "C", "D")


def evaluating(
    shape: Shape, *, runs: Sequence[int] = (1, 2, 3, 4), most: int = 1320, samples: Sequence[int] = (1,)
) -> Work:
    """Return the job of running a benchmark of at most so many items; ``samples`` a question where answers are voted on."""

    def work(desk: Desk) -> Job:
        rng = desk.rng
        frame = desk.words.pick(rng, shape.frames) if shape.frames else PLAIN
        again, times = rng.choice(list(samples)), rng.choice(list(runs))
        size = max(20, min(most, desk.most // times))
        cap, scores = rng.choice(list(shape.cap)), 5 if rng.random() < shape.scores else 0
        items = [framed(frame, one) for one in islice(desk.script, size)]
        worded = shape.longer * rng.choice((0.6, 1.0, 1.0, 1.8))  # terse models and verbose ones
        for run in range(times):
            for number, text in enumerate(items):
                yield Ask(
                    (Said("user", text),), None, shape.form, pause="rest" if run and not number else "new",
                    options=shape.options[0] if shape.options else (), cap=cap, longer=worded, again=again,
                    logprobs=scores, temperature=0.7 if again > 1 else desk.rng.choice(list(shape.temperatures)),
                )  # fmt: skip

    return work


def interviewing(most: int = 80) -> Work:
    """Return the job of a two-turn benchmark, run for several checkpoints."""

    def work(desk: Desk) -> Job:
        sets = list(islice(desk.script, most))
        for run in range(desk.rng.randint(1, 6)):
            for number, one in enumerate(sets):
                turns: tuple[Said, ...] = ()
                for turn, line in enumerate(one.lines[:2]):
                    turns = (*turns, Said("user", line.text))
                    first = "rest" if run and not number else "new"
                    answer = yield Ask(turns, None, "prose", pause="step" if turn else first, temperature=0.7)  # type: ignore[arg-type]
                    turns = (*turns, Said("assistant", answer))

    return work
