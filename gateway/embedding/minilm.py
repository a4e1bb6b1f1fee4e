"""MiniLM's forward pass in numpy: enough of BERT to distil its token table without torch. Used at build time only.

The encoder is BERT after Devlin et al. 2019 (post-norm, GELU, absolute positions), the sentence vector the mean over
the tokens, as sentence-transformers/all-MiniLM-L6-v2 takes it. Weights come from a ``.safetensors`` file, whose
layout is: eight bytes of header length, a JSON header, the tensors.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]

_EPSILON = 1e-12  # of the layers' norms, from the model's own config.json
_WIDTH = 32  # dimensions of one attention head: 12 heads of the model's 384
_NUMBER = 8  # bytes of the header's length


def tensors(file: Path) -> dict[str, Floats]:
    """Return the 32-bit tensors of a ``.safetensors`` file by name; raises ValueError if it is not one."""
    data = file.read_bytes()
    length = int.from_bytes(data[:_NUMBER], "little")
    if not _NUMBER + length <= len(data):
        raise ValueError(f"{file.name}: not a safetensors file")
    found = {}
    for name, entry in json.loads(data[_NUMBER : _NUMBER + length]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = (_NUMBER + length + offset for offset in entry["data_offsets"])
            found[name] = np.frombuffer(data[start:end], "<f4").astype(np.float32).reshape(entry["shape"])
    return found


def gelu(x: Floats) -> Floats:
    """Return x times the normal distribution at x; its error function after Abramowitz, Stegun 7.1.26 (to 1.5e-7)."""
    z = np.abs(x) * np.float32(0.5**0.5)
    t = np.float32(1.0) / (np.float32(1.0) + np.float32(0.3275911) * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.copysign(np.float32(1.0) - series.astype(np.float32) * np.exp(-z * z), x)
    return np.asarray(x * (np.float32(1.0) + erf) * np.float32(0.5), np.float32)


@dataclass(frozen=True)
class Encoder:
    """BERT's encoder over its weights, named as in the model's file."""

    weights: dict[str, Floats]

    @property
    def layers(self) -> int:
        """Return how many layers the weights hold."""
        return sum(name.endswith("attention.self.query.weight") for name in self.weights)

    def embed(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Return sentence vectors of token ids.

        Args:
            ids: (sentences, tokens), all of one length, ``[CLS]`` and ``[SEP]`` included.

        Returns:
            (sentences, dimensions), not normalised.
        """
        w = self.weights
        x = w["embeddings.word_embeddings.weight"][ids]
        x = x + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for number in range(self.layers):
            layer = f"encoder.layer.{number}"
            heard = self._linear(self._attend(x, f"{layer}.attention.self"), f"{layer}.attention.output.dense")
            x = self._norm(x + heard, f"{layer}.attention.output.LayerNorm")
            thought = self._linear(gelu(self._linear(x, f"{layer}.intermediate.dense")), f"{layer}.output.dense")
            x = self._norm(x + thought, f"{layer}.output.LayerNorm")
        return np.asarray(x.mean(axis=1), np.float32)

    def _linear(self, x: Floats, name: str) -> Floats:
        return np.asarray(x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"], np.float32)

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        return np.asarray(centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"], np.float32)

    def _attend(self, x: Floats, name: str) -> Floats:
        sentences, tokens, size = x.shape

        def heads(part: str) -> Floats:
            whole = self._linear(x, f"{name}.{part}")
            return whole.reshape(sentences, tokens, size // _WIDTH, _WIDTH).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32(_WIDTH**0.5)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ heads("value")
        return np.asarray(mixed.transpose(0, 2, 1, 3).reshape(sentences, tokens, size), np.float32)
