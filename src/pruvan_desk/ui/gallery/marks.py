"""Marks, turns and moves: on the screen at once, durable a moment later, taken back with a message when they are refused."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pruvan_desk.core.errors import PruvanDeskError, UsageError
from pruvan_desk.domain.qa import Decision, decide
from pruvan_desk.operations import qa
from pruvan_desk.store.views.items import ItemRow, items_by_id
from pruvan_desk.ui import text
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.model import GalleryModel

if TYPE_CHECKING:
    from pruvan_desk.core.changes import Changes
    from pruvan_desk.store.database import Database


class Marker(QObject):
    """What the keys of the gallery do to the chosen items."""

    refused = Signal(str, str)
    """Title and advice: why something could not be done."""

    def __init__(self, desk: Desk, model: GalleryModel, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model = model

    def mark(self, rows: Sequence[ItemRow], decision: Decision, reason: str = "") -> None:
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
            self.refused.emit(title, too_late.advice)
        ids = [row.id for row in after]
        who = self._desk.who
        self._write(after, lambda database: qa.mark_items(database, ids, decision, who, reason))

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

    def publish(self, ids: Sequence[int], project_id: int | None) -> None:
        """Publishes what has passed: of a project, or the items named."""
        who = self._desk.who
        self._desk.write(
            lambda database: (
                qa.publish_project(database, project_id, who)
                if project_id is not None
                else qa.publish_items(database, ids, who)
            ),
            refused=self._say,
        )
        self._model.let_go()

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
        self.refused.emit(error.title, error.advice)
