"""`python -m tests.bench.embedding`: what an embedding costs, and whether it sees meaning; to docs/figures.

Texts of 20, 200 and 2,000 words through each embedder, beside an anchor (BLAKE2b of the same bytes) in the same run,
and the paraphrases of ``tests.bench.paraphrases``.
"""

import time
from collections.abc import Callable
from hashlib import blake2b
from itertools import cycle, islice

import numpy as np

from gateway.embedding import Characters, Embedder, Static, cell
from gateway.exchange import Answer, Entry, Query, Turn
from gateway.features import Features
from gateway.shingles import Shingles
from tests.bench.paraphrases import PAIRS
from tests.bench.report import Figure, write

ROUNDS, CALLS = 15, 100
MUST = {("static", 20): (25.0, 15.0), ("static", 65): (60.0, 30.0)}  # µs; 65 words are about 400 characters
SHINGLES_US = (15.0, 10.0)  # of a text of 1,000 characters
NOTES = """
Times are the best of 15 rounds of 100 calls, one thread; the interval is the best and the median round. 65 words are
about 400 characters, which is all that the analyst embeds of a turn (`gateway/scaffold.py`, `core`); of a longer text
than 4,096 characters each embedder reads the two ends. `anchor` is BLAKE2b of the same bytes. `cold` is a text whose
words were all seen for the first time and are in no table, the dearest text there is: 16 are spelt from pieces, the
rest count by their letters. `exchange_with_*` is all
that features cost of one exchange, a question of 130 words and an answer of 220, embedding included.

Paraphrases: 32 pairs that mean the same in other words (`tests/bench/paraphrases.py`), against all 992 crosses. AUC is
the chance that a pair has a greater cosine than a cross, `top1` the share of sentences whose nearest is their own pair.
The set is small, English and by one author: it ranks embedders and is no claim about accuracy.
"""


def _text(words: int) -> str:
    said = " ".join(sentence for pair in PAIRS for sentence in pair).split()
    return " ".join(islice(cycle(said), words))


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    """Return microseconds of one call: best round, median round."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            call()
        rounds.append((time.perf_counter() - began) / CALLS * 1e6)
    return min(rounds), sorted(rounds)[ROUNDS // 2]


def _cost(name: str, call: Callable[[], object], bars: tuple[float | None, float | None] = (None, None)) -> Figure:
    interval = _timed(call)
    return Figure(name, interval[0], "µs", "<=", *bars, ROUNDS, interval)


def _costs() -> list[Figure]:
    figures = []
    static, characters = Static(), Characters()
    for words in (20, 65, 200, 2000):
        text = _text(words)
        data = text.encode()
        for embedder in (static, characters):
            bars = MUST.get((embedder.name, words), (None, None))
            figures.append(_cost(f"{embedder.name}_{words}_words_us", lambda: embedder.embed(text), bars))  # noqa: B023
        figures.append(_cost(f"anchor_{words}_words_us", lambda: blake2b(data).digest()))  # noqa: B023
    vector = static.embed(_text(20))
    sampler, kilobyte = Shingles(b"bench"), _text(400)[:1000]
    return [
        *figures,
        _cold(static),
        _cost("cell_us", lambda: cell(vector)),
        *(_observation(embedder) for embedder in (static, characters)),
        _cost("shingles_1000_characters_us", lambda: sampler.of(kilobyte, 64), SHINGLES_US),
    ]


def _observation(embedder: Embedder) -> Figure:
    """Measure all that is computed of an exchange: a question of 130 words and an answer of 220."""
    features = Features(b"bench", embedder)
    query = Query(system="You answer questions about the coast in full sentences.", turns=(Turn("user", _text(130)),))
    answer = Answer(text=_text(220), finish="stop", ended=True)
    entry = Entry(id="x", at=1.0, took=1.0, surface="s", model="m", subjects=(), status=200, request=b"")
    return _cost(f"exchange_with_{embedder.name}_us", lambda: features.observe(query, answer, entry))


def _cold(static: Static) -> Figure:
    dice = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    texts = [" ".join("".join(dice.choice(letters, 9)) for _ in range(20)) for _ in range(CALLS)]
    began = time.perf_counter()
    for text in texts:
        static.embed(text)
    return Figure("static_20_words_cold_us", (time.perf_counter() - began) / CALLS * 1e6, "µs", "<=", None, None, CALLS)


def _meaning(embedder: Embedder, bars: tuple[float | None, float | None]) -> list[Figure]:
    one, other = (np.stack([embedder.embed(text) for text in side]) for side in zip(*PAIRS, strict=True))
    cosines = one @ other.T
    pairs, crosses = np.diag(cosines), cosines[~np.eye(len(PAIRS), dtype=bool)]
    auc = float(np.mean(pairs[:, None] > crosses[None]))
    top = float(np.mean(cosines.argmax(axis=1) == np.arange(len(PAIRS))))
    return [
        Figure(f"{embedder.name}_paraphrase_auc", auc, "share", ">=", *bars, len(PAIRS)),
        Figure(f"{embedder.name}_paraphrase_top1", top, "share", ">=", None, None, len(PAIRS)),
    ]


def main() -> None:
    """Measure and write the figures."""
    meaning = [*_meaning(Static(), (0.95, 0.98)), *_meaning(Characters(), (None, None))]
    print(write("embedding", "python -m tests.bench.embedding", [*_costs(), *meaning], NOTES))  # noqa: T201


if __name__ == "__main__":
    main()
