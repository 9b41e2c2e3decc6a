"""The selected project, beside the table."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from pruvan_desk.domain.missing import Lack, Mending
from pruvan_desk.domain.statuses import CloseReason, ItemState
from pruvan_desk.operations.projects import release_held
from pruvan_desk.store.views.project_details import ProjectDetails, project_details
from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui import actions, text, tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.projects import sections
from pruvan_desk.ui.projects.notes import NotesSection
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import ForeignHtml, bar, button, column, label, link_row

AGAIN = 1000
"""Milliseconds after which a project that changes on and on is read once more at the earliest."""
WAIT = 120
"""Milliseconds of quiet before a project is read: holding an arrow key down reads one, not fifty."""


class ProjectPanel(QScrollArea):
    """Everything about one project, and what can be done with it."""

    edit_wanted = Signal()
    close_wanted = Signal()
    gallery_wanted = Signal(int, object)
    """A project, and the :class:`Lack` to look for in its photos, or ``None`` for all of them."""
    positions_wanted = Signal(int)
    """Where its photos were taken."""
    portal_wanted = Signal(int)
    survey_wanted = Signal(int, str)
    report_wanted = Signal(int)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("details")
        self.setAccessibleName("Project details")
        self.setWidgetResizable(True)
        self.setMinimumWidth(40 * tokens.UNIT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._desk, self._theme = desk, theme
        self._project_id: int | None = None
        self._details: ProjectDetails | None = None
        self._latest = Latest()
        self._wait = QTimer(self, singleShot=True, interval=WAIT)
        self._wait.timeout.connect(self.refresh)
        self._again = QTimer(self, singleShot=True, interval=AGAIN)
        self._again.timeout.connect(self._read_stale)
        self._is_stale = False
        self.title = label("", "title", wrap=True, selectable=True)
        self.state_line = label("", "muted", wrap=True)
        self.address = label("", wrap=True, selectable=True)
        self.qa_photos = button("QA photos", theme, "gallery", "primary", "Check this project's photos")
        self.portal = button("Launch myFAStrack", theme, "portal", hint="Open this order in the client's portal")
        self.positions = link_row("Where the photos were taken", theme, "plot", "muted")
        self.report = button("Report", theme, "pdf", hint="Make a PDF of all photos, an item of this project")
        actions.name_key(self.report, "project_report")
        self.release = button("Release held…", theme, "held", hint="Send what is held without waiting for Complete")
        self.close_or_open = button("Close…", theme)
        self.edit = button("Edit…", theme, "edit", hint="Change this project")
        actions.name_key(self.edit, "project_edit")
        self.instructions = ForeignHtml("Instructions")
        self.notes = NotesSection(theme)
        self.body = QWidget()
        self.empty = label("Select a project to see its tasks, instructions and history.", "muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(*(4 * [3 * tokens.UNIT]))
        self._put_together()
        self.qa_photos.clicked.connect(self._open_gallery)
        self.positions.clicked.connect(self._open_positions)
        self.portal.clicked.connect(self._open_portal)
        self.report.clicked.connect(self._ask_report)
        self.release.clicked.connect(self._ask_release)
        self.edit.clicked.connect(self.edit_wanted)
        self.close_or_open.clicked.connect(self.close_wanted)
        theme.changed.connect(self._dress)

    def show_project(self, project_id: int | None) -> None:
        """Shows another project, or none."""
        if project_id == self._project_id:
            return
        self._project_id = project_id
        if project_id is None:
            self._take(None)
        else:
            self._wait.start()

    @property
    def row(self) -> ProjectRow | None:
        """The project that is shown."""
        return self._details.row if self._details is not None else None

    @property
    def is_complete(self) -> bool:
        """Whether all that is to be said of it is there already; a long history takes a moment."""
        return self._sections.is_complete

    def focus_note(self) -> None:
        """Puts the cursor where a note is written."""
        if self._details is not None:
            self.ensureWidgetVisible(self.notes.field)
            self.notes.field.setFocus()

    def refresh(self) -> None:
        """Reads the project again."""
        project_id = self._project_id
        if project_id is not None:
            self._desk.read(lambda session: project_details(session, project_id), self._take, self._latest)

    def follow(self) -> None:
        """It has changed: it is read again at once, or as soon as it is time."""
        self._is_stale = True
        if not self._again.isActive():
            self._read_stale()

    def _read_stale(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._again.start()
            self.refresh()

    def _put_together(self) -> None:
        inside = QWidget()
        around = QVBoxLayout(inside)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        self._head = QWidget()
        head = QVBoxLayout(self._head)
        head.setContentsMargins(tokens.UNIT * 2, tokens.UNIT * 2, tokens.UNIT * 2, 0)
        head.setSpacing(tokens.HALF)
        for part in (self.title, self.state_line, self.address):
            head.addWidget(part)
        self._releasing = bar(self.release, None, name="buttons")
        self._buttons = column(
            bar(self.qa_photos, self.portal, None, name="buttons"),
            bar(self.report, self.edit, self.close_or_open, None, name="buttons", tight=True),
            bar(self.positions, name="buttons", tight=True),
            self._releasing,
            spacing=0,
        )
        self._buttons.setContentsMargins(0, 0, 0, tokens.UNIT)
        around.addWidget(self._head)
        around.addWidget(self._buttons)
        box = QVBoxLayout(self.body)
        box.setContentsMargins(tokens.UNIT * 2, 0, tokens.UNIT * 2, tokens.UNIT * 2)
        box.setSpacing(tokens.UNIT * 2)
        self._lasting = sections.Lasting(self.instructions, self.notes)
        self._sections = sections.Sections(box, self._lasting)
        around.addWidget(self.body)
        around.addWidget(self.empty, 1)
        around.addStretch(0)
        self.setWidget(inside)
        self._draw()

    def _take(self, details: ProjectDetails | None) -> None:
        if details is None or details != self._details:
            self._details = details
            self._draw()

    def _draw(self) -> None:
        details = self._details
        for part in (self._head, self._buttons, self.body):
            part.setVisible(details is not None)
        self.empty.setVisible(details is None)
        if details is None:
            self._sections.clear()
            return
        row, zone = details.row, self._desk.settings.zone
        self.title.setText(row.key)
        self.state_line.setText(_state_line(details, text.due_words(row.due, zone)))
        self.address.setText("\n".join(sections.address_lines(details)))
        held = row.items.get(ItemState.HELD, 0)
        self._releasing.setVisible(held > 0)
        self.release.setText(f"Release {held} held…")
        self.close_or_open.setText("Reopen…" if row.closed else "Close…")
        self._sections.show(sections.sections_of(details, self._theme, self._lasting, zone, self._mend))

    def _dress(self) -> None:
        """All anew: signs have other colours now."""
        self._sections.clear()
        self._draw()

    def _open_gallery(self) -> None:
        if self._project_id is not None:
            self.gallery_wanted.emit(self._project_id, None)

    def _mend(self, lack: Lack) -> None:
        """Leads to where it is mended: the photos it is about, or the section that says more."""
        if lack.mending is Mending.PHOTOS:
            self.gallery_wanted.emit(self._project_id, lack)
        elif lack.mending is Mending.SURVEY:
            self.survey_wanted.emit(self._project_id, lack.task)
        elif section := self.body.findChild(QWidget, lack.mending.value):
            self.ensureWidgetVisible(section)

    def _open_positions(self) -> None:
        if self._project_id is not None:
            self.positions_wanted.emit(self._project_id)

    def _open_portal(self) -> None:
        if self._project_id is not None:
            self.portal_wanted.emit(self._project_id)

    def _ask_report(self) -> None:
        if self._project_id is not None:
            self.report_wanted.emit(self._project_id)

    def _ask_release(self) -> None:
        if self._details is None:
            return
        project_id, desk = self._details.row.id, self._desk
        held = self._details.row.items.get(ItemState.HELD, 0)
        ask(
            self,
            f"Release {text.counted(held, 'held item')} of {self._details.row.key}?",
            "They are sent to the client without waiting for the crew to mark the project complete.",
            "Release",
            lambda: desk.write(lambda database: release_held(database, project_id, desk.who)),
        )


def _state_line(details: ProjectDetails, due: str) -> str:
    reason = CloseReason(details.close_reason).label if details.close_reason else ""
    parts = (
        f"{details.row.status} ({reason})" if reason else details.row.status,
        f"client: {details.row.client_status}" if details.row.client_status else "",
        f"crew: {details.field_status}",
        f"due {due}" if due else "",
        "QA in Field" if details.qa_in_field else "QA in Office",
    )
    return " · ".join(part for part in parts if part)
