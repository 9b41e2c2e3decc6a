"""Files into the gallery and out of it: dropped from the desktop, picked, and opened in the system's program."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from pruvan_desk.core.paths import RESOURCES, DataFolder
from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.imaging.formats import VANISHED
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Item, Retake
from pruvan_desk.ui.gallery.upload_dialog import FILE, KIND, REMARK, UploadDialog
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

OpenGallery = Callable[[int], GalleryPage]
HEIC = RESOURCES / "selfcheck" / "two-halves.heic"


@pytest.fixture
def open_gallery(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> OpenGallery:
    def open_it(project_id: int) -> GalleryPage:
        page = open_window().show_page("gallery")
        assert isinstance(page, GalleryPage)
        page.open_project(project_id)
        qtbot.waitUntil(lambda: page.model.scope is not None and page.model.scope.project_id == project_id)
        qtbot.waitUntil(lambda: page.scope.title != "")
        page.grid.setFocus()
        return page

    return open_it


def jpeg(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    folder = tmp_path / "desktop"
    folder.mkdir()
    return folder


def put(disk: Path, name: str, data: bytes) -> Path:
    path = disk / name
    path.write_bytes(data)
    return path


def drop(target: QWidget, point: QPoint, *paths: Path) -> Qt.DropAction:
    """Drags files from the desktop over ``target`` and lets them go; answers what was made of it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    both, left, none = (
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, QDragEnterEvent(point, both, data, left, none))
    event = QDropEvent(QPointF(point), both, data, left, none)
    QApplication.sendEvent(target, event)
    return event.dropAction() if event.isAccepted() else Qt.DropAction.IgnoreAction


def dialog_of(qtbot: QtBot, page: GalleryPage) -> UploadDialog:
    qtbot.waitUntil(lambda: bool(page.findChildren(UploadDialog)))
    dialog = page.findChildren(UploadDialog)[0]
    qtbot.waitUntil(lambda: dialog.task.count() > 0)
    return dialog


def uploaded(elsewhere: ElsewhereOffice) -> list[Item]:
    return [item for item in elsewhere.all(Item) if not item.from_app]


def test_files_dropped_on_a_heading_are_filed_there_and_copied(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, disk: Path
) -> None:
    project = elsewhere.project(elsewhere.integration(), tasks=("Grass Cut", "Trim Shrubs"))
    elsewhere.picture(project, task="Grass Cut", evidence_type="before")
    elsewhere.picture(project, task="Trim Shrubs", evidence_type="after")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: len(page.model.groups) == 2)
    heading = page.grid.visualRect(page.model.index(1)).topLeft() - QPoint(0, 10)
    done = drop(page.grid.viewport(), heading, put(disk, "a.jpg", jpeg(1)), put(disk, "b.jpg", jpeg(2)))
    assert done is Qt.DropAction.CopyAction
    dialog = dialog_of(qtbot, page)
    assert (dialog.task.currentText(), dialog.evidence_type.currentData()) == ("Trim Shrubs", "after")
    assert dialog.accept_button.text() == "Add 2"
    dialog.accept()
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    assert [(item.task, item.evidence_type, item.state, item.created_by) for item in uploaded(elsewhere)] == [
        ("Trim Shrubs", "after", ItemState.PENDING_QA, "mary")
    ] * 2
    assert (disk / "a.jpg").exists()


def test_a_folder_dropped_where_there_are_no_photos_yet_is_added_to_the_open_project(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, disk: Path
) -> None:
    page = open_gallery(elsewhere.project(elsewhere.integration()))
    put(disk, "a.jpg", jpeg(1))
    assert drop(page, QPoint(300, 300), disk) is Qt.DropAction.CopyAction
    dialog = dialog_of(qtbot, page)
    dialog.evidence_type.setCurrentIndex(dialog.evidence_type.findData("after"))
    with qtbot.waitSignal(page.said) as said:
        dialog.accept()
    assert said.args == ["1 file added to AFS::4711 · Grass Cut.", ""]
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert [item.evidence_type for item in uploaded(elsewhere)] == ["after"]


def test_a_heic_is_added_as_it_is_and_seen(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, disk: Path, folder: DataFolder
) -> None:
    data = HEIC.read_bytes()
    page = open_gallery(elsewhere.project(elsewhere.integration()))
    page.files.drop([put(disk, "IMG_1.HEIC", data)], None)
    dialog = dialog_of(qtbot, page)
    row = dialog.files.topLevelItem(0)
    assert row is not None
    assert (row.text(KIND), row.text(REMARK), row.checkState(FILE)) == ("Photo", "", Qt.CheckState.Checked)
    dialog.accept()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    (item,) = uploaded(elsewhere)
    assert (item.file_type, item.extension, item.file_name) == (FileType.PICTURE, "heic", "IMG_1.HEIC")
    assert PhotoFiles(folder.photos).path(item.sha256 or "", "heic").read_bytes() == data
    page.grid.go(0)
    qtbot.waitUntil(page.photo.shows_photo)
    (width, height), _pane = page.photo._sizes()
    assert width / height == 64 / 48


def test_what_is_there_already_or_wrong_is_named_and_left_out_until_it_is_ticked(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, disk: Path
) -> None:
    project = elsewhere.project(elsewhere.integration())
    elsewhere.photo(project, data=jpeg(1), file_name="0012.jpg")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    again, cut, letter, fine, twin = (
        put(disk, name, data)
        for name, data in (
            ("again.jpg", jpeg(1)), ("cut.jpg", jpeg(2)[:-60]), ("letter.docx", b"PK\x03\x04"), ("fine.jpg", jpeg(3)),
            ("twin.jpg", jpeg(3)),
        )
    )  # fmt: skip
    page.files.drop([again, cut, letter, fine, twin], None)
    dialog = dialog_of(qtbot, page)
    rows = [dialog.files.topLevelItem(place) for place in range(5)]
    remarks = [row.text(REMARK) for row in rows if row is not None]
    assert remarks[0] == "Already here: 0012.jpg of AFS::4711 (Grass Cut, Before)"
    assert "cut short" in remarks[1]
    assert "no photo, PDF or video" in remarks[2]
    assert remarks[3:] == ["", "The same as fine.jpg"]
    assert [candidate.path.name for candidate in dialog.chosen()] == ["fine.jpg"]
    assert rows[2] is not None
    assert not rows[2].flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert rows[1] is not None
    rows[1].setCheckState(FILE, Qt.CheckState.Checked)
    assert dialog.accept_button.text() == "Add 2"
    dialog.accept()
    qtbot.waitUntil(lambda: len(uploaded(elsewhere)) == 2)


def test_a_file_that_goes_away_meanwhile_is_named_at_the_end(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, disk: Path
) -> None:
    page = open_gallery(elsewhere.project(elsewhere.integration()))
    page.files.drop([put(disk, "a.jpg", jpeg(1)), put(disk, "b.jpg", jpeg(2))], None)
    dialog = dialog_of(qtbot, page)
    (disk / "b.jpg").unlink()
    with qtbot.waitSignal(page.said) as said:
        dialog.accept()
    assert said.args is not None
    title, advice = said.args
    assert title.startswith("1 file added")
    assert advice.startswith("Not added: b.jpg: It cannot be read")


def test_ctrl_o_asks_for_files(qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, disk: Path) -> None:
    page = open_gallery(elsewhere.project(elsewhere.integration()))
    path = put(disk, "a.jpg", jpeg(1))
    page.page_actions["upload"].trigger()
    picker = page.findChildren(QFileDialog)[0]
    picker.filesSelected.emit([str(path)])
    picker.reject()
    assert [candidate.path for candidate in dialog_of(qtbot, page).chosen()] == [path]


def test_without_a_project_it_says_to_choose_one(
    qtbot: QtBot, open_window: Callable[[], MainWindow], disk: Path
) -> None:
    page = open_window().show_page("gallery")
    assert isinstance(page, GalleryPage)
    with qtbot.waitSignal(page.said) as said:
        page.files.drop([put(disk, "a.jpg", jpeg(1))], None)
    assert said.args is not None
    assert said.args[0] == "Choose a project first."


def test_a_batch_can_be_stopped_and_shows_how_far_it_is(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, disk: Path
) -> None:
    page = open_gallery(elsewhere.project(elsewhere.integration()))
    strip = page.files.strip
    assert strip.isHidden()
    strip.show_progress("Adding files", 3, 40)
    assert (strip.isVisible(), strip.bar.value(), strip.accessibleName()) == (True, 3, "Adding files: 3 of 40")
    strip.show_progress("", 0, 0)
    assert strip.isHidden()
    uploads = page.files.uploads
    with qtbot.waitSignal(uploads.finished) as finished:
        uploads.progressed.connect(lambda *_: uploads.cancel(), Qt.ConnectionType.DirectConnection)
        uploads.add(*_forty(disk))
    assert finished.args is not None
    assert 0 < finished.args[0] < 40


def _forty(disk: Path):
    from pruvan_desk.operations.uploading import UploadTarget, look_at  # noqa: PLC0415 - of this test alone

    return UploadTarget("AFS::4711", "Grass Cut", "before"), [
        look_at(put(disk, f"{n}.jpg", jpeg(n))) for n in range(40)
    ]


def answer_of(qtbot: QtBot, page: GalleryPage, words: str) -> None:
    qtbot.waitUntil(lambda: bool(page.findChildren(QMessageBox)))
    box = page.findChildren(QMessageBox)[0]
    next(button for button in box.findChildren(QPushButton) if button.text() == words).click()


def test_enter_on_a_video_opens_a_copy_of_it_after_asking(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    film = b"\0\0\0\x18ftypmp42" + bytes(40)
    item_id = elsewhere.photo(project, data=film, file_type=FileType.FILE, file_name="..\\walk: through.mp4")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    opened: list[Path] = []
    page.files.open_url = lambda url: opened.append(Path(url.toLocalFile())) or True
    page.grid.opened.emit()
    assert not opened
    answer_of(qtbot, page, "Open")
    qtbot.waitUntil(lambda: bool(opened))
    assert (opened[0].name, opened[0].read_bytes()) == ("walk_ through.mp4", film)
    item = elsewhere.get(Item, item_id)
    assert opened[0] != elsewhere.do(lambda: page.pictures._files.path(item.sha256 or "", "jpg"))
    assert not page.is_single


def test_a_program_is_never_opened_whatever_it_is_called(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    elsewhere.photo(project, data=b"MZ\x90 a program", file_type=FileType.FILE, file_name="invoice.pdf")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.files.open_url = lambda url: pytest.fail(f"opened {url}")
    page.page_actions["open_file"].trigger()
    with qtbot.waitSignal(page.said) as said:
        answer_of(qtbot, page, "Open")
    assert said.args == ["This file is not opened.", "Pruvan Desk opens only photos, PDF documents and videos."]


def test_photos_with_hints_come_first_in_their_group_when_that_is_wanted(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    plain = elsewhere.picture(project)
    blurred = elsewhere.picture(project, hints={"blurred": 0.2})
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert [row.id for row in page.model.shown] == [plain, blurred]
    page.filters.put_hints_first(first=True)
    assert [row.id for row in page.model.shown] == [blurred, plain]
    assert page.model.shown[0].hints == (Hint.BLURRED,)
    assert page.model.data(page.model.index(0), Qt.ItemDataRole.ToolTipRole).splitlines() == [
        "Blurred",
        "Item certified, from the phone's app",
        "Time cannot be verified: it carries no time",
        "Location cannot be verified: it carries no position",
    ]
    page.filters.put_hints_first(first=False)
    assert [row.id for row in page.model.shown] == [plain, blurred]


def with_preview(colour: tuple[int, int, int], orientation: int) -> bytes:
    """A photo whose EXIF holds a preview 40 pixels wide, and which is broken itself."""
    preview = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(preview, "JPEG")
    data = preview.getvalue()
    main = b"\0\1" + b"\1\x12\0\3\0\0\0\1" + orientation.to_bytes(2, "big") + b"\0\0" + (26).to_bytes(4, "big")
    second = (
        b"\0\2\2\1\0\4\0\0\0\1"
        + (56).to_bytes(4, "big")
        + b"\2\2\0\4\0\0\0\1"
        + len(data).to_bytes(4, "big")
        + bytes(4)
    )
    block = b"Exif\0\0MM\0*\0\0\0\x08" + main + second + data
    return b"\xff\xd8\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + b"\xff\xd9"


def test_where_a_thumbnail_is_missing_the_cameras_own_preview_is_shown_the_right_way_up(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    item_id = elsewhere.photo(project, data=with_preview((200, 30, 30), 6))
    page = open_gallery(project)
    sha256 = elsewhere.get(Item, item_id).sha256
    qtbot.waitUntil(lambda: page.loader.get(sha256, 256) is not None)
    shown = page.loader.get(sha256, 256)
    assert shown is not None
    assert (shown.width(), shown.height()) == (30, 40)
    assert shown.toImage().pixelColor(10, 10).red() > 180


def test_a_photo_whose_file_is_gone_says_so_on_its_tile_and_can_still_be_decided(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, folder: DataFolder
) -> None:
    project = elsewhere.project(elsewhere.integration())
    item_id = elsewhere.picture(project)
    item = elsewhere.get(Item, item_id)
    files = PhotoFiles(folder.photos)
    files.path(item.sha256 or "", item.extension).unlink()
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1 and page.model.shown[0].problem == VANISHED)
    page.page_actions["pass"].trigger()
    qtbot.waitUntil(lambda: elsewhere.get(Item, item_id).state == ItemState.PASSED)
    assert "The file is gone" in str(page.model.data(page.model.index(0), Qt.ItemDataRole.ToolTipRole))


@pytest.mark.parametrize(
    "data", [b"", jpeg(9)[:200], b"GIF89a" + bytes(30), b"BM" + b"\xff" * 60, b"\x89PNG\r\n\x1a\n" + b"\xff" * 40]
)
def test_hostile_and_broken_files_stall_nothing_and_can_be_rejected_with_a_retake(
    data: bytes, qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    broken = elsewhere.photo(project, data=data, problem="This image is damaged.")
    whole = elsewhere.picture(project)
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2 and page.photo.row is not None)
    page.marker.mark([row for row in page.model.shown if row.id == broken], Decision.REJECT, "Broken", retake=True)
    qtbot.waitUntil(lambda: elsewhere.get(Item, broken).state == ItemState.REJECTED)
    assert [retake.item_id for retake in elsewhere.all(Retake)] == [broken]
    page.grid.go(page.model.place(whole) or 0)
    qtbot.waitUntil(page.photo.shows_photo)
