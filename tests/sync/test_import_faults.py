"""Refresh against a FAStrack that goes wrong: it is said where people look, nothing is lost, and the next one is good again."""

import pytest

from builders import order_json
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.operations.integrations import IntegrationForm, resume_integration, save_integration
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.sandbox.order_book import OrderBook
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Alert, Integration, Project, RelayJob
from pruvan_desk.sync import http
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, wait_until


def open_numbers(desk: Desk) -> set[str]:
    return {project.number for project in desk.all(Project) if project.status != ProjectStatus.CLOSED}


@pytest.fixture
def imported(desk: Desk, sandbox: FastrackSandbox) -> int:
    """An integration with two projects; answers its id."""
    sandbox.control("orders", {"orders": [order_json("1"), order_json("2")]})
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
    return integration_id


FAILURES = {
    "garbage": "not of this API",
    "html": "“Sign in Please sign in”",
    "truncated": "not of this API",
    "http_406_json": "The request was not acceptable.",
    "http_500": "HTTP 500",
    "http_503_retry_after": "Down for maintenance.",
    "error": "not able to process",
    "reset": "The connection broke",
}


@pytest.mark.logs("refresh failed")
@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
@pytest.mark.parametrize(("mode", "words"), FAILURES.items(), ids=FAILURES)
def test_a_useless_answer_is_recorded_in_words_and_the_next_refresh_is_good_again(
    desk: Desk, sandbox: FastrackSandbox, imported: int, mode: str, words: str, *, full: bool
) -> None:
    with RunningEngine(desk):
        sandbox.control("faults", {"call": "getWorkOrders", "mode": mode})
        request = desk.ask(imported, full=full)
        failed, alert = desk.last_run(imported), desk.alerts()["import-failed"]
        row = desk.get(Integration, imported)
        desk.refresh(imported, full=full)
    assert words in request.answer
    assert words in failed.error
    assert failed.finished_at is not None
    assert alert.title == failed.error == row.last_error
    assert (row.status, row.paused) == ("error", False)
    assert open_numbers(desk) == {"1", "2"}
    assert desk.get(Integration, imported).last_error == ""
    assert "import-failed" not in desk.alerts()


@pytest.mark.logs("refresh failed")
def test_a_server_that_is_down_is_an_alert_until_it_is_back(
    desk: Desk, sandbox: FastrackSandbox, imported: int
) -> None:
    with RunningEngine(desk):
        sandbox.stop()
        desk.ask(imported, full=True)
        desk.ask(imported, full=True)
        alert = desk.alerts()["import-failed"]
        sandbox.start()
        desk.refresh(imported, full=True)
    assert (alert.title, alert.times) == ("The server cannot be reached.", 2)
    assert open_numbers(desk) == {"1", "2"}
    assert "import-failed" not in desk.alerts()


def test_a_slow_server_is_waited_for(desk: Desk, sandbox: FastrackSandbox, imported: int) -> None:
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "slow", "seconds": 0.4})
    with RunningEngine(desk):
        run = desk.refresh(imported)
    assert run.finished_at is not None
    assert (run.finished_at - run.started_at).total_seconds() > 0.4


@pytest.mark.logs("refresh failed")
def test_a_server_that_is_too_slow_is_tried_again_later(
    desk: Desk, sandbox: FastrackSandbox, imported: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "PATIENCE", http.Patience(5.0, 0.2))
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "slow", "seconds": 20})
    with RunningEngine(desk):
        desk.ask(imported)
        assert desk.alerts()["import-failed"].title == "The server did not answer in time."
        desk.refresh(imported)
    assert desk.alerts() == {}


@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
def test_a_byte_order_mark_does_not_matter(desk: Desk, sandbox: FastrackSandbox, imported: int, *, full: bool) -> None:
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "bom"})
    sandbox.control("orders", {"orders": [order_json("3")]})
    with RunningEngine(desk):
        run = desk.refresh(imported, full=full)
    assert (run.error, run.created) == ("", 1)


def test_the_bare_one_of_a_push_only_system_proves_no_absence(
    desk: Desk, sandbox: FastrackSandbox, imported: int
) -> None:
    before = desk.get(Integration, imported).last_full_at
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "bare_one"})
    with RunningEngine(desk):
        run = desk.refresh(imported, full=True)
    assert (run.error, run.closed) == ("", 0)
    assert open_numbers(desk) == {"1", "2"}
    assert desk.get(Integration, imported).last_full_at == before


def test_null_is_an_empty_list(desk: Desk, sandbox: FastrackSandbox, imported: int) -> None:
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "null_list", "count": 2})
    with RunningEngine(desk):
        incremental = desk.refresh(imported)
        full = desk.refresh(imported, full=True)
    assert (incremental.closed, full.closed) == (0, 2)


@pytest.mark.logs("refresh failed")
@pytest.mark.parametrize("value", [b"17", b'"oh"', b"[1, null]"], ids=["a number", "a word", "no objects"])
def test_a_list_of_the_wrong_type_loses_nothing(
    desk: Desk, sandbox: FastrackSandbox, imported: int, monkeypatch: pytest.MonkeyPatch, value: bytes
) -> None:
    monkeypatch.setattr(OrderBook, "encoded_list", lambda *_: b'{"error":"","workOrders":' + value + b"}")
    with RunningEngine(desk):
        desk.ask(imported, full=True)
        run = desk.last_run(imported)
    assert run.error or (run.skipped, run.withheld) == (2, 2)
    assert open_numbers(desk) == {"1", "2"}


@pytest.mark.logs("refresh failed")
@pytest.mark.parametrize("status", [200, 401, 406])
def test_a_wrong_password_pauses_the_integration_once_until_it_is_mended(
    desk: Desk, sandbox: FastrackSandbox, imported: int, status: int
) -> None:
    photos = [desk.photo(desk.numbered("1").id, ItemState.PASSED) for _ in range(40)]
    desk.set("relay_at_once", 2)
    login = sandbox.credentials
    sandbox.control("credentials", {"password": "changed by the client", "refusal_status": status})
    with RunningEngine(desk):
        publish_items(desk.database, photos, WHO)
        wait_until("a paused integration", lambda: desk.get(Integration, imported).paused)
        wait_until("every job back in the outbox", lambda: desk.states() == {ItemState.QUEUED: 40})
        refused = desk.ask(imported)
        tries = sandbox.control("state")["refusals"]
        alerts = desk.all(Alert)
        form = IntegrationForm("AFS", "AFS", sandbox.url, login.username, password="changed by the client")
        save_integration(desk.database, desk.secrets, form, WHO, imported)
        resume_integration(desk.database, imported, WHO)
        desk.wait_for(published=40)
        desk.refresh(imported)
    assert [(alert.key, alert.times) for alert in alerts] == [(f"integration/{imported}", 1)]
    assert "login was refused" in alerts[0].title
    assert "Invalid user name, password or token." in alerts[0].title
    assert "AFS is paused" in refused.answer
    assert tries <= 4  # a wrong password that is tried often locks the account
    assert desk.alerts() == {}
    assert {job.attempts for job in desk.all(RelayJob)} == {0}


@pytest.mark.logs("refresh failed")
def test_a_refused_login_of_a_refresh_pauses_the_integration(
    desk: Desk, sandbox: FastrackSandbox, imported: int
) -> None:
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "http_401_json"})
    with RunningEngine(desk):
        request = desk.ask(imported)
        row = desk.get(Integration, imported)
        resume_integration(desk.database, imported, WHO)
        desk.refresh(imported)
    assert "Invalid user name or password." in request.answer
    assert row.paused
    assert "Invalid user name or password." in desk.all(Alert)[0].title
    assert desk.alerts() == {}
    assert open_numbers(desk) == {"1", "2"}


@pytest.mark.logs("refresh failed")
def test_a_password_that_is_not_in_the_keyring_pauses_with_the_way_out(
    desk: Desk, sandbox: FastrackSandbox, imported: int
) -> None:
    reference = desk.get(Integration, imported).secret_reference("password")
    desk.secrets.delete(reference)
    with RunningEngine(desk):
        request = desk.ask(imported)
        desk.secrets.set(reference, sandbox.credentials.password)
        resume_integration(desk.database, imported, WHO)
        desk.refresh(imported)
    assert "The password of AFS is not in the keyring." in request.answer


@pytest.mark.logs("refresh failed")
def test_one_integration_in_trouble_does_not_hold_up_another(
    desk: Desk, sandbox: FastrackSandbox, imported: int
) -> None:
    with FastrackSandbox(seed=2, orders=3) as other:
        second = desk.integrate(other, "BNK")
        sandbox.control("credentials", {"password": "changed"})
        with RunningEngine(desk):
            desk.ask(imported)
            desk.refresh(second, full=True)
    assert desk.get(Integration, imported).paused
    assert len(desk.all(Project, integration_id=second)) == 3


@pytest.mark.logs("refresh failed")
def test_a_keyring_that_cannot_be_read_is_said_and_the_engine_goes_on(
    desk: Desk, imported: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_reference: str) -> str:
        raise DeskFault("The keyring cannot be used: locked", "Unlock it, and try again.")

    photo = desk.photo(desk.numbered("1").id, ItemState.PASSED)
    with RunningEngine(desk):
        monkeypatch.setattr(desk.secrets, "get", locked)
        request = desk.ask(imported)
        publish_items(desk.database, [photo], WHO)
        wait_until("the alert", lambda: "desk" in desk.alerts())
        monkeypatch.undo()
        desk.refresh(imported)
        desk.wait_for(published=1)
    assert "The keyring cannot be used: locked" in request.answer
    assert desk.alerts() == {}
