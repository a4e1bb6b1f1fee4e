"""What an operator knows of sharing: whose keys and accounts belong together, and which prompts many people use.

kin:
  acme: {accounts: [acme, acme-eu], keys: [0f3c…]}    # hashes from `stillguard identity hash`
prompts:
  coding-agent: {text: "You are a coding agent…"}      # or {file: prompt.txt}, beside this file

A prompt becomes fingerprints as it is read; nothing keeps its text.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detectors.linkage.base import Id
from gateway.accounts import KeyHash, Name
from gateway.demands import EDGE, demanded
from gateway.embedding import edges
from gateway.faults import load
from gateway.marks import Marker
from gateway.places import Slip
from gateway.scaffold import Fingerprints
from gateway.slips import MisplacedError

LARGEST = 1 << 20  # bytes of a prompt's file


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KinPart(_Part):
    """Keys and accounts of one organisation: they count as one subject when groups are looked for."""

    accounts: tuple[Name, ...] = ()
    keys: tuple[KeyHash, ...] = ()

    @model_validator(mode="after")
    def _has_somebody(self) -> "KinPart":
        if len(self.accounts) + len(self.keys) <= 1:
            raise ValueError("two of accounts and keys at least: one alone belongs to nobody")
        return self


class PromptPart(_Part):
    """The fixed part of a harness, an app or a course: whoever shares it is not linked by it."""

    text: str = Field(default="", max_length=LARGEST)
    file: Path | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "PromptPart":
        if bool(self.text.strip()) == (self.file is not None):
            raise ValueError("either text or file")
        return self


class KnownPart(_Part):
    """The whole file."""

    kin: dict[Annotated[str, Field(min_length=1, max_length=64)], KinPart] = {}
    prompts: dict[Annotated[str, Field(min_length=1, max_length=64)], PromptPart] = {}


class Known(NamedTuple):
    """What the file says.

    Attributes:
        kin: the name of its organisation by subject.
        prompts: texts by name.
    """

    kin: Mapping[Id, str] = {}
    prompts: Mapping[str, str] = {}

    def marks(self, salt: bytes) -> "KnownMarks":
        """Return what the prompts leave in imprints, as a system prompt or as the frame of a first turn."""
        prints = Fingerprints(salt)
        marker = Marker(prints)
        fixed = [part for text in self.prompts.values() for part in _fixed(prints, text)]
        scaffolds = frozenset(prints.of(part) for part in fixed) - {0}
        return KnownMarks(scaffolds, frozenset(marker.frame(part) for part in fixed) - {b""})


class KnownMarks(NamedTuple):
    """Marks of known prompts: fingerprints of their scaffolds, and embeddings, near which their rewordings lie."""

    scaffolds: frozenset[int] = frozenset()
    frames: frozenset[bytes] = frozenset()


def _fixed(prints: Fingerprints, text: str) -> Iterator[str]:
    for demand in ("", demanded(edges(text, EDGE))):
        yield prints.fixed(text, "", demand)
        yield prints.fixed("", text, demand)


def load_known(path: Path) -> Known:
    """Return what a file says; raises Faults with all that is wrong with it, files that it names included."""
    file = load(path, KnownPart, check=partial(_whole, path.resolve().parent))
    kin = {
        f"{scope}:{value}": name
        for name, part in file.kin.items()
        for scope, values in (("account", part.accounts), ("key", part.keys))
        for value in values
    }
    texts = {name: _text(path.resolve().parent, part) for name, part in file.prompts.items()}
    return Known(kin, texts)


def _text(beside: Path, part: PromptPart) -> str:
    return (beside / part.file).read_text("utf-8") if part.file else part.text


def _whole(beside: Path, file: KnownPart) -> None:
    slips = [*_twice(file), *_unreadable(beside, file)]
    if slips:
        raise MisplacedError(slips)


def _twice(file: KnownPart) -> Iterator[Slip]:
    owner: dict[tuple[str, str], str] = {}
    for name, part in file.kin.items():
        for kind, values in (("accounts", part.accounts), ("keys", part.keys)):
            for i, value in enumerate(values):
                if (kind, value) in owner:
                    yield Slip(("kin", name, kind, i), f"this one is of {owner[kind, value]} already")
                owner.setdefault((kind, value), name)


def _unreadable(beside: Path, file: KnownPart) -> Iterator[Slip]:
    for name, part in file.prompts.items():
        if part.file is None:
            continue
        at = ("prompts", name, "file")
        try:
            text = (beside / part.file).read_bytes()[: LARGEST + 1].decode()
        except OSError as error:
            yield Slip(at, f"{part.file}: {error.strerror or 'cannot be read'}")
        except UnicodeError:
            yield Slip(at, f"{part.file}: is not UTF-8")
        else:
            if len(text) > LARGEST or not text.strip():
                yield Slip(at, f"{part.file}: {f'longer than {LARGEST} bytes' if text.strip() else 'is empty'}")
