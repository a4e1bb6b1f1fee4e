"""Vectors from a sentence encoder in ONNX, run in this process: by configuration, where milliseconds a text are fine.

The model takes ``input_ids`` and, if it wants them, ``attention_mask`` and ``token_type_ids``; it returns a vector
per token, whose mean is taken, or one per text. The only importer of onnxruntime.
"""

from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import onnxruntime

from gateway.embedding.base import Vector, edges, unit
from gateway.embedding.wordpiece import WordPiece

EDGE: Final = 1024  # characters read at each end: 512 tokens seldom hold more
_PER_TOKEN: Final = 3  # dimensions of an output: text, token, number


class OnnxModel:
    """Embeds texts by a model; one core, one text at a time."""

    name: ClassVar[str] = "onnx"

    def __init__(self, model: Path, vocabulary: Path, tokens: int) -> None:
        """Load model and vocabulary and try them once.

        Raises:
            ValueError: the model cannot be loaded or run, or the vocabulary lacks ``[CLS]``, ``[SEP]`` or ``[UNK]``.
            OSError: a file cannot be read.
        """
        self._pieces = WordPiece(vocabulary.read_text("utf-8").splitlines(), tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # the other cores belong to the proxies
        options.log_severity_level = 4
        data = model.read_bytes()
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            self._inputs = {part.name for part in self._session.get_inputs()}
            self.dims = len(self._run("a"))
        except Exception as error:  # onnxruntime's exceptions have no ancestor of their own
            raise ValueError(
                f"not a sentence encoder that onnxruntime can run: {str(error).splitlines()[0]}"
            ) from error

    def embed(self, text: str) -> Vector:
        """Return a unit vector of ``dims`` floats; all zeros if there is no text to speak of."""
        return unit(self._run(edges(text, EDGE))) if text.strip() else np.zeros(self.dims, np.float32)

    def _run(self, text: str) -> Vector:
        ids = np.array([self._pieces.ids(text)], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        found: Any = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        rows: npt.NDArray[np.float32] = np.asarray(found, np.float32)[0]
        return rows.mean(axis=0) if found.ndim == _PER_TOKEN else rows
