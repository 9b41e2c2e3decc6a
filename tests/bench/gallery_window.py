"""The window that the gallery's rows are measured in: ``python -m tests.bench.gallery_window FOLDER SCALE`` prints JSON."""

import gc
import hashlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import insert
from tests.bench import scenes
from tests.bench.looping import Looping
from tests.bench.window import resident_bytes

from pruvan_desk.app import make_application
from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Integration, Item, Project, StoredFile, Task
from pruvan_desk.store.opening import open_database
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.tile_look import THUMBNAIL
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow

OPENED, SCROLLED, LOOKED_AT = 5_000, 100_000, 40
"""Photos of the project that is opened, of the gallery that is scrolled, and of 12 megapixels that are looked at."""
AT_FIRST = 12
"""Photos of a project whose originals are really there: among them the one that is seen large when it is opened, and its neighbours."""
SCENES = 4
"""Different pictures; each photo has bytes, and so a name, of its own."""
OPENINGS, MARKS, FRAMES = 24, 150, 1_500
PACE = 250
"""Milliseconds between two photos: four a second."""
TASKS = ("Grass Cut", "Trim Shrubs", "Lock Change", "Debris Removal", "Winterization")
KINDS = ("before", "during", "after")
SMALL = (256, 192)
AT_REST = 600
"""Milliseconds after which what an opening leaves for later (the choices, the counts) is done as well."""
MEGABYTE = 1_000_000
ONE_MORE = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
"""Sleeps until something happens: polling would hold the readers up."""


def stop(error: BaseException) -> None:
    """What nobody expected ends the measuring."""
    traceback.print_exception(error)
    os._exit(1)  # threads are at work


class Filler:
    """Makes the data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.database: Database = open_database(folder)
        self.thumbnails = ThumbnailCache(folder.thumbnails)
        self._small = [self._jpeg(scenes.photo(seed, SMALL)) for seed in range(SCENES)]
        with self.database.write() as writing:
            writing.session.add(
                Integration(id=1, name="FAStrack", code="AFS", service_url="https://example.com", username="a")
            )

    @staticmethod
    def _jpeg(image: Any) -> bytes:
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=85)
        return buffer.getvalue()

    def project(self, project_id: int, count: int, large: Sequence[bytes] = ()) -> None:
        """A project of so many photos that wait for QA; ``large`` are the bytes of those that are really there."""
        hashes = [hashlib.sha256(b"%d/%d" % (project_id, n)).hexdigest() for n in range(count)]
        files = PhotoFiles(self.folder.photos)
        for place, data in enumerate(large):
            incoming = files.incoming()
            incoming.write(data)
            files.keep(incoming, "jpg")
            hashes[place] = hashlib.sha256(data).hexdigest()
        now = datetime.now(UTC)
        with self.database.write() as writing:
            connection = writing.session.connection()
            connection.execute(insert(Project), [
                {"id": project_id, "integration_id": 1, "number": f"{88000 + project_id}", "qa_in_field": False, "created_at": now}
            ])  # fmt: skip
            connection.execute(
                insert(Task), [{"project_id": project_id, "position": n, "name": name} for n, name in enumerate(TASKS)]
            )
            connection.execute(
                insert(StoredFile),
                [{"sha256": each, "extension": "jpg", "size": 1, "stored_at": now} for each in hashes],
            )
            connection.execute(insert(Item), [
                {
                    "uuid": f"{project_id}-{n}", "project_id": project_id, "task": TASKS[n * len(TASKS) // count],
                    "evidence_type": KINDS[n % 3], "file_type": "picture", "state": ItemState.PENDING_QA.value,
                    "sha256": each, "extension": "jpg", "file_name": f"{n:06}.jpg", "created_by": f"crew{n % 9}",
                    "taken_at": now - timedelta(seconds=count - n), "arrived_at": now, "width": 4000, "height": 3000,
                }
                for n, each in enumerate(hashes)
            ])  # fmt: skip
        for start in range(0, count, 1000):
            some = hashes[start : start + 1000]
            self.thumbnails.put({(each, THUMBNAIL): self._small[n % SCENES] for n, each in enumerate(some)})

    def close(self) -> None:
        self.thumbnails.close()
        self.database.close()


class Bench(Looping):
    """One window, and somebody who works in it."""

    def __init__(self, folder: DataFolder) -> None:
        super().__init__()
        gc.disable()  # as the window's own collector does it: between two keys, not during one
        self.painted = False
        self.desk = Desk(folder, MemorySecrets(), "bench")
        state = WindowState(folder.root / "w.ini", self.desk.aside)
        self.window = MainWindow(self.desk, Theme(make_application()), state)
        self.window.resize(1440, 900)
        self.desk.failed.connect(stop)
        self.desk.open(stop)
        self.window.show()
        self.window.activateWindow()
        self.wait_until(lambda: self.window.status is not None)
        page = self.window.show_page("gallery")
        assert isinstance(page, GalleryPage)
        self.page = page
        self.wait_until(lambda: page.model.scope is not None and page.model.is_whole)
        for watched in (page.grid.viewport(), page.photo):
            watched.installEventFilter(self)
        self.pause(1000)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        """Sees the grid or the photo being drawn."""
        if event.type() == QEvent.Type.Paint:
            self.painted = True
        return False

    def timed(self, act: Callable[[], object], ready: Callable[[], bool]) -> float:
        """Milliseconds from something that is done until it is ready and the window has drawn it, by itself."""
        started = time.perf_counter()
        self.painted = False
        act()
        while not ready() or not self.painted:
            QApplication.processEvents(ONE_MORE)
        QApplication.processEvents()  # what came last may still be due
        return 1000 * (time.perf_counter() - started)

    def open(self, project_id: int) -> float:
        """Opens a project with no thumbnail decoded; until the first screenful is drawn with all its pictures."""
        page = self.page
        page.loader._pixmaps.clear()
        page.pictures._fitted.clear()

        def screenful() -> bool:
            scope = page.model.scope
            if scope is None or scope.project_id != project_id or not page.model.shown:
                return False
            seen = page.grid._in_sight(page.grid.viewport().rect())
            wanted = {page.model.shown[place].sha256 for place in seen}
            return wanted <= {key[0] for key, pixmap in page.loader._pixmaps.items() if pixmap is not None}

        return self.timed(lambda: self.window.open_gallery(project_id), screenful)

    def scroll(self) -> list[float]:
        """End to end in equal steps; milliseconds each takes until it is drawn."""
        bar = self.page.grid.verticalScrollBar()
        times = []
        for frame in range(1, FRAMES + 1):
            value = bar.maximum() * frame // FRAMES
            if value == bar.value():
                continue  # nothing to draw
            started = time.perf_counter()
            self.painted = False
            bar.setValue(value)
            while not self.painted:
                QApplication.processEvents()
            times.append(1000 * (time.perf_counter() - started))
            self.pause(1)
        return times

    def look(self, count: int) -> list[float]:
        """Photo after photo in the single view, four a second; milliseconds from the key until it is drawn at fit size."""
        page = self.page
        page.grid.go(0)
        page.show_single(single=True)
        self.wait_until(page.photo.shows_photo)
        self.pause(1000)
        times = []
        for place in range(1, count):
            started = time.perf_counter()
            times.append(
                self.timed(
                    lambda: QTest.keyClick(page.photo, Qt.Key.Key_Right),
                    lambda place=place: page.grid.currentIndex().row() == place and page.photo.shows_photo(),
                )
            )
            self.pause(max(0, PACE - int(1000 * (time.perf_counter() - started))))
        page.show_single(single=False)
        return times

    def mark(self) -> tuple[list[float], list[float]]:
        """P and X (clear, so that nothing is asked) over the photos: until drawn, and until committed."""
        page = self.page
        page.grid.go(0)
        page.grid.setFocus()
        saved: list[float] = []
        write = self.desk._write

        def watched(operation: Any) -> Any:
            answer = write(operation)
            saved.append(time.perf_counter())
            return answer

        self.desk._write = watched  # type: ignore[method-assign]  # seen in the thread that commits
        drawn, durable = [], []
        for number in range(MARKS):
            saved.clear()
            key, state = ((Qt.Key.Key_P, ItemState.PASSED), (Qt.Key.Key_U, ItemState.PENDING_QA))[number % 2]
            row = page.grid.currentIndex().row()
            started = time.perf_counter()
            drawn.append(
                self.timed(
                    lambda key=key: QTest.keyClick(page.grid, key),
                    lambda row=row, state=state: page.model.shown[row].state is state,
                )
            )
            self.wait_until(lambda: bool(saved))
            durable.append(1000 * (saved[0] - started))
            self.pause(60)
            if number % 2:
                page.grid.step(1)
        return drawn, durable

    def close(self) -> None:
        self.window.leave()
        self.desk.stop_listening()
        self.desk.close()


def percentile(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def figures(name: str, what: str, times: Sequence[float], share: float, more: str = "") -> dict[str, dict[str, Any]]:
    note = f"p50 {percentile(times, 0.5):.1f}, p95 {percentile(times, 0.95):.1f}, longest {max(times):.1f} ms of {len(times)}{more}"
    return {name: {"what": what, "value": percentile(times, share), "note": note}}


def say(words: str) -> None:
    """How far it is, on standard error."""
    print(f"gallery: {words} ...", file=sys.stderr, flush=True)


def main() -> None:
    """Measures, and prints one line."""
    folder = data_folder(Path(sys.argv[1])).create()
    scale = float(sys.argv[2])
    opened, scrolled, looked = (
        max(50, int(OPENED * scale)),
        max(500, int(SCROLLED * scale)),
        max(4, int(LOOKED_AT * scale)),
    )
    say("filling")
    filler = Filler(folder)
    pictures = [filler._jpeg(scenes.photo(seed, scenes.TWELVE_MEGAPIXELS)) for seed in range(min(SCENES, looked))]
    for project_id in (1, 2):
        filler.project(project_id, opened, [pictures[0] + b"%d/%d" % (project_id, n) for n in range(AT_FIRST)])
    filler.project(3, looked, [pictures[n % len(pictures)] + b"%d" % n for n in range(looked)])
    filler.project(4, scrolled)
    filler.close()
    bench = Bench(folder)
    told: dict[str, Any] = {}
    say("opening")
    times = []
    for number in range(OPENINGS):
        times.append(bench.open(1 + number % 2))
        bench.pause(AT_REST)
    told |= figures(
        "gallery-open", f"open {opened:,} photos until the first screenful is drawn, p95 of {len(times)}", times, 0.95
    )
    say("marking")
    drawn, durable = bench.mark()
    told |= figures("mark", "P or U until drawn, p95", drawn, 0.95)
    told |= figures("mark-saved", "P or U until committed, p95", durable, 0.95)
    say("looking")
    bench.open(3)
    times = bench.look(looked)
    told |= figures("photo-next", f"next 12-megapixel photo, 4 a second, until drawn, p95 of {len(times)}", times, 0.95)
    say("scrolling")
    before = resident_bytes(os.getpid())
    bench.open(4)
    bench.wait_until(lambda: bench.page.model.is_whole)  # else it would be the first screens that are scrolled
    bench.pause(AT_REST)
    times = bench.scroll()
    grown = (resident_bytes(os.getpid()) - before) / MEGABYTE
    told |= figures(
        "gallery-scroll", f"scroll end to end through {scrolled:,} photos, a frame, p99", times, 0.99,
        f"; the window grew by {grown:.0f} MB with them",
    )  # fmt: skip
    bench.close()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
