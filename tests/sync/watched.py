"""A watch folder that is looked through by hand, for tests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pruvan_desk.core.clock import SystemClock
from pruvan_desk.domain.folder_trees import read_levels
from pruvan_desk.operations.watch_folders import WatchForm, save_watch
from pruvan_desk.store.models import WatchedFile, WatchFolder
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.engine import open_context
from pruvan_desk.sync.watching.watch import FolderWatch, Looked, Pace, Setup
from sync.desk import WHO, Desk, small_jpeg

PACE = Pace()
LEVELS = "project,task,photo_type"
PLACE = "AFS-4711/Grass Cut/Before"


@dataclass
class Hands(SystemClock):
    """A clock that is turned by hand."""

    seconds: float = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Watched:
    """A watch folder, and looks through it as the engine takes them."""

    desk: Desk
    context: EngineContext
    root: Path
    clock: Hands
    id: int = 0
    watch: FolderWatch = field(init=False)

    def begin(self) -> None:
        """As the engine does when it starts: nothing is remembered but what the database holds."""
        row = self.desk.get(WatchFolder, self.id)
        setup = Setup(row.id, Path(row.path), read_levels(row.levels), row.integration_id)
        self.watch = FolderWatch(self.context, setup, PACE)

    def look(self, after: float = 0.0, **how: bool) -> Looked:
        """One look, so many seconds after the last."""
        self.clock.seconds += after
        return self.watch.look(**how)

    def settle(self, seconds: float = PACE.settled) -> Looked:
        """Two looks: what has come to rest in between is taken."""
        self.look(1)
        return self.look(seconds)

    def put(self, name: str, data: bytes | None = None, seed: int = 1, details: dict[str, Any] | None = None) -> Path:
        """A file, with its details if there are any."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(small_jpeg(seed) if data is None else data)
        if details is not None:
            path.with_name(f"{path.name}.json").write_text(json.dumps(details))
        return path

    def outcomes(self) -> dict[str, str]:
        return {row.name: row.outcome for row in self.desk.all(WatchedFile)}

    def words(self) -> str:
        (row,) = [row for row in self.desk.all(WatchedFile) if row.words]
        return row.words


@contextmanager
def watched_folder(desk: Desk, root: Path) -> Iterator[Watched]:
    """A watched folder of an office with the order AFS::4711."""
    desk.project(desk.field_office(), tasks=("Grass Cut", "Lock Change"))
    root.mkdir()
    clock = Hands()
    context = open_context(desk.folder, desk.secrets)
    context.clock = clock
    made = Watched(desk, context, root, clock)
    (made.id,) = save_watch(desk.database, desk.folder, WatchForm(str(root), LEVELS), WHO).watches
    made.begin()
    yield made
    context.thumbnails.close()
    context.database.close()
