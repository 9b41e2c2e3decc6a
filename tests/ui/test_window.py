"""The window as a whole: what it remembers, says, refuses, and does not load."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import EngineState, Request
from pruvan_desk.ui import actions
from pruvan_desk.ui.actions import DEEDS, key_words
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.filtering import Filter
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.overlay import KeysDialog
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

OpenWindow = Callable[[], MainWindow]


def test_alt_and_digits_switch_views(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    for key, name in ((Qt.Key.Key_2, "gallery"), (Qt.Key.Key_4, "activity"), (Qt.Key.Key_3, "integrations")):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
        assert window.current == name
        assert window.rail_buttons[name].isChecked()


def test_what_was_open_comes_back_after_a_restart(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow
) -> None:
    project = elsewhere.project(elsewhere.integration(), "88123")
    elsewhere.picture(project)
    elsewhere.picture(project, state=ItemState.REJECTED)
    first = open_window()
    first.show_page("projects").search.setText("88123")
    first.open_gallery(project)
    gallery = first.pages["gallery"]
    qtbot.waitUntil(lambda: gallery.model.rowCount() == 2)
    gallery.states.choose("rejected")
    gallery._filter()
    first.close()
    first.desk.stop_listening()
    first.desk.close()
    second = open_window()
    assert second.current == "gallery"
    qtbot.waitUntil(lambda: second.pages["gallery"].model.rowCount() == 1)
    assert second.pages["gallery"].scope.project_id == project
    assert second.show_page("projects").search.text() == "88123"


def test_f5_asks_for_new_orders(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow) -> None:
    elsewhere.integration("AFS")
    elsewhere.integration("MCS", paused=True)
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: len(elsewhere.all(Request)) == 1)
    assert elsewhere.all(Request)[0].body == {"integration_id": 1, "full": False}


def test_the_key_page_is_made_from_the_action_map(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_Question)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), KeysDialog))
    page = QApplication.activeModalWidget()
    assert page is not None
    words = {line.text() for line in page.findChildren(QLabel)}
    assert {deed.words for deed in DEEDS} <= words
    assert {key_words(deed.keys) for deed in DEEDS} <= words
    assert page.height() < 700  # all of it is seen on a small screen
    qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_no_key_means_two_things() -> None:
    """Each view has keys of its own beside those of the whole window."""
    for deed in DEEDS:
        taken = {key for rival in actions.rivals(deed) for key in rival.keys}
        assert not taken & set(deed.keys), deed.name


def test_help_opens(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    page = QApplication.activeModalWidget()
    assert page is not None
    assert "Pruvan Desk" in page.browser.toPlainText()
    page.close()


def test_the_status_bar_tells_how_things_stand(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow
) -> None:
    project = elsewhere.project(elsewhere.integration())
    for state in (ItemState.PENDING_QA, ItemState.QUEUED, ItemState.FAILED):
        elsewhere.photo(project, state)
    window = open_window()
    line = window.status_line.words
    assert "1 Pending QA (oldest" in line.text()
    assert "1 queued" in line.text()
    assert "1 failed" in line.text()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert window.current == "activity"


def test_an_engine_that_is_silent_is_not_called_online(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow
) -> None:
    window = open_window()
    assert window.status_line.words.text().startswith("Engine starting")

    def beat() -> None:
        from datetime import UTC, datetime  # noqa: PLC0415 - the only test that needs the real time

        with elsewhere.database.write() as writing:
            now = datetime.now(UTC)
            writing.session.add(EngineState(id=1, process_id=1, started_at=now, seen_at=now))

    elsewhere.do(beat)
    window.read_status()
    qtbot.waitUntil(lambda: window.status_line.words.text().startswith("Online"))


def test_a_damaged_database_is_told_of_with_advice(
    qtbot: QtBot, theme: Theme, folder: DataFolder, secrets: MemorySecrets
) -> None:
    folder.database.write_bytes(b"this is no database " * 100)
    desk = Desk(folder, secrets, "mary")
    refused: list[PruvanDeskError] = []
    window = MainWindow(desk, theme, WindowState(folder.root / "window.ini", desk.aside))
    desk.open(refused.append)
    window.show()
    qtbot.waitUntil(lambda: bool(refused))
    window.refuse_to_open(refused[0])
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    box = QApplication.activeModalWidget()
    assert box is not None
    assert "damaged" in box.text()
    assert "backups" in box.informativeText()
    with qtbot.waitSignal(window.closed):
        box.close()
    desk.close()
    for part in (window, window.state, desk):
        part.deleteLater()


def test_quitting_with_passed_photos_asks_once(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow
) -> None:
    elsewhere.photo(elsewhere.project(elsewhere.integration()), ItemState.PASSED)
    window = open_window()
    for button, stays in (("Cancel", True), ("Quit", False)):
        qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert "1 item passed and not published" in box.informativeText()
        choice = next(one for one in box.buttons() if one.text().replace("&", "") == button)
        qtbot.mouseClick(choice, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda stays=stays: window.isVisible() is stays)


def test_everything_to_click_has_a_name(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit  # noqa: PLC0415

    project = elsewhere.project(elsewhere.integration())
    elsewhere.picture(project)
    window = open_window()
    for name in ("projects", "gallery", "integrations", "activity"):
        page = window.show_page(name)
        for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView):
            for widget in page.findChildren(kind):
                if (
                    widget.isVisible()
                    and not widget.objectName().startswith("qt_")
                    and type(widget).__name__ in ("QPushButton", "QComboBox", "QLineEdit", "QTableView", "GridView")
                ):
                    assert widget.accessibleName() or getattr(widget, "text", str)(), f"{name}: {widget}"


HEAVY = "httpx", "numpy", "alembic", "starlette", "uvicorn", "PIL"


def test_starting_loads_nothing_that_is_not_needed() -> None:
    script = "import sys, pruvan_desk.app; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert not loaded & {*HEAVY, "sqlalchemy"}


@pytest.mark.parametrize("page", ["projects", "gallery", "integrations", "activity"])
def test_views_load_no_network_and_no_imaging(page: str) -> None:
    script = f"import sys, pruvan_desk.ui.{page}.view; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert not set(done.stdout.split()) & set(HEAVY)


def test_every_view_fits_a_small_laptop_even_with_all_filters_in_force(
    qtbot: QtBot, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA)
    window = page.window()
    long = "Winterization of a house with a pool, a garage and two storeys"
    page.filters.put(Filter(task=long, crew=long, day="2026-06-15", hint="duplicate", hints_first=True))
    for name in ("projects", "gallery", "surveys", "integrations", "activity"):
        window.show_page(name)
        qtbot.waitUntil(lambda name=name: window.current == name)
        assert window.minimumSizeHint().width() <= 1280, name
        assert window.minimumSizeHint().height() <= 720, name


def test_the_line_of_keys_is_cut_where_there_is_no_room_and_the_list_of_all_stays_in_reach(
    qtbot: QtBot, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA)
    line = page.hint_bar
    line.resize(400, line.height())
    assert line.words.text().endswith("…")
    assert line.all_keys.geometry().right() < 400
    wide = line.words.fontMetrics().horizontalAdvance(page.keys.hints()) + line.all_keys.width() + 60
    line.resize(wide, line.height())
    assert line.words.text() == page.keys.hints()
    assert line.all_keys.geometry().right() > wide - 30
