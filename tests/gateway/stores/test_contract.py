"""What every shipped store promises, tried on each of them. Meters have a file of their own."""

from gateway.contracts.storages import StorageContract
from gateway.contracts.stores import StoreContract
from gateway.storage import Sqlite


class TestEachStore(StoreContract):
    """The fixture ``make`` opens each in turn."""


class TestSqlite(StorageContract):
    storage = Sqlite()
