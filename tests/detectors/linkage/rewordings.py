"""Prompts, and rewordings of each as a model would give when asked to say it in other words; written for this project.

They rank and place a threshold. They are few and by one author: no claim about rewordings at large.
"""

from pathlib import Path
from typing import Final

_TEXT: Final = Path(__file__).with_suffix(".txt").read_text()
REWORDINGS: Final = tuple([tuple(block.splitlines()) for block in _TEXT.strip().split("\n\n")])
