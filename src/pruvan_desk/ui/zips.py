"""Files as a ZIP: asked where to, written in a thread of its own with progress, stopped at any moment."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.folder_trees import safe_name
from pruvan_desk.operations.handing_out import record_handed_out
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.ui import text
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.progress import ProgressStrip
from pruvan_desk.ui.standing_back import stand_back
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme

if TYPE_CHECKING:
    from pruvan_desk.reports.zip_export import Export, Written

LAST_FOLDER = "zip/folder"
OFTEN = 0.1
"""Seconds between two signs of progress."""
NAMED = 5


class _StoppedError(Exception):
    """Somebody pressed *Stop*, or the window goes away."""


class ZipExport(QObject):
    """One ZIP after the other; ``strip`` shows how far it is."""

    said = Signal(str, str)
    """What was done, or why it could not be."""
    _came = Signal(object)

    def __init__(self, desk: Desk, theme: Theme, state: WindowState, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._state, self._parent = desk, state, parent
        self.strip = ProgressStrip(theme, "Progress of the ZIP", "Write no ZIP; nothing of it stays behind")
        self._thread = ThreadPoolExecutor(1, "zip", stand_back)
        self._halt = threading.Event()
        self._gone = False
        self._came.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)
        self.strip.stopped.connect(self._halt.set)

    def ask_for_projects(self, keys: Sequence[str], project_ids: Sequence[int]) -> None:
        """Asks where to, then writes all files of some projects."""
        from pruvan_desk.reports.zip_export import export_of_projects  # noqa: PLC0415 - loads the decoders, when first wanted

        self._ask(keys, lambda path: self._read(path, lambda session: export_of_projects(session, list(project_ids))))

    def ask_for_items(self, keys: Sequence[str], item_ids: Sequence[int]) -> None:
        """Asks where to, then writes the files of some items."""
        from pruvan_desk.reports.zip_export import export_of_items  # noqa: PLC0415 - as above

        self._ask(keys, lambda path: self._read(path, lambda session: export_of_items(session, list(item_ids))))

    def stop(self) -> None:
        """The window goes away: what is being written is given up, and what has not begun."""
        self._gone = True
        self._halt.set()
        self._thread.shutdown(cancel_futures=True)

    def _ask(self, keys: Sequence[str], then: Callable[[Path], None]) -> None:
        name = safe_name(keys[0]) if len(set(keys)) == 1 else "photos"
        dialog = QFileDialog(self._parent, "Save files as a ZIP", self._state.get(LAST_FOLDER), "ZIP (*.zip)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is: the next name is taken
        dialog.selectFile(f"{name}.zip")

        def chosen(file: str) -> None:
            self._state.put(LAST_FOLDER, str(Path(file).parent))
            then(Path(file))

        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read(self, path: Path, query: "Callable[..., Export]") -> None:
        self._desk.read(query, lambda export: self._begin(path, export))

    def _begin(self, path: Path, export: "Export") -> None:
        self._thread.submit(self._write, path, export)

    def _write(self, path: Path, export: "Export") -> None:
        from pruvan_desk.reports.zip_export import write_zip  # noqa: PLC0415 - as above

        self._halt.clear()
        said = 0.0

        def step(done: int, total: int) -> None:
            nonlocal said
            if self._gone or self._halt.is_set():
                raise _StoppedError
            if (now := time.monotonic()) - said >= OFTEN:
                said = now
                self._came.emit(lambda: self.strip.show_progress(f"Writing {path.name}", done, total))

        try:
            written = write_zip(PhotoFiles(self._desk.folder.photos), export, path, step)
        except _StoppedError:
            self._end(f"{path.name} was not written.", "It was stopped; nothing of it stayed behind.")
        except PruvanDeskError as error:
            self._end(error.title, error.advice)
        except Exception as error:  # noqa: BLE001 - a bug in a thread is shown as one, on the Qt thread
            self._end("", "")
            self._came.emit(lambda error=error: self._desk.failed.emit(error))
        else:
            if written.made:
                self._came.emit(lambda: self._desk.write(lambda database: record_handed_out(database, written.made)))
            self._end(*result_words(written))

    def _end(self, title: str, advice: str) -> None:
        def say() -> None:
            self.strip.show_progress("", 0, 0)
            if title:
                self.said.emit(title, advice)

        self._came.emit(say)


def result_words(written: "Written") -> tuple[str, str]:
    """What to say at the end: where it is, and what is not in it with why."""
    title = f"{text.counted(written.count, 'file')} in {written.path.name}."
    shown = "  ".join(f"{name}: {words}" for name, words in written.missing[:NAMED])
    more = f"  … and {len(written.missing) - NAMED} more" if len(written.missing) > NAMED else ""
    return title, f"Not in it: {shown}{more}" if shown else f"It lies in {written.path.parent}."
