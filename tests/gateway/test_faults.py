from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from gateway.faults import MOST_BYTES, Fault, Faults, load
from gateway.places import Slip
from gateway.slips import MisplacedError


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    size: int = 1


class Outer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    flags: tuple[bool, ...] = ()
    inner: dict[str, Inner] = Field(default_factory=dict)
    either: Inner | Annotated[int, Field(ge=5)] = 9

    @field_validator("name")
    @classmethod
    def _has_no_blank(cls, value: str) -> str:
        if " " in value:
            raise MisplacedError([Slip(("nowhere",), "has a blank", "write it as one word")])
        return value


def faults(tmp_path: Path, data: str | bytes) -> list[Fault]:
    file = tmp_path / "f.yaml"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(Faults) as caught:
        load(file, Outer, environ={})
    return list(caught.value.faults)


def told(tmp_path: Path, data: str | bytes) -> list[str]:
    return [str(fault).removeprefix(f"{tmp_path}/") for fault in faults(tmp_path, data)]


def test_a_file_becomes_its_model(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text("name: ${NAME}\nflags: [true]\ninner: {a: {size: 2}}\n")
    assert load(file, Outer, environ={"NAME": "n"}) == Outer(name="n", flags=(True,), inner={"a": Inner(size=2)})


def test_every_fault_is_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert told(tmp_path, "flags: [yes, 1]\nflags: []\ninner: {a: {sise: 2}}\nname: a b\nx: 1\n") == [
        "f.yaml:1:9: flags[0]: should be a valid boolean (write true or false)",
        "f.yaml:1:14: flags[1]: should be a valid boolean (write true or false)",
        "f.yaml:2:1: flags: written twice (first on line 1)",
        "f.yaml:3:13: inner.a.sise: unknown key (did you mean size?)",
        "f.yaml:4:7: name: has a blank (write it as one word)",
        "f.yaml:5:1: x: unknown key (known here: either, flags, inner, name)",
    ]


def test_alternatives_that_all_failed_are_one_fault(tmp_path: Path) -> None:
    (line,) = told(tmp_path, "name: n\neither: 3\n")
    assert line.startswith("f.yaml:2:9: either: ")
    assert "; " in line


def test_what_yaml_told_of_a_key_is_not_told_again(tmp_path: Path) -> None:
    (line,) = told(tmp_path, "name: n\ninner: {a: {size: '${GONE}'}}\n")
    assert "GONE is not set" in line


def test_faults_without_a_place_name_the_file(tmp_path: Path) -> None:
    assert told(tmp_path, b"a" * (MOST_BYTES + 1)) == [f"f.yaml: larger than {MOST_BYTES} bytes"]
    with pytest.raises(Faults, match="No such file"):
        load(tmp_path / "absent.yaml", Outer)
    with pytest.raises(Faults, match="directory"):
        load(tmp_path, Outer)


def test_a_file_that_is_not_utf8_is_a_fault(tmp_path: Path) -> None:
    assert told(tmp_path, b"name: n\xe4me\n") == ["f.yaml:1:8: not UTF-8 (save the file as UTF-8)"]


def test_what_only_the_whole_shows_is_placed_too(tmp_path: Path) -> None:
    def check(_: Outer) -> None:
        raise MisplacedError([Slip(("inner", "a", "size"), "too much together")])

    file = tmp_path / "f.yaml"
    file.write_text("name: n\ninner:\n  a:\n    size: 5\n")
    with pytest.raises(Faults) as caught:
        load(file, Outer, check=check)
    assert str(caught.value) == f"{file}:4:11: inner.a.size: too much together"
