"""What the keys of the gallery call: from the action map to the marker, by way of a question where one is needed."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from pruvan_desk.domain.qa import Decision
from pruvan_desk.operations.qa import Publishable, count_publishable
from pruvan_desk.store.views.items import PROJECT, UNASSIGNED, ItemRow, Scope
from pruvan_desk.ui import text
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.dialogs import MoveDialog, RejectDialog
from pruvan_desk.ui.gallery.grid import GridView
from pruvan_desk.ui.gallery.marks import Marker
from pruvan_desk.ui.gallery.model import GalleryModel
from pruvan_desk.ui.state import WindowState

LAST_REASON = "gallery/reason"


class Gallery(Protocol):
    """What the commands need of the view."""

    desk: Desk
    state: WindowState
    model: GalleryModel
    marker: Marker
    grid: GridView

    @property
    def scope(self) -> Scope:
        """What is shown."""

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on."""

    def passed(self) -> list[ItemRow]:
        """What would be published."""

    def show_evidence(self, evidence_type: str) -> None:
        """Shows one evidence type, or all."""

    def show_single(self, *, single: bool) -> None:
        """The photo alone, or the grid beside it."""


class GalleryCommands(QObject):
    """One method for each deed of the gallery."""

    def __init__(self, page: Gallery, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        self._parent = parent

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By the names of the action map."""
        page = self._page
        return {
            "pass": lambda: self.decide(Decision.PASS),
            "reject": lambda: self.ask_reason(step=False),
            "clear": lambda: self.decide(Decision.CLEAR),
            "pass_next": lambda: self.decide(Decision.PASS, step=True),
            "reject_next": lambda: self.ask_reason(step=True),
            "clear_next": lambda: self.decide(Decision.CLEAR, step=True),
            "rotate_left": lambda: self.rotate(270),
            "rotate_right": lambda: self.rotate(90),
            "move_to": self.move,
            "make_before": lambda: self.make("before"),
            "make_during": lambda: self.make("during"),
            "make_after": lambda: self.make("after"),
            "show_before": lambda: page.show_evidence("before"),
            "show_during": lambda: page.show_evidence("during"),
            "show_after": lambda: page.show_evidence("after"),
            "show_all": lambda: page.show_evidence(""),
            "publish": self.publish,
            "grid": lambda: page.show_single(single=False),
        }

    def decide(self, decision: Decision, reason: str = "", *, step: bool = False) -> None:
        """Marks what is chosen; then on to the next where wanted."""
        rows = self._page.chosen()
        if rows:
            self._page.marker.mark(rows, decision, reason)
            if step:
                self._page.grid.step(1)

    def ask_reason(self, *, step: bool) -> None:
        """Asks why, the last reason being the first choice."""
        rows = self._page.chosen()
        if not rows:
            return
        dialog = RejectDialog(len(rows), self._page.state.get(LAST_REASON), self._parent)

        def reject() -> None:
            self._page.state.put(LAST_REASON, dialog.reason)
            self._page.marker.mark(rows, Decision.REJECT, dialog.reason)
            if step:
                self._page.grid.step(1)

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

    def publish(self) -> None:
        """Asks once, with counts."""
        scope, passed = self._page.scope, self._page.passed()
        if scope.kind == UNASSIGNED or not passed:
            self._page.marker.refused.emit("Nothing has passed yet.", "Pass photos with P first.")
        elif scope.kind == PROJECT and scope.project_id is not None:
            project_id = scope.project_id
            self._page.desk.read_own(lambda session: count_publishable(session, project_id), self._ask_publish)
        else:
            broken = sum(1 for row in passed if row.problem)
            pending = len(self._page.model.items) - len(passed)
            self._ask_publish(Publishable(len(passed), pending, 0, broken))

    def _ask_publish(self, counts: Publishable) -> None:
        page, scope = self._page, self._page.scope
        passed = page.passed()
        where = passed[0].project if scope.kind == PROJECT and passed else "all projects"
        ids = [row.id for row in passed]
        project_id = scope.project_id if scope.kind == PROJECT else None
        ask(
            self._parent,
            f"Publish {text.counted(counts.passed, 'passed item')} of {where} to the client?",
            publish_words(counts),
            f"Publish {counts.passed:,}",
            lambda: page.marker.publish(ids, project_id),
        )


def publish_words(counts: Publishable) -> str:
    """What publishing leaves out, and what it sends as it is."""
    lines = []
    if counts.pending:
        lines.append(f"{counts.pending:,} still Pending QA: not sent.")
    if counts.rejected:
        lines.append(f"{counts.rejected:,} rejected: not sent.")
    if counts.broken:
        lines.append(f"{counts.broken:,} of the passed have a problem with their file and go as they are.")
    lines.append("What the client has received cannot be asked back.")
    return "\n".join(lines)
