"""What is done with a whole survey: submitted, reopened, sent back, discarded; and an earlier revision looked at."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QWidget

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.surveys.answers import read_answers
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.domain.undo import UNDOABLE_IN_SURVEYS
from pruvan_desk.operations.surveys import (
    SurveyGapsError,
    SurveyOvertakenError,
    discard_draft,
    reopen_survey,
    send_back,
)
from pruvan_desk.operations.undo import redo, undo
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.surveys.open_survey import OpenSurvey


class SurveyDeeds(QObject):
    """One method for each deed. What is asked before, and what is said after it."""

    def __init__(self, page: OpenSurvey, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._parent = page, parent

    def go_next(self) -> None:
        """To the next question without a good answer, after the one that has the focus."""
        session, form = self._page.session, self._page.panel.form
        if session is None:
            return
        place = session.filling.next_unanswered(form.place_of(self._parent.focusWidget()))
        if place is not None:
            form.go(place)

    def submit(self) -> None:
        """Submits the form, or says what is missing."""
        session = self._page.session
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

    def reopen(self) -> None:
        """Begins a draft from what was submitted."""
        session, page = self._page.session, self._page
        if session is not None:
            who, task_id = page.desk.who, session.sheet.row.id
            page.desk.write(
                lambda database: reopen_survey(database, task_id, who), lambda _changes: page.open_task(task_id)
            )

    def ask_reason(self) -> None:
        """Asks why, then sends the survey back to the crew."""
        session, page = self._page.session, self._page
        if session is None:
            return
        dialog = QInputDialog(self._parent)
        dialog.setWindowTitle("Send back to the crew")
        dialog.setLabelText("Why must the crew mend it? It finds its answers filled in.")
        dialog.setOkButtonText("Send back")
        who, task_id = page.desk.who, session.sheet.row.id
        dialog.textValueSelected.connect(
            lambda reason: page.desk.write(
                lambda database: send_back(database, task_id, reason, who), lambda _changes: page.open_task(task_id)
            )
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_discard(self) -> None:
        """Asks, then throws the draft away."""
        words = "What was typed here is thrown away. What was submitted stands."
        ask(self._parent, "Discard this draft?", words, "Discard", self._discard)

    def show_revision(self, place: int) -> None:
        """An earlier submission, to look at; or what is open."""
        session, panel = self._page.session, self._page.panel
        if session is None:
            return
        session.save()
        submission = panel.revision(place)
        if submission is None:
            panel.form.show_form(session.filling, self._page.photos, session.marks, read_only=session.read_only)
            return
        filling = Filling(session.form, read_answers(session.form, submission.survey))
        panel.form.show_form(filling, self._page.photos, {}, read_only=True)

    def undo(self) -> None:
        """Takes back the photo that was moved last."""
        who, page = self._page.desk.who, self._page
        page.desk.write(
            lambda database: undo(database, who, UNDOABLE_IN_SURVEYS),
            lambda _undone: page.say("The photo is back at its question."),
        )

    def redo(self) -> None:
        """Moves it again."""
        who, page = self._page.desk.who, self._page
        page.desk.write(
            lambda database: redo(database, who, UNDOABLE_IN_SURVEYS),
            lambda _done: page.say("The photo is moved again."),
        )

    def _send(self, *, over_another: bool) -> None:
        if self._page.session is not None:
            self._page.session.submit(self._submitted, self._refused, over_another=over_another)

    def _submitted(self) -> None:
        session = self._page.session
        if session is not None:
            self._page.say(f"{session.sheet.row.task} was submitted.")
            session.read_only = True
            self._page.open_task(session.sheet.row.id)

    def _refused(self, error: PruvanDeskError) -> None:
        if isinstance(error, SurveyGapsError):
            self._show_gaps()
        elif isinstance(error, SurveyOvertakenError):
            self._ask_over(error)
        else:
            self._page.say(error.title, error.advice)

    def _ask_over(self, error: SurveyOvertakenError) -> None:
        ask(self._parent, error.title, error.advice, "Submit mine", lambda: self._send(over_another=True))

    def _show_gaps(self) -> None:
        session, panel = self._page.session, self._page.panel
        if session is None:
            return
        panel.form.judge_strictly()
        gaps = session.filling.gaps
        panel.gaps.show_gaps(gaps)
        if gaps:
            panel.form.go(gaps[0].place)

    def _discard(self) -> None:
        session, page = self._page.session, self._page
        if session is None:
            return
        session.save()
        session.read_only = True
        who, task_id = page.desk.who, session.sheet.row.id
        page.desk.write(
            lambda database: discard_draft(database, task_id, who), lambda _changes: page.open_task(task_id)
        )
