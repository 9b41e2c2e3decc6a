"""The error tree. Foreign exceptions are translated into it at the border of the layer that met them.

The class says how far an error reaches, and so what the engine does with it:

* :class:`ItemError`: one item or order; it is parked or skipped, the others go on.
* :class:`TransientError`: nobody's fault; the same thing is tried again later.
* :class:`OfflineError`: there is no network; the same thing is tried again when there is one.
* :class:`IntegrationError`: one order source (password, TLS); that integration pauses, with one alert.
* :class:`DeskFault`: this machine (disk full, database); work stops and says so.
* :class:`UsageError`: what a person asked for cannot be done, and why.

Anything else is a bug, and is shown as one.
"""


class PruvanDeskError(Exception):
    """Something a person can act on: ``title`` says what happened, ``advice`` what to do about it."""

    def __init__(self, title: str, advice: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.title} {self.advice}".strip()


class ItemError(PruvanDeskError):
    """One item, order or file is wrong; everything else goes on."""


class TransientError(PruvanDeskError):
    """The other side could not be reached or was busy. ``retry_after`` is its wish in seconds, if it named one."""

    def __init__(self, title: str, advice: str = "", retry_after: float | None = None) -> None:
        super().__init__(title, advice)
        self.retry_after = retry_after


class WrongAnswerError(TransientError):
    """What answers is not this API: once, that passes; to everything, the address is wrong."""


class OfflineError(TransientError):
    """There is no network. No failure of anything: what waits goes as soon as it is back."""


class IntegrationError(PruvanDeskError):
    """One order source refuses us: wrong password, TLS, not the API. It pauses until somebody mends it."""


class DeskFault(PruvanDeskError):
    """This machine cannot go on: disk full, database damaged, data folder in use."""


class EngineRunningError(DeskFault):
    """Another engine holds the data folder; it may well be a service, and does the work."""


class UsageError(PruvanDeskError):
    """What was asked for is against the rules; nothing was changed."""
