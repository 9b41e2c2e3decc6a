"""The answers of a survey as a PDF, saved where somebody wants it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from pruvan_desk.domain.surveys.answers import read_answers
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.store.files import write_whole
from pruvan_desk.store.views.surveys import Submission
from pruvan_desk.ui import text
from pruvan_desk.ui.surveys.open_survey import OpenSurvey
from pruvan_desk.ui.surveys.panel import form_words
from pruvan_desk.ui.surveys.session import FormSession
from pruvan_desk.ui.workshop import Workshop

NO_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|', "-"))


class SurveyPapers(QObject):
    """Lays out what is shown: the draft, what was submitted, or an earlier revision."""

    def __init__(self, page: OpenSurvey, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._parent = page, parent
        self.workshop = Workshop(page.desk, self)
        self.workshop.progressed.connect(page.say)

    def ask(self) -> None:
        """Asks where to."""
        session = self._page.session
        if session is None:
            return
        row = session.sheet.row
        name = f"{row.task} {row.project.replace('::', ' ')}.pdf".translate(NO_NAME)
        dialog = QFileDialog(self._parent, "Save the answers as PDF", name, "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path) -> None:
        """Writes the PDF, away from here."""
        session, page, revision = self._page.session, self._page, self._page.panel.revision()
        if session is None:
            return
        filling = session.filling
        if revision is not None:
            filling = Filling(session.form, read_answers(session.form, revision.survey))
        photos, zone, row = dict(page.photos), page.desk.settings.zone, session.sheet.row
        state = state_words(session, revision, page.desk.who, zone)

        def work() -> None:
            from pruvan_desk.reports.survey_report import (  # noqa: PLC0415 - reportlab, when first wanted
                About,
                Pictures,
                survey_report,
            )

            named = {uuid for place in filling.on for uuid in filling.pictures(place)}
            thumbnails = self.workshop.thumbnails({photos[uuid].sha256 for uuid in named & photos.keys()})
            about = About(row.project, row.address, row.task, form_words(session.sheet), state)
            pdf = survey_report(
                filling,
                about,
                Pictures(photos, thumbnails),
                zone=zone,
                made_at=datetime.now(UTC),
                who=page.desk.who,
                step=lambda done, total: self.workshop.step(
                    lambda: f"PDF of {row.task}: {done:,} of {text.counted(total, 'photo')} …"
                ),
            )
            write_whole(path, pdf)

        self.workshop.run(work, lambda _none: page.say(f"{path.name} is saved.", str(path.parent)), page.desk.tell)


def state_words(session: FormSession, revision: Submission | None, who: str, zone: ZoneInfo) -> str:
    """Whose answers they are that are shown, and what became of them."""
    sheet = session.sheet
    shown = revision or (sheet.submitted[0] if session.read_only and sheet.submitted else None)
    if shown is not None:
        submitted = "Earlier revision, submitted" if revision else "Submitted"
        return f"{submitted} by {shown.who or 'the crew'}, {text.when(shown.at, zone)}: {shown.words}"
    if sheet.draft is not None or session.changed_here:
        return f"Draft by {sheet.row.who if sheet.draft is not None else who}, not submitted"
    return "Sent back by the client, not submitted again" if sheet.rework is not None else "Not submitted"
