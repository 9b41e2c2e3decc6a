"""The photos of answers: chosen, dropped in, moved from one question to another."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.form import Form
from pruvan_desk.domain.surveys.moving import Move, photo_places
from pruvan_desk.operations.survey_photos import move_survey_photo
from pruvan_desk.store.views.surveys import Photo
from pruvan_desk.ui.surveys.adding import PhotoAdding
from pruvan_desk.ui.surveys.open_survey import OpenSurvey
from pruvan_desk.ui.surveys.photos import PhotoPicker

LONGEST = 60
"""Letters of a question in the menu."""


class AnswerPhotos(QObject):
    """What is done with the photos of the form that is open."""

    def __init__(self, page: OpenSurvey, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._parent = page, parent
        self.adding = PhotoAdding(page.desk, self)
        self.adding.added.connect(self._added)
        self.adding.said.connect(page.say)

    def take(self, place: Place, chosen: tuple[str, ...]) -> None:
        """These, and no others, belong to an answer."""
        if self._page.session is not None:
            self._page.session.pictures(place, chosen)

    def choose(self, place: Place) -> None:
        """Shows the project's photos, to tick those that belong to an answer."""
        session = self._page.session
        if session is None:
            return
        question, chosen = session.form.questions[place.question_id], session.filling.pictures(place)
        picker = PhotoPicker(question, list(self._page.photos.values()), chosen, self._page.loader, self._parent)
        picker.picked.connect(lambda picked: self.take(place, picked))
        picker.disk_wanted.connect(lambda: self._choose_files(place))
        picker.open()

    def drop(self, place: Place, paths: Sequence[Path]) -> None:
        """Files become photos of the project, and belong to an answer."""
        if self._page.session is not None and not self._page.session.read_only:
            self.adding.add(place, self._page.session.sheet.row, paths)

    def offer_move(self, source: Place, uuid: str) -> None:
        """Asks, where the mouse is, which question a photo belongs to."""
        if (menu := self.move_menu(source, uuid)) is not None:
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(QCursor.pos())

    def move_menu(self, source: Place, uuid: str) -> QMenu | None:
        """The other questions that take photos; ``None`` where nothing can be moved, as in an earlier revision."""
        session = self._page.session
        if session is None or not self._can_move():
            return None
        menu = QMenu(self._parent)
        menu.addSection("Move the photo to")
        targets = [place for place in photo_places(session.filling) if place != source]
        for target in targets:
            menu.addAction(place_words(session.form, target), partial(self.move, Move(uuid, source, target)))
        if not targets:
            menu.addAction("No other question takes photos").setEnabled(False)
        return menu

    def take_dragged(self, move: Move) -> None:
        """A photo was dragged from one question to another; what has changed meanwhile is left alone."""
        session = self._page.session
        if session is not None and self._can_move() and move.uuid in session.filling.pictures(move.source):
            self.move(move)

    def _can_move(self) -> bool:
        """Not in an earlier revision, nor in answers that were rejected."""
        session, panel = self._page.session, self._page.panel
        return session is not None and panel.revision() is None and (not session.read_only or session.sheet.stands)

    def move(self, move: Move) -> None:
        """Moves a photo: in a draft as everything there, in what was submitted as its next revision."""
        session, page = self._page.session, self._page
        if session is None:
            return
        if not session.read_only:
            session.move(move)
            return
        task_id, who = session.sheet.row.id, page.desk.who
        page.desk.write(
            lambda database: move_survey_photo(database, task_id, move, who),
            lambda _changes: page.say(
                "The photo is moved, and the survey has a new revision.", "Ctrl+Z takes it back."
            ),
        )

    def _choose_files(self, place: Place) -> None:
        dialog = QFileDialog(self._parent, "Photos for this question")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.drop(place, [Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _added(self, place: Place, uuids: Sequence[str], photos: Sequence[Photo]) -> None:
        if self._page.session is not None:
            self._page.photos = {photo.uuid: photo for photo in photos}
            self._page.session.pictures(place, (*self._page.session.filling.pictures(place), *uuids))


def place_words(form: Form, place: Place) -> str:
    """``Exterior: Photo of the roof``, for a menu; of a section that repeats which one it is."""
    section, question = form.section_of[place.question_id], form.questions[place.question_id]
    number = f" {place.repetition}" if place.repetition else ""
    words = f"{section.name}{number}: {question.text}" if section.name else question.text
    return (words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…").replace("&", "&&")
