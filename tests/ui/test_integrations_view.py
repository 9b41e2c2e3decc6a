"""Integrations: validating, saving, pausing, crews and their tokens."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from pruvan_desk.core.errors import IntegrationError
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.store.models import Crew, ImportNote, ImportRun, Integration, Request
from pruvan_desk.ui.event_loop import loop_factory
from pruvan_desk.ui.integrations.crews import CrewDialog, TokenDialog
from pruvan_desk.ui.integrations.edit import IntegrationDialog
from pruvan_desk.ui.integrations.view import REFRESH, IntegrationsPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Server:
    """Stands in for the order source: takes the password ``good``, and remembers what it was asked."""

    loop: asyncio.AbstractEventLoop
    heard: dict[str, Any] = field(default_factory=dict)

    async def validate(self, service_url: str, extension: str, credentials: Any, pushkey: str | None = None) -> None:
        self.heard.update(url=service_url, extension=extension, credentials=credentials, pushkey=pushkey)
        await asyncio.sleep(0)
        if credentials.password != "good":
            raise IntegrationError("The server says: invalid login.", "Check user name and password.")

    def wait_until(self, ready: Callable[[], bool]) -> None:
        async def wait() -> None:
            async with asyncio.timeout(10):
                while not ready():  # noqa: ASYNC110 - what is waited for is drawn by Qt, which has no event to wait on
                    await asyncio.sleep(0.01)

        self.loop.run_until_complete(wait())


@pytest.fixture
def server(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    loop = loop_factory(qapp)()
    asyncio.set_event_loop(loop)
    made = Server(loop)
    monkeypatch.setattr("pruvan_desk.sync.client.validate", made.validate)
    yield made
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def open_page(server: Server, open_window: Callable[[], MainWindow]) -> Callable[[], IntegrationsPage]:
    def open_it() -> IntegrationsPage:
        window = open_window()
        window.desk.spawn = server.loop.create_task
        page = window.show_page("integrations")
        assert isinstance(page, IntegrationsPage)
        return page

    return open_it


def modal(qtbot: QtBot, kind: type[QDialog]) -> Any:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    return QApplication.activeModalWidget()


def write(qtbot: QtBot, field: QLineEdit, words: str) -> None:
    field.clear()
    qtbot.keyClicks(field, words)


def fill(qtbot: QtBot, dialog: IntegrationDialog, password: str) -> None:
    write(qtbot, dialog.name, "FAStrack")
    write(qtbot, dialog.code, "AFS")
    write(qtbot, dialog.service_url, "https://fastrack.example/api")
    write(qtbot, dialog.extension, "php")
    write(qtbot, dialog.username, "office")
    write(qtbot, dialog.password, password)


def test_the_first_integration_is_validated_and_saved(
    qtbot: QtBot, server: Server, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage],
) -> None:  # fmt: skip
    page = open_page()
    qtbot.waitUntil(page.empty.isVisible)
    qtbot.mouseClick(page.empty.button, LEFT)
    dialog = modal(qtbot, IntegrationDialog)
    fill(qtbot, dialog, "bad")
    qtbot.mouseClick(dialog.validate, LEFT)
    server.wait_until(lambda: "invalid login" in dialog.verdict.text())
    assert dialog.verdict_sign.accessibleName() == "bad"
    write(qtbot, dialog.password, "good")
    qtbot.mouseClick(dialog.validate, LEFT)
    server.wait_until(lambda: "accepts" in dialog.verdict.text())
    assert dialog.verdict_sign.accessibleName() == "good"
    assert (server.heard["url"], server.heard["extension"], server.heard["pushkey"]) == (
        "https://fastrack.example/api",
        "php",
        None,
    )
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert secrets.get("integration/1/password") == "good"
    qtbot.waitUntil(lambda: [row.body for row in elsewhere.all(Request)] == [{"integration_id": 1, "full": True}])


def test_what_cannot_be_saved_says_why_and_stays_open(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    page = open_page()
    qtbot.mouseClick(page.new, LEFT)
    dialog = modal(qtbot, IntegrationDialog)
    fill(qtbot, dialog, "good")
    write(qtbot, dialog.service_url, "http://fastrack.example/api")
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: "not encrypted" in dialog.problem.text())
    assert dialog.isVisible()
    assert elsewhere.all(Integration) == []
    dialog.close()


def test_a_paused_integration_is_mended_from_the_banner(
    qtbot: QtBot, server: Server, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage],
) -> None:  # fmt: skip
    integration = elsewhere.integration(name="FAStrack", paused=True, last_error="The password is not accepted.")
    secrets.set(f"integration/{integration}/password", "old")
    page = open_page()
    window = page.window()
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: "FAStrack is paused: The password is not accepted." in window.banner.words)
    qtbot.mouseClick(window.banner.button, LEFT)
    dialog = modal(qtbot, IntegrationDialog)
    write(qtbot, dialog.password, "good")
    qtbot.mouseClick(dialog.validate, LEFT)
    server.wait_until(lambda: "accepts" in dialog.verdict.text())
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(window.banner.isHidden)
    assert not elsewhere.get(Integration, integration).paused


def test_a_password_is_never_sent_to_a_host_it_was_not_entered_for(
    qtbot: QtBot, server: Server, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage],
) -> None:  # fmt: skip
    integration = elsewhere.integration()
    secrets.set(f"integration/{integration}/password", "good")
    page = open_page()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.table.selectRow(0)
    qtbot.mouseClick(page.edit, LEFT)
    dialog = modal(qtbot, IntegrationDialog)
    write(qtbot, dialog.service_url, "https://elsewhere.example/api")
    qtbot.mouseClick(dialog.validate, LEFT)
    server.wait_until(lambda: "invalid login" in dialog.verdict.text())
    assert server.heard["credentials"].password == ""
    dialog.close()


def test_editing_after_a_good_validate_takes_the_verdict_back(
    qtbot: QtBot, server: Server, open_page: Callable[[], IntegrationsPage]
) -> None:
    page = open_page()
    qtbot.mouseClick(page.new, LEFT)
    dialog = modal(qtbot, IntegrationDialog)
    fill(qtbot, dialog, "good")
    qtbot.mouseClick(dialog.validate, LEFT)
    server.wait_until(lambda: "accepts" in dialog.verdict.text())
    qtbot.keyClicks(dialog.username, "2")
    assert "validate again" in dialog.verdict.text()
    dialog.close()


def test_refresh_asks_the_engine(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration()
    page = open_page()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    refresh = page.table.indexWidget(page.model.index(0, REFRESH))
    assert isinstance(refresh, QPushButton)
    qtbot.mouseClick(refresh, LEFT)
    qtbot.waitUntil(lambda: len(elsewhere.all(Request)) == 1)
    assert elsewhere.all(Request)[0].body == {"integration_id": integration, "full": False}


def test_a_new_crews_token_is_shown_once_and_copied(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    page = open_page()
    qtbot.mouseClick(page.crews.add, LEFT)
    asking = modal(qtbot, CrewDialog)
    qtbot.keyClicks(asking.name, "Crew 7")
    qtbot.keyClicks(asking.username, "crew7")
    qtbot.mouseClick(asking.add, LEFT)
    shown = modal(qtbot, TokenDialog)
    qtbot.mouseClick(shown.copy, LEFT)
    token = shown.token.text()
    assert QGuiApplication.clipboard().text() == token
    shown.close()
    (crew,) = elsewhere.all(Crew)
    assert token not in (crew.token_sha256, crew.name)
    qtbot.waitUntil(lambda: page.crews.model.rowCount() == 1)


def test_skipped_orders_are_named_with_their_reason(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration()

    def run() -> None:
        with elsewhere.database.write() as writing:
            made = ImportRun(
                integration_id=integration, started_by="mary", full=True, started_at=writing.now,
                finished_at=writing.now, created=2, skipped=1,
            )  # fmt: skip
            writing.session.add(made)
            writing.session.flush()
            note = ImportNote(run_id=made.id, number="88140", kind="skipped", text="The order lacks city.")
            writing.session.add(note)

    elsewhere.do(run)
    page = open_page()
    qtbot.waitUntil(lambda: page.runs.notes_model.rowCount() == 1)
    assert page.runs.model.index(0, 4).data() == "2 new, 1 skipped"
    notes = page.runs.notes_model
    assert [notes.index(0, column).data() for column in range(3)] == ["88140", "Skipped", "The order lacks city."]
