"""The menu of saved views: choose one, keep how the table looks now, forget one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton

from pruvan_desk.operations.saved_views import delete_view, save_view
from pruvan_desk.store.views.saved_views import SavedViewRow, saved_views
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button


class SavedViews(QObject):
    """A button and its menu. ``chosen`` carries the body of a view."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, theme: Theme, look: Callable[[], Mapping[str, Any]], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._look = desk, look
        self._latest = Latest()
        self.views: Sequence[SavedViewRow] = ()
        self.button: QPushButton = button(
            "Views", theme, "open", hint="Saved views: filters, search, order and columns"
        )
        self.button.clicked.connect(self._open)

    def read(self) -> None:
        """Reads the views again."""
        self._desk.read(saved_views, self._take, self._latest)

    def menu(self) -> QMenu:
        """The views, and what can be done about them."""
        menu = QMenu("Saved views", self.button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for view in self.views:
            action = menu.addAction(view.name.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, view=view: self.chosen.emit(view.body))
        if self.views:
            menu.addSeparator()
        menu.addAction("Save this view…").triggered.connect(self.ask_name)
        if self.views:
            forget = menu.addMenu("Forget")
            for view in self.views:
                action = forget.addAction(view.name.replace("&", "&&"))
                action.triggered.connect(lambda _checked=False, view=view: self.forget(view.id))
        return menu

    def ask_name(self) -> None:
        """Asks for the name to keep the view under; one of that name is replaced."""
        dialog = QInputDialog(self.button)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Save this view")
        dialog.setLabelText("Name of the view, for everybody in the office:")
        dialog.setComboBoxEditable(True)
        dialog.setComboBoxItems([view.name for view in self.views])
        dialog.setTextValue("")
        dialog.textValueSelected.connect(self.save)
        dialog.open()

    def save(self, name: str) -> None:
        """Keeps the view as it is now."""
        body, who = dict(self._look()), self._desk.who
        self._desk.write(lambda database: save_view(database, name, body, who))

    def forget(self, view_id: int) -> None:
        """Forgets a view."""
        self._desk.write(lambda database: delete_view(database, view_id))

    def _take(self, views: Sequence[SavedViewRow]) -> None:
        self.views = views

    def _open(self) -> None:
        self.menu().popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))
