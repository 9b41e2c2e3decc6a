"""Guesses under *Unassigned*: for which order the photos may be, by where and when they were taken; taken with one key."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.guesses import Guess
from pruvan_desk.operations.qa import assign_items
from pruvan_desk.store.views.guesses import guesses
from pruvan_desk.store.views.items import UNASSIGNED, ItemRow, Scope
from pruvan_desk.ui import actions, text
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.gallery.model import GalleryModel
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button


class Gallery(Protocol):
    """What the guesses need of the view."""

    desk: Desk
    theme: Theme
    model: GalleryModel

    @property
    def scope(self) -> Scope:
        """What is shown."""

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on."""

    def say(self, title: str, advice: str) -> None:
        """Tells a person."""


class Guessing(QObject):
    """Reads the guesses beside the photos, and files photos by them."""

    def __init__(self, page: Gallery, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._latest = Latest()
        self.button = button(
            "Take the guess",
            page.theme,
            "check",
            hint="File what is selected under the order where it was probably taken",
        )
        actions.name_key(self.button, "take_guess")
        self.button.clicked.connect(self.take)
        self.button.hide()

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By the names of the action map."""
        return {"take_guess": self.take}

    def read(self) -> None:
        """Reads what can be guessed about the photos that are shown."""
        if self._page.scope.kind != UNASSIGNED:
            self._show({})
            return
        ids = [row.id for row in self._page.model.items]
        self._page.desk.read(lambda session: guesses(session, ids), self._show, self._latest)

    def take(self) -> None:
        """Files what is selected, each photo under the order that is guessed for it; what has no guess stays."""
        found = self._page.model.guesses
        rows = self._page.chosen()
        targets = {row.id: (found[row.id].project_id, found[row.id].task) for row in rows if row.id in found}
        if not targets:
            self._page.say(
                "There is no guess for this.", "No open order lies near it that ran when it was taken. Move it by hand."
            )
            return
        who = self._page.desk.who
        keys = sorted({found[item_id].key for item_id in targets})
        where = keys[0] if len(keys) == 1 else f"{len(keys)} orders"
        left = (
            f"{text.counted(len(rows) - len(targets), 'item')} without a guess stayed. "
            if len(rows) > len(targets)
            else ""
        )

        def done(_changes: Changes) -> None:
            self._page.say(f"{text.counted(len(targets), 'item')} filed under {where}.", f"{left}Undo takes it back.")

        self._page.desk.write(
            lambda database: assign_items(database, targets, who),
            done,
            lambda error: self._page.say(error.title, error.advice),
        )

    def _show(self, found: dict[int, Guess]) -> None:
        self.button.setVisible(bool(found))
        self._page.model.show_guesses(found)
