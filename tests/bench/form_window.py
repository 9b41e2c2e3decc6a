"""The window that ``form-open`` and ``form-stall`` measure: ``python -m tests.bench.form_window FOLDER QUESTIONS`` prints JSON."""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.bench.looping import Looping

from pruvan_desk.app import make_application
from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.store.models import Integration, Project, SurveyTemplateRow, Task
from pruvan_desk.store.opening import open_database
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.surveys.fields import LineField
from pruvan_desk.ui.surveys.question import QuestionRow
from pruvan_desk.ui.surveys.view import SurveysPage
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow

KINDS = (
    "yesNo", "text", "select", "number", "yesNoNA", "multiSelect", "date", "textArea", "picture", "currency", "phone", "email", "time",
    "signature", "label",
)  # fmt: skip
A_SECTION, FORMS, OPENINGS = 25, "FG", 8
WORDS = "The fence on the north side is down"
AT_REST = 1500
"""Milliseconds after which whatever an opening leaves for later is done as well."""
PAUSE = 40
"""Milliseconds between two keys or clicks."""
NOTCH, NOTCHES = 120, 40
"""Of the mouse wheel, and how far the form is scrolled at a time."""


def template(name: str, count: int) -> dict[str, Any]:
    """A form of every answer type, in sections; every yes or no switches the next question on, and that leads further."""
    questions = [
        {
            "id": f"q{n}", "answerType": KINDS[n % len(KINDS)], "question": f"{name}: what about number {n}?", "required": n % 3 == 0,
            "hint": "As it was when the crew came" if n % 4 == 0 else "",
            "answerOptions": ["Good", "Poor", "None"] if n % len(KINDS) in (2, 5) else [],
            "triggers": [{"answer": "Yes", "enables": [f"q{n + 1}", f"q{n + 2}"]}] if n % len(KINDS) == 0 else [],
        }
        for n in range(count)
    ]  # fmt: skip
    sections = [
        {"type": "section", "id": f"s{start}", "name": f"Part {start // A_SECTION + 1}", "questions": questions[start : start + A_SECTION]}
        for start in range(0, count, A_SECTION)
    ]  # fmt: skip
    return {"meta": {"surveyTemplateId": name, "version": "1", "name": name}, "questions": sections}


def fill(folder: DataFolder, count: int) -> None:
    """Two projects, each with a survey task and a form of its own."""
    database = open_database(folder)
    with database.write() as writing:
        add, now = writing.session.add, writing.now
        add(Integration(id=1, name="FAStrack", code="AFS", service_url="https://example.com", username="a"))
        for number, name in enumerate(FORMS, 1):
            body = template(name, count)
            add(
                SurveyTemplateRow(
                    id=number, integration_id=1, template_id=name, version="1", name=name, body=body, received_at=now
                )
            )
            add(Project(id=number, integration_id=1, number=str(number), qa_in_field=False, created_at=now))
            writing.session.flush()
            add(Task(id=number, project_id=number, name="Inspection", survey_id=name, survey_template_id=number))
    database.close()


class Bench(Looping):
    """One window, and somebody who fills a form in."""

    def __init__(self, root: Path, count: int) -> None:
        super().__init__()
        folder = data_folder(root).create()
        fill(folder, count)
        gc.disable()  # as the window's own collector does it: between two keys, not during one
        self.painted = False
        self.gaps: dict[str, list[float]] = {}
        self._now: list[float] = []
        self._last = 0.0
        self._pulse = QTimer(self, interval=0)
        self._pulse.timeout.connect(self._beat)
        self.desk = Desk(folder, MemorySecrets(), "bench")
        self.window = MainWindow(self.desk, Theme(make_application()), WindowState(root / "w.ini", self.desk.aside))
        self.window.resize(1440, 900)
        self.desk.open(lambda error: sys.exit(str(error)))
        self.window.show()
        self.window.activateWindow()
        self.wait_until(lambda: self.window.status is not None)
        page = self.window.show_page("surveys")
        assert isinstance(page, SurveysPage)
        self.page, self.form = page, page.panel.form
        self.form.viewport().installEventFilter(self)
        self.wait_until(lambda: len(page.list.model.records) == len(FORMS))
        self.pause(AT_REST)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        """Sees the form being drawn."""
        if event.type() == QEvent.Type.Paint:
            self.painted = True
        return False

    def _beat(self) -> None:
        """The loop goes round."""
        now = time.perf_counter()
        self._now.append(1000 * (now - self._last))
        self._last = now

    def watch(self, name: str) -> None:
        """From now on gaps count under this name."""
        self._now = self.gaps.setdefault(name, [])
        self._last = time.perf_counter()
        self._pulse.start()

    def open(self, place: int) -> tuple[float, float]:
        """Opens the form in that place of the list: seconds until its first screenful is drawn, and until it is whole."""
        page, task = self.page, place + 1
        self._pulse.stop()
        started = time.perf_counter()
        page.list.table.selectRow(place)
        self.painted = False
        while not (page.session is not None and page.session.sheet.row.id == task and self.form.rows and self.painted):
            QApplication.processEvents()
        drawn = time.perf_counter() - started
        self.watch("made whole")
        while not self.form.complete:
            QApplication.processEvents()
        whole = time.perf_counter() - started
        self.pause(AT_REST)
        return drawn, whole

    def write(self) -> None:
        """A few words in a text field in the middle of the form."""
        field = self._in_the_middle(lambda row: isinstance(row.field, LineField))
        self.watch("typing")
        for letter in WORDS:
            QTest.keyClicks(field.line, letter)
            self.pause(PAUSE)
        self.pause(AT_REST)

    def trigger(self) -> None:
        """Yes and No in turn, to a question that switches others on."""
        field = self._in_the_middle(lambda row: bool(row.question.triggers))
        self.watch("triggers")
        for number in range(20):
            field.chips[number % 2].click()
            self.pause(PAUSE)
        field.chips[0].click()
        self.pause(AT_REST)

    def scroll(self) -> None:
        """With the wheel, down to the end and up again."""
        self.watch("scrolling")
        viewport, bar = self.form.viewport(), self.form.verticalScrollBar()
        middle = QPointF(viewport.rect().center())
        none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        for turn in (-NOTCH, NOTCH):
            end = bar.maximum() if turn < 0 else 0
            while bar.value() != end:
                at = viewport.mapToGlobal(middle)
                event = QWheelEvent(middle, at, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, none, phase, False)
                QApplication.sendEvent(viewport, event)
                self.pause(10)

    def jump(self) -> None:
        """Next unanswered, again and again."""
        self.watch("next unanswered")
        for _ in range(NOTCHES):
            self.page.deeds.go_next()
            self.pause(PAUSE)

    def submit(self) -> None:
        """All that is missing is listed and marked."""
        self.watch("listing what is missing")
        self.page.deeds.submit()
        self.pause(AT_REST)

    def _in_the_middle(self, wanted: Callable[[QuestionRow], bool]) -> Any:
        """The field of the first such question after the middle of the form, with the cursor in it."""
        rows = list(self.form.rows.values())
        found = next(row for row in rows[len(rows) // 2 :] if wanted(row) and not row.isHidden())
        self.form.go(found.place)
        self.pause(AT_REST)
        return found.field

    def close(self) -> None:
        self.window.leave()
        self.desk.stop_listening()
        self.desk.close()


def main() -> None:
    """Measures, and prints one line."""
    bench = Bench(Path(sys.argv[1]), int(sys.argv[2]))
    times = [bench.open(number % len(FORMS)) for number in range(OPENINGS)]
    for part in (bench.write, bench.trigger, bench.scroll, bench.jump, bench.submit):
        part()
    bench.close()
    told = {
        "opened": [1000 * drawn for drawn, _ in times],
        "whole": max(whole for _, whole in times),
        "gaps": bench.gaps,
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
