"""``watch-stall``, ``watch-rate`` and ``watch-memory``: 10,000 photos of a watch folder are taken in while the gallery is in front."""

import io
import random
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image
from sqlalchemy import func, select
from tests.bench.office import Office, office, sandbox, wait_until
from tests.bench.report import Row, against, within
from tests.bench.window import resident_bytes, window

from pruvan_desk.core.paths import data_folder
from pruvan_desk.operations.integrations import ask_refresh
from pruvan_desk.operations.watch_folders import WatchForm, save_watch
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import EngineState, Item, Project, Task

FILES, ORDERS = 10_000, 200
STALL_TARGET, RATE_TARGET, MEMORY_TARGET = 25.0, 0.3, 60.0
SAMPLE = 0.2
FLOOR_FILES = 500


def run(scale: float = 1.0) -> list[Row]:
    """Milliseconds, files a second, megabytes."""
    count = max(50, int(FILES * scale))
    full_size = count >= FILES
    with tempfile.TemporaryDirectory() as root, sandbox(orders=ORDERS) as url, office(url) as desk:
        tree, gap, rate, grown = Path(root, "tree"), 0.0, 0.0, 0.0
        with window("observed", str(desk.root), "1", secrets=desk.secrets.all()) as seen:
            seen.seconds_until("usable")
            _fill(desk, tree, count)
            before, memory = _engine_bytes(desk), _Memory(_engine(desk))
            seen.tell("show gallery")
            seen.tell("watch")
            started = time.monotonic()
            save_watch(desk.database, data_folder(desk.root), WatchForm(str(tree), "project,task,photo_type"), "bench")
            wait_until(lambda: _count(desk) == count, "the files")
            rate = count / (time.monotonic() - started)
            wait_until(lambda: not _count(desk, Item.inspected.is_(False)), "the thumbnails")
            gap, grown = seen.longest_gap(), memory.end() - before
        floor = _floor(Path(root), tree)
    return [
        within(
            "watch-stall", f"longest gap of the Qt loop while {count:,} photos come from a watch folder, gallery in front",
            value=1000 * gap, unit="ms", at_most=STALL_TARGET, full_size=full_size,
        ),
        against(
            "watch-rate", f"{count:,} photos of a watch folder until they are items; floor: each only kept (write, fsync, rename)",
            value=rate, unit="photos/s", reference=floor, at_least=RATE_TARGET, full_size=full_size,
            note="the seconds in which they come to rest are in it; thumbnails are made meanwhile",
        ),
        within(
            "watch-memory", f"the engine's resident size, most of it, grown while {count:,} photos are taken in",
            value=grown / 1_000_000, unit="MB", at_most=MEMORY_TARGET, full_size=full_size,
        ),
    ]  # fmt: skip


class _Memory:
    """The most that a process held, looked at now and then."""

    def __init__(self, process_id: int) -> None:
        self._process_id, self._most, self._ended = process_id, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(SAMPLE):
            self._most = max(self._most, resident_bytes(self._process_id))

    def end(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._most


def _fill(desk: Office, tree: Path, count: int) -> None:
    """A Downloader's tree: different photos for all orders and their tasks."""
    ask_refresh(desk.database, desk.integration_id, "bench", full=True)
    wait_until(lambda: _projects(desk) == ORDERS, "the import")
    with desk.database.read() as session:
        rows = session.execute(select(Project.number, Task.name).join(Task, Task.project_id == Project.id)).all()
    rng, buffer = random.Random(1), io.BytesIO()
    Image.frombytes("L", (80, 60), rng.randbytes(4800)).resize((640, 480)).convert("RGB").save(buffer, "JPEG")
    picture = buffer.getvalue()[:-2]
    for number in range(count):
        order, task = rows[number % len(rows)]
        folder = tree / f"AFS-{order}" / task.replace("/", "-") / ("Before", "After")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        comment = b"\xff\xfe" + (34).to_bytes(2, "big") + rng.randbytes(32).replace(b"\xff", b"\0")
        data = picture[:2] + comment + picture[2:] + b"\xff\xd9"
        (folder / f"IMG_{number:05}.jpg").write_bytes(data)


def _floor(root: Path, tree: Path) -> float:
    """Files a second that are only read and kept among the originals."""
    (root / "kept").mkdir()
    files, paths = PhotoFiles(root / "kept"), sorted(tree.rglob("*.jpg"))[:FLOOR_FILES]
    started = time.monotonic()
    for path in paths:
        incoming = files.incoming()
        incoming.write(path.read_bytes())
        files.keep(incoming, "jpg")
    return len(paths) / (time.monotonic() - started)


def _projects(desk: Office) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(Project)) or 0


def _count(desk: Office, *which: object) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(Item).where(*which)) or 0  # type: ignore[arg-type]


def _engine(desk: Office) -> int:
    with desk.database.read() as session:
        return session.get_one(EngineState, 1).process_id


def _engine_bytes(desk: Office) -> int:
    return resident_bytes(_engine(desk))
