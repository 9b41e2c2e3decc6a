"""What all views have in common: they load when they are first shown, and then follow the changes, row by row."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme

if TYPE_CHECKING:
    from pruvan_desk.store.views.status import DeskStatus


class Page(QWidget):
    """One view of the window. While it is hidden, changes are collected; it takes them when it is shown again."""

    name = ""
    page_wanted = Signal(str)
    """Another view, by its name."""
    gallery_wanted = Signal(int, object)
    """The photos of a project; all of them, or those that a :class:`Lack` is about."""
    positions_wanted = Signal(int)
    """Where the photos of a project were taken."""
    portal_wanted = Signal(int)
    """The order of a project in myFAStrack."""
    survey_wanted = Signal(int, str)
    """The form of a task of a project."""
    bare_wanted = Signal(bool)
    """Full screen: nothing of the window but the view; or the window again."""
    keys_wanted = Signal()
    said = Signal(str, str)
    """Why something was not done: title and advice."""

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__()
        self.desk = desk
        self.theme = theme
        self.state = state
        self.page_actions: dict[str, QAction] = {}
        self._loaded = False
        self._missed = Changes()
        desk.bridge.changed.connect(self._hear)

    def load(self) -> None:
        """Reads everything it shows; called once, when it is first shown."""
        raise NotImplementedError

    def take(self, changes: Changes) -> None:
        """Refreshes the rows named."""
        raise NotImplementedError

    def focus_search(self) -> None:
        """Ctrl+F; views that can search override it."""

    def focus_first(self) -> None:
        """Gives the focus to what somebody works with here."""

    def note_status(self, status: "DeskStatus") -> None:
        """Where everything stands has changed; views that show some of it override this."""

    def note_keys(self, keys: KeyMap) -> None:
        """The keys of its actions, when it is made and whenever they are changed; views that name keys override it."""
        keys.dress(self)

    def mend(self) -> None:
        """The banner's button was pressed; Integrations opens the paused one."""

    def refresh_orders(self) -> None:
        """F5: asks every integration that works for what is new."""
        from pruvan_desk.operations.integrations import ask_refresh_all  # noqa: PLC0415 - when first wanted

        who = self.desk.who
        self.desk.write(lambda database: ask_refresh_all(database, who))
        self.said.emit("Asked for new orders.", "")

    def close_page(self) -> None:
        """The window goes away; views with threads of their own stop them."""

    def showEvent(self, event: QShowEvent) -> None:
        """Loads, or takes what was missed."""
        super().showEvent(event)
        if not self._loaded:
            self._loaded = True
            self.load()
        elif self._missed:
            missed, self._missed = self._missed, Changes()
            self.take(missed)

    def _hear(self, changes: Changes) -> None:
        if not self._loaded:
            return
        if self.isVisible():
            self.take(changes)
        else:
            self._missed |= changes
