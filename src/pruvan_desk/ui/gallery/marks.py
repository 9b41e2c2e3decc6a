"""Marks, turns and moves: on the screen at once, durable a moment later, taken back with a message when they are refused."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pruvan_desk.core.errors import PruvanDeskError, UsageError
from pruvan_desk.domain.destinations import Destinations
from pruvan_desk.domain.qa import Decision, decide
from pruvan_desk.operations import qa, trash
from pruvan_desk.operations.undo import Undone, redo, undo
from pruvan_desk.operations.withdrawing import withdraw_items
from pruvan_desk.store.views.items import ItemRow, items_by_id
from pruvan_desk.ui import text
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.model import GalleryModel

if TYPE_CHECKING:
    from pruvan_desk.core.changes import Changes
    from pruvan_desk.store.database import Database


class Marker(QObject):
    """What the keys of the gallery do to the chosen items."""

    said = Signal(str, str)
    """Title and advice: what was done, or why it could not be."""
    decided = Signal(int)
    """So many items were marked."""
    went_back = Signal(object)
    """The items that an undo or redo has changed, as they are now."""

    def __init__(self, desk: Desk, model: GalleryModel, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model = model

    def mark(self, rows: Sequence[ItemRow], decision: Decision, reason: str = "", *, retake: bool = False) -> None:
        """Passes, rejects or clears; what it is too late for is left as it is, and said."""
        after: list[ItemRow] = []
        too_late: UsageError | None = None
        for row in rows:
            try:
                after.append(row.decided(decide(row.state, decision), reason if decision is Decision.REJECT else ""))
            except UsageError as error:
                too_late = error
        if too_late is not None:
            left = len(rows) - len(after)
            title = f"{text.counted(left, 'item')} of {len(rows)} left as they are." if after else too_late.title
            self.said.emit(title, too_late.advice)
        ids = [row.id for row in after]
        who = self._desk.who
        if after:
            self.decided.emit(len(after))
        self._write(after, lambda database: qa.mark_items(database, ids, decision, who, reason, retake=retake))

    def rotate(self, rows: Sequence[ItemRow], degrees: int) -> None:
        """Turns clockwise."""
        ids, who = [row.id for row in rows], self._desk.who
        self._write(
            [row.turned(degrees) for row in rows], lambda database: qa.rotate_items(database, ids, degrees, who)
        )

    def move(
        self, rows: Sequence[ItemRow], *, project_id: int | None = None, task: str | None = None,
        evidence_type: str | None = None,
    ) -> None:  # fmt: skip
        """Files items elsewhere; they are seen there when it is done."""
        ids, who = [row.id for row in rows], self._desk.who
        self._desk.write(
            lambda database: qa.move_items(
                database, ids, who, project_id=project_id, task=task, evidence_type=evidence_type
            ),
            refused=self._say,
        )

    def note(self, rows: Sequence[ItemRow], notes: str) -> None:
        """Writes the note on items."""
        ids, who = [row.id for row in rows], self._desk.who
        self._write(
            [row._replace(notes=notes) for row in rows], lambda database: qa.note_items(database, ids, notes, who)
        )

    def delete(self, rows: Sequence[ItemRow]) -> None:
        """Deletes items, recoverably; they go from the screen when it is done."""
        ids, who = [row.id for row in rows], self._desk.who
        words = f"{text.counted(len(ids), 'item')} deleted."
        self._do(lambda database: trash.delete_items(database, ids, who), ids, words, "Undo brings them back.")

    def restore(self, rows: Sequence[ItemRow]) -> None:
        """Brings deleted items back."""
        ids, who = [row.id for row in rows], self._desk.who
        words = f"{text.counted(len(ids), 'item')} restored."
        self._do(lambda database: trash.restore_items(database, ids, who), ids, words)

    def withdraw(self, rows: Sequence[ItemRow]) -> None:
        """Takes items out of the queue, if nobody has claimed them."""
        ids, who = [row.id for row in rows], self._desk.who
        words = f"{text.counted(len(ids), 'item')} withdrawn."
        self._do(lambda database: withdraw_items(database, ids, who), ids, words)

    def publish(self, ids: Sequence[int], destinations: Destinations, *, copies: Sequence[int] = ()) -> None:
        """Publishes passed items; of those in ``copies`` the annotated copy in their place."""
        who = self._desk.who
        self._desk.write(lambda database: qa.publish_items(database, ids, who, destinations, copies), refused=self._say)
        self._model.let_go()

    def read(self, item_id: int) -> None:
        """Reads an item again that was changed elsewhere in the window."""
        ids = [item_id]
        self._desk.read_own(lambda session: items_by_id(session, ids), lambda rows: self._model.take(rows, ids))

    def undo(self) -> None:
        """Takes back the last deed of this person."""
        who = self._desk.who
        self._desk.write(lambda database: undo(database, who), lambda done: self._went(done, "Undone"), self._say)

    def redo(self) -> None:
        """Does it again."""
        who = self._desk.who
        self._desk.write(lambda database: redo(database, who), lambda done: self._went(done, "Done again"), self._say)

    def _went(self, done: Undone, word: str) -> None:
        left = f"{text.counted(done.left, 'item')} left as they are: {done.why_left}" if done.left else ""
        self.said.emit(f"{word}: {done.deed}.", left)
        ids = list(done.item_ids)

        def show(rows: list[ItemRow]) -> None:
            self._model.take(rows, ids)
            self.went_back.emit(rows)

        self._desk.read(lambda session: items_by_id(session, ids), show)

    def _do(self, operation: "Callable[[Database], Changes]", ids: Sequence[int], words: str, advice: str = "") -> None:
        """What is only shown when it is done, because it may be refused."""

        def done(_changes: "Changes") -> None:
            self.said.emit(words, advice)
            self._desk.read(lambda session: items_by_id(session, ids), lambda rows: self._model.take(rows, ids))

        self._desk.write(operation, done, self._say)

    def _write(self, after: Sequence[ItemRow], operation: "Callable[[Database], Changes]") -> None:
        if not after:
            return
        ids = [row.id for row in after]
        self._model.lay_over(after)
        self._desk.write(operation, lambda _changes: self._read_again(ids), lambda error: self._undo(ids, error))

    def _undo(self, ids: list[int], error: PruvanDeskError) -> None:
        self._say(error)
        self._read_again(ids)

    def _read_again(self, ids: list[int]) -> None:
        """What was written is read once more before the overlay goes, so that nothing flickers."""
        self._model.written(ids)
        self._desk.read(lambda session: items_by_id(session, ids), lambda rows: self._settle(rows, ids))

    def _settle(self, rows: list[ItemRow], ids: list[int]) -> None:
        self._model.take(rows, ids)
        self._model.settle(ids)

    def _say(self, error: PruvanDeskError) -> None:
        self.said.emit(error.title, error.advice)
