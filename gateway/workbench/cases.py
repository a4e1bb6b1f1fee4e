"""Policy tests: a file of cases, each a standing and the decision that is expected of it.

The file stands beside its policy: ``balanced_test.yaml`` tests ``balanced.yaml``, unless it names another under
``policy``. Unknown keys are faults with line and column, as in every file of ours.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from detectors.base import Family
from detectors.company import CLASSES
from gateway.decisions import Mode, Scope, Verdict
from gateway.faults import load
from gateway.places import Slip
from gateway.plugins import installed
from gateway.policies.written import Floor
from gateway.slips import MisplacedError, near
from gateway.units import Duration

NONE: Final = "none"  # nothing is decided
ENDINGS: Final = ("_test", ".test")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=False)


class Said(_Part):
    """What one detector says: nats, and its reasons by name."""

    weight: float = Field(ge=0)
    because: dict[str, float] = {}


def _moment(value: float | str) -> float:
    """Read a time: seconds since the epoch, or ISO 8601, UTC where it names no zone."""
    if not isinstance(value, str):
        return float(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError("a time is seconds since 1970, or written like 2026-03-01T12:00:00Z") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class StandingPart(_Part):
    """How a subject stands in a case. Weights in nats; what is not written is nothing.

    ``families`` and ``weight`` follow from ``evidence`` unless they are written.
    """

    scope: Scope = "key"
    value: str = Field(default="somebody", min_length=1)  # of the subject; a rule that samples goes by it
    weight: float | None = Field(default=None, ge=0)
    families: dict[Family, Annotated[float, Field(ge=0)]] | None = None
    evidence: dict[str, Annotated[float, Field(ge=0)] | Said] = {}
    harvest: Floor = Floor()
    company: str | dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default={}, alias="class")
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    strikes: dict[str, Annotated[int, Field(ge=0)]] = {}
    members: int = Field(default=0, ge=0)  # of a campaign
    at: Annotated[float | str, AfterValidator(_moment)] = 0.0

    @field_validator("evidence")
    @classmethod
    def _is_of_detectors(cls, value: dict[str, Any]) -> dict[str, Any]:
        known = list(installed("detector"))
        _refuse([Slip((name,), "no detector is called so", near(name, known)) for name in value if name not in known])
        return value

    @field_validator("company")
    @classmethod
    def _are_classes(cls, value: str | dict[str, float]) -> str | dict[str, float]:
        if isinstance(value, str) and value not in CLASSES:
            raise ValueError(f"no traffic class is called {value}; {near(value, CLASSES)}")
        names = value if isinstance(value, dict) else {}
        strange = [name for name in names if name not in CLASSES]
        _refuse([Slip((name,), "no traffic class is called so", near(name, CLASSES)) for name in strange])
        return value

    @model_validator(mode="after")
    def _says_who_speaks(self) -> "StandingPart":
        if self.weight and not (self.families or self.evidence):
            hint = "write families: {content: …}, or evidence: {repetition: …}; the weight follows from them"
            _refuse([Slip(("weight",), "a weight of no family: live it is the sum of the families", hint)])
        return self


def _refuse(slips: list[Slip]) -> None:
    if slips:
        raise MisplacedError(slips)


class Expected(_Part):
    """What a case expects of the verdict; what is not written may be anything."""

    action: str | None = None
    rule: str | None = None
    policy: str | None = None
    mode: Mode | None = None
    severity: int | None = Field(default=None, ge=1, le=5)
    lasts: Duration | None = Field(default=None, alias="for", gt=0)
    parameters: dict[str, Any] = Field(default={}, alias="with")  # each as written; others may be anything

    @model_validator(mode="after")
    def _expects_something(self) -> "Expected":
        if not self.model_fields_set:
            raise ValueError("write action, rule or mode, or expect: none")
        return self

    def misses(self, verdict: Verdict | None) -> list[str]:
        """Return in words what is otherwise than expected; nothing if the verdict is the expected one."""
        if verdict is None:
            return ["nothing is decided"]
        wanted = {name: value for name in _PLAIN if (value := getattr(self, name)) is not None}
        wrong = [_otherwise(name, getattr(verdict, name), value) for name, value in wanted.items()]
        has = verdict.parameters
        wrong += [_otherwise(f"with.{name}", has.get(name), value) for name, value in self.parameters.items()]
        return [word for word in wrong if word]

    def __str__(self) -> str:
        """Write what is expected on one line."""
        written = self.model_dump(by_alias=True, exclude_unset=True)
        written |= {"for": f"{self.lasts:g}s"} if self.lasts is not None else {}
        return ", ".join(f"{name} {value}" for name, value in written.items())


_PLAIN: Final = ("action", "rule", "policy", "mode", "severity", "lasts")


def _otherwise(name: str, has: object, wanted: object) -> str:
    name = "for" if name == "lasts" else name
    return "" if has == wanted else f"{name} is {has}, not {wanted}"


def _expectation(value: object) -> str:
    return "decided" if isinstance(value, Mapping | Expected) else "nothing"


class CasePart(_Part):
    """One case."""

    name: str = Field(min_length=1, max_length=200)
    standing: StandingPart
    expect: Annotated[
        Annotated[Literal["none"], Tag("nothing")] | Annotated[Expected, Tag("decided")], Discriminator(_expectation)
    ]

    def misses(self, verdict: Verdict | None) -> list[str]:
        """Return in words what is otherwise than expected."""
        if isinstance(self.expect, Expected):
            return self.expect.misses(verdict)
        return [] if verdict is None else [f"rule {verdict.rule} decides {verdict.action} in {verdict.mode}"]


class CasesPart(_Part):
    """A file of policy tests."""

    policy: Path | None = None  # a file or folder, from the test file's own folder
    cases: tuple[CasePart, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_names_of_its_own(self) -> "CasesPart":
        slips = list(self._twice())
        _refuse(slips)
        return self

    def _twice(self) -> Iterator[Slip]:
        seen: dict[str, int] = {}
        for place, case in enumerate(self.cases):
            first = seen.setdefault(case.name, place)
            if first != place:
                yield Slip(("cases", place, "name"), "another case has this name", f"cases[{first}]")


def load_cases(path: Path) -> CasesPart:
    """Return a file's cases; raises Faults with all that is wrong with it."""
    return load(path, CasesPart)


def is_test(path: Path) -> bool:
    """Whether a file holds policy tests, by its name."""
    return path.stem.endswith(ENDINGS)


def tested_by(path: Path, cases: CasesPart) -> Path:
    """Return the policy that a test file is about; it need not exist."""
    if cases.policy is not None:
        return path.parent / cases.policy
    stem = next((path.stem.removesuffix(ending) for ending in ENDINGS if path.stem.endswith(ending)), path.stem)
    return path.with_name(stem + path.suffix)


def beside(policy: Path) -> Path | None:
    """Return the test file beside a policy file, if there is one."""
    names = (policy.stem + ending + end for ending in ENDINGS for end in (".yaml", ".yml"))
    return next((file for name in names if (file := policy.with_name(name)).is_file()), None)
