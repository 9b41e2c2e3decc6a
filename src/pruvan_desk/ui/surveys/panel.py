"""One survey in full: whose it is and how far, what keeps it from being submitted, and the form."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling, Gap
from pruvan_desk.store.views.surveys import Submission, SurveySheet
from pruvan_desk.ui import actions, text, tokens
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.surveys.form import FormView
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import ElidedLabel, bar, button, choice_box, column, label, text_field

GAPS_SHOWN = 5
NAMED_FAULTS = 3
LEAST_FOR_THE_NAME = 36 * tokens.UNIT
"""Pixels that the name of a survey wants beside the buttons, with what is free around it."""


class Notice(QFrame):
    """A line above the form: what somebody must know before going on, and one button for it."""

    def __init__(self, theme: Theme, name: str, icon: str, action: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme, self._icon = theme, icon
        self.words = label("", wrap=True)
        self._sign = label()
        self.button = button(action, theme)
        self.button.setVisible(bool(action))
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.UNIT * 2, tokens.HALF, tokens.UNIT * 2, tokens.HALF)
        row.setSpacing(tokens.UNIT)
        row.addWidget(self._sign)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def say(self, words: str) -> None:
        """Shows ``words``; hides where there are none."""
        self.words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))

    def _draw(self) -> None:
        self._sign.setPixmap(self._theme.pixmap(self._icon, "waiting", tokens.ICON, self.devicePixelRatioF()))


class GapList(QFrame):
    """What is missing, a line each; choosing one leads to it."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.words = label("", "bad")
        self.list = QListWidget()
        self.list.setAccessibleName("What is missing")
        box = QVBoxLayout(self)
        box.setContentsMargins(tokens.UNIT * 2, tokens.UNIT, tokens.UNIT * 2, tokens.UNIT)
        box.setSpacing(tokens.HALF)
        box.addWidget(self.words)
        box.addWidget(self.list)
        self.list.itemActivated.connect(self._go)
        self.list.itemClicked.connect(self._go)
        self.hide()

    def show_gaps(self, gaps: Sequence[Gap]) -> None:
        """Shows them; hides when there are none."""
        self.list.clear()
        for gap in gaps:
            number = f" ({gap.place.repetition})" if gap.place.repetition else ""
            item = QListWidgetItem(f"{gap.question}{number}: {gap.words}")
            item.setData(Qt.ItemDataRole.UserRole, gap.place)
            self.list.addItem(item)
        many = "One thing keeps" if len(gaps) == 1 else f"{len(gaps)} things keep"
        self.words.setText(f"{many} this form from being submitted:")
        height = self.list.sizeHintForRow(0) * min(len(gaps), GAPS_SHOWN) + tokens.UNIT
        self.list.setFixedHeight(max(height, tokens.ROW_HEIGHT))
        self.setVisible(bool(gaps))

    def _go(self, item: QListWidgetItem) -> None:
        place = item.data(Qt.ItemDataRole.UserRole)
        self.wanted.emit(Place(*place))


class SurveyPanel(QWidget):
    """The head, the notices and the form. It changes nothing itself: it says what is wanted."""

    def __init__(self, theme: Theme, loader: ThumbnailLoader) -> None:
        super().__init__()
        self.title, self.about = label("", "title"), ElidedLabel("muted")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedWidth(16 * tokens.UNIT)
        self.progress.setAccessibleName("How far the form is")
        self.count = label()
        self.search = text_field("Search in the form", "Search in the form", clear=True)
        self.search.setMaximumWidth(28 * tokens.UNIT)
        self.search.setMinimumWidth(17 * tokens.UNIT)  # the list of revisions gives way before its words do
        self.next = button("Next unanswered", theme, "forward", hint="To the next question without an answer")
        actions.name_key(self.next, "survey_next")
        self.submit = button("Submit…", theme, "send", "primary", "Submit this form")
        actions.name_key(self.submit, "survey_submit")
        self.reopen = button("Reopen", theme, "edit", hint="Change what was submitted; submitting makes a new revision")
        self.send_back = button("Send back…", theme, "back", hint="Ask the crew to fill it in again, with a reason")
        self.pdf = button("PDF…", theme, "pdf", hint="Save the answers with their photos as PDF")
        actions.name_key(self.pdf, "survey_pdf")
        self.discard = button("Discard draft…", theme, "cross", "link", "Throw away what was typed here")
        self.revisions = choice_box("Revisions")
        self.overtaken = Notice(theme, "notice", "warning", "Use theirs…")
        self.reason = Notice(theme, "notice", "back", "")
        self.faults = Notice(theme, "notice", "question", "")
        self.gaps = GapList()
        self.form = FormView(theme, loader)
        self._put_together()

    def show_sheet(self, sheet: SurveySheet, *, read_only: bool, zone: ZoneInfo) -> None:
        """The head of a survey, and what must be known of it."""
        form = sheet.form
        self.title.setText(f"{sheet.row.project} · {sheet.row.task}")
        for part, shown in (
            (self.submit, not read_only), (self.next, not read_only),
            (self.reopen, read_only and sheet.stands), (self.send_back, sheet.stands and sheet.draft is None),
        ):  # fmt: skip
            part.setVisible(shown)
        self.show_about(sheet, zone)
        self.gaps.show_gaps(())
        self.faults.say(_fault_words(form.faults) if form else "")
        self.show_overtaken(sheet, zone)
        self._show_revisions(sheet, zone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._share_the_head()

    def _share_the_head(self) -> None:
        """Where there is little room the buttons stand below the name of the survey, which they would hide otherwise."""
        wanted = sum(deed.sizeHint().width() + tokens.UNIT for deed in self._deeds if not deed.isHidden())
        narrow = self.width() < wanted + LEAST_FOR_THE_NAME
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if direction != self._head.direction():
            self._head.setDirection(direction)

    def show_about(self, sheet: SurveySheet, zone: ZoneInfo) -> None:
        """Where the property is, which form it is, how it stands, and whether there is a draft to discard."""
        row = sheet.row
        state = f"{row.state.value} by {row.who}" if row.who else row.state.value
        proven = sheet.certification.summary if sheet.certification is not None else ""
        parts = (state, text.when(row.at, zone), form_words(sheet), row.address, proven)
        self.about.say(" · ".join(part for part in parts if part))
        self.reason.say(_back_words(sheet))
        self.discard.setVisible(sheet.draft is not None)
        self._share_the_head()

    def show_overtaken(self, sheet: SurveySheet, zone: ZoneInfo) -> None:
        """A submission that came while a draft is open."""
        other = sheet.overtaken_by
        if other is None:
            self.overtaken.say("")
            return
        came = (
            f"{other.who or 'The crew'} submitted this form at {text.when(other.at, zone)}, after this draft was begun."
        )
        self.overtaken.say(f"{came} Submitting yours replaces theirs, which is kept as a revision.")

    def revision(self, place: int | None = None) -> Submission | None:
        """The earlier submission that is looked at, or that at a ``place`` of the list; ``None`` for what is open."""
        found = self.revisions.currentData() if place is None else self.revisions.itemData(place)
        return found if isinstance(found, Submission) else None

    def show_progress(self, filling: Filling) -> None:
        """``18 of 24``."""
        progress = filling.progress
        self.progress.setMaximum(max(1, progress.asked))
        self.progress.setValue(progress.answered)
        self.count.setText(f"{progress.answered} of {progress.asked}")
        self.next.setEnabled(progress.answered < progress.asked)
        if self.gaps.isVisibleTo(self):
            self.gaps.show_gaps(filling.gaps)

    def _show_revisions(self, sheet: SurveySheet, zone: ZoneInfo) -> None:
        self.revisions.blockSignals(True)
        self.revisions.clear()
        first = "Draft" if sheet.draft is not None else "What stands now" if sheet.stands else "Now"
        self.revisions.addItem(first, None)
        earlier = sheet.submitted if sheet.draft is not None or not sheet.stands else sheet.submitted[1:]
        for submission in earlier:
            self.revisions.addItem(_revision_words(submission, zone), submission)
        self.revisions.setVisible(bool(earlier))
        self.revisions.blockSignals(False)

    def _put_together(self) -> None:
        words = column(self.title, self.about, spacing=2)
        policy = words.sizePolicy()
        words.setSizePolicy(policy.Policy.Ignored, policy.verticalPolicy())
        head = QFrame()
        head.setObjectName("bar")
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight, head)
        self._head.setContentsMargins(tokens.UNIT * 2, tokens.UNIT, tokens.UNIT * 2, tokens.UNIT)
        self._head.setSpacing(tokens.UNIT)
        self._head.addWidget(words, 1)
        self._deeds = (self.discard, self.pdf, self.send_back, self.reopen, self.submit)
        deeds = QHBoxLayout()
        deeds.setSpacing(tokens.UNIT)
        for deed in self._deeds:
            deeds.addWidget(deed)
        deeds.addStretch(1)
        self._head.addLayout(deeds)
        tools = bar(self.progress, self.count, self.next, None, self.revisions, self.search, tight=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part in (head, tools, self.overtaken, self.reason, self.faults, self.gaps):
            box.addWidget(part)
        box.addWidget(self.form, 1)


def _back_words(sheet: SurveySheet) -> str:
    """Who sent it back; the client's word goes before the office's own."""
    if sheet.rework is not None:
        return "The client sent these answers back. What it took out is marked."
    return f"Sent back to the crew: {sheet.reason}" if sheet.reason else ""


def _fault_words(faults: Sequence[str]) -> str:
    if not faults:
        return ""
    more = f" And {len(faults) - NAMED_FAULTS} more." if len(faults) > NAMED_FAULTS else ""
    return f"The client's form has faults; what is sound works. {' '.join(faults[:NAMED_FAULTS])}{more}"


def form_words(sheet: SurveySheet) -> str:
    """Name and version of a survey's form, as far as they are known."""
    return f"{sheet.form.name} {sheet.form.version}".strip() if sheet.form else sheet.row.form


def _revision_words(submission: Submission, zone: ZoneInfo) -> str:
    at: datetime = submission.at
    return " · ".join(part for part in (text.when(at, zone), submission.who, submission.words) if part)
