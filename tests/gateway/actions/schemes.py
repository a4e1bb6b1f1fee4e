"""A watermark scheme to install in tests."""

from collections.abc import Mapping
from typing import Any


class Plain:
    """Marks nothing, and says so to the model server."""

    def members(self, strength: float) -> Mapping[str, Any]:
        if strength > 0.9:
            raise ValueError("strength: at most 0.9")
        return {"vllm_xargs": {"mark": strength}}
