"""What the keys of the gallery call: from the action map to the marker, by way of a question where one is needed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.destinations import (
    CLIENT,
    Destinations,
    destinations_label,
    destinations_text,
    read_destinations,
)
from pruvan_desk.domain.qa import DECIDABLE, Decision
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.annotating import why_not
from pruvan_desk.operations.settings import keep_reasons
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.store.views.publishable import Publishable, publishable
from pruvan_desk.ui import text
from pruvan_desk.ui.annotate.window import AnnotateWindow
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.dialogs import MoveDialog, NoteDialog, RejectDialog
from pruvan_desk.ui.gallery.marks import Marker
from pruvan_desk.ui.gallery.model import GalleryModel, Group
from pruvan_desk.ui.gallery.pictures import Pictures
from pruvan_desk.ui.gallery.publishing import FolderCheck, PublishDialog
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme

LAST_REASON, DESTINATIONS = "gallery/reason", "gallery/destinations"
AS_COPIES, ORIGINALS = "gallery/annotated", "originals"
"""What of annotated photos was published last; copies, unless it says otherwise."""
TAKEN_OUT = (ItemState.QUEUED, ItemState.FAILED)
"""What *clear* takes out of the queue."""


class Gallery(Protocol):
    """What the commands need of the view."""

    desk: Desk
    theme: Theme
    state: WindowState
    model: GalleryModel
    marker: Marker
    pictures: Pictures
    loader: ThumbnailLoader
    keys: KeyMap | None
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
        self._folder = FolderCheck(page.desk, self)

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
            "annotate": self.annotate,
            "publish_copy": self.publish_copy,
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
        if self._is_still_read():
            return
        rows = [row for row in self._page.model.shown if row.state is ItemState.PENDING_QA]
        if rows:
            self._page.marker.mark(rows, Decision.PASS)
            self._page.marker.said.emit(f"{text.counted(len(rows), 'item')} passed.", "Undo takes it back.")
        else:
            self._page.marker.said.emit("Nothing that is shown waits for QA.", "")

    def ask_reason(self, *, step: bool) -> None:
        """Asks why, the last reason being the first choice; where it is too late for all that is chosen, says so instead."""
        rows, state = self._page.chosen(), self._page.state
        count = sum(row.state in DECIDABLE for row in rows)
        if not count:
            self._page.marker.mark(rows, Decision.REJECT)
            return
        reasons = self._page.desk.settings.reject_reasons.splitlines()
        in_projects = all(row.project_id is not None for row in rows)
        dialog = RejectDialog(
            count,
            reasons,
            state.get(LAST_REASON),
            self._parent,
            can_retake=in_projects,
            again=self._page.page_actions["reject"].shortcuts(),
        )

        def reject() -> None:
            state.put(LAST_REASON, dialog.reason)
            self._page.marker.mark(rows, Decision.REJECT, dialog.reason, retake=dialog.retake)
            if (kept := dialog.reasons_kept) != reasons:
                self._page.desk.write(lambda database: keep_reasons(database, reasons, kept))
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
        if self._is_still_read():
            return
        project_ids = self._page.publish_projects()
        if not project_ids:
            self._page.marker.said.emit("Nothing has passed yet.", "Pass photos with P first.")
            return
        self._page.desk.read_own(lambda session: publishable(session, project_ids), self._ask_publish)

    def annotate(self) -> None:
        """Marks on the current photo, in a window of their own."""
        if not (rows := self._page.chosen()):
            return
        row = rows[0]
        try:
            why_not(row.file_type, "", row.state, is_copy=row.copy_of is not None)
        except UsageError as error:
            self._page.marker.said.emit(error.title, error.advice)
            return
        if row.sha256 is None:
            self._page.marker.said.emit("There is no photo to annotate.", row.problem)
            return
        window = AnnotateWindow(
            self._page.desk, self._page.theme, self._page.state, self._page.keys, self._parent,
            row=row, pictures=self._page.pictures, loader=self._page.loader,
        )  # fmt: skip
        window.closed_at.connect(self._page.marker.read)
        if self._parent.window().isFullScreen():
            window.showFullScreen()
        window.open()

    def publish_copy(self) -> None:
        """The annotated copies of what is chosen, also of what the client has unmarked."""
        ready = (ItemState.PASSED, ItemState.PUBLISHED)
        rows = [
            row
            for row in self._page.chosen()
            if row.annotations and row.copy_of is None and not row.covered and row.state in ready
        ]
        if not rows:
            advice = "Annotate a photo that has passed or was published. A copy that is there already stands beside it."
            self._page.marker.said.emit("No annotated copy is to be published.", advice)
            return
        kept = read_destinations(self._page.state.get(DESTINATIONS)) or CLIENT
        ids = [row.id for row in rows]
        ask(
            self._parent,
            f"Publish the annotated copy of {text.counted(len(rows), 'photo')}?",
            f"To: {destinations_label(kept)}. Each copy is an item of its own that names the original as its parent. "
            "The originals stay as they are.",
            "Publish",
            lambda: self._page.marker.publish(ids, kept, copies=ids),
        )

    def _is_still_read(self) -> bool:
        """Whether only the first items are here: what is done to all would miss the rest."""
        if self._page.model.is_whole:
            return False
        self._page.marker.said.emit("The photos are still being read.", "Try again in a moment.")
        return True

    def _ask_publish(self, found: Publishable) -> None:
        if not found.passed:
            self._page.marker.said.emit("Nothing has passed yet.", "Pass photos with P first.")
            return
        state = self._page.state
        as_copies = state.get(AS_COPIES) != ORIGINALS
        dialog = PublishDialog(
            found, state.get(DESTINATIONS), self._page.theme, self._parent, as_copies=as_copies, folder=self._folder
        )

        def publish(destinations: Destinations) -> None:
            state.put(DESTINATIONS, destinations_text(destinations))
            if found.annotated:
                state.put(AS_COPIES, "" if dialog.as_copies else ORIGINALS)
            copies = found.annotated if dialog.as_copies else ()
            self._page.marker.publish(found.passed, destinations, copies=copies)

        dialog.chosen.connect(publish)
        dialog.open()
