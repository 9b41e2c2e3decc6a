"""The parts of the details: what is missing, check in, tasks, instructions, history."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtWidgets import QGridLayout, QLayout, QVBoxLayout, QWidget

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


def sections_of(
    details: ProjectDetails, theme: Theme, lasting: Lasting, zone: tzinfo, mend: Callable[[Lack], object]
) -> Iterator[QWidget]:
    """The sections that have something to say, from top to bottom. ``mend`` is called for a lack that somebody clicks."""
    instructions = lasting.instructions
    yield _missing(details.lacks, theme, mend)
    if details.check_in is not None:
        yield _check_in(details.check_in, details.check_ins, theme, zone)
    if details.portal:
        yield _section("In myFAStrack", *(label(line, wrap=True, selectable=True) for line in details.portal))
    if details.info:
        yield _section("Work order info", label(details.info, wrap=True, selectable=True))
    yield _tasks(details, theme)
    words = [part for part in (details.client_instructions, details.instructions, details.description) if part]
    if words:
        html = any("<" in part for part in words)
        instructions.show_html("<hr>".join(words) if html else "\n\n".join(words))
        instructions.fit_height(LONGEST)
        yield _section("Instructions", instructions)
        instructions.show()
    lasting.notes.show_notes(details.row.id, details.notes, zone)
    yield lasting.notes
    if details.history:
        yield _history(details.history, zone)


def evidence_words(evidence: Mapping[str, int]) -> str:
    """``Before 4 · During 0 · After 3``, and other types where there are some."""
    others = sorted((kind for kind in evidence if kind not in PAIR), key=evidence_rank)
    shown = [f"{evidence_label(kind)} {evidence.get(kind, 0)}" for kind in PAIR]
    return " · ".join([*shown, *(f"{evidence_label(kind)} {evidence[kind]}" for kind in others)])


def clear(layout: QLayout, *keep: QWidget) -> None:
    """Takes all sections away; those to ``keep`` live on."""
    for part in keep:
        part.hide()
        part.setParent(layout.parentWidget())
    while (taken := layout.takeAt(0)) is not None:
        widget = taken.widget()
        if widget is not None and widget not in keep:
            widget.hide()
            widget.deleteLater()


def _section(heading: str, *parts: QWidget) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(tokens.HALF)
    box.addWidget(label(heading, "heading"))
    for part in parts:
        box.addWidget(part)
    return made


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


def _tasks(details: ProjectDetails, theme: Theme) -> QWidget:
    parts = [_task(task, theme) for task in details.tasks]
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
