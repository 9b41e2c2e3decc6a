"""The validator: an original, what was sent of one, a uuid, and a stranger."""

import hashlib
import random
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import Destination, FileType, ItemState, JobState
from pruvan_desk.operations.handing_out import record_handed_out
from pruvan_desk.operations.intake import Arrival, receive_items
from pruvan_desk.operations.qa import mark_items, publish_items
from pruvan_desk.store.measures import keep_measures
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.ui.validator import window as window_module
from pruvan_desk.ui.validator.window import ValidatorWindow
from pruvan_desk.ui.window import MainWindow
from pruvan_desk.wire.items import ReceivedItem
from ui.elsewhere import ElsewhereOffice


def photo(seed: int, quality: int = 90) -> bytes:
    """A picture with something to see in it."""
    image = Image.new("L", (9, 8))
    image.putdata([(seed * 7919 + place * 104729) % 256 for place in range(72)])
    buffer = BytesIO()
    image.resize((640, 480)).convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


@pytest.fixture
def validator(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> ValidatorWindow:
    window = open_window()
    window.show_validator()
    qtbot.waitUntil(lambda: any(isinstance(top, ValidatorWindow) for top in QApplication.topLevelWidgets()))
    return next(top for top in window.findChildren(ValidatorWindow) if top.isVisible())


def words(window: ValidatorWindow) -> str:
    return "\n".join(part.text() for part in window.findChildren(QLabel) if part.isVisible())


def look(qtbot: QtBot, window: ValidatorWindow, path: Path, expected: str) -> str:
    window.validate(path)
    qtbot.waitUntil(lambda: expected in words(window))
    parts = [window.body.itemAt(place).widget() for place in range(window.body.count())]
    qtbot.waitUntil(lambda: all(part.isVisible() for part in parts))
    return words(window)


def published(elsewhere: ElsewhereOffice, project: int, data: bytes, sent: str = "") -> int:
    """A photo that was passed, published, and taken by the client as the bytes of this hash."""
    item: int = elsewhere.photo(project, data=data, file_name="front.jpg", created_by="crew7")
    elsewhere.do(lambda: mark_items(elsewhere.database, [item], Decision.PASS, "mary"))
    elsewhere.do(lambda: publish_items(elsewhere.database, [item], "mary"))
    (job,) = elsewhere.all(RelayJob, item_id=item)
    elsewhere.change(
        RelayJob, job.id, state=JobState.DONE, sent_sha256=sent, finished_at=job.created_at, words="Filed."
    )
    elsewhere.change(Item, item, state=ItemState.PUBLISHED, sent_sha256=sent)
    return item


def test_an_original_is_told_with_all_that_happened_to_it(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, validator: ValidatorWindow, tmp_path: Path
) -> None:
    published(elsewhere, project, photo(1))
    path = tmp_path / "any name.png"
    path.write_bytes(photo(1))
    told = look(qtbot, validator, path, "Byte for byte the original.")
    for expected in (
        "front.jpg", "AFS::88123 · Grass Cut · Before · Published", "Received", "by crew7", "mary  passed", "mary  published",
        "Client has it", "Filed.", "Item certified, from the phone's app", "Time cannot be verified: it carries no time",
    ):  # fmt: skip
        assert expected in told


def test_what_was_sent_in_another_shape_is_known_too(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, validator: ValidatorWindow, tmp_path: Path
) -> None:
    path = tmp_path / "sent.jpg"
    path.write_bytes(photo(2))
    sent = hashlib.sha256(photo(2)).hexdigest()
    published(elsewhere, project, photo(1), sent)
    told = look(qtbot, validator, path, "Byte for byte what Desk sent.")
    assert f"These very bytes were taken by the {Destination.CLIENT.label}" in told
    assert "front.jpg" in told


def test_what_was_saved_in_a_zip_in_another_shape_is_known_too(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, validator: ValidatorWindow, tmp_path: Path
) -> None:
    item = published(elsewhere, project, photo(1))
    path = tmp_path / "out of a ZIP.jpg"
    path.write_bytes(photo(2))
    made = [(item, hashlib.sha256(photo(2)).hexdigest())]
    elsewhere.do(lambda: record_handed_out(elsewhere.database, made))
    told = look(qtbot, validator, path, "Byte for byte what Desk sent.")
    assert "These very bytes were saved in a ZIP" in told
    assert "front.jpg" in told


def measured(elsewhere: ElsewhereOffice, item: int, data: bytes, folder: DataFolder) -> None:
    """As the engine does with what has come: a thumbnail, and what is measured in it."""
    from pruvan_desk.imaging.measures import EDGE, measure  # noqa: PLC0415 - loads numpy
    from pruvan_desk.imaging.thumbnails import examine  # noqa: PLC0415
    from pruvan_desk.operations.likeness import Sought  # noqa: PLC0415

    path = folder.cache / "measured.jpg"
    path.write_bytes(data)
    thumbnail = examine(path, (EDGE,)).thumbnails[EDGE]
    sought = Sought.of(measure(thumbnail))
    sha256 = elsewhere.all(Item, id=item)[0].sha256

    def keep() -> None:
        cache = ThumbnailCache(folder.thumbnails)
        cache.put({(sha256, EDGE): thumbnail})
        cache.close()
        with elsewhere.database.write() as writing:
            keep_measures(writing.session, sha256, sought.measured.measures, sought.measured.hash, sought.spots)

    elsewhere.do(keep)


def house(seed: int) -> Image.Image:
    """A front with things in it by which it is known."""
    source = random.Random(seed)
    image = Image.frombytes("RGB", (24, 18), source.randbytes(24 * 18 * 3)).resize((480, 360))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = source.randrange(480), source.randrange(360)
        draw.rectangle((x, y, x + 30, y + 20), outline=(source.randrange(256),) * 3)
    return image


def saved(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("file_is_cut", "words"),
    [
        (True, "Not byte for byte; looks like a cut copy of front.jpg"),
        (False, "Not byte for byte; front.jpg looks like a cut copy of it"),
    ],
)
def test_what_was_cut_from_the_other_is_said(
    qtbot: QtBot,
    elsewhere: ElsewhereOffice,
    project: int,
    validator: ValidatorWindow,
    *,
    folder: DataFolder,
    file_is_cut,
    words,
) -> None:
    whole, cut = house(31), house(31).crop((60, 30, 440, 320))
    asked, kept = (cut, whole) if file_is_cut else (whole, cut)
    item = published(elsewhere, project, saved(kept))
    measured(elsewhere, item, saved(kept), folder)
    path = folder.root / "asked.jpg"
    path.write_bytes(saved(asked))
    told = look(qtbot, validator, path, words)
    assert "Unknown: these bytes are neither an original nor anything that Desk has sent." in told


def test_a_single_changed_byte_makes_a_stranger_and_its_like_is_shown(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, validator: ValidatorWindow, *, folder: DataFolder
) -> None:
    item = published(elsewhere, project, photo(1))
    path = folder.root / "copy.jpg"
    path.write_bytes(photo(1, quality=70))

    measured(elsewhere, item, photo(1, quality=70), folder)
    told = look(qtbot, validator, path, "alike, but other bytes")
    assert "Unknown: these bytes are neither an original nor anything that Desk has sent." in told
    assert "front.jpg" in told


def test_a_stranger_without_a_like_says_so(qtbot: QtBot, validator: ValidatorWindow, tmp_path: Path) -> None:
    path = tmp_path / "strange.jpg"
    path.write_bytes(photo(9))
    assert "Unknown: these bytes" in look(qtbot, validator, path, "No photo here looks like it.")


def test_bytes_that_were_replaced_are_an_earlier_original(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, validator: ValidatorWindow, tmp_path: Path
) -> None:
    received = ReceivedItem(
        "photo-a", "AFS::88123", "Grass Cut", "before", FileType.PICTURE, payload={"key2": "AFS::88123"}
    )
    for data in (photo(3), photo(4)):
        stored = elsewhere.keep(data)
        elsewhere.do(lambda stored=stored: receive_items(elsewhere.database, [Arrival(received, stored, "crew7")]))
    path = tmp_path / "old.jpg"
    path.write_bytes(photo(3))
    look(qtbot, validator, path, "Byte for byte an earlier original, replaced since.")


def test_a_uuid_is_looked_up_and_leads_to_the_gallery(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, validator: ValidatorWindow
) -> None:
    item = published(elsewhere, project, photo(1))
    uuid = elsewhere.get(Item, item).uuid
    QTest.keyClicks(validator.uuid, f" {uuid} ")
    QTest.keyClick(validator.uuid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: f"uuid {uuid}" in words(validator))
    with qtbot.waitSignal(validator.item_wanted) as wanted:
        next(
            part for part in validator.findChildren(type(validator.choose)) if part.text() == "Show in the gallery"
        ).click()
    assert wanted.args == [project, item]
    window = validator.parentWidget()
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: window.current == "gallery")
    qtbot.waitUntil(lambda: [row.id for row in window.pages["gallery"].chosen()] == [item])
    validator.uuid.setText("nobody's")
    QTest.keyClick(validator.uuid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Unknown: Desk has no item with this uuid." in words(validator))


def test_a_file_is_dropped_and_one_that_is_gone_is_told(
    qtbot: QtBot, validator: ValidatorWindow, tmp_path: Path
) -> None:
    path = tmp_path / "strange.bin"
    path.write_bytes(b"nothing like a photo")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    validator.dropEvent(QDropEvent(QPointF(QPoint(9, 9)), copy, data, left, plain))
    qtbot.waitUntil(lambda: "Unknown: these bytes" in words(validator))
    look(qtbot, validator, tmp_path / "gone.jpg", "gone.jpg cannot be read")


def test_it_may_be_closed_while_it_looks_into_a_large_file(qtbot, validator, tmp_path, monkeypatch, caplog):
    at_work, go_on = threading.Event(), threading.Event()

    def slow(path: Path) -> None:
        at_work.set()
        go_on.wait(10)

    monkeypatch.setattr(window_module, "look_into", slow)
    validator.validate(tmp_path / "large.mp4")
    qtbot.waitUntil(at_work.is_set)
    thread = validator._thread
    validator.reject()
    qtbot.waitUntil(lambda: not isValid(validator))
    go_on.set()
    thread.shutdown()
    assert caplog.records == []


def test_closing_it_while_it_looks_hurts_nothing(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, validator: ValidatorWindow, tmp_path: Path
) -> None:
    item = published(elsewhere, project, photo(1))
    path = tmp_path / "copy.jpg"
    path.write_bytes(photo(1))
    window = validator.parentWidget()
    validator.validate(path)
    validator.uuid.setText(elsewhere.get(Item, item).uuid)
    QTest.keyClick(validator.uuid, Qt.Key.Key_Return)
    validator.close()
    qtbot.waitUntil(lambda: not isValid(validator))
    assert isinstance(window, MainWindow)
    answered: list[int] = []
    window.desk.read(lambda session: session.query(Item).count(), answered.append)
    qtbot.waitUntil(lambda: answered == [1])
