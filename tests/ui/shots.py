"""Takes a picture of every view and dialog, light and dark, into ``build/shots/``: run it, and look at them.

``python tests/ui/shots.py [FOLDER]``; needs no screen.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from pruvan_desk.app import make_application
from pruvan_desk.core.changes import Changes
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.operations.survey_templates import ImportedForm
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.ui import tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.validator.window import ValidatorWindow
from pruvan_desk.ui.window import MainWindow
from ui.demo_data import DemoFolder, house
from ui.portal_shots import connect_portal, portal_secrets, portal_views

PATIENCE = 20.0
NO_KEY = Qt.KeyboardModifier.NoModifier


class Shots:
    """One window, and a folder for its pictures."""

    def __init__(self, theme: Theme, data: DataFolder, target: Path, name: str, secrets: MemorySecrets) -> None:
        self.target, self.name = target, name
        self.theme = theme
        self.desk = Desk(data, secrets, "mary")
        self.window = MainWindow(self.desk, theme, WindowState(data.root / "window.ini", self.desk.aside), "Sandbox")
        self.desk.open(fail)
        self.desk.failed.connect(fail)
        self.window.resize(1440, 900)
        self.window.show()
        wait_until(lambda: self.window.status is not None)

    def take(self, name: str, widget: QWidget | None = None) -> None:
        settle()
        path = self.target / f"{name}-{self.name}.png"
        (widget or self.window).grab().save(str(path))

    def dialog(self, name: str) -> None:
        """The window that is open in front, on its own."""
        wait_until(lambda: QApplication.activeModalWidget() is not None)
        dialog = QApplication.activeModalWidget()
        self.take(name, dialog)
        dialog.close()

    def close(self) -> None:
        self.window.leave()
        self.desk.stop_listening()
        self.desk.close()
        self.window.deleteLater()


def fail(error: BaseException) -> None:
    raise error


def settle(milliseconds: int = 350) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def hear(_kind: QtMsgType, _context: object, words: str) -> None:
    """Qt's own words; all but one that every offscreen window says."""
    if "propagateSizeHints" not in words:
        sys.stderr.write(f"{words}\n")


def wait_until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError
        settle(30)


def views(shots: Shots) -> None:
    window = shots.window
    projects = window.show_page("projects")
    wait_until(lambda: projects.model.rowCount() == 30)
    project_id = next(row.id for row in projects.model.shown if row.number == "88127")
    projects.open_project(project_id)
    shots.take("projects")
    projects.search.setText("nothing like it")
    shots.take("projects-no-match")
    projects.search.clear()
    checked = next(row.id for row in projects.model.shown if row.check_in and row.items)
    projects.open_project(checked)
    settle(400)
    projects.panel.close_or_open.click()
    shots.dialog("close-project")
    shots.take("projects-check-in")
    work_on_projects(shots, projects)
    window.open_gallery(project_id)
    gallery = window.pages["gallery"]
    wait_until(lambda: gallery.model.rowCount() > 10)
    gallery.grid.setFocus()
    gallery.grid.go(2)
    shots.take("gallery")
    gallery.page_actions["reject"].trigger()
    shots.dialog("reject")
    gallery.page_actions["move_to"].trigger()
    settle()
    shots.dialog("move")
    gallery.page_actions["note"].trigger()
    shots.dialog("note")
    gallery.page_actions["publish"].trigger()
    shots.dialog("publish")
    publish_into_a_lost_folder(shots, gallery)
    for deed, name in (("compare", "gallery-compare"), ("four_up", "gallery-compare-four")):
        gallery.page_actions[deed].trigger()
        settle(700)
        shots.take(name)
    gallery.page_actions["grid"].trigger()
    annotate(shots, gallery)
    add_files(shots, gallery)
    gallery.show_single(single=True)
    shots.take("gallery-single")
    gallery.show_single(single=False)
    gallery.queue.start()
    wait_until(lambda: gallery.queue_strip.isVisible() and gallery.model.rowCount() > 0)
    settle(300)
    shots.take("gallery-queue")
    gallery.queue.stop()
    gallery.filters.clear()
    for place in (1, 2):
        gallery.scopes.setCurrentIndex(place - 1)
        gallery.scopes.activated.emit(place - 1)
        settle()
        gallery.grid.setFocus()
        gallery.grid.go(0)
        shots.take(("gallery-pending", "gallery-unassigned")[place - 1])
    surveys(shots)
    integrations = window.show_page("integrations")
    wait_until(lambda: integrations.model.rowCount() == 2)
    integrations.table.selectRow(0)
    shots.take("integrations")
    integrations.open_editor(integrations.model.records[0])
    shots.dialog("integration-edit")
    integrations.open_editor(integrations.model.records[0])
    wait_until(lambda: QApplication.activeModalWidget() is not None)
    editor = QApplication.activeModalWidget()
    editor.portal_access.click()
    wait_until(lambda: QApplication.activeModalWidget() is not editor)
    shots.dialog("integration-portal")
    editor.close()
    integrations.crews.change_gateway.click()
    shots.dialog("field-gateway")
    integrations.crews.table.selectRow(0)
    integrations.crews.set_up.click()
    shots.dialog("crew-set-up")
    integrations.crews.add.click()
    shots.dialog("crew-add")
    activity = window.show_page("activity")
    wait_until(lambda: activity.queue.jobs.rowCount() > 0)
    activity.queue.table.selectRow(0)
    shots.take("activity")
    activity.channels.reconcile.click()
    shots.dialog("reconcile")
    window.show_preferences()
    dialog = QApplication.activeModalWidget()
    for place, name in enumerate(("general", "sending", "downloader", "check-in", "watch-folders", "keys")):
        dialog.tabs.setCurrentIndex(place)
        shots.take(f"preferences-{name}", dialog)
    dialog.watching.table.selectRow(0)
    dialog.watching.edit.click()
    wait_until(lambda: QApplication.activeModalWidget() is not dialog)
    settle(400)
    shots.dialog("watch-folder")
    dialog.close()
    window.show_keys()
    shots.dialog("keys")
    window.window_actions["help"].trigger()
    shots.dialog("help")


def work_on_projects(shots: Shots, projects: QWidget) -> None:
    projects.page_actions["project_edit"].trigger()
    shots.dialog("project-edit")
    projects.page_actions["project_new"].trigger()
    shots.dialog("project-new")
    projects.colours.setCurrentIndex(1)
    projects.strip.past.click()
    shots.take("projects-past-due")
    projects.table.selectAll()
    projects.change.click()
    shots.dialog("projects-change")
    projects.page_actions["project_trash"].trigger()
    shots.dialog("trash")
    projects.filters.clear.click()
    projects.colours.setCurrentIndex(0)


def publish_into_a_lost_folder(shots: Shots, gallery: QWidget) -> None:
    """The same question while the Downloader's drive is not plugged in."""
    desk, lost = gallery.desk, shots.target.resolve() / "no drive" / "Photos"
    for folder in (str(lost), ""):
        desk.write(lambda database, folder=folder: change_setting(database, "downloader_folder", folder))
        wait_until(lambda folder=folder: desk.settings.downloader_folder == folder)
        if folder:
            gallery.page_actions["publish"].trigger()
            wait_until(lambda: QApplication.activeModalWidget() is not None)
            QApplication.activeModalWidget().destinations.button(2).click()
            shots.dialog("publish-no-folder")


def annotate(shots: Shots, gallery: QWidget) -> None:
    """A photo that is being annotated, the question which goes out, where photos were taken, and what a file is."""
    gallery.grid.go(2)
    settle()
    gallery.page_actions["annotate"].trigger()
    wait_until(lambda: QApplication.activeModalWidget() is not None)
    window = QApplication.activeModalWidget()
    wait_until(window.canvas.shows_photo)
    if not window.canvas.marks:
        for deed in ("mark_arrow", "mark_blur", "mark_circle"):
            window.page_actions[deed].trigger()
            window.canvas.put_in_the_middle()
            for _ in range(12):
                window.canvas._move_by_key(
                    {"mark_arrow": (-1, -1), "mark_blur": (0, 1), "mark_circle": (1, 0)}[deed], NO_KEY
                )
        window.canvas.write("Gutter hangs", (0.3, 0.2))
    shots.take("annotate", window)
    window.close()
    wait_until(lambda: bool(gallery.model.shown[2].annotations))
    shots.take("gallery-annotated")
    gallery.page_actions["pass"].trigger()
    gallery.page_actions["publish"].trigger()
    shots.dialog("publish-annotated")
    gallery.page_actions["positions"].trigger()
    settle()
    shots.take("positions", gallery.positions.window)
    gallery.page_actions["positions"].trigger()
    shots.window.show_validator()
    validator = shots.window.findChild(ValidatorWindow)
    row = gallery.model.shown[0]
    validator.validate(shots.desk.folder.photos / row.sha256[:2] / row.sha256[2:4] / f"{row.sha256}.{row.extension}")
    settle(900)
    shots.take("validator", validator)
    validator.close()


def add_files(shots: Shots, gallery: QWidget) -> None:
    """The question before files are added, and the strip while they are."""
    with tempfile.TemporaryDirectory() as name:
        desktop = Path(name)
        for place, data in enumerate(
            (house(random.Random(1), (640, 480), mown=True), b"%PDF-1.7 invoice", b"PK\x03\x04", b"")
        ):
            (desktop / ("front.jpg", "invoice.pdf", "letter.docx", "empty.jpg")[place]).write_bytes(data)
        gallery.files.drop([desktop], None)
        settle(900)
        shots.dialog("add-files")
    gallery.files.strip.show_progress("Adding files", 132, 400)
    shots.take("gallery-adding")
    gallery.files.strip.show_progress("", 0, 0)


def surveys(shots: Shots) -> None:
    """A form that is filled in, what is missing in it, the photos to choose from; submitted, and what can be done then."""
    page = shots.window.show_page("surveys")
    page.list.states.setCurrentText("All")
    wait_until(lambda: any("Inspection" in row.task for row in page.list.model.records))
    page.open_task(next(row.id for row in page.list.model.records if "Inspection" in row.task))
    wait_until(lambda: page.session is not None and page.panel.form.complete)
    if page.session.read_only:
        page.deeds.reopen()
        wait_until(lambda: page.session is not None and not page.session.read_only)
    page.session.answer(Place("occupied"), "No")
    page.session.answer(Place("secured"), "No")
    page.session.answer(Place("grass_height"), "900")
    page.session.answer(Place("inspector"), "")
    photos = [photo.uuid for photo in page.session.sheet.photos]
    page.session.pictures(Place("front_photo"), photos[:1])
    page.session.pictures(Place("unsecured_photo"), photos[1:4])
    page.panel.form.show_filling(page.session.filling, page.photos)
    shots.take("surveys")
    page.deeds.submit()
    shots.take("surveys-missing")
    page.panel.form.rows[Place("front_photo")].photos.add.click()
    settle(400)
    shots.dialog("surveys-photos")
    page.imports._tell(Path("roof.json"), ImportedForm(Changes(), "Roof 2", True, 3, FAULTS))
    shots.dialog("surveys-imported")
    page.imports._ask_source({1: "AFS · FAStrack", 2: "MCS · FAStrack North"})
    shots.dialog("surveys-import")
    page.session.answer(Place("grass_height"), "9")
    page.session.answer(Place("inspector"), "Ana Ruiz")
    page.deeds.submit()
    wait_until(lambda: page.session is not None and page.session.read_only)
    settle(600)
    shots.take("surveys-submitted")
    menu = page.answer_photos.move_menu(Place("unsecured_photo"), photos[1])
    menu.adjustSize()
    shots.take("surveys-move", menu)
    page.deeds.ask_reason()
    shots.dialog("surveys-send-back")


FAULTS = (
    "Question roof: the id roof is there twice; only the first is used.",
    "Question hazards has no options to choose from; it is shown as text.",
    "Question occupied switches on lease, which is not there.",
)


def empty_views(shots: Shots) -> None:
    for name in ("projects", "gallery", "surveys", "integrations", "activity"):
        shots.window.show_page(name)
        shots.take(f"empty-{name}")


def main() -> None:
    """Both folders, both schemes."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/shots")
    target.mkdir(parents=True, exist_ok=True)
    theme = Theme(make_application())
    qInstallMessageHandler(hear)
    with tempfile.TemporaryDirectory() as root, ExitStack() as stack:
        full = DataFolder(Path(root, "full"), Path(root, "full-cache")).create()
        DemoFolder(full).fill()
        sandbox = stack.enter_context(FastrackSandbox())
        connect_portal(full, sandbox)
        empty = DataFolder(Path(root, "empty"), Path(root, "empty-cache")).create()
        for name, colours in (("light", tokens.LIGHT), ("dark", tokens.DARK)):
            theme.use(colours)
            for data, take in ((full, views), (empty, empty_views)):
                shots = Shots(theme, data, target, name, portal_secrets(sandbox))
                take(shots)
                if take is views:
                    portal_views(shots, sandbox, settle, wait_until)
                shots.close()
    sys.stdout.write(f"{len(list(target.glob('*.png')))} pictures in {target}\n")


if __name__ == "__main__":
    main()
