"""Which storage a configuration names, and what becomes of one that cannot be opened."""

from pathlib import Path
from typing import Any, cast

import pytest

from gateway.config import Config, Named, Route
from gateway.plugins import PluginError
from gateway.storage import IsolatedStorage, Sqlite, Storage, storage_of
from gateway.stores.base import StoreError
from gateway.stores.sqlite import SqliteStore


def config(**store: Any) -> Config:
    return Config(routes=(Route(upstream="http://127.0.0.1:1"),), store=Named(**(store or {"plugin": "sqlite"})))


def test_one_sqlite_file_is_the_default(tmp_path: Path) -> None:
    storage = storage_of(config())
    assert storage == Sqlite()
    assert not storage.used(tmp_path)
    storage.store(tmp_path).close()
    assert storage.used(tmp_path)


def test_a_storage_that_is_not_installed_is_named() -> None:
    with pytest.raises(PluginError, match="no store is called apart"):
        storage_of(config(plugin="apart"))


def test_a_configuration_says_the_same_to_another_process() -> None:
    whole = config(plugin="apart", parameters={"folder": "x", "deep": [1, {"a": None}]})
    assert Config.model_validate_json(whole.model_dump_json()) == whole


def test_one_that_cannot_be_opened_raises_store_errors_only(tmp_path: Path) -> None:
    class Odd:
        name = "odd"

        def used(self, folder: Path) -> bool:
            raise PermissionError(folder)

        store = journal = used

    storage = IsolatedStorage(cast("Storage", Odd()), "odd")
    for call in (storage.used, storage.store, storage.journal):
        with pytest.raises(StoreError, match="store odd"):
            cast("Any", call)(tmp_path)


def test_what_another_packages_storage_opened_works(tmp_path: Path) -> None:
    storage = IsolatedStorage(Sqlite(), "apart")
    assert not isinstance(storage.store(tmp_path), SqliteStore)
    assert storage.journal(tmp_path).depth() == 0
    assert storage.store(tmp_path).size() == 0
    assert storage.used(tmp_path)
