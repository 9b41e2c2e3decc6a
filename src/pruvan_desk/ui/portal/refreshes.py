"""What somebody did in the portal is fetched at once, but not at every click."""

from PySide6.QtCore import QObject, QTimer

from pruvan_desk.operations.integrations import ask_refresh
from pruvan_desk.ui.desk import Desk

REST = 5_000
"""Milliseconds between two refreshes of one integration."""


class RefreshAsker(QObject):
    """Asks for incremental refreshes, each integration at most once in :data:`REST`; what comes sooner is asked for then."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rests: dict[int, QTimer] = {}
        self._waiting: set[int] = set()

    def ask(self, integration_id: int) -> None:
        """Something may have changed there."""
        rest = self._rests.get(integration_id)
        if rest is None:
            rest = self._rests[integration_id] = QTimer(self, singleShot=True, interval=REST)
            rest.timeout.connect(lambda: self._rested(integration_id))
        if rest.isActive():
            self._waiting.add(integration_id)
            return
        who = self._desk.who
        self._desk.write(lambda database: ask_refresh(database, integration_id, who))
        rest.start()

    def _rested(self, integration_id: int) -> None:
        if integration_id in self._waiting:
            self._waiting.discard(integration_id)
            self.ask(integration_id)
