"""Stopping a refresh: while it waits for the client, or between two transactions."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from pruvan_desk.core.errors import UsageError

T = TypeVar("T")


class RefreshCancelledError(UsageError):
    """Somebody stopped the refresh. What it has written stays; the next one does the rest."""


class Stop:
    """Of one refresh: asked for on the engine's loop, looked at by the thread that writes."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._bell = asyncio.Event()
        self._who = ""

    def ask(self, who: str) -> None:
        """From now on :meth:`check` raises."""
        self._who = who
        self._asked.set()
        self._bell.set()

    def check(self) -> None:
        """Between two transactions. Raises :class:`RefreshCancelledError` once somebody asked to stop."""
        if self._asked.is_set():
            raise RefreshCancelledError(f"Stopped by {self._who}.", "The next refresh does the rest.")

    async def unless_asked(self, work: Coroutine[Any, Any, T]) -> T:
        """What ``work`` answers, unless somebody asks to stop before. Raises :class:`RefreshCancelledError` then."""
        task, bell = asyncio.ensure_future(work), asyncio.ensure_future(self._bell.wait())
        try:
            await asyncio.wait((task, bell), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self.check()
            return await task
        finally:
            bell.cancel()
            task.cancel()
            await asyncio.gather(task, bell, return_exceptions=True)
