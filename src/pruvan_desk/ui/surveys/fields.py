"""One widget for each kind of answer. Each says what was answered as the wire writes it: a text, or a list of texts."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from pruvan_desk.domain.surveys.form import AnswerType, Question
from pruvan_desk.domain.surveys.validation import same_answer, texts_of
from pruvan_desk.ui import tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, text_field

PLACEHOLDERS = {
    AnswerType.DATE: "YYYY-MM-DD",
    AnswerType.TIME: "HH:MM",
    AnswerType.SIGNATURE: "Full name, as a signature",
    AnswerType.PHONE: "(512) 555-0142",
    AnswerType.EMAIL: "name@example.com",
    AnswerType.CURRENCY: "0.00",
}
NARROW = frozenset({AnswerType.NUMBER, AnswerType.CURRENCY, AnswerType.DATE, AnswerType.TIME, AnswerType.PHONE})


class AnswerField(QWidget):
    """Where a question is answered."""

    changed = Signal(object)
    """The new answer."""

    def show_answer(self, answer: Any) -> None:
        """Shows an answer, without telling anybody."""
        raise NotImplementedError

    def set_read_only(self, *, read_only: bool) -> None:
        """Whether it can only be looked at."""
        self.setEnabled(not read_only)


class LineField(AnswerField):
    """A text on one line; numbers, dates and what nobody knows are typed as well."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._placeholder = PLACEHOLDERS.get(question.kind, "")
        self.line = text_field(question.text, self._placeholder)
        if question.kind in NARROW:
            self.line.setMaximumWidth(26 * tokens.UNIT)
        row = _row(self, self.line)
        if question.kind in NARROW:
            row.addStretch(1)
        self.line.textEdited.connect(self.changed.emit)
        self.setFocusProxy(self.line)

    def show_answer(self, answer: Any) -> None:
        """As typed."""
        text = ", ".join(texts_of(answer))
        if text != self.line.text().strip():
            self.line.setText(text)

    def set_read_only(self, *, read_only: bool) -> None:
        """Read-only text can still be selected and copied."""
        self.line.setReadOnly(read_only)
        self.line.setPlaceholderText("" if read_only else self._placeholder)


class AreaField(AnswerField):
    """A text of several lines; Tab leads on."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.area = QPlainTextEdit(tabChangesFocus=True)
        self.area.setAccessibleName(question.text)
        self.area.setFixedHeight(10 * tokens.UNIT)
        _row(self, self.area)
        self.area.textChanged.connect(self._tell)
        self.setFocusProxy(self.area)

    def show_answer(self, answer: Any) -> None:
        """As typed."""
        text = ", ".join(texts_of(answer))
        if text != self.area.toPlainText().strip():
            self.area.blockSignals(True)
            self.area.setPlainText(text)
            self.area.blockSignals(False)

    def set_read_only(self, *, read_only: bool) -> None:
        """Read-only text can still be selected and copied."""
        self.area.setReadOnly(read_only)

    def _tell(self) -> None:
        self.changed.emit(self.area.toPlainText())


class ChipsField(AnswerField):
    """A few choices side by side: one of them, or none; the same again takes it back."""

    def __init__(self, question: Question, theme: Theme) -> None:
        super().__init__()
        self.chips: list[QPushButton] = []
        row = _row(self)
        for choice in question.choices:
            chip = button(choice.replace("&", "&&"), theme, kind="chip", hint=f"{question.text} {choice}")
            chip.setAccessibleName(f"{question.text} {choice}")
            chip.setToolTip("")
            chip.setCheckable(True)
            chip.setProperty("answer", choice)
            chip.clicked.connect(self._choose)
            row.addWidget(chip)
            self.chips.append(chip)
        row.addStretch(1)
        if self.chips:
            self.setFocusProxy(self.chips[0])

    def show_answer(self, answer: Any) -> None:
        """Marks the choice."""
        for chip in self.chips:
            chip.setChecked(same_answer(chip.property("answer"), answer))

    def _choose(self, checked: bool) -> None:
        sender = self.sender()
        for chip in self.chips:
            chip.setChecked(checked and chip is sender)
        self.changed.emit(sender.property("answer") if checked else "")


class CalmComboBox(QComboBox):
    """A field to choose from that leaves the wheel to the form."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls the form, and changes no answer in passing."""
        event.ignore()


class SelectField(AnswerField):
    """One of many choices."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.box = CalmComboBox()
        self.box.setAccessibleName(question.text)
        self.box.addItems(["", *question.choices])
        self.box.setMinimumWidth(32 * tokens.UNIT)
        _row(self, self.box).addStretch(1)
        self.box.textActivated.connect(self.changed.emit)
        self.setFocusProxy(self.box)

    def show_answer(self, answer: Any) -> None:
        """An answer that is not among the choices is shown all the same."""
        text = ", ".join(texts_of(answer))
        place = self.box.findText(text, Qt.MatchFlag.MatchFixedString)
        if place < 0:
            self.box.addItem(text)
            place = self.box.count() - 1
        self.box.setCurrentIndex(place)


class ChecksField(AnswerField):
    """Any of several choices."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.boxes: list[QCheckBox] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.HALF)
        for choice in question.choices:
            box = QCheckBox(choice.replace("&", "&&"))
            box.setAccessibleName(f"{question.text} {choice}")
            box.setProperty("answer", choice)
            box.clicked.connect(self._tell)
            column.addWidget(box)
            self.boxes.append(box)
        if self.boxes:
            self.setFocusProxy(self.boxes[0])

    def show_answer(self, answer: Any) -> None:
        """Ticks the choices."""
        for box in self.boxes:
            box.setChecked(same_answer(box.property("answer"), answer))

    def _tell(self) -> None:
        chosen = [box.property("answer") for box in self.boxes if box.isChecked()]
        self.changed.emit(chosen)


MAKERS: dict[AnswerType, Callable[[Question, Theme], AnswerField]] = {
    AnswerType.YES_NO: ChipsField,
    AnswerType.YES_NO_NA: ChipsField,
    AnswerType.SELECT: lambda question, _theme: SelectField(question),
    AnswerType.MULTI_SELECT: lambda question, _theme: ChecksField(question),
    AnswerType.TEXT_AREA: lambda question, _theme: AreaField(question),
}
WITHOUT = frozenset({AnswerType.LABEL, AnswerType.PICTURE})


def answer_field(question: Question, theme: Theme) -> AnswerField | None:
    """The widget for a question; ``None`` for labels, and for those that are answered by photos alone."""
    if question.kind in WITHOUT:
        return None
    make = MAKERS.get(question.kind)
    return make(question, theme) if make else LineField(question)


def _row(owner: QWidget, *widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(owner)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(tokens.HALF)
    for widget in widgets:
        row.addWidget(widget)
    return row
