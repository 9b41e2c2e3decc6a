"""Files from disk that belong to an answer: added to the project's photos, then chosen for the question."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.operations.surveys import EVIDENCE
from pruvan_desk.operations.uploading import Candidate, UploadTarget
from pruvan_desk.store.views.surveys import Photo, SurveyRow, survey_sheet
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.uploads import Uploads
from pruvan_desk.ui.text import counted


class PhotoAdding(QObject):
    """One drop at a time: looked at, added under the survey's task unless it is there already, and handed on."""

    added = Signal(object, object, object)
    """The place, the ``uuid`` of each photo, and all photos of the project now."""
    said = Signal(str, str)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.uploads = Uploads(desk, self)
        self._place: Place | None = None
        self._row: SurveyRow | None = None
        self._candidates: Sequence[Candidate] = ()
        self.uploads.looked.connect(self._looked)
        self.uploads.finished.connect(self._finished)
        self.uploads.failed.connect(self._failed)
        self.uploads.bug.connect(desk.failed)

    def add(self, place: Place, row: SurveyRow, paths: Sequence[Path]) -> None:
        """Adds files for the question at ``place``."""
        if self._place is not None:
            self.said.emit("Files are being added already.", "Drop these when that is done.")
            return
        self._place, self._row = place, row
        self.uploads.look(paths)

    def _looked(self, candidates: Sequence[Candidate], _known: object) -> None:
        pictures = [each for each in candidates if each.file_type is FileType.PICTURE and not each.problem]
        if len(pictures) < len(candidates):
            self.said.emit(f"{counted(len(candidates) - len(pictures), 'file')} cannot be an answer.", "Photos can.")
        self._candidates = pictures
        if not pictures:
            self._place = None
            return
        self._photos(self._add_new)

    def _add_new(self, photos: Sequence[Photo]) -> None:
        there = {photo.sha256 for photo in photos}
        new = [each for each in self._candidates if each.sha256 not in there]
        if new and self._row is not None:
            self.uploads.add(UploadTarget(self._row.project, self._row.task, EVIDENCE), new)
        else:
            self._choose(photos)

    def _finished(self, _count: int, refused: Sequence[tuple[Candidate, str]]) -> None:
        if refused:
            self.said.emit(f"{counted(len(refused), 'file')} could not be added.", refused[0][1])
        self._photos(self._choose)

    def _choose(self, photos: Sequence[Photo]) -> None:
        place, self._place = self._place, None
        wanted = {each.sha256 for each in self._candidates}
        by_hash = {photo.sha256: photo.uuid for photo in photos if photo.sha256 in wanted}
        if place is not None:
            self.added.emit(place, tuple(by_hash.values()), tuple(photos))

    def _failed(self, error: PruvanDeskError) -> None:
        self._place = None
        self.said.emit(error.title, error.advice)

    def _photos(self, then: Callable[[Sequence[Photo]], None]) -> None:
        """The project's photos, with what has just been added."""
        if self._row is None:
            return
        task_id = self._row.id
        self._desk.read_own(
            lambda session: survey_sheet(session, task_id), lambda sheet: then(sheet.photos if sheet else ())
        )
