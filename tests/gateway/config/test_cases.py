"""A case is a file. A bad one names its faults, all of them, in comments: ``# fault: line:col: key: text``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.faults import Faults
from gateway.policies.file import load_policy
from gateway.settings import load_config

HERE = Path(__file__).parent


def loader(file: Path) -> Callable[[Path], object]:
    return load_policy if file.name.startswith("policy-") else load_config


def cases(kind: str) -> list[Path]:
    found = sorted((HERE / kind).glob("*.yaml"))
    assert found
    return found


@pytest.mark.parametrize("file", cases("good"), ids=lambda file: file.stem)
def test_a_good_file_loads(file: Path) -> None:
    loader(file)(file)


@pytest.mark.parametrize("file", cases("bad"), ids=lambda file: file.stem)
def test_a_bad_file_is_told_all_its_faults_and_where_they_are(file: Path) -> None:
    lines = file.read_text().splitlines()
    expected = [f"{file}:{line.removeprefix('# fault: ')}" for line in lines if line.startswith("# fault: ")]
    assert expected
    with pytest.raises(Faults) as caught:
        loader(file)(file)
    assert str(caught.value).splitlines() == expected
