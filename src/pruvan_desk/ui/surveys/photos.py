"""The photos of an answer: chosen from the project's, or dropped in from disk."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon, QPixmap, QTransform
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.form import Question
from pruvan_desk.store.views.surveys import Photo
from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.grid_mouse import accept_drag, local_files
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.surveys.photo_tile import SMALL, PhotoTile, dragged_to
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label

LARGE = QSize(128, 128)
EDGE = 256


class PhotoField(QWidget):
    """The chosen photos in a row, each with a way out, and the button that adds more. Files may be dropped on it."""

    changed = Signal(object)
    """The ``uuid`` of each photo, in their order."""
    choose_wanted = Signal()
    move_wanted = Signal(str)
    """The ``uuid`` of a photo that belongs to another question."""
    dropped = Signal(object)
    """Paths of files to add to the project, and to this answer."""
    moved = Signal(object)
    """The :class:`Move` of a photo of another answer that was dragged here."""

    def __init__(self, place: Place, question: Question, theme: Theme, loader: ThumbnailLoader) -> None:
        super().__init__()
        self._place = place
        self._theme, self._loader, self._question = theme, loader, question
        self._photos: Mapping[str, Photo] = {}
        self._chosen: tuple[str, ...] = ()
        self._read_only = False
        self.tiles: list[PhotoTile] = []
        self.add = button("Photos…", theme, "photo", hint=f"Choose photos for: {question.text}")
        self.add.setAccessibleName(f"Choose photos for {question.text}")
        self._wanted = label(wanted_words(question), "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.HALF)
        self._tiles = QHBoxLayout()
        self._tiles.setSpacing(tokens.HALF)
        row.addLayout(self._tiles)
        row.addWidget(self.add)
        row.addWidget(self._wanted)
        row.addStretch(1)
        self.add.clicked.connect(self.choose_wanted)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.add)
        loader.ready.connect(self._draw_some)

    def show_photos(self, chosen: Sequence[str], photos: Mapping[str, Photo]) -> None:
        """Shows what is chosen; ``photos`` are those of the project, by ``uuid``."""
        if self._photos is photos and self._chosen == tuple(chosen):
            return
        self._photos, self._chosen = photos, tuple(chosen)
        self._make_tiles()

    def _make_tiles(self) -> None:
        while self.tiles:
            tile = self.tiles.pop()
            tile.hide()
            tile.deleteLater()
        for uuid in self._chosen:
            self._add_tile(uuid)

    def set_read_only(self, *, read_only: bool) -> None:
        """Whether it can only be looked at."""
        if read_only != self._read_only:
            self._read_only = read_only
            self._make_tiles()
        self.add.setVisible(not read_only)
        self._wanted.setVisible(not read_only)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Photos of other answers are welcome, and files where something can be added."""
        if dragged_to(self._place, event.mimeData()) is not None:
            accept_drag(event, copy=False)
        elif event.mimeData().hasUrls() and not self._read_only:
            accept_drag(event, copy=True)

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes a photo, or files."""
        paths = local_files(event.mimeData())
        if (move := dragged_to(self._place, event.mimeData())) is not None:
            accept_drag(event, copy=False)
            self.moved.emit(move)
        elif paths and not self._read_only:
            accept_drag(event, copy=True)
            self.dropped.emit(paths)

    def _add_tile(self, uuid: str) -> None:
        photo = self._photos.get(uuid)
        tile = PhotoTile(self._place, uuid)
        words = photo_words(photo) if photo else f"A photo that is not in this project ({uuid})"
        deed, hint = ("Move", "Click or drag to move it") if self._read_only else ("Take away", "Click to take it away")
        tile.setAccessibleName(f"{deed}: {words}")
        tile.setToolTip(f"{words}. {hint}." if self._read_only else f"{words}. {hint}, drag or right-click to move it.")
        tile.customContextMenuRequested.connect(lambda _place: self.move_wanted.emit(uuid))
        tile.clicked.connect(lambda: self._act(uuid))
        self._dress(tile, photo)
        self._tiles.addWidget(tile)
        self.tiles.append(tile)

    def _act(self, uuid: str) -> None:
        if self._read_only:
            self.move_wanted.emit(uuid)
        else:
            self.changed.emit(tuple(chosen for chosen in self._chosen if chosen != uuid))

    def _dress(self, tile: PhotoTile, photo: Photo | None) -> None:
        pixmap = thumbnail(self._loader, photo, SMALL * self.devicePixelRatioF()) if photo else None
        tile.setIcon(QIcon(pixmap) if pixmap else self._theme.icon("photo" if photo else "question", "muted"))

    def _draw_some(self, sha256: str) -> None:
        for uuid, tile in zip(self._chosen, self.tiles, strict=True):
            photo = self._photos.get(uuid)
            if photo is not None and photo.sha256 == sha256:
                self._dress(tile, photo)


class PhotoPicker(QDialog):
    """The project's photos, to tick those that belong to an answer."""

    picked = Signal(object)
    """The ``uuid`` of each, in the order of the project."""
    disk_wanted = Signal()

    def __init__(
        self,
        question: Question,
        photos: Sequence[Photo],
        chosen: Sequence[str],
        loader: ThumbnailLoader,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Photos for this question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._loader, self._photos = loader, {photo.uuid: photo for photo in photos}
        self._others = [uuid for uuid in chosen if uuid not in self._photos]
        self.list = QListWidget()
        self.list.setAccessibleName("Photos of the project")
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.list.setIconSize(LARGE)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(tokens.UNIT)
        for photo in photos:
            self._add(photo, selected=photo.uuid in chosen)
        words = label(f"{question.text} — {wanted_words(question) or 'any number of photos'}", wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        disk = buttons.addButton("From disk…", QDialogButtonBox.ButtonRole.ActionRole)
        box = QVBoxLayout(self)
        box.addWidget(words)
        if not photos:
            box.addWidget(
                label("The project has no photos yet. Take them from disk, or drop them on the question.", "muted")
            )
        box.addWidget(self.list, 1)
        box.addWidget(buttons)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        disk.clicked.connect(self._disk)
        loader.ready.connect(self._draw_some)
        self.resize(90 * tokens.UNIT, 70 * tokens.UNIT)

    def _add(self, photo: Photo, *, selected: bool) -> None:
        item = QListWidgetItem(photo.task or "No task")
        item.setData(Qt.ItemDataRole.UserRole, photo.uuid)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, photo_words(photo))
        item.setToolTip(photo_words(photo))
        item.setSizeHint(LARGE + QSize(tokens.UNIT, 3 * tokens.UNIT))
        pixmap = thumbnail(self._loader, photo, LARGE * self.devicePixelRatioF())
        if pixmap:
            item.setIcon(QIcon(pixmap))
        self.list.addItem(item)
        item.setSelected(selected)

    def _draw_some(self, sha256: str) -> None:
        for place in range(self.list.count()):
            item = self.list.item(place)
            photo = self._photos[item.data(Qt.ItemDataRole.UserRole)]
            if photo.sha256 == sha256 and (pixmap := thumbnail(self._loader, photo, LARGE * self.devicePixelRatioF())):
                item.setIcon(QIcon(pixmap))

    def _accept(self) -> None:
        items = (self.list.item(place) for place in range(self.list.count()))
        self.picked.emit((*self._others, *(item.data(Qt.ItemDataRole.UserRole) for item in items if item.isSelected())))
        self.accept()

    def _disk(self) -> None:
        self._accept()
        self.disk_wanted.emit()


def thumbnail(loader: ThumbnailLoader, photo: Photo, box: QSize) -> QPixmap | None:
    """The picture of a photo in a square ``box``, turned as the office turned it; ``None`` as long as it is not there."""
    pixmap = loader.get(photo.sha256, EDGE, box)
    return pixmap.transformed(QTransform().rotate(photo.rotation)) if pixmap and photo.rotation else pixmap


def photo_words(photo: Photo) -> str:
    """``0012.jpg, Grass Cut, Before``."""
    return ", ".join(part for part in (photo.file_name, photo.task, evidence_label(photo.evidence_type)) if part)


def wanted_words(question: Question) -> str:
    """``1 to 4 photos``; empty where the form asks for no number."""
    least, most = question.fewest_pictures, question.most_pictures
    if most is not None:
        return f"{least} to {most} photos" if least != most else f"{most} photo{'' if most == 1 else 's'}"
    return f"at least {least} photo{'' if least == 1 else 's'}" if least else ""
