"""How the portal is signed in to, set up by a manager."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox
from pytestqt.qtbot import QtBot

from pruvan_desk.store.models import Integration
from pruvan_desk.ui.integrations.edit import IntegrationDialog
from pruvan_desk.ui.integrations.portal import PortalDialog
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

LEFT = Qt.MouseButton.LeftButton
LOGIN = "https://my.example/login"


def modal(qtbot: QtBot, kind: type[QDialog]) -> Any:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    return QApplication.activeModalWidget()


@pytest.fixture
def editor(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> Any:
    """The edit window of the one integration there is."""
    elsewhere.integration(portal_sign_in="form", portal_login_url=LOGIN, portal_origins="https://a.example")
    page = open_window().show_page("integrations")
    qtbot.waitUntil(lambda: len(page.model.records) == 1)
    page.open_editor(page.model.records[0])
    return modal(qtbot, IntegrationDialog)


def ok(qtbot: QtBot, dialog: PortalDialog) -> None:
    qtbot.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), LEFT)


def test_signing_in_and_sites_are_kept_with_the_integration(
    qtbot: QtBot, editor: IntegrationDialog, elsewhere: ElsewhereOffice
) -> None:
    qtbot.mouseClick(editor.portal_access, LEFT)
    dialog = modal(qtbot, PortalDialog)
    assert (dialog.login_url.text(), dialog.origins.toPlainText()) == (LOGIN, "https://a.example")
    dialog.way.setCurrentIndex(dialog.way.findData("header"))
    assert dialog.header.isVisible()
    assert not dialog.username_field.isVisible()
    qtbot.keyClicks(dialog.header, "X-Token: {token}")
    dialog.subresources.setPlainText("https://cdn.example")
    ok(qtbot, dialog)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is editor)
    qtbot.mouseClick(editor.save, LEFT)
    qtbot.waitUntil(lambda: elsewhere.all(Integration)[0].portal_sign_in == "header")
    (row,) = elsewhere.all(Integration)
    kept = (row.portal_login_url, row.portal_header, row.portal_origins, row.portal_subresources)
    assert kept == (LOGIN, "X-Token: {token}", "https://a.example", "https://cdn.example")


def test_what_would_not_be_safe_is_said_at_once(qtbot: QtBot, editor: IntegrationDialog) -> None:
    qtbot.mouseClick(editor.portal_access, LEFT)
    dialog = modal(qtbot, PortalDialog)
    dialog.login_url.setText("http://my.example/login")
    ok(qtbot, dialog)
    assert "not encrypted" in dialog.problem.text()
    assert dialog.isVisible()
    assert editor.access.login_url == LOGIN
