"""Files into the gallery and out of it: added from disk by a drop or a dialog, and opened in the system's own program."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.operations.originals import note_vanished
from pruvan_desk.operations.uploading import Candidate, UploadTarget
from pruvan_desk.operations.viewing import copy_to_view
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.views.items import PROJECT, ItemRow, Scope
from pruvan_desk.ui import actions
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.model import GalleryModel, Group
from pruvan_desk.ui.gallery.upload_dialog import UploadDialog
from pruvan_desk.ui.gallery.uploads import Uploads, result_words
from pruvan_desk.ui.progress import ProgressStrip
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button
from pruvan_desk.ui.zips import ZipExport

LAST_FOLDER = "gallery/upload_folder"
VIEWED = "viewed"
"""The folder below the cache where copies lie that are opened."""
KINDS = (
    "Photos, PDF and videos (*.jpg *.jpeg *.png *.heic *.heif *.webp *.tif *.tiff *.gif *.bmp *.avif *.pdf *.mp4 *.m4v *.mov "
    "*.3gp *.avi *.mkv *.webm);;All files (*)"
)


class Gallery(Protocol):
    """What files need of the view."""

    desk: Desk
    theme: Theme
    state: WindowState
    model: GalleryModel

    @property
    def scope(self) -> Scope:
        """What is shown."""

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on."""

    def say(self, title: str, advice: str) -> None:
        """Tells a person."""


class FileCommands(QObject):
    """One method for each deed that has to do with files on disk."""

    def __init__(self, page: Gallery, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        self._parent = parent
        self._wanted: tuple[int, UploadTarget] | None = None
        self._adding: UploadTarget | None = None
        self.uploads = Uploads(page.desk, self)
        self.strip = ProgressStrip(
            page.theme, "Progress of adding files", "Add no more files; those that were added stay"
        )
        self.strip.stopped.connect(self.uploads.cancel)
        self.uploads.progressed.connect(self.strip.show_progress)
        self.zips = ZipExport(page.desk, page.theme, page.state, parent)
        self.zips.said.connect(page.say)
        self.open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
        self.uploads.looked.connect(self._ask)
        self.uploads.finished.connect(self._finished)
        self.uploads.failed.connect(self._failed)
        self.uploads.bug.connect(page.desk.failed)

    def make_button(self) -> QPushButton:
        """*Add files*, with a menu: files, or a folder."""
        made = button("Add files", self._page.theme, "upload", hint="Add photos, PDFs and videos from disk")
        actions.name_key(made, "upload")
        menu = QMenu(made)
        menu.addAction("Files…", self.pick_files)
        menu.addAction("A folder…", self.pick_folder)
        made.setMenu(menu)
        return made

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By the names of the action map."""
        return {"upload": self.pick_files, "open_file": self.open_file, "save_zip": self.save_zip}

    def pick_files(self) -> None:
        """Asks for files."""
        if self._target(None) is None:
            self._no_project()
            return
        dialog = QFileDialog(self._parent, "Add files", self._page.state.get(LAST_FOLDER), KINDS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._pick(dialog)

    def pick_folder(self) -> None:
        """Asks for a folder, which is gone through to the bottom."""
        if self._target(None) is None:
            self._no_project()
            return
        dialog = QFileDialog(self._parent, "Add a folder", self._page.state.get(LAST_FOLDER))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._pick(dialog)

    def drop(self, paths: Sequence[Path], group: Group | None) -> None:
        """Files were dropped: on a group, which says where they are filed, or anywhere else."""
        wanted = self._target(group.first if group is not None else None)
        if wanted is None:
            self._no_project()
            return
        self._wanted = wanted
        self.uploads.look(paths)

    def open_file(self) -> None:
        """Opens the current item in the system's program, after asking."""
        rows = [row for row in self._page.chosen() if row.sha256 is not None]
        if not rows:
            self._page.say("There is no file to open.", "Surveys and check-ins are shown here only.")
            return
        row = rows[0]
        ask(
            self._parent,
            f"Open {row.file_name or 'this file'} in the system's own program?",
            "A copy is opened: what is changed in it changes nothing here.",
            "Open",
            lambda: self._open(row),
        )

    def save_zip(self) -> None:
        """The files of what is selected as a ZIP."""
        rows = [row for row in self._page.chosen() if row.project_id is not None]
        if not rows:
            self._page.say("There is nothing to save.", "Select photos of a project.")
            return
        self.zips.ask_for_items([row.project for row in rows], [row.id for row in rows])

    def note_vanished(self, sha256: str) -> None:
        """A photo could not be shown because its file is gone: its tile says so from now on."""
        files = PhotoFiles(self._page.desk.folder.photos)
        self._page.desk.write(lambda database: note_vanished(database, files, sha256))

    def stop(self) -> None:
        """The window goes away."""
        self.uploads.stop()
        self.zips.stop()

    def _pick(self, dialog: QFileDialog) -> None:
        def chosen(names: list[str]) -> None:
            self._page.state.put(LAST_FOLDER, str(Path(names[0]).parent))
            self.drop([Path(name) for name in names], None)

        dialog.filesSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _target(self, row: ItemRow | None) -> tuple[int, UploadTarget] | None:
        """The project, task and evidence type: of the group, else of what is chosen, else the open project."""
        if row is None:
            chosen = self._page.chosen()
            row = chosen[0] if chosen else None
        if row is not None and row.project_id is not None:
            return row.project_id, UploadTarget(row.project, row.task, row.evidence_type)
        scope = self._page.scope
        if scope.kind == PROJECT and scope.project_id is not None:
            return scope.project_id, UploadTarget(scope.title.partition(" · ")[0], "", "before")
        return None

    def _no_project(self) -> None:
        self._page.say("Choose a project first.", "Files are added to the project that is open here.")

    def _ask(self, candidates: list[Candidate], known: Mapping[str, str]) -> None:
        if self._wanted is None:
            return
        if not candidates:
            self._page.say("There are no files in this folder.", "Choose another.")
            return
        project_id, target = self._wanted
        dialog = UploadDialog(
            self._page.desk, self._page.theme, self._parent, project_id=project_id, target=target,
            candidates=candidates, known=known,
        )  # fmt: skip
        dialog.wanted.connect(self._add)
        dialog.open()

    def _add(self, target: UploadTarget, candidates: Sequence[Candidate]) -> None:
        self._adding = target
        self.uploads.add(target, candidates)

    def _finished(self, count: int, refused: Sequence[tuple[Candidate, str]]) -> None:
        if self._adding is not None:
            self._page.say(*result_words(count, refused, self._adding))

    def _failed(self, error: PruvanDeskError) -> None:
        self._page.say(error.title, error.advice)

    def _open(self, row: ItemRow) -> None:
        desk = self._page.desk
        files, folder = PhotoFiles(desk.folder.photos), desk.folder.thumbnails.parent / VIEWED
        name, sha256, extension = row.file_name, row.sha256 or "", row.extension
        self.uploads.aside(
            lambda: copy_to_view(files, folder, sha256=sha256, extension=extension, name=name),
            self._hand_over,
        )

    def _hand_over(self, path: Path) -> None:
        if not self.open_url(QUrl.fromLocalFile(str(path))):
            self._page.say("The system has no program for this file.", f"It lies at {path}.")


def opens_elsewhere(row: ItemRow) -> bool:
    """Whether an item has nothing to see here: Enter opens its file in the system's program instead."""
    return row.sha256 is not None and row.file_type in (FileType.FILE, FileType.REPORT, FileType.CSR)
