"""What a benchmark is run with."""

from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from detectors.lab.pack import Pack

Size: TypeAlias = Literal["small", "medium", "full"]


class Setting(NamedTuple):
    """What a benchmark is run with.

    Attributes:
        pack: the traffic pack, if there is one.
        seed: of every tenant.
        size: small (seconds), medium or full (minutes).
        jobs: processes.
        baseline, policy: files.
    """

    pack: Pack | None
    seed: int
    size: Size
    jobs: int
    baseline: Path
    policy: Path
