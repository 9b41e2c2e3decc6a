"""The window that ``projects-search`` measures: ``python -m tests.bench.projects_window FOLDER COUNT`` prints its figures as JSON."""

import gc
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from sqlalchemy import insert
from tests.bench.looping import Looping

from pruvan_desk.app import make_application
from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.store.models import Integration, Item, Project, Task
from pruvan_desk.store.opening import open_database
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.projects.columns import PLACE
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow

WORDS = ("88123", "elm st", "round rock", "grass cut crew7", "zzzz", "austin cedar", "wint", "mill 12", "AFS::1234")
STREETS = ("Elm St", "Cedar Ln", "Old Mill Rd", "Bluebonnet Dr", "Pecan Ave", "Ridge Ct", "Shoal Creek Blvd")
TOWNS = ("Round Rock", "Austin", "San Marcos", "Tulsa", "Baton Rouge")
TASKS = ("Grass Cut", "Trim Shrubs", "Lock Change", "Winterization", "Debris Removal")
PATIENCE_SECONDS = 2.0
"""What was not drawn by then changed nothing that shows."""
PAUSE = 30
"""Milliseconds between two keys: faster than anybody types."""


def fill(folder: DataFolder, count: int) -> None:
    """Seeded projects, two tasks each, every tenth with an item."""
    chance = random.Random(4)
    now = datetime.now(UTC)
    database = open_database(folder)
    with database.write() as writing:
        writing.session.add(
            Integration(id=1, name="FAStrack", code="AFS", service_url="https://example.com", username="a")
        )
        writing.session.flush()
        connection = writing.session.connection()
        connection.execute(insert(Project), [
            {
                "id": n, "integration_id": 1, "number": str(10_000 + n), "qa_in_field": True, "created_at": now,
                "address1": f"{chance.randint(1, 9999)} {chance.choice(STREETS)}", "city": chance.choice(TOWNS), "state": "TX",
                "status": chance.choice(list(ProjectStatus)).value, "assigned_to": f"crew{chance.randint(1, 40)}",
                "due": (now + timedelta(days=chance.randint(-20, 60))).date().isoformat(),
            }
            for n in range(1, count + 1)
        ])  # fmt: skip
        connection.execute(insert(Task), [
            {"project_id": n, "position": place, "name": chance.choice(TASKS)} for n in range(1, count + 1) for place in (0, 1)
        ])  # fmt: skip
        connection.execute(insert(Item), [
            {"uuid": f"i{n}", "project_id": n, "file_type": "picture", "state": "pending_qa", "arrived_at": now}
            for n in range(1, count + 1, 10)
        ])  # fmt: skip
    database.close()


class Bench(Looping):
    """One window, and a hand that types in it."""

    look_again = 20

    def __init__(self, root: Path, count: int) -> None:
        super().__init__()
        self.painted: list[bool] = []
        folder = data_folder(root).create()
        fill(folder, count)
        gc.disable()  # as the window's own collector does it: between two keys, not during one
        self.desk = Desk(folder, MemorySecrets(), "bench")
        self.window = MainWindow(self.desk, Theme(make_application()), WindowState(root / "w.ini", self.desk.aside))
        self.window.resize(1440, 900)
        started = time.perf_counter()
        self.desk.open(lambda error: sys.exit(str(error)))
        self.window.show()
        self.wait_until(lambda: "projects" in self.window.pages)
        page = self.window.pages["projects"]
        assert isinstance(page, ProjectsPage)
        self.page = page
        for part in (page.table.viewport(), page.empty, page.search):
            part.installEventFilter(self)
        self.wait_until(lambda: len(page.model.shown) == count)
        self.read_seconds = time.perf_counter() - started
        self.pause(1500)
        gc.collect()
        gc.freeze()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Sees the table being drawn: together with all else that changed, in one go."""
        if event.type() == QEvent.Type.Paint:
            self.painted.append(True)
        return False

    def timed(self, act: Callable[[], object]) -> float:
        """Milliseconds of something done on the Qt thread, until the window has drawn what it changed."""
        self.painted.clear()
        started = time.perf_counter()
        act()
        while not self.painted and time.perf_counter() - started < PATIENCE_SECONDS:
            QApplication.processEvents()
        return 1000 * (time.perf_counter() - started)

    def key(self, letter: str) -> None:
        code = Qt.Key.Key_Backspace if letter == "\b" else Qt.Key.Key_A
        event = QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier, "" if letter == "\b" else letter)
        QApplication.sendEvent(self.page.search, event)

    def measure(self) -> dict[str, float]:
        """All figures, in milliseconds."""
        times = []
        self.page.search.setFocus()
        for word in WORDS:
            for letter in word + "\b" * len(word):
                times.append(self.timed(lambda letter=letter: self.key(letter)))
                self.pause(PAUSE)
        times.sort()
        self.pause(300)
        chip = self.timed(lambda: self.page._filter_by_tile("due", "Past due"))
        self.page.filters.clear.click()
        self.pause(300)
        order = Qt.SortOrder.AscendingOrder
        sort = self.timed(lambda: self.page.table.sortByColumn(PLACE["address"], order))
        self.pause(300)
        select = self.timed(self.page.table.selectAll)
        return {
            "keys": len(times), "p50": times[len(times) // 2], "p95": times[int(len(times) * 0.95)], "longest": times[-1],
            "read": self.read_seconds, "filter": chip, "sort": sort, "select": select,
        }  # fmt: skip

    def close(self) -> None:
        self.window.leave()
        self.desk.stop_listening()
        self.desk.close()


def main() -> None:
    """Measures, and prints one line."""
    bench = Bench(Path(sys.argv[1]), int(sys.argv[2]))
    told = bench.measure()
    bench.close()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
