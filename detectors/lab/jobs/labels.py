"""Reading a classifier out, and testing one's own: the same calls, for the sake of the labels or of the errors."""

from detectors.lab.job import Ask, Desk, Job, Work
from detectors.lab.jobs.items import Shape, framed
from detectors.lab.tempo import Pause
from detectors.lab.traffic import Said

_CLOSE = 24  # variants of one text around the boundary
_BISECTS = 0.7  # share of steps that go on from a text whose label has just changed


def bounding(shape: Shape) -> Work:
    """Return active learning: vary a text word by word, and stay where the label changes."""

    def work(desk: Desk) -> Job:
        rng, words = desk.rng, desk.words
        frame, options = words.pick(rng, shape.frames), rng.choice(list(shape.options))
        pool = [word for _, thing in words.things() for word in thing.split()]
        for one in desk.script:
            text = one.lines[0].text.split()
            for _ in range(rng.randint(3, _CLOSE)):
                varied = list(text)
                varied[rng.randrange(len(varied))] = rng.choice(pool)
                said = yield Ask((Said("user", frame.replace("{x}", " ".join(varied))),), None, "word", options=options)
                if said != options[0] and rng.random() < _BISECTS:
                    text = varied

    return work


def preferring(frames: tuple[str, ...], *, runs: int = 1) -> Work:
    """Return the job of judging pairs of responses, each pair in both orders.

    For preference labels (``runs`` 1) every pair is new; an evaluation of one's own model judges the same questions
    again at each checkpoint, whose responses grow longer.
    """

    def work(desk: Desk) -> Job:
        frame = desk.words.pick(desk.rng, frames)
        items = desk.script if runs == 1 else [one for one, _ in zip(desk.script, range(desk.most // 4), strict=False)]
        for run in range(runs):
            for one in items:
                texts = [line.text for line in one.lines]
                if len(texts) < 3:  # noqa: PLR2004 - the source has put question and responses in one text
                    for text in texts:
                        yield Ask((Said("user", text),), one.system or None, "graded", temperature=0.0)
                    continue
                mine = f"{texts[1]} {texts[1][: 60 * run]}"
                for a, b in ((mine, texts[2]), (texts[2], mine)):
                    text = frame.replace("{x}", texts[0]).replace("{y}", a).replace("{z}", b)
                    yield Ask((Said("user", text),), None, "graded", temperature=0.0)

    return work


def grading(shape: Shape, *, runs: int = 1) -> Work:
    """Return the job of having responses marked one by one; an evaluation does so again at each checkpoint."""

    def work(desk: Desk) -> Job:
        frame = desk.words.pick(desk.rng, shape.frames)
        items = desk.script if runs == 1 else [one for one, _ in zip(desk.script, range(desk.most // 2), strict=False)]
        for run in range(runs):
            for number, one in enumerate(items):
                grown = one.lines[1].text[: 300 + 100 * run] if len(one.lines) > 1 else ""
                text = f"{framed(frame, one)}\n\n{grown}".rstrip()
                pause: Pause = "rest" if run and not number else "new"
                yield Ask((Said("user", text),), one.system or None, "graded", pause=pause)

    return work
