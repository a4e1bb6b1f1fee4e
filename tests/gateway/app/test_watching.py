"""Changes of files are told, in whatever way files are changed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.app import watching
from gateway.app.watching import Look, look, watch

PATIENCE = 60.0  # seconds before a test gives up; nothing waits so long


class Told:
    """Counts what it is told, and can be waited for."""

    def __init__(self) -> None:
        self.times = 0
        self._told = asyncio.Event()

    def __call__(self) -> None:
        self.times += 1
        self._told.set()

    async def again(self) -> int:
        async with asyncio.timeout(PATIENCE):
            await self._told.wait()
        self._told.clear()
        return self.times


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK", 0.05)


@asynccontextmanager
async def watched(path: Path, before: Look | None = None) -> AsyncIterator[Told]:
    told = Told()
    task = asyncio.ensure_future(watch([path], told, look([path]) if before is None else before))
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def write(file: Path) -> None:
    with file.open("a") as opened:
        opened.write("more")


def replace(file: Path) -> None:
    beside = file.with_name(".new")
    beside.write_text("other")
    beside.replace(file)  # at once: a file that is made and then filled changes twice


def swap(file: Path) -> None:
    """Swap the folder behind a link, as Kubernetes does."""
    newer = file.resolve().parent.with_name("newer")
    newer.mkdir()
    (newer / file.name).write_text("newer")
    link = file.parent / "..data.new"
    link.symlink_to(newer)
    link.replace(file.parent / "..data")


@pytest.mark.parametrize("change", [write, replace, Path.unlink, swap], ids=lambda change: change.__name__)
async def test_a_file_that_changes_is_told(tmp_path: Path, change: Callable[[Path], object]) -> None:
    older, shown = tmp_path / "older", tmp_path / "shown"
    older.mkdir()
    shown.mkdir()
    (older / "policy.yaml").write_text("first")
    (shown / "..data").symlink_to(older)
    file = shown / "policy.yaml"
    file.symlink_to(Path("..data") / "policy.yaml")
    async with watched(file) as told:
        change(file)
        assert await told.again() == 1


async def test_in_a_folder_only_policies_matter(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("first")
    async with watched(tmp_path) as told:
        for name in ("a_test.yaml", ".a.yaml.swp", "notes.txt"):
            (tmp_path / name).write_text("nothing to us")
        replace(tmp_path / "b.yaml")
        assert await told.again() == 1
        (tmp_path / "a.yaml").unlink()
        assert await told.again() == 2


async def test_what_changed_before_the_watch_began_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("first")
    before = look([file])
    write(file)
    async with watched(file, before) as told:
        assert await told.again() == 1


async def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "later" / "policy.yaml"
    async with watched(file) as told:
        making = tmp_path / "making"
        making.mkdir()
        (making / file.name).write_text("first")
        making.rename(file.parent)
        assert await told.again() == 1
        write(file)
        assert await told.again() == 2


def test_what_is_not_there_looks_like_nothing(tmp_path: Path) -> None:
    assert look([tmp_path / "none.yaml", tmp_path]) == ()
