"""The life of an order, worked in the pane by mouse and keys: each step is in the sandbox's books and in Desk's project."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import CloseReason, ItemState
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item, Project, Task
from pruvan_desk.ui.portal import refreshes
from pruvan_desk.ui.window import MainWindow
from pruvan_desk.wire.portal import PortalAccess
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice

LEFT = Qt.MouseButton.LeftButton
PDF = "%PDF-1.4\nof our own"


class Worker:
    """Somebody who works one order, from its tab in the pane."""

    def __init__(self, person: Person, sandbox: FastrackSandbox, elsewhere: ElsewhereOffice) -> None:
        self.person, self.sandbox, self.elsewhere = person, sandbox, elsewhere
        self.number, self.project_id = person.tab.order.number, person.tab.order.project_id
        person.sees(f"Order {self.number}")

    @property
    def case(self) -> Any:
        return self.sandbox.control(f"orders/{self.number}/case")

    @property
    def order(self) -> Any:
        return next(row for row in self.sandbox.control("orders") if row["number"] == self.number)

    @property
    def project(self) -> Project:
        return self.elsewhere.get(Project, self.project_id)

    def option(self, task: str, name: str) -> Any:
        """An option of a task, as Desk has it."""
        (row,) = self.elsewhere.all(Task, project_id=self.project_id, name=task)
        return (row.options or {}).get(name)

    def soon(self, ready: Callable[[], Any]) -> None:
        """Desk knows without anybody asking."""
        self.person.until(ready)

    def photos(self, *tasks: str) -> None:
        """Before and After of tasks reach FAStrack, as the relay sends them."""
        with httpx.Client(trust_env=False, verify=False) as client:
            for task in tasks:
                for kind in ("before", "after"):
                    fields = {
                        "uuid": f"{task}-{kind}".replace(" ", "-"),
                        "key2": self.number,
                        "key4": task,
                        "evidenceType": kind,
                    }
                    payload = {
                        **self.sandbox.credentials.payload(),
                        **fields,
                        "fileType": "picture",
                        "fileName": f"{kind}.jpg",
                    }
                    file = {"file": ("photo.jpg", f"{task} {kind}".encode())}
                    sent = client.post(
                        f"{self.sandbox.url}/uploadPictures.json", data={"payload": json.dumps(payload)}, files=file
                    )
                    assert sent.json()["status"] is True

    def accept(self) -> None:
        self.person.click("#accept")
        self.person.sees("You accepted this order.")

    def go(self, page: str) -> None:
        self.person.follow(page)
        self.person.until(lambda: self.person.read("document.querySelector('nav a[aria-current]')?.innerText") == page)
        self.person.sees(page)

    def press(self, button: str, says: str) -> None:
        self.person.leave_by(button)
        self.person.sees(says)

    def all_done(self, *tasks: str) -> None:
        """Everything that QC wants, up to the invoice."""
        self.accept()
        self.photos(*tasks)
        self.go("Edit Services")
        self.press("#auto-complete", "services are completed.")
        self.go("Invoices")
        self.press("#generate-invoice", "is generated.")

    def submit(self) -> None:
        self.go("Submit to QC")
        self.press("#submit-to-qc", "The order is submitted to QC.")

    def qc(self, answer: str, words: str, status: str) -> None:
        """AFS answers, on FAStrack's own page of the order."""
        self.person.follow("Open in FAStrack")
        self.person.sees(f"FAStrack · {self.number}")
        if words:
            self.person.type_into("#words", words)
        self.person.leave_by(f"#qc-{answer}")
        self.person.until(lambda: self.person.read("document.querySelector('#client-status')?.innerText") == status)
        self.person.sees(words)
        self.person.follow("Back to myFAStrack")
        self.person.sees(f"Order {self.number}")


@pytest.fixture
def signed_in_window(
    monkeypatch: pytest.MonkeyPatch, furnish: Callable[[PortalAccess], None], sandbox: FastrackSandbox, request: Any
) -> MainWindow:
    """The portal is signed in to by itself. Refreshes rest for less than in an office, to save the tests' time."""
    monkeypatch.setattr(refreshes, "REST", 300)
    furnish(PortalAccess("form", sandbox.portal_login_url))
    window: MainWindow = request.getfixturevalue("engine_window")  # only now: its engine fetches the orders at once
    return window


@pytest.fixture
def at_work(
    qtbot: QtBot, elsewhere: ElsewhereOffice, sandbox: FastrackSandbox, signed_in_window: MainWindow
) -> Callable[..., Worker]:
    """Opens the order of a kind."""

    def open_it(kind: str = "Grass Cut") -> Worker:
        number = next(row["number"] for row in sandbox.control("orders") if row["kind"] == kind)
        (project,) = elsewhere.all(Project, number=number)
        return Worker(open_tab(qtbot, signed_in_window, project.id), sandbox, elsewhere)

    return open_it


def tasks_of(worker: Worker) -> list[str]:
    return [task.name for task in worker.elsewhere.all(Task, project_id=worker.project_id)]


def test_accepting_with_a_promised_date(at_work: Callable[..., Worker]) -> None:
    worker = at_work()
    day = datetime.now(UTC).date() + timedelta(days=40)
    worker.person.click("#promised")
    worker.person.qtbot.keyClicks(worker.person.surface(), f"{day:%m%d%Y}")
    worker.person.until(lambda: worker.person.read("document.querySelector('#promised').value") == day.isoformat())
    worker.accept()
    assert (worker.order["client_status"], worker.case["promised"]) == ("Accepted", day.isoformat())
    worker.soon(lambda: worker.project.client_status == "Accepted")
    assert worker.project.client_due == day.isoformat()


def test_denying_with_a_reason_closes_the_project(at_work: Callable[..., Worker]) -> None:
    worker = at_work()
    worker.person.type_into("#reason", "Too far")
    worker.press("#deny", "You denied this order.")
    assert worker.case["denied"] == "Too far"
    worker.soon(lambda: worker.project.status == "Closed")
    assert (worker.project.client_status, worker.project.close_reason) == ("Denied", CloseReason.CLIENT)


def test_a_survey_is_filled_in_and_submitted(at_work: Callable[..., Worker]) -> None:
    worker, survey = at_work("Winterization"), "Winterization Checklist"
    worker.accept()
    worker.photos("Winterization")
    worker.go("Surveys")
    worker.person.follow(survey)
    worker.person.sees("Heating system")
    person, keys = worker.person, worker.person.qtbot
    person.read("document.querySelector('#q-system').focus()")
    keys.keyClicks(person.surface(), "D")
    keys.keyClick(person.surface(), Qt.Key.Key_Tab)
    keys.keyClicks(person.surface(), "Y")
    person.until(lambda: person.read("document.querySelector('#q-held_pressure').value") == "Yes")
    worker.press("#submit-survey", "Still to be answered: Winterization notice")
    person.click("#p-notice_photo-Winterization-after")
    worker.press("#submit-survey", f"{survey} is submitted")
    assert worker.case["surveys"][survey]["system"]["answer"] == "Dry"
    worker.soon(lambda: worker.option(survey, "survey_submitted"))
    panel = worker.person.tab.window().pages["portal"].panel
    worker.soon(lambda: any(row.name == survey and row.survey_submitted for row in panel._details.tasks))


def test_the_typical_day_from_photos_to_an_approved_order(at_work: Callable[..., Worker]) -> None:
    worker = at_work()
    tasks = tasks_of(worker)
    worker.accept()
    worker.go("Submit to QC")
    worker.press("#submit-to-qc", "Not submitted.")
    worker.person.sees("Grass Cut: no Before photo")
    worker.photos(*tasks)
    worker.go("Discretionary items")
    for field, words in (("#name", "Branch"), ("#price", "35.50"), ("#reason", "It fell")):
        worker.person.type_into(field, words)
    worker.person.click("#photo-Grass-Cut-after")
    worker.press("#add-extra", "Branch is added.")
    worker.go("Edit Services")
    worker.press("#auto-complete", f"{len(tasks)} of {len(tasks)} services are completed.")
    worker.go("Invoices")
    worker.press("#generate-invoice", "is generated.")
    worker.submit()
    case = worker.case
    assert ([extra["cents"] for extra in case["extras"]], case["missing"]) == ([3550], [])
    assert worker.order["client_status"] == "Submitted to QC"
    worker.soon(lambda: worker.project.status == "Submitted")
    portal = worker.project.options["portal"]
    assert portal["discretionary"] == ["1 x Branch"]
    assert portal["invoices"] == [case["invoices"][0]["number"]]
    assert [worker.option(task, "completed") for task in tasks] == [True] * len(tasks)
    worker.qc("auto", "", "Closed")
    worker.soon(lambda: worker.project.status == "Closed")


def test_services_are_completed_by_hand_with_quantity_and_comment(at_work: Callable[..., Worker]) -> None:
    worker = at_work()
    first, *_ = tasks = tasks_of(worker)
    worker.accept()
    worker.photos(*tasks)
    worker.go("Edit Services")
    person = worker.person
    person.click("#quantity-0")
    person.qtbot.keyClick(person.surface(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    person.qtbot.keyClicks(person.surface(), "2.5")
    person.type_into("#comment-0", "Steep")
    person.click("#completed-0-yes")
    worker.press("#save-services", f"1 of {len(tasks)} services are completed.")
    done = worker.case["services"][first]
    assert (done["quantity"], done["comment"], done["completed"]) == ("2.5", "Steep", True)
    worker.soon(lambda: worker.option(first, "completed"))
    assert worker.option(first, "quantity") == "2.5"


def test_an_invoice_of_ones_own_is_attached_viewed_and_kept(at_work: Callable[..., Worker], tmp_path: Path) -> None:
    worker = at_work()
    worker.accept()
    (tmp_path / "ours.pdf").write_text(PDF)
    worker.go("Invoices")
    worker.person.type_into("#number", "A-7")
    worker.person.type_into("#total", "120")

    def choose() -> bool:
        dialog = next(
            (one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog) and one.isVisible()), None
        )
        if dialog is not None:
            field = dialog.findChild(QLineEdit)
            field.setText(str(tmp_path / "ours.pdf"))
            worker.person.qtbot.keyClick(field, Qt.Key.Key_Return)
        return dialog is not None

    worker.person.when(choose)
    worker.person.click("#file")
    worker.person.until(lambda: worker.person.read("document.querySelector('#file').files.length") == 1)
    worker.press("#attach-invoice", "Invoice A-7 is attached.")
    assert worker.case["invoices"][0]["total_cents"] == 12_000
    worker.soon(lambda: worker.project.options.get("portal", {}).get("invoices") == ["A-7"])
    tab = worker.person.tab
    worker.person.follow("A-7")
    worker.person.until(lambda: tab.page.url().path().endswith("A-7.pdf") and not tab.is_loading)
    worker.person.qtbot.mouseClick(tab.bar.pdf, LEFT)
    worker.soon(lambda: worker.elsewhere.all(Item, project_id=worker.project_id))
    (item,) = worker.elsewhere.all(Item, project_id=worker.project_id)
    assert (item.file_name, item.state) == ("A-7.pdf", ItemState.PENDING_QA)


def test_comments_of_both_sides_instructions_and_support(at_work: Callable[..., Worker]) -> None:
    worker = at_work()
    worker.go("Comments")
    worker.person.type_into("#text", "Gate is locked")
    worker.press("#add-comment", "Your comment is sent.")
    worker.qc("comment", "Code 4471", "Open")
    worker.go("Comments")
    worker.person.sees("Code 4471")
    worker.go("Support")
    worker.person.type_into("#text", "Not paid")
    worker.press("#request-support", "Support has your request")
    assert [remark["text"] for remark in worker.case["comments"]] == ["Gate is locked", "Code 4471"]
    assert worker.case["support"][0]["text"] == "An order is wrong: Not paid"
    worker.soon(lambda: worker.project.options.get("portal", {}).get("support") == 1)
    assert worker.project.client_instructions == "AFS: Code 4471"
    assert worker.project.options["portal"]["comments"] == 2
    worker.go("Instructions")
    worker.person.sees("Grass must be under 2 inches.")
    assert "Grass must be under 2 inches." in worker.project.instructions


def test_qc_asks_then_wants_rework_and_each_shows_in_desk(at_work: Callable[..., Worker]) -> None:
    worker = at_work()
    worker.all_done(*tasks_of(worker))
    worker.submit()
    worker.qc("ask", "Which side?", "Information Requested")
    worker.soon(lambda: worker.project.client_status == "Information Requested")
    assert worker.project.client_instructions == "AFS: Which side?"
    worker.go("Comments")
    worker.person.type_into("#text", "North")
    worker.press("#add-comment", "Your comment is sent.")
    worker.submit()
    worker.qc("rework", "Cut the edges", "Rework")
    worker.soon(lambda: worker.project.status == "Rework")
    assert worker.project.client_instructions == "AFS: Cut the edges"
    assert [remark["text"] for remark in worker.case["verdicts"]] == ["Which side?", "Cut the edges"]


def test_qc_declines_for_good_and_the_project_closes(at_work: Callable[..., Worker]) -> None:
    worker = at_work("Lock Change")
    worker.all_done(*tasks_of(worker))
    worker.submit()
    worker.qc("decline", "Wrong door", "QC Declined")
    assert worker.case["verdicts"][-1]["text"] == "Wrong door"
    worker.soon(lambda: worker.project.status == "Closed")
    assert worker.project.client_status == "QC Declined"


def test_a_session_that_ran_out_is_begun_again_at_the_same_page(at_work: Callable[..., Worker]) -> None:
    worker = at_work()
    worker.sandbox.control("portal/sign_out", {})
    worker.go("Comments")
    assert worker.person.tab.page.url().path().endswith("/comments")
