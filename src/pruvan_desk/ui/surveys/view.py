"""The Surveys view: the forms that wait, and the one that is being filled in."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QInputDialog, QSplitter, QStackedWidget, QVBoxLayout
from shiboken6 import isValid

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.surveys.answers import Place, read_answers
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.domain.surveys.form import Section
from pruvan_desk.operations.survey_templates import import_template_file
from pruvan_desk.operations.surveys import (
    SurveyGapsError,
    SurveyOvertakenError,
    discard_draft,
    reopen_survey,
    send_back,
)
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.surveys import (
    Photo,
    Submission,
    SurveyRow,
    SurveySheet,
    survey_rows,
    survey_sheet,
    survey_task_id,
)
from pruvan_desk.ui import actions, tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.gallery.decoders import Decoders
from pruvan_desk.ui.gallery.thumbnails import CacheAndPreviews, ThumbnailLoader
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.surveys.adding import PhotoAdding
from pruvan_desk.ui.surveys.panel import SurveyPanel
from pruvan_desk.ui.surveys.photos import PhotoPicker
from pruvan_desk.ui.surveys.session import FormSession
from pruvan_desk.ui.surveys.tasks import SurveyList
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState

QUIET = 400
"""Milliseconds in which changes lead to one reading of the list."""


class SurveysPage(Page):
    """Survey tasks on the left, the form of one on the right."""

    name = "surveys"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self.decoders = Decoders(self)
        self._thumbnails = ThumbnailCache(desk.folder.thumbnails)
        originals = PhotoFiles(desk.folder.photos)
        self.loader = ThumbnailLoader(CacheAndPreviews(self._thumbnails, originals), self.decoders, self)
        self.list = SurveyList(desk, theme, state)
        self.panel = SurveyPanel(theme, self.loader)
        self.empty = EmptyState(theme, "survey")
        self.adding = PhotoAdding(desk, self)
        self.session: FormSession | None = None
        self._photos: Mapping[str, Photo] = {}
        self._form_wanted_by: SurveyRow | None = None
        self._latest_list, self._latest_sheet = Latest(), Latest()
        self._wanted = int(state.get("surveys/task") or 0)
        self._soon = QTimer(self, singleShot=True, interval=QUIET)
        self._put_together()
        self._connect()

    def load(self) -> None:
        """Reads the list, and the survey that was open last."""
        self._read_list()
        if self._wanted:
            self.open_task(self._wanted)

    def take(self, changes: Changes) -> None:
        """Reads the list again where surveys or projects changed, and what came for the one that is open."""
        if (changes.surveys or changes.projects or changes.items) and not self._soon.isActive():
            self._soon.start()
        if self.session is not None and self.session.sheet.row.id in changes.surveys:
            self._read_sheet(self._compare)

    def focus_first(self) -> None:
        """The list."""
        self.list.table.setFocus()

    def focus_search(self) -> None:
        """Ctrl+F searches in the form; without one, in the list."""
        (self.panel.search if self.session is not None else self.list.search).setFocus()

    def close_page(self) -> None:
        """What was typed last is saved."""
        self._leave()
        self.adding.uploads.stop()
        self.decoders.stop()
        self._thumbnails.close()

    def open_task(self, task_id: int) -> None:
        """Shows the form of a task."""
        self._leave()
        self._wanted = task_id
        self.state.put("surveys/task", str(task_id))
        self._read_sheet(self._open)

    def open_survey(self, project_id: int, task: str) -> None:
        """Shows the form of a task that is known by its name."""
        self.desk.read(
            lambda session: survey_task_id(session, project_id, task),
            lambda task_id: self.open_task(task_id) if task_id is not None else None,
        )

    def _leave(self) -> None:
        if self.session is not None:
            self.session.save()
            self.session.deleteLater()
            self.session = None

    def _put_together(self) -> None:
        self.right = QStackedWidget()
        self.right.addWidget(self.empty)
        self.right.addWidget(self.panel)
        self.split = QSplitter()
        self.split.addWidget(self.list)
        self.split.addWidget(self.right)
        self.split.setSizes([60 * tokens.UNIT, 104 * tokens.UNIT])
        self.split.setStretchFactor(1, 1)
        self.split.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.split)
        self.page_actions = actions.install(self, {"survey_next": self.go_next, "survey_submit": self.submit})

    def _connect(self) -> None:
        self._soon.timeout.connect(self._read_list)
        self.empty.button.clicked.connect(self._choose_form)
        self.list.chosen.connect(self._chosen)
        self.list.shown.connect(self._say_empty)
        panel, form = self.panel, self.panel.form
        panel.next.clicked.connect(self.go_next)
        panel.submit.clicked.connect(self.submit)
        panel.reopen.clicked.connect(self._reopen)
        panel.send_back.clicked.connect(self._ask_reason)
        panel.discard.clicked.connect(self._ask_discard)
        panel.overtaken.button.clicked.connect(self._ask_discard)
        panel.search.textChanged.connect(form.search)
        panel.gaps.wanted.connect(form.go)
        panel.revisions.currentIndexChanged.connect(self._show_revision)
        form.answered.connect(self._answer)
        form.pictured.connect(self._take_pictures)
        form.repetition_wanted.connect(self._repeat)
        form.choose_wanted.connect(self._choose_photos)
        form.dropped.connect(self._drop)
        self.adding.added.connect(self._photos_added)
        self.adding.said.connect(self.said)

    def _read_list(self) -> None:
        self.desk.read(survey_rows, self._show_list, self._latest_list)

    def _show_list(self, rows: Sequence[SurveyRow]) -> None:
        self.list.show_rows(rows)
        if self._wanted:
            self.list.table.blockSignals(True)
            self.list.select(self._wanted)
            self.list.table.blockSignals(False)

    def _say_empty(self, count: int) -> None:
        if self._form_wanted_by is not None:
            return
        if count:
            self.empty.say("Choose a survey", "Its form opens here, and what you type is saved at once.")
        else:
            self.empty.say("No surveys", "They come with the orders that want a form filled in.")

    def _chosen(self, task_id: int) -> None:
        if self.session is None or self.session.sheet.row.id != task_id:
            self.open_task(task_id)

    def _read_sheet(self, then: Callable[[SurveySheet | None], None]) -> None:
        task_id = self._wanted

        def answer(sheet: SurveySheet | None) -> None:
            if task_id == self._wanted and isValid(self):
                then(sheet)

        self.desk.read_own(lambda session: survey_sheet(session, task_id), answer)

    def _open(self, sheet: SurveySheet | None) -> None:
        self._form_wanted_by = None
        if sheet is None:
            self._wanted = 0
            self.right.setCurrentWidget(self.empty)
            return
        if sheet.form is None:
            self.empty.say(
                f"The form {sheet.row.form} is not known yet",
                f"{sheet.row.project} only names it. Ask the client to send it whole, or import it from a file.",
                "Import the form…",
            )
            self._form_wanted_by = sheet.row
            self.right.setCurrentWidget(self.empty)
            return
        self._leave()
        self.session = FormSession(self.desk, sheet, sheet.form, self)
        self.session.changed.connect(self._answered)
        self.session.lost.connect(self._lost)
        self._photos = {photo.uuid: photo for photo in sheet.photos}
        self.panel.search.clear()
        self.panel.show_sheet(sheet, read_only=self.session.read_only, zone=self.desk.settings.zone)
        self._show_session()
        self.right.setCurrentWidget(self.panel)
        self.list.select(sheet.row.id)

    def _show_session(self) -> None:
        if self.session is not None:
            session = self.session
            self.panel.form.show_form(session.filling, self._photos, session.marks, read_only=session.read_only)
            self.panel.show_progress(session.filling)

    def _compare(self, sheet: SurveySheet | None) -> None:
        """Something came for the form that is open: what is read only follows; a draft is only told of it."""
        session = self.session
        if session is None or sheet is None or sheet.row.id != session.sheet.row.id:
            return
        if session.read_only or (sheet.draft is None and session.sheet.draft is not None):
            self._open(sheet)
            return
        self.panel.show_about(sheet, self.desk.settings.zone)
        self.panel.show_overtaken(sheet, self.desk.settings.zone)
        self.panel.discard.setVisible(sheet.draft is not None)
        if sheet.photos != session.sheet.photos:
            self._photos = {photo.uuid: photo for photo in sheet.photos}
        session.sheet = sheet

    def _answered(self, place: Place | None) -> None:
        if self.session is None:
            return
        if place is None:
            at = self.panel.form.verticalScrollBar().value()
            self._show_session()
            self.panel.form.verticalScrollBar().setValue(at)
            return
        self.panel.form.show_filling(self.session.filling, self._photos, at=place)
        self.panel.show_progress(self.session.filling)

    def _answer(self, place: Place, answer: object) -> None:
        if self.session is not None:
            self.session.answer(place, answer)

    def _take_pictures(self, place: Place, chosen: tuple[str, ...]) -> None:
        if self.session is not None:
            self.session.pictures(place, chosen)

    def _repeat(self, section: Section, without: int) -> None:
        if self.session is not None:
            self.session.repeat(section, without)

    def _lost(self, error: PruvanDeskError) -> None:
        self.said.emit(error.title, error.advice)
        self.open_task(self._wanted)

    def go_next(self) -> None:
        """To the next question without a good answer, after the one that has the focus."""
        if self.session is None:
            return
        place = self.session.filling.next_unanswered(self.panel.form.place_of(self.focusWidget()))
        if place is not None:
            self.panel.form.go(place)

    def submit(self) -> None:
        """Submits the form, or says what is missing."""
        session = self.session
        if session is None or session.read_only:
            return
        if session.filling.gaps:
            self._show_gaps()
            return
        if session.sheet.overtaken_by is not None:
            self._ask_over(
                SurveyOvertakenError(
                    "Another submission came meanwhile.", "Yours can replace it; it is kept as a revision."
                )
            )
            return
        self._send(over_another=False)

    def _send(self, *, over_another: bool) -> None:
        if self.session is not None:
            self.session.submit(self._submitted, self._refused, over_another=over_another)

    def _submitted(self) -> None:
        if self.session is not None:
            self.said.emit(f"{self.session.sheet.row.task} was submitted.", "")
            self.session.read_only = True
            self.open_task(self._wanted)

    def _refused(self, error: PruvanDeskError) -> None:
        if isinstance(error, SurveyGapsError):
            self._show_gaps()
        elif isinstance(error, SurveyOvertakenError):
            self._ask_over(error)
        else:
            self.said.emit(error.title, error.advice)

    def _ask_over(self, error: SurveyOvertakenError) -> None:
        ask(self, error.title, error.advice, "Submit mine", lambda: self._send(over_another=True))

    def _show_gaps(self) -> None:
        if self.session is not None:
            self.panel.form.judge_strictly()
            gaps = self.session.filling.gaps
            self.panel.gaps.show_gaps(gaps)
            if gaps:
                self.panel.form.go(gaps[0].place)

    def _reopen(self) -> None:
        who, task_id = self.desk.who, self._wanted
        self.desk.write(
            lambda database: reopen_survey(database, task_id, who), lambda _changes: self.open_task(task_id)
        )

    def _ask_reason(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Send back to the crew")
        dialog.setLabelText("Why must the crew fill it in again?")
        dialog.setOkButtonText("Send back")
        who, task_id = self.desk.who, self._wanted
        dialog.textValueSelected.connect(
            lambda reason: self.desk.write(
                lambda database: send_back(database, task_id, reason, who), lambda _changes: self.open_task(task_id)
            )
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_discard(self) -> None:
        words = "What was typed here is thrown away. What was submitted stands."
        ask(self, "Discard this draft?", words, "Discard", self._discard)

    def _discard(self) -> None:
        if self.session is None:
            return
        self.session.save()
        self.session.read_only = True
        who, task_id = self.desk.who, self._wanted
        self.desk.write(
            lambda database: discard_draft(database, task_id, who), lambda _changes: self.open_task(task_id)
        )

    def _show_revision(self, place: int) -> None:
        """An earlier submission, to look at; or what is open."""
        session = self.session
        submission = self.panel.revisions.itemData(place)
        if session is None:
            return
        session.save()
        if not isinstance(submission, Submission):
            self._show_session()
            return
        filling = Filling(session.form, read_answers(session.form, submission.survey))
        self.panel.form.show_form(filling, self._photos, {}, read_only=True)

    def _choose_form(self) -> None:
        """A form from a file, for a task that only names one."""
        row = self._form_wanted_by
        if row is None:
            return
        dialog = QFileDialog(self, f"The form {row.form}", "", "Forms (*.json);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.import_form(row, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_form(self, row: SurveyRow, path: Path) -> None:
        """Takes a form in, and opens the task again: with it, if it was the one."""
        who = self.desk.who

        def done(imported: tuple[Changes, tuple[str, ...]]) -> None:
            faults = imported[1]
            self.said.emit(f"{path.name} was imported.", f"It has faults: {' '.join(faults)}" if faults else "")
            self.open_task(row.id)

        self.desk.write(lambda database: import_template_file(database, row.integration_id, path, who), done)

    def _choose_photos(self, place: Place) -> None:
        session = self.session
        if session is None:
            return
        question, chosen = session.form.questions[place.question_id], session.filling.pictures(place)
        picker = PhotoPicker(question, list(self._photos.values()), chosen, self.loader, self)
        picker.picked.connect(lambda picked: self._take_pictures(place, picked))
        picker.disk_wanted.connect(lambda: self._choose_files(place))
        picker.open()

    def _choose_files(self, place: Place) -> None:
        dialog = QFileDialog(self, "Photos for this question")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self._drop(place, [Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _drop(self, place: Place, paths: Sequence[Path]) -> None:
        if self.session is not None and not self.session.read_only:
            self.adding.add(place, self.session.sheet.row, paths)

    def _photos_added(self, place: Place, uuids: Sequence[str], photos: Sequence[Photo]) -> None:
        if self.session is not None:
            self._photos = {photo.uuid: photo for photo in photos}
            self.session.pictures(place, (*self.session.filling.pictures(place), *uuids))
