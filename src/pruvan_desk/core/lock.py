"""One engine process for each data folder."""

from pathlib import Path

import filelock

from pruvan_desk.core.errors import DeskFault, EngineRunningError


class EngineLock:
    """Held for the life of an engine process; the system frees it when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = filelock.FileLock(path)

    def acquire(self) -> None:
        """Takes the lock. Raises :class:`EngineRunningError` when another engine has it, :class:`DeskFault` for the disk."""
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise EngineRunningError(
                f"An engine is at work on {self._path.parent} already.",
                "Only one can be. Close the other Pruvan Desk, or stop the service.",
            ) from error
        except OSError as error:
            raise DeskFault(
                f"The file {self._path} cannot be used: {error.strerror}.",
                "Check the disk and the rights of the data folder.",
            ) from error

    def is_held(self) -> bool:
        """Whether an engine has it. Raises :class:`DeskFault` for the disk."""
        try:
            self.acquire()
        except EngineRunningError:
            return True
        self.release()
        return False

    def release(self) -> None:
        """Gives the lock back."""
        self._lock.release()
