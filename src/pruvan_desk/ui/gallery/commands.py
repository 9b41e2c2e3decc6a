"""What the keys of the gallery call: from the action map to the marker, by way of a question where one is needed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from pruvan_desk.domain.destinations import Destinations, destinations_text
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.store.views.publishable import Publishable, publishable
from pruvan_desk.ui import text
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.dialogs import REASONS, MoveDialog, NoteDialog, RejectDialog
from pruvan_desk.ui.gallery.marks import Marker
from pruvan_desk.ui.gallery.model import GalleryModel, Group
from pruvan_desk.ui.gallery.publishing import PublishDialog
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme

LAST_REASON, REASON_LIST, DESTINATIONS = "gallery/reason", "gallery/reasons", "gallery/destinations"
TAKEN_OUT = (ItemState.QUEUED, ItemState.FAILED)
"""What *clear* takes out of the queue."""


class Gallery(Protocol):
    """What the commands need of the view."""

    desk: Desk
    theme: Theme
    state: WindowState
    model: GalleryModel
    marker: Marker
    page_actions: dict[str, QAction]

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on."""

    def step(self) -> None:
        """On to the next photo."""

    def publish_projects(self) -> list[int]:
        """The projects whose passed items would be published."""


class GalleryCommands(QObject):
    """One method for each deed of the gallery that changes something."""

    def __init__(self, page: Gallery, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        self._parent = parent

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By the names of the action map."""
        return {
            "pass": lambda: self.decide(Decision.PASS),
            "reject": lambda: self.ask_reason(step=False),
            "clear": lambda: self.decide(Decision.CLEAR),
            "pass_next": lambda: self.decide(Decision.PASS, step=True),
            "reject_next": lambda: self.ask_reason(step=True),
            "clear_next": lambda: self.decide(Decision.CLEAR, step=True),
            "pass_all": self.pass_all,
            "undo": self._page.marker.undo,
            "redo": self._page.marker.redo,
            "rotate_left": lambda: self.rotate(270),
            "rotate_right": lambda: self.rotate(90),
            "move_to": self.move,
            "make_before": lambda: self.make("before"),
            "make_during": lambda: self.make("during"),
            "make_after": lambda: self.make("after"),
            "note": self.note,
            "delete": self.delete,
            "publish": self.publish,
        }

    def decide(self, decision: Decision, *, step: bool = False) -> None:
        """Marks what is chosen; then on to the next where wanted. *Clear* also takes what is queued out of the queue."""
        rows = self._page.chosen()
        if not rows:
            return
        queued = [row for row in rows if row.state in TAKEN_OUT] if decision is Decision.CLEAR else []
        if queued:
            self._page.marker.withdraw(queued)
        if marked := [row for row in rows if row not in queued]:
            self._page.marker.mark(marked, decision)
        if step:
            self._page.step()

    def pass_all(self) -> None:
        """Passes everything that is shown and waits for QA."""
        rows = [row for row in self._page.model.shown if row.state is ItemState.PENDING_QA]
        if rows:
            self._page.marker.mark(rows, Decision.PASS)
            self._page.marker.said.emit(f"{text.counted(len(rows), 'item')} passed.", "Undo takes it back.")
        else:
            self._page.marker.said.emit("Nothing that is shown waits for QA.", "")

    def ask_reason(self, *, step: bool) -> None:
        """Asks why, the last reason being the first choice."""
        rows, state = self._page.chosen(), self._page.state
        if not rows:
            return
        reasons = state.get(REASON_LIST, "\n".join(REASONS)).splitlines()
        in_projects = all(row.project_id is not None for row in rows)
        dialog = RejectDialog(
            len(rows),
            reasons,
            state.get(LAST_REASON),
            self._parent,
            can_retake=in_projects,
            again=self._page.page_actions["reject"].shortcuts(),
        )

        def reject() -> None:
            state.put(LAST_REASON, dialog.reason)
            state.put(REASON_LIST, "\n".join(dialog.reasons_kept))
            self._page.marker.mark(rows, Decision.REJECT, dialog.reason, retake=dialog.retake)
            if step:
                self._page.step()

        dialog.accepted.connect(reject)
        dialog.open()

    def rotate(self, degrees: int) -> None:
        """Turns what is chosen clockwise."""
        if rows := self._page.chosen():
            self._page.marker.rotate(rows, degrees)

    def make(self, evidence_type: str) -> None:
        """Files what is chosen as another evidence type."""
        rows = [row for row in self._page.chosen() if row.evidence_type != evidence_type]
        if rows:
            self._page.marker.move(rows, evidence_type=evidence_type)

    def move(self) -> None:
        """Asks where to."""
        rows = self._page.chosen()
        if not rows:
            return
        dialog = MoveDialog(self._page.desk, rows, self._parent)
        dialog.moved.connect(
            lambda project_id, task, evidence_type: self._page.marker.move(
                rows, project_id=project_id, task=task, evidence_type=evidence_type
            )
        )
        dialog.open()

    def drop(self, rows: Sequence[ItemRow], group: Group) -> None:
        """Files items where they were dropped: that task and evidence type, and project where it is another."""
        to = group.first
        moved = [
            row
            for row in rows
            if (row.project_id, row.task, row.evidence_type) != (to.project_id, to.task, to.evidence_type)
        ]
        other = any(row.project_id != to.project_id for row in moved)
        if not moved:
            return
        if to.project_id is None:
            self._page.marker.said.emit("These have no project yet.", "Drop on a task of a project, or move with M.")
            return
        self._page.marker.move(
            moved, project_id=to.project_id if other else None, task=to.task, evidence_type=to.evidence_type
        )

    def note(self) -> None:
        """Asks for the note."""
        rows = self._page.chosen()
        if rows:
            dialog = NoteDialog(rows, self._parent)
            dialog.accepted.connect(lambda: self._page.marker.note(rows, dialog.notes))
            dialog.open()

    def delete(self) -> None:
        """Deletes what is chosen; what is deleted comes back."""
        rows = self._page.chosen()
        gone = [row for row in rows if row.state is ItemState.DELETED]
        if gone:
            self._page.marker.restore(gone)
        if there := [row for row in rows if row.state is not ItemState.DELETED]:
            self._page.marker.delete(there)

    def publish(self) -> None:
        """Asks once, with counts."""
        project_ids = self._page.publish_projects()
        if not project_ids:
            self._page.marker.said.emit("Nothing has passed yet.", "Pass photos with P first.")
            return
        self._page.desk.read_own(lambda session: publishable(session, project_ids), self._ask_publish)

    def _ask_publish(self, found: Publishable) -> None:
        if not found.passed:
            self._page.marker.said.emit("Nothing has passed yet.", "Pass photos with P first.")
            return
        dialog = PublishDialog(found, self._page.state.get(DESTINATIONS), self._page.theme, self._parent)

        def publish(destinations: Destinations) -> None:
            self._page.state.put(DESTINATIONS, destinations_text(destinations))
            self._page.marker.publish(found.passed, destinations)

        dialog.chosen.connect(publish)
        dialog.open()
