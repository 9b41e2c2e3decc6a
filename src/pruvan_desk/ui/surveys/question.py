"""One question of the form: its words, where it is answered, and what is wrong with the answer."""

from collections.abc import Mapping
from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.domain.surveys.form import AnswerType, Question
from pruvan_desk.store.views.surveys import Photo
from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.surveys.fields import answer_field
from pruvan_desk.ui.surveys.photos import PhotoField
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import label

STEP = 3 * tokens.UNIT
"""Pixels that a question stands in for each trigger on the way to it."""


class QuestionRow(QFrame):
    """A question that tells what was answered; it shows what it is told to."""

    answered = Signal(object, object)
    """The place and the new answer."""
    pictured = Signal(object, object)
    """The place and the photos chosen."""
    choose_wanted = Signal(object)
    move_wanted = Signal(object, str)
    """The place, and the photo that belongs elsewhere."""
    moved = Signal(object)
    """The :class:`Move` of a photo that was dragged here."""
    dropped = Signal(object, object)

    def __init__(
        self, place: Place, question: Question, depth: int, theme: Theme, loader: ThumbnailLoader, *, read_only: bool
    ) -> None:
        super().__init__()
        self.place, self.question = place, question
        self.setObjectName("question")
        self._judged = self._marked = ""
        self._theme = theme
        self.words = label(f"{question.text} *" if question.required else question.text, wrap=True)
        self.words.setAccessibleName(f"{question.text}, required" if question.required else question.text)
        self.field = answer_field(question, theme)
        self.photos = PhotoField(place, question, theme, loader) if question.takes_pictures else None
        box = QVBoxLayout(self)
        box.setContentsMargins(depth * STEP, tokens.HALF, 0, tokens.HALF)
        box.setSpacing(tokens.HALF)
        self._head = QHBoxLayout()
        self._head.addWidget(self.words, 1)
        box.addLayout(self._head)
        if question.hint:
            box.addWidget(label(question.hint, "muted", wrap=True))
        if question.kind is AnswerType.TEXT and question.named_type not in ("", AnswerType.TEXT):
            box.addWidget(label(f"Answer type “{question.named_type}”: typed as text", "muted"))
        for part in (self.field, self.photos):
            if part is not None:
                box.addWidget(part)
        self.set_read_only(read_only=read_only)
        self._box = box
        if self.field is not None:
            self.field.changed.connect(lambda answer: self.answered.emit(self.place, answer))
        if self.photos is not None:
            self.photos.changed.connect(lambda chosen: self.pictured.emit(self.place, chosen))
            self.photos.choose_wanted.connect(lambda: self.choose_wanted.emit(self.place))
            self.photos.move_wanted.connect(lambda uuid: self.move_wanted.emit(self.place, uuid))
            self.photos.moved.connect(self.moved)
            self.photos.dropped.connect(lambda paths: self.dropped.emit(self.place, paths))
        if (proxy := self.field or self.photos) is not None:
            self.setFocusProxy(proxy)

    def show_filling(self, filling: Filling, photos: Mapping[str, Photo], *, strict: bool) -> None:
        """Shows what is answered. ``strict``: also what is missing, not only what is wrong."""
        if self.field is not None:
            self.field.show_answer(filling.answer(self.place))
        if self.photos is not None:
            self.photos.show_photos(filling.pictures(self.place), photos)
        self.judge(filling, strict=strict)

    def judge(self, filling: Filling, *, strict: bool) -> None:
        """Shows what is wrong."""
        words = filling.fault(self.place) if strict else filling.wrong(self.place)
        if words == self._judged:
            return
        self._judged = words
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self._sign.setVisible(bool(words))

    def set_read_only(self, *, read_only: bool) -> None:
        """Whether it can only be looked at."""
        for part in (self.field, self.photos):
            if part is not None:
                part.set_read_only(read_only=read_only)

    def show_mark(self, words: str) -> None:
        """What somebody took out of the answers; empty for nothing."""
        if words != self._marked:
            self._marked = words
            self.mark.setText(words)
            self.mark.setVisible(bool(words))

    def matches(self, needle: str) -> bool:
        """Whether the question, its hint or its section holds the words that are searched for."""
        return all(word in self._searched for word in needle.casefold().split())

    @cached_property
    def problem(self) -> QLabel:
        """What is wrong: below all else, and made when something is. A long form has hundreds that are never needed."""
        made = label("", "bad", wrap=True)
        self._box.addWidget(made)
        return made

    @cached_property
    def mark(self) -> QLabel:
        """What was taken out; above the problem, whichever was made first."""
        made = label("", "waiting", wrap=True)
        self._box.insertWidget(self._box.count() - ("problem" in self.__dict__), made)
        return made

    @cached_property
    def _sign(self) -> QLabel:
        made = QLabel()
        made.setPixmap(self._theme.pixmap("warning", "bad", tokens.ICON, self.devicePixelRatioF()))
        self._head.insertWidget(0, made)
        return made

    @cached_property
    def _searched(self) -> str:
        return f"{self.question.text} {self.question.hint}".casefold()

    def focus(self) -> None:
        """Puts the cursor where it is answered."""
        if (proxy := self.focusProxy()) is not None:
            proxy.setFocus(Qt.FocusReason.OtherFocusReason)
