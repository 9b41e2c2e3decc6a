"""The whole window with its engine beside it, from start to end; and a bug that nobody expected."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from pruvan_desk.app import run
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.store.database import Database
from pruvan_desk.ui.bugs import BugReporter
from pruvan_desk.ui.window import MainWindow

WORKER = """
import pathlib, sys
root = pathlib.Path(sys.argv[1])
(root / "secret").write_text(sys.stdin.readline())
sys.stdin.read()
(root / "stopped").touch()
"""

SOURCES_READ = """
import pruvan_desk.app, linecache, sqlalchemy.orm
print(sum("sqlalchemy" in name and name.endswith(".py") for name in linecache.cache))
"""


@pytest.fixture(autouse=True)
def own_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What :func:`run` puts in place of Python's hooks goes with the test."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)


def test_it_runs_until_closed_and_the_engine_stops_with_it(
    qapp: QApplication, folder: DataFolder, tmp_path: Path
) -> None:
    secrets = PipedSecrets()
    secrets.set("integration/1/password", "s3cret")

    def close_when_up() -> None:
        for window in qapp.topLevelWidgets():
            if isinstance(window, MainWindow) and window.status is not None and (tmp_path / "secret").exists():
                assert window.windowTitle() == "Pruvan Desk — Sandbox"
                timer.stop()
                window.close()

    timer = QTimer(interval=20)
    timer.timeout.connect(close_when_up)
    timer.start()
    assert run(folder, secrets, [sys.executable, "-c", WORKER, str(tmp_path)], "Sandbox") == 0
    assert "s3cret" in (tmp_path / "secret").read_text()
    assert (tmp_path / "stopped").exists()


def test_what_the_window_imports_is_not_read_as_source_too() -> None:
    said = subprocess.run([sys.executable, "-c", SOURCES_READ], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "0"


@pytest.mark.logs("'event': 'bug'")
def test_a_bug_is_shown_with_its_details_and_is_in_the_log(
    qtbot: QtBot, database: Database, open_window: object
) -> None:
    assert callable(open_window)
    window = open_window()
    bugs = BugReporter()
    bugs.found.connect(window.report_bug)
    window.desk.failed.connect(bugs.take)

    def operation(_database: Database) -> None:
        raise ZeroDivisionError("password=hunter2")

    with qtbot.waitSignal(bugs.found) as found:
        window.desk.write(operation)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    assert "This is a bug" in box.informativeText()
    assert "ZeroDivisionError" in box.detailedText()
    assert "hunter2" not in found.args[2]
    box.close()
    bugs.deleteLater()
