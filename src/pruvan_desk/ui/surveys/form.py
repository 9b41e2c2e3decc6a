"""The form itself: sections and questions, of which the first screenful is made at once and the rest as time allows."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.domain.surveys.form import Form, Section
from pruvan_desk.store.views.surveys import Photo
from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.surveys.blocks import Blocks
from pruvan_desk.ui.surveys.question import QuestionRow
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label

AT_ONCE = 18
"""Questions made before the form is drawn: more than the highest screen shows."""
A_SLICE = 0.004
"""Seconds in which questions are made at a time after that: whoever types or scrolls meanwhile does not notice."""
DEEPEST = 3


@dataclass(slots=True)
class Heading:
    """The line above a section, and the questions below it that have been made."""

    line: QWidget
    named: bool
    places: list[Place] = field(default_factory=list)


class FormView(QScrollArea):
    """Shows a filling, row by row; says what a person answers."""

    answered = Signal(object, object)
    pictured = Signal(object, object)
    choose_wanted = Signal(object)
    move_wanted = Signal(object, str)
    moved = Signal(object)
    dropped = Signal(object, object)
    repetition_wanted = Signal(object, int)
    """A section, and the repetition of it to take out; 0 for one more."""
    search_over = Signal()
    """Somebody goes to a question that the search hides."""

    def __init__(self, theme: Theme, loader: ThumbnailLoader) -> None:
        super().__init__()
        self.setObjectName("form")
        self.setAccessibleName("Form")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._theme, self._loader = theme, loader
        self.rows: dict[Place, QuestionRow] = {}
        self._headings: list[Heading] = []
        self._filling: Filling | None = None
        self._photos: Mapping[str, Photo] = {}
        self._marks: Mapping[Place, str] = {}
        self._needle = ""
        self._strict = self._read_only = False
        self._waiting: list[tuple[Section, int, Place]] = []
        self._unjudged: dict[Place, None] = {}
        self._depths: Mapping[str, int] = {}
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._make_more)
        self._inside = Blocks()
        self.setWidget(self._inside)

    def show_form(
        self,
        filling: Filling,
        photos: Mapping[str, Photo],
        marks: Mapping[Place, str],
        *,
        read_only: bool,
        stay: bool = False,
    ) -> None:
        """Shows another form, from its beginning; or, with ``stay``, the same at the place where it is."""
        if not self._shows_questions_of(filling, read_only=read_only):
            self._build(filling, photos, marks, read_only=read_only, stay=stay)
            return
        self._strict, self._read_only, self._unjudged = False, read_only, {}
        for row in self.rows.values():
            row.set_read_only(read_only=read_only)
        self.show_marks(marks)
        self.show_filling(filling, photos)
        if not stay:
            self.verticalScrollBar().setValue(0)

    def show_marks(self, marks: Mapping[Place, str]) -> None:
        """What the client took out of the answers."""
        self._marks = marks
        for place, row in self.rows.items():
            row.show_mark(marks.get(place, ""))

    def show_photos(self, photos: Mapping[str, Photo]) -> None:
        """The photos of the project have changed."""
        if self._filling is not None:
            self.show_filling(self._filling, photos)

    def _shows_questions_of(self, filling: Filling, *, read_only: bool) -> bool:
        """Whether the questions that are here are those wanted: then no row need be made, however long the form is."""
        shown = self._filling
        if shown is None or shown.places != filling.places or shown.form != filling.form:
            return False
        return read_only == self._read_only or not any(section.repeats for section in filling.form.sections)

    def _build(
        self,
        filling: Filling,
        photos: Mapping[str, Photo],
        marks: Mapping[Place, str],
        *,
        read_only: bool,
        stay: bool,
    ) -> None:
        scrolled, seen = self.verticalScrollBar().value(), self._rows_above_the_end() if stay else 0
        self._filling, self._photos, self._marks, self._read_only = filling, photos, marks, read_only
        self._strict = False
        self._clear()
        self._depths = depths(filling.form)
        for section in filling.form.sections:
            for repetition in range(1, filling.sheet.repetitions(section) + 1):
                number = repetition if section.repeats else 0
                self._waiting += [(section, number, Place(question.id, number)) for question in section.questions]
        self._waiting.reverse()
        self._make(max(AT_ONCE, seen))
        if stay:
            self._inside.lay_out()
            self.verticalScrollBar().setValue(scrolled)
        self._more.start()

    def _rows_above_the_end(self) -> int:
        """How many rows there are down to the lower end of what is seen."""
        inside, end = self._inside, self.verticalScrollBar().value() + self.viewport().height()
        return sum(row.mapTo(inside, row.rect().topLeft()).y() < end for row in self.rows.values())

    def show_filling(
        self, filling: Filling, photos: Mapping[str, Photo] | None = None, *, at: Place | None = None
    ) -> None:
        """Shows what changed: the question ``at``, and which others are on or wrong now; all of them without it."""
        self._filling = filling
        self._photos = photos if photos is not None else self._photos
        for place, row in self.rows.items():
            if at is None or place == at:
                row.show_filling(filling, self._photos, strict=self._strict)
            elif place not in self._unjudged:
                row.judge(filling, strict=self._strict)
        self._search()

    def judge_strictly(self) -> None:
        """From now on what is missing is shown as well: in a long form below what is seen a moment later."""
        self._strict = True
        self._unjudged = dict.fromkeys(self.rows)
        self._make_more()

    def search(self, needle: str) -> None:
        """Shows only the questions that hold these words; all of them without any."""
        self._needle = needle
        self._make(len(self._waiting) if needle else 0)
        self._search()

    def go(self, place: Place) -> None:
        """Scrolls to a question, and puts the cursor there."""
        while self._waiting and place not in self.rows:
            self._make(AT_ONCE)
        row = self.rows.get(place)
        if row is None:
            return
        if not row.matches(self._needle):
            self.search_over.emit()
        self._inside.lay_out()
        self.ensureWidgetVisible(row, 0, 10 * tokens.UNIT)
        row.focus()

    def place_of(self, widget: QWidget | None) -> Place | None:
        """The question that a widget is part of."""
        while widget is not None and not isinstance(widget, QuestionRow):
            widget = widget.parentWidget()
        return widget.place if widget is not None else None

    @property
    def complete(self) -> bool:
        """Whether every question has been made."""
        return not self._waiting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._inside.fit(self.viewport().width())

    def _clear(self) -> None:
        """Takes all rows away."""
        self._more.stop()
        self._inside.clear()
        self.rows, self._headings, self._waiting, self._unjudged = {}, [], [], {}

    def _make_more(self) -> None:
        until = time.monotonic() + A_SLICE
        while self._waiting and time.monotonic() < until:
            self._make_one()
        self._inside.place(unfinished=not self._waiting)
        while self._unjudged and time.monotonic() < until:
            self._judge_one()
        if self._waiting or self._unjudged or self._inside.drop_some():
            self._more.start()

    def _judge_one(self) -> None:
        """The next question of those that are not judged strictly yet."""
        place = next(iter(self._unjudged))
        del self._unjudged[place]
        if self._filling is not None:
            self.rows[place].judge(self._filling, strict=True)

    def _make(self, count: int) -> None:
        for _ in range(min(count, len(self._waiting))):
            self._make_one()
        self._inside.place(unfinished=True)

    def _make_one(self) -> None:
        """The next question; with it its section's heading where it is the first, and the way to one more after the last."""
        section, repetition, place = self._waiting.pop()
        first, last = section.questions[0].id, section.questions[-1].id
        if place.question_id == first:
            self._make_heading(section, repetition)
        self._make_row(place)
        heading = self._headings[-1]
        heading.places.append(place)
        if heading.named and heading.line.isHidden() and self._is_shown(place):
            heading.line.show()
        if place.question_id == last:
            self._make_ending(section, repetition)

    def _make_row(self, place: Place) -> None:
        filling = self._filling
        if filling is None:
            return
        question = filling.form.questions[place.question_id]
        depth = self._depths.get(question.id, 0)
        row = QuestionRow(place, question, depth, self._theme, self._loader, read_only=self._read_only)
        row.answered.connect(self.answered)
        row.pictured.connect(self.pictured)
        row.choose_wanted.connect(self.choose_wanted)
        row.move_wanted.connect(self.move_wanted)
        row.moved.connect(self.moved)
        row.dropped.connect(self.dropped)
        self.rows[place] = row
        row.show_mark(self._marks.get(place, ""))
        row.show_filling(filling, self._photos, strict=self._strict)
        if not self._is_shown(place):
            row.hide()
        self._inside.add(row)

    def _make_heading(self, section: Section, repetition: int) -> None:
        """A section's name; of one that repeats, which one it is and the way to take it out."""
        number = f" {repetition}" if section.repeats else ""
        words = label(f"{section.name}{number}", "section")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, tokens.UNIT * 2 if self.rows else 0, 0, 0)
        row.addWidget(words)
        row.addStretch(1)
        many = self._filling is not None and self._filling.sheet.repetitions(section) > 1
        if section.repeats and many and not self._read_only:
            out = button("Remove", self._theme, "minus", "link", f"Remove {section.name}{number}")
            out.clicked.connect(lambda: self.repetition_wanted.emit(section, repetition))
            row.addWidget(out)
        self._headings.append(Heading(line, bool(section.name)))
        line.hide()
        self._inside.add(line)

    def _make_ending(self, section: Section, repetition: int) -> None:
        """After the last repetition: the way to one more."""
        if not section.repeats or self._read_only or self._filling is None:
            return
        if repetition == self._filling.sheet.repetitions(section):
            more = button(f"Add another: {section.name}" if section.name else "Add another", self._theme, "plus")
            more.clicked.connect(lambda: self.repetition_wanted.emit(section, 0))
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(more)
            row.addStretch(1)
            self._inside.add(line)

    def _search(self) -> None:
        if self._filling is None:
            return
        for place, row in self.rows.items():
            row.setVisible(self._is_shown(place))
        self._show_headings()

    def _show_headings(self) -> None:
        """A heading without a question below it says nothing."""
        if self._filling is None:
            return
        for heading in self._headings:
            shown = any(self._is_shown(place) for place in heading.places)
            heading.line.setVisible(heading.named and shown)
        self._inside.follow()

    def _is_shown(self, place: Place) -> bool:
        return self._filling is not None and self._filling.is_on(place) and self.rows[place].matches(self._needle)


def depths(form: Form) -> Mapping[str, int]:
    """How many triggers lead to each question, at most :data:`DEEPEST`."""
    found = {name: 0 for name in form.questions if name not in form.switched}
    waiting: Sequence[str] = list(found)
    for depth in range(1, DEEPEST + 1):
        reached = [
            name
            for source in waiting
            for trigger in form.questions[source].triggers
            for name in form.reached(trigger)
            if name not in found
        ]
        found |= dict.fromkeys(reached, depth)
        waiting = reached
    return {name: found.get(name, DEEPEST) for name in form.questions}
