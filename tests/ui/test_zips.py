"""Saving files as a ZIP, from Projects and from the gallery: asked where to, shown how far it is, stopped, and said where it lies."""

import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.reports import zip_export
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, press


@pytest.fixture(autouse=True)
def our_own_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        QFileDialog, "open", lambda self: (self.setOption(QFileDialog.Option.DontUseNativeDialog), self.show())
    )


def choose(qtbot: QtBot, path: Path) -> str:
    """Answers the question where to; answers what name was proposed."""
    found: list[QFileDialog] = []

    def asked() -> bool:
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog) and one.isVisible()]
        return bool(found)

    qtbot.waitUntil(asked)
    (dialog,) = found
    proposed = Path(dialog.selectedFiles()[0]).name
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    return proposed


def said_by(page: GalleryPage | ProjectsPage) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    page.said.connect(lambda title, advice: said.append((title, advice)))
    return said


def test_all_files_of_the_chosen_project(qtbot, elsewhere: ElsewhereOffice, project: int, open_window, tmp_path):
    for _ in range(3):
        elsewhere.picture(project)
    elsewhere.picture(project, state=ItemState.REJECTED)
    page = open_window().show_page("projects")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.open_project(project)
    said = said_by(page)
    page.page_actions["project_zip"].trigger()
    assert choose(qtbot, tmp_path / "x.zip") == "AFS-88123.zip"
    qtbot.waitUntil(lambda: said == [("3 files in x.zip.", f"It lies in {tmp_path}.")])
    assert len(zipfile.ZipFile(tmp_path / "x.zip").namelist()) == 3
    assert page.zips.strip.isHidden()


def test_what_is_selected_in_the_gallery(qtbot, gallery: Callable[..., GalleryPage], tmp_path):
    page = gallery(ItemState.PENDING_QA, ItemState.PASSED, ItemState.PUBLISHED)
    said = said_by(page)
    page.grid.go(1)
    press(qtbot, page, Qt.Key.Key_S, CTRL)
    choose(qtbot, tmp_path / "one.zip")
    qtbot.waitUntil(lambda: len(said) == 1)
    press(qtbot, page, Qt.Key.Key_A, CTRL)
    press(qtbot, page, Qt.Key.Key_S, CTRL)
    choose(qtbot, tmp_path / "one.zip")
    qtbot.waitUntil(lambda: len(said) == 2)
    assert [title for title, _ in said] == ["1 file in one.zip.", "3 files in one (2).zip."]


def test_it_can_be_stopped_and_leaves_nothing(qtbot, gallery: Callable[..., GalleryPage], tmp_path, monkeypatch):
    page = gallery(ItemState.PENDING_QA, ItemState.PASSED)
    said, at_work, go_on = said_by(page), threading.Event(), threading.Event()
    real = zip_export.pack_item

    def slow(*given, **how):
        at_work.set()
        go_on.wait(10)
        return real(*given, **how)

    monkeypatch.setattr(zip_export, "pack_item", slow)
    folder = tmp_path / "out"
    folder.mkdir()
    page.page_actions["save_zip"].trigger()
    choose(qtbot, folder / "x.zip")
    qtbot.waitUntil(at_work.is_set)
    qtbot.waitUntil(page.files.zips.strip.isVisible)
    page.files.zips.strip.cancel.click()
    go_on.set()
    qtbot.waitUntil(lambda: [title for title, _ in said] == ["x.zip was not written."])
    assert page.files.zips.strip.isHidden()
    assert list(folder.iterdir()) == []


class ForgetsLate(threading.Event):
    """Is cleared by the thread only when the window has set it: as if it went away while a ZIP is being begun."""

    def __init__(self) -> None:
        super().__init__()
        self.is_begun, self.was_set = threading.Event(), threading.Event()

    def set(self) -> None:
        super().set()
        self.was_set.set()

    def clear(self) -> None:
        self.is_begun.set()
        self.was_set.wait(10)
        super().clear()


def test_it_is_given_up_when_the_window_goes_away_as_it_begins(qtbot, gallery, tmp_path, monkeypatch):
    page, halt = gallery(ItemState.PENDING_QA), ForgetsLate()
    monkeypatch.setattr(page.files.zips, "_halt", halt)
    page.page_actions["save_zip"].trigger()
    choose(qtbot, tmp_path / "x.zip")
    qtbot.waitUntil(halt.is_begun.is_set)
    page.files.zips.stop()
    assert not (tmp_path / "x.zip").exists()


def test_a_folder_that_refuses_is_said(qtbot, gallery: Callable[..., GalleryPage], tmp_path):
    page = gallery(ItemState.PENDING_QA)
    said = said_by(page)
    page.page_actions["save_zip"].trigger()
    choose(qtbot, tmp_path / "nowhere" / "x.zip")
    qtbot.waitUntil(lambda: said == [("x.zip cannot be written: No such file or directory.", "Choose another folder.")])


def test_what_has_no_project_cannot_be_saved(qtbot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]):
    page = open_window().show_page("gallery")
    assert isinstance(page, GalleryPage)
    said = said_by(page)
    page.page_actions["save_zip"].trigger()
    qtbot.waitUntil(lambda: said == [("There is nothing to save.", "Select photos of a project.")])
