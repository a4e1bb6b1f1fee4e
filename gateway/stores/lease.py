"""A lock between processes that a dead process cannot keep: the kernel takes it back, also after ``kill -9``."""

import fcntl
import os
from pathlib import Path

from gateway.stores.base import StoreError


class Lease:
    """An exclusive ``flock`` on a file of its own. At most one ``Lease`` on that file is held at a time.

    A row with an owner and a heartbeat would need a clock and a timeout, and between the two a slow owner and its
    successor both believe that it is theirs. The kernel never does. A process that forks while it holds the
    lease shares it with its child: fork first.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """True while this object holds the lease."""
        return self._descriptor is not None

    def take(self, *, wait: bool = False) -> bool:
        """Take the lease, or return False if another holds it; with ``wait``, return once it is ours."""
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"cannot open {self._file}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:
            os.close(descriptor)
            raise StoreError(f"cannot lock {self._file}: {error.strerror}") from error
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lease back; nothing happens if it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
