"""Filling in one form: the answers as they stand, saved a moment after each change and never twice over another's."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.surveys.answers import Place, Sheet, read_answers
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.domain.surveys.form import Form, Section
from pruvan_desk.domain.surveys.moving import Move, move_picture
from pruvan_desk.domain.surveys.rework import removed
from pruvan_desk.operations.surveys import save_draft, submit_survey
from pruvan_desk.store.views.surveys import SurveySheet
from pruvan_desk.ui.desk import Desk
from pruvan_desk.wire.values import JsonObject

SAVE_AFTER = 250
"""Milliseconds of quiet after which what was typed is saved."""


class FormSession(QObject):
    """The answers to one survey task while somebody looks at them. What is submitted is only read."""

    changed = Signal(object)
    """The place whose answer changed; ``None`` when sections came or went."""
    lost = Signal(object)
    """The draft could not be saved: somebody else has it. The :class:`PruvanDeskError` says who."""

    def __init__(self, desk: Desk, sheet: SurveySheet, form: Form, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.sheet, self.form = sheet, form
        self.version, self.base = sheet.version, sheet.base
        body, self.read_only = opened(sheet)
        self.filling = Filling(form, read_answers(form, body))
        self._unsaved = self.changed_here = False
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER)
        self._timer.timeout.connect(self.save)

    @property
    def marks(self) -> dict[Place, str]:
        """What the client took out of the answers that it sent back, by place."""
        if self.sheet.rework is None or self.read_only:
            return {}
        before = self.sheet.submitted[0].survey if self.sheet.submitted else None
        submitted = read_answers(self.form, before) if before is not None else None
        came_back = Filling(self.form, read_answers(self.form, self.sheet.rework))
        return {place: mark.words for place, mark in removed(came_back, submitted).items()}

    def answer(self, place: Place, answer: Any) -> None:
        """Somebody answered a question."""
        self._take(self.filling.sheet.answer(place, answer), place)

    def pictures(self, place: Place, chosen: tuple[str, ...]) -> None:
        """Somebody chose photos."""
        self._take(self.filling.sheet.pictures(place, chosen), place)

    def move(self, move: Move) -> None:
        """Somebody moved a photo to another question."""
        self.filling = move_picture(self.filling, move)
        self._take(self.filling.sheet, move.source)
        self.changed.emit(move.target)

    def repeat(self, section: Section, without: int) -> None:
        """One more repetition of a section, or one less: that numbered ``without``."""
        sheet = self.filling.sheet
        changed = sheet.without_repetition(section, without) if without else sheet.with_repetition(section)
        self._take(changed, None)

    def save(self) -> None:
        """Saves now what is not saved yet."""
        if self.read_only or not self._unsaved:
            return
        self._unsaved = False
        self._timer.stop()
        version, self.version = self.version, self.version + 1
        task_id, body, who, base = self.sheet.row.id, self.filling.draft(), self._desk.who, self.base
        self._desk.write(
            lambda database: save_draft(database, task_id, body, who, version=version, base=base), None, self._refused
        )

    def submit(
        self, done: Callable[[], None], refused: Callable[[PruvanDeskError], None], *, over_another: bool
    ) -> None:
        """Submits what stands here."""
        self.save()
        body, base, who, task_id = self.filling.draft(), self.base, self._desk.who, self.sheet.row.id
        work = partial(submit_survey, task_id=task_id, body=body, who=who, base=base, over_another=over_another)
        self._desk.write(work, lambda _changes: done(), refused)

    def _take(self, sheet: Sheet, place: Place | None) -> None:
        if self.read_only:
            return
        self.filling = Filling(self.form, sheet)
        self._unsaved = self.changed_here = True
        self._timer.start()
        self.changed.emit(place)

    def _refused(self, error: PruvanDeskError) -> None:
        self._timer.stop()
        self.read_only = True  # nothing more is written over what somebody else has
        self.lost.emit(error)


def opened(sheet: SurveySheet) -> tuple[JsonObject | None, bool]:
    """The answers that a form opens with, and whether they can only be read.

    A draft first; then what the client sent back; then what was submitted, to read; of a submission that was rejected, its answers.
    """
    if sheet.draft is not None:
        return sheet.draft, False
    if sheet.rework is not None:
        return sheet.rework, False
    if sheet.submitted:
        return sheet.submitted[0].survey, sheet.stands
    return None, False
