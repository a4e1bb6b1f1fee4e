"""Who may know whom, and what may not happen below the shell: tried on the code, and on planted violations."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = [
    *sorted((ROOT / "detectors").rglob("*.py")),
    *sorted((ROOT / "gateway" / "policies").glob("*.py")),
    *sorted((ROOT / "gateway" / "exemptions").glob("*.py")),
    *sorted((ROOT / "gateway" / "actions").glob("*.py")),
    *sorted((ROOT / "gateway" / "dialects").glob("*.py")),
    *(
        ROOT / "gateway" / f"{name}.py"
        for name in ("decisions", "deciding", "engine", "pace", "exchange", "features", "scaffold", "demands", "review")
    ),
    ROOT / "gateway" / "shingles.py",
    ROOT / "gateway" / "pardons.py",
    ROOT / "gateway" / "campaign.py",
    *(ROOT / "gateway" / "embedding" / f"{name}.py" for name in ("base", "characters", "static", "wordpiece")),
]
WAITING = {"asyncio", "socket", "time", "random", "secrets", "logging", "threading", "subprocess", "uuid"}
READS_FILES = {"pack.py", "__main__.py"}  # the lab's commands
ONE_IMPORTER = {
    "prometheus_client": {"gateway/metrics.py"},
    "onnxruntime": {"gateway/embedding/onnx.py"},
    "sqlite3": {"gateway/stores/sqlite.py", "gateway/stores/sqlite_file.py", "gateway/verification/book.py"},
    "fastapi": {"gateway/console/", "gateway/app.py"},
}


def impurities(source: str, *, dice: bool = False) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [name for name in names if name.split(".")[0] in WAITING - ({"random", "time"} if dice else set())]
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global):
            found.append(type(node).__name__)
    return found


@pytest.mark.parametrize("file", [p for p in PURE if p.exists()], ids=lambda p: str(p.relative_to(ROOT)))
def test_pure_rooms_do_not_wait_roll_dice_or_tell_the_time(file: Path) -> None:
    assert impurities(file.read_text(), dice="lab" in file.parts) == []


@pytest.mark.parametrize("planted", ["import time", "import random", "async def f(): ...", "from asyncio import sleep"])
def test_a_planted_impurity_is_seen(planted: str) -> None:
    assert impurities(planted)


@pytest.mark.parametrize("library", ONE_IMPORTER)
def test_each_driver_has_one_importer(library: str) -> None:
    for file in [*(ROOT / "gateway").rglob("*.py"), *(ROOT / "detectors").rglob("*.py")]:
        name = str(file.relative_to(ROOT))
        if any(name.startswith(allowed) for allowed in ONE_IMPORTER[library]):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(n.split(".")[0] == library for n in names), f"{name} imports {library}"


def test_no_import_hides_inside_a_function() -> None:
    for file in [*(ROOT / "gateway").rglob("*.py"), *(ROOT / "detectors").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden = [x for x in ast.walk(node) if isinstance(x, ast.Import | ast.ImportFrom)]
                assert not hidden, f"{file.relative_to(ROOT)}:{node.lineno} {node.name} imports inside"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "planted"),
    [
        ("detectors/base.py", "import gateway.decisions"),
        ("gateway/exchange.py", "import gateway.actions.base"),
        ("gateway/dialects/base.py", "import gateway.stores.base"),
    ],
)
def test_a_planted_import_breaks_the_contracts(tmp_path: Path, file: str, planted: str) -> None:
    for folder in ("gateway", "detectors"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / file
    target.write_text(target.read_text() + f"\n{planted}\n")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode != 0, done.stdout
    assert "BROKEN" in done.stdout
