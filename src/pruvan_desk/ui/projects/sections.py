"""The parts of the details: what is missing, check in, tasks, instructions, history."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from pruvan_desk.domain.certification import distance_words
from pruvan_desk.domain.check_in import CheckInSteps
from pruvan_desk.domain.missing import Lack, Mending
from pruvan_desk.domain.statuses import ItemState, evidence_label, evidence_rank
from pruvan_desk.store.views.check_ins import CheckInRow
from pruvan_desk.store.views.project_details import HistoryRow, ProjectDetails, TaskRow
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.projects.notes import NotesSection
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import ForeignHtml, label, link_row

TURN = 0.005
"""Seconds of making sections, after which others have their turn."""
LONGEST = 360
"""Pixels that instructions take before they scroll."""
PAIR = ("before", "during", "after")
LACK_LOOK = {
    Mending.PHOTOS: ("photo", "waiting"),
    Mending.SURVEY: ("survey", "waiting"),
    Mending.CHECK_IN: ("check-in", "waiting"),
}
HISTORY_WORDS = {
    "pass": "passed", "reject": "rejected", "clear": "cleared", "rotate": "rotated", "move": "moved",
    "assign": "assigned", "publish": "published", "release": "released", "retry": "retried",
}  # fmt: skip


def address_lines(details: ProjectDetails) -> list[str]:
    """The address as on a letter."""
    row = details.row
    town = " ".join(part for part in (f"{row.city}," if row.city else "", row.state, details.zip) if part)
    return [line for line in (row.address, details.address2, town) if line]


@dataclass(frozen=True, slots=True)
class Lasting:
    """The parts of the details that live on while the rest is made anew: what somebody scrolls or writes in."""

    instructions: ForeignHtml
    notes: NotesSection


@dataclass(frozen=True, slots=True)
class Section:
    """One section: while its ``facts`` are the same, it need not be made again."""

    name: str
    facts: object
    make: Callable[[], QWidget] = field(compare=False)


def sections_of(
    details: ProjectDetails, theme: Theme, lasting: Lasting, zone: tzinfo, mend: Callable[[Lack], object]
) -> Iterator[Section]:
    """The sections that have something to say, from top to bottom. ``mend`` is called for a lack that somebody clicks."""
    lacks, check_in, portal, info = details.lacks, details.check_in, details.portal, details.info
    yield Section("missing", lacks, lambda: _missing(lacks, theme, mend))
    if check_in is not None:
        facts = (check_in, details.check_ins, zone)
        yield Section("check-in", facts, lambda: _check_in(check_in, details.check_ins, theme, zone))
    if portal:
        yield Section("portal", portal, lambda: _lines("In myFAStrack", portal))
    if info:
        yield Section("info", info, lambda: _lines("Work order info", (info,)))
    yield Section("tasks", details.tasks, lambda: _tasks(details.tasks, theme))
    words = tuple(part for part in (details.client_instructions, details.instructions, details.description) if part)
    if words:
        yield Section("instructions", (details.row.id, words), lambda: _instructions(words, lasting.instructions))
    yield Section("notes", (details.row.id, details.notes, zone), lambda: _notes(details, lasting.notes, zone))
    if details.history:
        yield Section("history", (details.history, zone), lambda: _history(details.history, zone))


class Sections:
    """The sections one below the other. Of a project that changes on and on those stay that say the same as before; what takes
    long to make is made in several turns of the loop, from top to bottom.
    """

    def __init__(self, layout: QVBoxLayout, lasting: Lasting) -> None:
        self._layout, self._lasting = layout, lasting
        self._wanted: tuple[Section, ...] = ()
        self._shown: dict[str, tuple[Section, QWidget]] = {}
        self._rest = QTimer(layout.parentWidget(), singleShot=True, interval=0)
        self._rest.timeout.connect(self._make)

    @property
    def is_complete(self) -> bool:
        """Whether all of them are there."""
        return not self._rest.isActive()

    def clear(self) -> None:
        """Takes all away; what lasts lives on."""
        self.show(())

    def show(self, sections: Iterable[Section]) -> None:
        """Shows these: those that have changed are made, what is not among them goes."""
        self._wanted = tuple(sections)
        for section in self._wanted:
            before = self._shown.get(section.name)
            if before is not None and before[0] != section:
                self._take_away(section.name)
        for name in self._shown.keys() - {section.name for section in self._wanted}:
            self._take_away(name)
        self._make()

    def _make(self) -> None:
        """Those that are not there yet, as many as a turn of the loop has time for; at least one."""
        began = time.monotonic()
        for place, section in enumerate(self._wanted):
            if section.name in self._shown:
                continue
            if time.monotonic() - began > TURN:
                self._rest.start()
                return
            widget = section.make()
            self._shown[section.name] = (section, widget)
            self._layout.insertWidget(place, widget)
            widget.show()

    def _take_away(self, name: str) -> None:
        _, widget = self._shown.pop(name)
        lasts: tuple[QWidget, ...] = (self._lasting.instructions, self._lasting.notes)
        for part in lasts:
            if part is widget or widget.isAncestorOf(part):
                part.hide()
                part.setParent(self._layout.parentWidget())
        self._layout.removeWidget(widget)
        if widget not in lasts:
            widget.hide()
            widget.deleteLater()


def evidence_words(evidence: Mapping[str, int]) -> str:
    """``Before 4 · During 0 · After 3``, and other types where there are some."""
    others = sorted((kind for kind in evidence if kind not in PAIR), key=evidence_rank)
    shown = [f"{evidence_label(kind)} {evidence.get(kind, 0)}" for kind in PAIR]
    return " · ".join([*shown, *(f"{evidence_label(kind)} {evidence[kind]}" for kind in others)])


def _section(heading: str, *parts: QWidget) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(tokens.HALF)
    box.addWidget(label(heading, "heading"))
    for part in parts:
        box.addWidget(part)
    return made


def _lines(heading: str, lines: tuple[str, ...]) -> QWidget:
    return _section(heading, *(label(line, wrap=True, selectable=True) for line in lines))


def _instructions(words: tuple[str, ...], instructions: ForeignHtml) -> QWidget:
    html = any("<" in part for part in words)
    instructions.show_html("<hr>".join(words) if html else "\n\n".join(words))
    instructions.fit_height(LONGEST)
    section = _section("Instructions", instructions)
    instructions.show()
    return section


def _notes(details: ProjectDetails, notes: NotesSection, zone: tzinfo) -> QWidget:
    notes.show_notes(details.row.id, details.notes, zone)
    return notes


def _missing(lacks: tuple[Lack, ...], theme: Theme, mend: Callable[[Lack], object]) -> QWidget:
    if not lacks:
        return _section("What is missing", label("Nothing: ready to submit."))
    rows = []
    for lack in lacks:
        row = link_row(lack.words, theme, *LACK_LOOK[lack.mending])
        if lack.state is ItemState.FAILED:
            theme.dress(row, "warning", "bad")
        row.clicked.connect(lambda _checked=False, lack=lack: mend(lack))
        rows.append(row)
    return _section("What is missing", *rows)


def _check_in(steps: CheckInSteps, rows: tuple[CheckInRow, ...], theme: Theme, zone: tzinfo) -> QWidget:
    made = QWidget()
    grid = _grid(made)
    done = (
        ("Checked in with a valid ABC number", steps.checked_in and not steps.refused, steps.refused),
        ("AGS Checklist submitted", steps.checklist_submitted, ""),
        ("Complete pressed", steps.completed, ""),
    )
    for place, (words, happened, refused) in enumerate(done):
        icon, colour = ("check", "sent") if happened else ("warning", "bad") if refused else ("clock", "waiting")
        sign = label()
        sign.setPixmap(theme.pixmap(icon, colour))
        sign.setAccessibleName("done" if happened else "missing")
        verdict = "" if happened else f" — refused: {refused}" if refused else " — missing"
        grid.addWidget(sign, place, 0)
        grid.addWidget(label(words + verdict, wrap=True), place, 1)
    state = {"succeeded": "succeeded", "failed": "refused", "required": "not yet"}[steps.state]
    said = [label(check_in_row_words(row, zone), "muted", wrap=True, selectable=True) for row in rows]
    section = _section(f"Check in · {state}", made, *said)
    section.setObjectName(Mending.CHECK_IN)
    return section


def check_in_row_words(row: CheckInRow, zone: tzinfo) -> str:
    """Who checked in, when, and whether time and place are certified, as those of a photo are."""
    found = row.certification
    proven = [words for words, good in (("time", found.time), ("position", found.location)) if good]
    lacking = [words for words, good in (("time", found.time), ("position", found.location)) if not good]
    away = f"{distance_words(found.distance)} from the property" if found.distance is not None else ""
    parts = (
        f"{row.who or 'Somebody'}, {row.abc_number or 'no number'}, {text.when(row.at, zone)}",
        "refused" if row.accepted is False else "",
        f"{' and '.join(proven)} certified" if proven else "",
        f"{' and '.join(lacking)} cannot be verified" if lacking else "",
        away,
    )
    return " · ".join(part for part in parts if part)


def _tasks(tasks: tuple[TaskRow, ...], theme: Theme) -> QWidget:
    parts = [_task(task, theme) for task in tasks]
    section = _section(f"Tasks ({len(parts)})", *parts) if parts else _section("Tasks", label("None.", "muted"))
    section.setObjectName(Mending.SURVEY)
    return section


def _task(task: TaskRow, theme: Theme) -> QWidget:
    made = QWidget()
    grid = _grid(made)
    sign = label()
    sign.setPixmap(theme.pixmap("survey" if task.survey else "photo", "muted"))
    sign.setAccessibleName("survey task" if task.survey else "photo task")
    grid.addWidget(sign, 0, 0)
    grid.addWidget(label(f"{task.name} (taken away by the client)" if task.removed else task.name, wrap=True), 0, 1)
    submitted = "submitted" if task.survey_submitted else "not submitted"
    words = f"Survey {submitted}" if task.survey else evidence_words(task.evidence)
    if task.survey and any(task.evidence.values()):
        words = f"{words} · {evidence_words(task.evidence)}"
    grid.addWidget(label(words, "muted", wrap=True), 1, 1)
    return made


def _history(rows: tuple[HistoryRow, ...], zone: tzinfo) -> QWidget:
    made = QWidget()
    grid = _grid(made)
    for place, row in enumerate(rows):
        what = HISTORY_WORDS.get(row.what, row.what)
        words = f"{row.who} {what} {text.counted(row.count, 'item')}" if row.count else f"{row.who}: {what}"
        grid.addWidget(label(text.when(row.at, zone), "muted"), place, 0)
        grid.addWidget(label(words, wrap=True), place, 1)
    return _section("History", made)


def _grid(parent: QWidget) -> QGridLayout:
    grid = QGridLayout(parent)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(tokens.UNIT)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    return grid
