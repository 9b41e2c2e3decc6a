"""The Surveys view: the forms that wait, and the one that is being filled in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout
from shiboken6 import isValid

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.form import Section
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.surveys import (
    Photo,
    SurveyRow,
    SurveySheet,
    survey_rows,
    survey_sheet,
    survey_task_id,
)
from pruvan_desk.ui import actions, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.gallery.decoders import Decoders
from pruvan_desk.ui.gallery.thumbnails import CacheAndPreviews, ThumbnailLoader
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.surveys.answer_photos import AnswerPhotos
from pruvan_desk.ui.surveys.deeds import SurveyDeeds
from pruvan_desk.ui.surveys.importing import FormImports
from pruvan_desk.ui.surveys.panel import SurveyPanel
from pruvan_desk.ui.surveys.paper import SurveyPapers
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
        self.session: FormSession | None = None
        self.photos: Mapping[str, Photo] = {}
        self._form_wanted_by: SurveyRow | None = None
        self._latest_list = Latest()
        self._shown = 0
        self._look_again = False
        self._wanted = int(state.get("surveys/task") or 0)
        self._soon = QTimer(self, singleShot=True, interval=QUIET)
        self.deeds, self.answer_photos = SurveyDeeds(self, self), AnswerPhotos(self, self)
        self.imports, self.papers = FormImports(self, self), SurveyPapers(self, self)
        self._put_together()
        self._connect()

    def load(self) -> None:
        """Reads the list, and the survey that was open last."""
        QTimer.singleShot(0, self, self._restore_split)
        self._read_list()
        if self._wanted:
            self.open_task(self._wanted)

    def _restore_split(self) -> None:
        """As it was, now that the page has its size: in less room it would be squeezed."""
        if kept := self.state.raw("surveys/splitter"):
            self.split.restoreState(kept)

    def take(self, changes: Changes) -> None:
        """Reads the list again where surveys or projects changed, and what came for the one that is open."""
        if (changes.surveys or changes.projects or changes.items) and not self._soon.isActive():
            self._soon.start()
        if self.session is None:
            return
        row = self.session.sheet.row
        if row.id in changes.surveys:
            self._read_sheet(self._compare)
        elif row.project_id in changes.projects:
            self._look_again = True

    def focus_first(self) -> None:
        """The list."""
        self.list.table.setFocus()

    def focus_search(self) -> None:
        """Ctrl+F searches in the form; without one, in the list."""
        (self.panel.search if self.session is not None else self.list.search).setFocus()

    def close_page(self) -> None:
        """What was typed last is saved."""
        self._leave()
        self.answer_photos.adding.uploads.stop()
        self.papers.workshop.stop()
        self.decoders.stop()
        self._thumbnails.close()

    def open_task(self, task_id: int) -> None:
        """Shows the form of a task; until it is read, what is open stays."""
        if self.session is not None:
            self.session.save()
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

    def say(self, title: str, advice: str = "") -> None:
        """Tells a person."""
        self.said.emit(title, advice)

    def _put_together(self) -> None:
        self.right = QStackedWidget()
        self.right.addWidget(self.empty)
        self.right.addWidget(self.panel)
        self.split = QSplitter()
        self.split.addWidget(self.list)
        self.split.addWidget(self.right)
        self.split.setSizes([68 * tokens.UNIT, 96 * tokens.UNIT])
        self.split.setStretchFactor(1, 1)
        self.split.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.split)
        deeds = self.deeds
        self.page_actions = actions.install(
            self,
            {
                "survey_next": deeds.go_next, "survey_pdf": self.papers.ask, "survey_import": self.imports.ask,
                "survey_submit": deeds.submit, "undo": deeds.undo, "redo": deeds.redo,
            },
        )  # fmt: skip

    def _connect(self) -> None:
        self._soon.timeout.connect(self._read_again)
        self.empty.button.clicked.connect(self._import_wanted)
        self.list.import_form.clicked.connect(self.imports.ask)
        self.list.chosen.connect(self._chosen)
        self.list.shown.connect(self._say_empty)
        panel, form, deeds, photos = self.panel, self.panel.form, self.deeds, self.answer_photos
        panel.pdf.clicked.connect(self.papers.ask)
        panel.next.clicked.connect(deeds.go_next)
        panel.submit.clicked.connect(deeds.submit)
        panel.reopen.clicked.connect(deeds.reopen)
        panel.send_back.clicked.connect(deeds.ask_reason)
        panel.discard.clicked.connect(deeds.ask_discard)
        panel.overtaken.button.clicked.connect(deeds.ask_discard)
        panel.search.textChanged.connect(form.search)
        form.search_over.connect(panel.search.clear)
        panel.gaps.wanted.connect(form.go)
        panel.revisions.currentIndexChanged.connect(deeds.show_revision)
        form.answered.connect(self._answer)
        form.pictured.connect(photos.take)
        form.repetition_wanted.connect(self._repeat)
        form.choose_wanted.connect(photos.choose)
        form.move_wanted.connect(photos.offer_move)
        form.moved.connect(photos.take_dragged)
        form.dropped.connect(photos.drop)
        self.split.splitterMoved.connect(lambda: self.state.put("surveys/splitter", self.split.saveState()))

    def _read_list(self) -> None:
        self.desk.read(survey_rows, self._show_list, self._latest_list)

    def _read_again(self) -> None:
        self._read_list()
        if self._look_again:
            self._look_again = False
            self._read_sheet(self._compare)

    def _show_list(self, rows: Sequence[SurveyRow]) -> None:
        self.list.show_rows(rows)
        if self._wanted:
            self.list.select(self._wanted)

    def _say_empty(self, count: int) -> None:
        if self._form_wanted_by is not None:
            return
        if count:
            self.empty.say("Choose a survey", "Its form opens here, and what you type is saved at once.")
        else:
            self.empty.say("No surveys", "They come with the orders that want a form filled in.")

    def _chosen(self, task_id: int) -> None:
        if self.session is None or self._wanted != task_id:
            self.open_task(task_id)

    def _read_sheet(self, then: Callable[[SurveySheet | None], None]) -> None:
        task_id = self._wanted

        def answer(sheet: SurveySheet | None) -> None:
            if task_id == self._wanted and isValid(self):
                then(sheet)

        self.desk.read_own(lambda session: survey_sheet(session, task_id), answer)

    def _open(self, sheet: SurveySheet | None) -> None:
        self._form_wanted_by = None
        self._leave()
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
        self.session = FormSession(self.desk, sheet, sheet.form, self)
        self.session.changed.connect(self._answered)
        self.session.lost.connect(self._lost)
        self.photos = {photo.uuid: photo for photo in sheet.photos}
        again, self._shown = sheet.row.id == self._shown, sheet.row.id
        if not again:
            self.panel.search.clear()
        self.panel.show_sheet(sheet, read_only=self.session.read_only, zone=self.desk.settings.zone)
        self._show_session(stay=again)
        self.right.setCurrentWidget(self.panel)
        self.list.select(sheet.row.id)

    def _show_session(self, *, stay: bool) -> None:
        session = self.session
        if session is not None:
            form = self.panel.form
            form.show_form(session.filling, self.photos, session.marks, read_only=session.read_only, stay=stay)
            self.panel.show_progress(session.filling)

    def _compare(self, sheet: SurveySheet | None) -> None:
        """Something came for the form that is open: what is read only follows; a draft is only told of it."""
        session = self.session
        if session is None or session.sheet.row.id != self._wanted:
            return
        if sheet is None:
            self._open(None)
            return
        if sheet.photos != session.sheet.photos:
            self.photos = {photo.uuid: photo for photo in sheet.photos}
            self.panel.form.show_photos(self.photos)
        if replace(sheet, photos=()) == replace(session.sheet, photos=()):
            session.sheet = sheet
            return
        if session.read_only or (sheet.draft is None and session.sheet.draft is not None):
            self._open(sheet)
            return
        self.panel.show_about(sheet, self.desk.settings.zone)
        self.panel.show_overtaken(sheet, self.desk.settings.zone)
        session.sheet = sheet
        if self.panel.revision() is None:
            self.panel.form.show_marks(session.marks)

    def _answered(self, place: Place | None) -> None:
        if self.session is None:
            return
        if place is None:
            self._show_session(stay=True)
            return
        self.panel.form.show_filling(self.session.filling, self.photos, at=place)
        self.panel.show_progress(self.session.filling)

    def _answer(self, place: Place, answer: object) -> None:
        if self.session is not None:
            self.session.answer(place, answer)

    def _repeat(self, section: Section, without: int) -> None:
        """One more of a section, where the cursor goes; or one less, and the cursor goes to the one that took its place."""
        if self.session is not None:
            self.session.repeat(section, without)
            last = self.session.filling.sheet.repetitions(section)
            self.panel.form.go(Place(section.questions[0].id, min(without, last) if without else last))

    def _import_wanted(self) -> None:
        if self._form_wanted_by is not None:
            self.imports.ask_for(self._form_wanted_by)

    def _lost(self, error: PruvanDeskError) -> None:
        self.said.emit(error.title, error.advice)
        self.open_task(self._wanted)
