"""Integrations: validating, saving, pausing, crews and their tokens."""

import asyncio
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from pruvan_desk.core.errors import IntegrationError
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.operations.gateway import GatewayForm, GatewayMode, save_gateway
from pruvan_desk.operations.integrations import add_crew, token_digest
from pruvan_desk.store.models import Crew, ImportNote, ImportRun, Integration, Request
from pruvan_desk.ui.event_loop import loop_factory
from pruvan_desk.ui.integrations.crews import CrewDialog, TokenDialog
from pruvan_desk.ui.integrations.edit import IntegrationDialog
from pruvan_desk.ui.integrations.gateway import GatewayDialog
from pruvan_desk.ui.integrations.setup import SetupDialog
from pruvan_desk.ui.integrations.view import REFRESH, STATUS, IntegrationsPage
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


def edited(qtbot: QtBot, page: IntegrationsPage) -> IntegrationDialog:
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.table.selectRow(0)
    qtbot.mouseClick(page.edit, LEFT)
    return modal(qtbot, IntegrationDialog)


def answer(qtbot: QtBot, button: str) -> None:
    box = modal(qtbot, QMessageBox)
    qtbot.mouseClick(next(each for each in box.buttons() if each.text() == button), LEFT)


def test_a_refresh_that_runs_shows_how_far_it_is_and_can_be_cancelled(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration(status="running")

    def run() -> None:
        with elsewhere.database.write() as writing:
            values = {"started_by": "mary", "full": True, "started_at": writing.now, "total": 10_000, "done": 2_400}
            writing.session.add(ImportRun(integration_id=integration, **values))

    elsewhere.do(run)
    page = open_page()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.index(0, STATUS).data() == "Running, 2,400 of 10,000"
    cancel = page.table.indexWidget(page.model.index(0, REFRESH))
    assert isinstance(cancel, QPushButton)
    assert cancel.text() == "Cancel"
    qtbot.mouseClick(cancel, LEFT)
    qtbot.waitUntil(lambda: [row.kind for row in elsewhere.all(Request)] == ["cancel_refresh"])


def test_a_refresh_that_is_asked_for_is_pending_until_it_begins(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    elsewhere.integration()
    page = open_page()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.index(0, STATUS).data() == "Idle"
    page._refresh_or_cancel(0)
    qtbot.waitUntil(lambda: page.model.index(0, STATUS).data() == "Pending")


def test_default_assign_to_and_interval_are_chosen_and_saved(
    qtbot: QtBot, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration()
    elsewhere.do(lambda: add_crew(elsewhere.database, "Crew 7", "crew7", "mary"))
    dialog = edited(qtbot, open_page())
    assert (dialog.assign_to.currentText(), dialog.refresh_minutes.value()) == ("Everybody", 10)
    qtbot.waitUntil(lambda: dialog.assign_to.count() == 2)
    dialog.assign_to.setCurrentIndex(1)
    dialog.refresh_minutes.setValue(0)
    assert dialog.refresh_minutes.text() == "Off"
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: elsewhere.get(Integration, integration).assign_to == "crew7")
    assert elsewhere.get(Integration, integration).refresh_minutes == 0


def test_where_released_items_go_is_chosen_saved_and_shown(
    qtbot: QtBot, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration(qa_in_field=True)
    page = open_page()
    dialog = edited(qtbot, page)
    assert dialog.released_to.currentText() == "Client"
    dialog.released_to.setCurrentText("Both")
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: elsewhere.get(Integration, integration).released_to == "client,downloader")
    qtbot.waitUntil(lambda: page.model.index(0, 3).data() == "Yes, to Both")
    assert edited(qtbot, page).released_to.currentText() == "Both"


def test_a_good_validate_lets_a_paused_integration_go_on_by_itself(
    qtbot: QtBot, server: Server, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage],
) -> None:  # fmt: skip
    integration = elsewhere.integration(paused=True, last_error="The password is not accepted.")
    secrets.set(f"integration/{integration}/password", "old")
    dialog = edited(qtbot, open_page())
    write(qtbot, dialog.password, "good")
    qtbot.mouseClick(dialog.validate, LEFT)
    server.wait_until(lambda: "go on" in dialog.verdict.text())
    assert not elsewhere.get(Integration, integration).paused
    assert secrets.get(f"integration/{integration}/password") == "good"
    dialog.close()


def test_validate_tells_the_push_address_once_the_client_can_reach_it(
    qtbot: QtBot, server: Server, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage],
) -> None:  # fmt: skip
    integration = elsewhere.integration()
    secrets.set(f"integration/{integration}/password", "good")
    secrets.set(f"integration/{integration}/push key", "key-1")
    form = GatewayForm(GatewayMode.PROXY, 0, "https://field.vendor.example")
    elsewhere.do(lambda: save_gateway(elsewhere.database, form, "mary"))
    dialog = edited(qtbot, open_page())
    qtbot.mouseClick(dialog.validate, LEFT)
    server.wait_until(lambda: "accepts" in dialog.verdict.text())
    assert server.heard["pushkey"] == "https://field.vendor.example/push/key-1"
    dialog.close()


def test_the_push_key_is_hidden_until_it_is_asked_for_copied_and_renewed(
    qtbot: QtBot, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration()
    secrets.set(f"integration/{integration}/push key", "key-1")
    dialog = edited(qtbot, open_page())
    field = dialog.push_key
    assert field is not None
    qtbot.waitUntil(lambda: field.address.text() == "key-1")
    assert "key-1" not in field.address.displayText()
    qtbot.mouseClick(field.show_it, LEFT)
    assert field.address.displayText() == "key-1"
    qtbot.mouseClick(field.copy, LEFT)
    assert QGuiApplication.clipboard().text() == "key-1"
    qtbot.mouseClick(field.renew, LEFT)
    answer(qtbot, "Renew")
    qtbot.waitUntil(lambda: field.address.text() not in ("", "key-1"))
    assert secrets.get(f"integration/{integration}/push key") == field.address.text()
    dialog.close()


def test_a_changed_qa_in_field_is_applied_to_existing_orders_in_one_step_that_stops_and_goes_on(
    qtbot: QtBot, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration(qa_in_field=True)
    elsewhere.project(integration)
    page = open_page()
    dialog = edited(qtbot, page)
    dialog.qa_in_field.setChecked(False)
    qtbot.mouseClick(dialog.anew, LEFT)
    answer(qtbot, "Delete and import again")
    qtbot.waitUntil(page.reimport.isVisible)
    assert not elsewhere.get(Integration, integration).qa_in_field
    assert "0 of 1 order deleted" in page.reimport.words.text()
    qtbot.mouseClick(page.reimport.stop, LEFT)
    qtbot.waitUntil(page.reimport.go_on.isVisible)
    assert "stopped" in page.reimport.words.text()
    qtbot.mouseClick(page.reimport.go_on, LEFT)
    qtbot.waitUntil(page.reimport.stop.isVisible)
    kinds = [(row.kind, row.body.get("full")) for row in elsewhere.all(Request)]
    assert kinds == [("refresh", True), ("cancel_refresh", None), ("refresh", True)]
    qtbot.mouseClick(page.reimport.stop, LEFT)
    qtbot.waitUntil(page.reimport.leave.isVisible)
    qtbot.mouseClick(page.reimport.leave, LEFT)
    qtbot.waitUntil(page.reimport.isHidden)


def test_a_crew_is_renamed_switched_off_and_its_token_revoked(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    elsewhere.do(lambda: add_crew(elsewhere.database, "Crew 7", "crew7", "mary"))
    page = open_page()
    qtbot.waitUntil(lambda: page.crews.model.rowCount() == 1)
    page.crews.table.selectRow(0)
    qtbot.mouseClick(page.crews.edit, LEFT)
    dialog = modal(qtbot, CrewDialog)
    write(qtbot, dialog.name, "Crew 7 - North")
    dialog.active.setChecked(False)
    qtbot.mouseClick(dialog.add, LEFT)
    qtbot.waitUntil(lambda: page.crews.model.index(0, 2).data() == "Off")
    assert page.crews.model.index(0, 0).data() == "Crew 7 - North"
    qtbot.mouseClick(page.crews.revoke, LEFT)
    answer(qtbot, "Revoke")
    qtbot.waitUntil(lambda: elsewhere.all(Crew)[0].token_sha256 == "")
    qtbot.waitUntil(lambda: not page.crews.revoke.isEnabled())


def test_one_page_sets_a_phone_up(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    elsewhere.do(lambda: add_crew(elsewhere.database, "Crew 7", "crew7", "mary"))
    page = open_page()
    page.crews.show_gateway("https://field.vendor.example")
    qtbot.waitUntil(lambda: page.crews.model.rowCount() == 1)
    page.crews.table.selectRow(0)
    qtbot.mouseClick(page.crews.set_up, LEFT)
    dialog = modal(qtbot, SetupDialog)
    assert (dialog.address.text(), dialog.username.text()) == ("https://field.vendor.example", "crew7")
    qtbot.mouseClick(dialog.make_token, LEFT)
    answer(qtbot, "New token")
    qtbot.waitUntil(lambda: token_digest(dialog.token.text()) == elsewhere.all(Crew)[0].token_sha256)
    dialog.close()


def test_the_field_gateway_is_moved_and_what_cannot_work_says_why(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], IntegrationsPage]
) -> None:
    page = open_page()
    qtbot.mouseClick(page.crews.change_gateway, LEFT)
    dialog = modal(qtbot, GatewayDialog)
    dialog.choices[GatewayMode.PROXY].setChecked(True)
    assert dialog.address.isEnabled()
    assert not dialog.certificate.isEnabled()
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: "https" in dialog.problem.text())
    write(qtbot, dialog.address, "https://field.vendor.example/")
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: page.desk.settings.gateway_mode == "proxy")
    assert page.desk.settings.gateway_address == "https://field.vendor.example"


def test_the_import_log_is_searched_and_written_to_a_file(
    qtbot: QtBot, elsewhere: ElsewhereOffice, tmp_path: Path, open_page: Callable[[], IntegrationsPage]
) -> None:
    integration = elsewhere.integration()

    def runs() -> None:
        with elsewhere.database.write() as writing:
            for who, number in (("clock", "88140"), ("=mary", "88150")):
                values = {"started_by": who, "full": True, "started_at": writing.now, "finished_at": writing.now}
                made = ImportRun(integration_id=integration, skipped=1, **values)
                writing.session.add(made)
                writing.session.flush()
                note = ImportNote(run_id=made.id, number=number, kind="skipped", text="The order lacks city.")
                writing.session.add(note)

    elsewhere.do(runs)
    page = open_page()
    qtbot.waitUntil(lambda: page.runs.model.rowCount() == 2)
    qtbot.keyClicks(page.runs.search, "88150")
    qtbot.waitUntil(lambda: page.runs.model.rowCount() == 1)
    target = tmp_path / "log.csv"
    page.runs.export_to(str(target))
    qtbot.waitUntil(target.exists)
    with target.open(encoding="utf-8-sig", newline="") as source:
        (row,) = csv.DictReader(source)
    assert (row["started by"], row["kind"], row["order"], row["what and why"]) == (
        "'=mary",
        "Full",
        "88150",
        "The order lacks city.",
    )


def test_a_new_integration_tells_its_push_address_when_it_is_saved(
    qtbot: QtBot, server: Server, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_page: Callable[[], IntegrationsPage],
) -> None:  # fmt: skip
    form = GatewayForm(GatewayMode.PROXY, 0, "https://field.vendor.example")
    elsewhere.do(lambda: save_gateway(elsewhere.database, form, "mary"))
    page = open_page()
    qtbot.mouseClick(page.new, LEFT)
    dialog = modal(qtbot, IntegrationDialog)
    fill(qtbot, dialog, "good")
    qtbot.mouseClick(dialog.save, LEFT)
    server.wait_until(lambda: bool(server.heard.get("pushkey")))
    assert server.heard["pushkey"] == f"https://field.vendor.example/push/{secrets.get('integration/1/push key')}"
