"""What the vendor does to an order in myFAStrack, by the rules that make QC accept or decline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from sandbox.browser import Browser

PDF = b"%PDF-1.4\nan invoice of the vendor's own"
WORK = ("before", "after")


class Vendor:
    """The vendor's office in front of one order: signed in, its photos arriving through the API."""

    def __init__(self, browser: Browser, caller: Any, kind: str) -> None:
        self.browser, self.caller = browser, caller
        self.number: str = caller.any_order(kind)["number"]
        browser.sign_in()

    @property
    def order(self) -> Any:
        (order,) = [order for order in self.caller.orders() if order["workOrderNumber"] == self.number]
        return order

    @property
    def case(self) -> Any:
        return self.browser.sandbox.control(f"orders/{self.number}/case")

    @property
    def tasks(self) -> list[str]:
        return list(dict.fromkeys(service["serviceName"] for service in self.order["services"]))

    def do(self, page: str, action: str, /, **fields: Any) -> Any:
        return self.browser.do(self.number, page, action, **fields)

    def accept(self) -> None:
        assert self.do("", "accept", promised=tomorrow()).status_code == 200

    def send(self, task: str, *kinds: str, data: bytes | None = None) -> None:
        for kind in kinds:
            photo = data or f"{task} {kind}".encode()
            fields = {"uuid": f"{task}/{kind}", "key2": self.number, "key4": task, "evidenceType": kind}
            answer = self.caller.upload(photo, **fields, fileName=f"{kind}.jpg")
            assert answer.json()["status"] is True

    def edit(self, deed: str, completed: tuple[int, ...] = (), quantity: str = "1") -> Any:
        fields = {f"quantity-{place}": quantity for place in range(len(self.tasks))}
        return self.do("services", "edit-services", deed=deed, **fields, **{f"completed-{n}": "yes" for n in completed})

    def ready(self) -> None:
        """Everything that QC wants of an order without surveys and check-in."""
        self.accept()
        for task in self.tasks:
            self.send(task, *WORK)
        self.edit("auto")
        self.do("invoices", "generate-invoice")

    def submitted(self) -> None:
        self.ready()
        assert "submitted to QC" in self.do("qc", "submit").text

    def qc(self, answer: str, words: str = "") -> Any:
        return self.browser.sandbox.control(f"orders/{self.number}/qc", {"answer": answer, "words": words})


@pytest.fixture
def at_order(browser: Browser, caller: Any) -> Callable[..., Vendor]:
    """Signs the vendor in, before the first order of a kind."""
    return lambda kind="Grass Cut": Vendor(browser, caller, kind)


def tomorrow() -> str:
    return (datetime.now(UTC).date() + timedelta(days=1)).isoformat()


def test_accepting_promises_a_date_that_the_order_then_says(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    assert (vendor.order["clientStatus"], vendor.order["clientDueDate"]) == ("Accepted", tomorrow())


@pytest.mark.parametrize("promised", ["", "soon", "2020-01-01"])
def test_a_promise_needs_a_date_to_come(at_order, promised: str) -> None:
    vendor = at_order()
    assert vendor.do("", "accept", promised=promised).status_code == 409
    assert vendor.order["clientStatus"] == "Open"


def test_denying_needs_a_reason_and_takes_the_order_away(at_order) -> None:
    vendor = at_order()
    assert "Say why" in vendor.do("", "deny", reason=" ").text
    assert vendor.order["clientStatus"] == "Open"
    vendor.do("", "deny", reason="Too far away")
    assert (vendor.order["clientStatus"], vendor.case["denied"]) == ("Denied", "Too far away")


@pytest.mark.parametrize(
    ("page", "deed"), [("extras", "add-extra"), ("services", "edit-services"), ("invoices", "generate-invoice")]
)
def test_nothing_is_worked_on_before_the_order_is_accepted(at_order, page: str, deed: str) -> None:
    vendor = at_order()
    path = f"/portal/orders/{vendor.number}/{page}"
    opened = vendor.browser.get(path)
    assert f'action="/portal/orders/{vendor.number}/{deed}"' not in opened.text
    assert "Accept the order first." in opened.text


def test_a_survey_switches_questions_on_and_wants_the_required_ones(at_order) -> None:
    vendor = at_order("Winterization")
    vendor.accept()
    page, service = "survey?service=Winterization%20Checklist", "Winterization Checklist"
    assert "Where does it leak?" not in vendor.browser.get(f"/portal/orders/{vendor.number}/{page}").text
    fields = {"q-system": "Dry", "q-held_pressure": "No"}
    saved = vendor.do(page, "answer-survey", deed="save", **fields)
    assert "Where does it leak?" in saved.text
    refused = vendor.do(page, "answer-survey", deed="submit", **fields)
    assert refused.status_code == 409
    assert "Where does it leak?; Winterization notice" in refused.text
    vendor.send("Winterization", "after")
    photo = {"p-notice_photo": "Winterization/after"}
    done = vendor.do(page, "answer-survey", deed="submit", **fields, **photo, **{"q-leak_at": "Kitchen"})
    assert "is submitted" in done.text
    assert vendor.case["submitted_surveys"] == [service]
    assert vendor.case["surveys"][service]["leak_at"]["answer"] == "Kitchen"
    assert vendor.order["services"][1]["options"] == {"survey_submitted": True}


def test_a_discretionary_item_needs_price_reason_and_photo(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    vendor.send("Grass Cut", "before")
    item = {"name": "Remove branch", "quantity": "2", "price": "35.50", "reason": "Blocks the walk"}
    assert "at least one photo" in vendor.do("extras", "add-extra", **item).text
    assert "amount" in vendor.do("extras", "add-extra", **{**item, "price": "much"}, photo="Grass Cut/before").text
    assert "Say why" in vendor.do("extras", "add-extra", **{**item, "reason": ""}, photo="Grass Cut/before").text
    assert vendor.case["extras"] == []
    assert "$71.00" in vendor.do("extras", "add-extra", **item, photo="Grass Cut/before").text
    (extra,) = vendor.case["extras"]
    assert (extra["cents"], extra["photos"]) == (3550, ["Grass Cut/before"])
    assert vendor.order["options"]["portal"]["discretionary"] == ["2 x Remove branch"]


def test_auto_complete_completes_what_has_its_photos(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    vendor.send("Grass Cut", *WORK)
    vendor.send("Shrub Trim", "before")
    said = vendor.edit("auto").text
    assert "Shrub Trim: no After" in said
    assert {name: work["completed"] for name, work in vendor.case["services"].items()} == {
        name: name == "Grass Cut" for name in vendor.tasks
    }
    assert vendor.order["services"][0]["options"]["completed"] is True


def test_a_service_without_its_photos_cannot_be_completed_by_hand(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    vendor.send("Grass Cut", "before")
    refused = vendor.edit("save", completed=(0,))
    assert refused.status_code == 409
    assert "Grass Cut: no After" in refused.text
    assert vendor.case["services"] == {}


def test_an_invoice_is_generated_from_what_is_completed(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    assert "No service is completed" in vendor.do("invoices", "generate-invoice").text
    vendor.send("Grass Cut", *WORK)
    vendor.edit("save", completed=(0,), quantity="2")
    vendor.do("invoices", "generate-invoice")
    (invoice,) = vendor.case["invoices"]
    assert (invoice["lines"], invoice["total_cents"]) == ([["Grass Cut", "2", 9000]], 9000)
    pdf = vendor.browser.get(f"/portal/orders/{vendor.number}/invoices/{invoice['number']}.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert b"2 x Grass Cut: $90.00" in pdf.content


def test_an_invoice_of_ones_own_is_a_pdf_and_comes_back_as_it_was(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    facts = {"number": "A-7", "total": "120"}
    text = {"file": ("a.pdf", b"no pdf", "application/pdf")}
    assert "is no PDF" in vendor.do("invoices", "attach-invoice", files=text, **facts).text
    file = {"file": ("a.pdf", PDF, "application/pdf")}
    assert "is attached" in vendor.do("invoices", "attach-invoice", files=file, **facts).text
    assert vendor.case["invoices"][0]["total_cents"] == 12_000
    assert vendor.browser.get(f"/portal/orders/{vendor.number}/invoices/A-7.pdf").content == PDF
    assert "already" in vendor.do("invoices", "attach-invoice", files=file, **facts).text


def test_both_sides_comment_and_the_clients_words_go_out_with_the_order(at_order) -> None:
    vendor = at_order()
    vendor.do("comments", "comment", text="Gate is <locked>")
    vendor.qc("comment", "Code 4471")
    page = vendor.browser.get(f"/portal/orders/{vendor.number}/comments").text
    assert "Gate is &lt;locked&gt;" in page
    assert page.index("Gate is") < page.index("Code 4471")
    assert vendor.order["clientInstructions"] == "AFS: Code 4471"


def test_instructions_of_order_and_services_are_on_their_page(at_order) -> None:
    vendor = at_order()
    page = vendor.browser.get(f"/portal/orders/{vendor.number}/instructions").text
    assert "<b>Grass must be under 2 inches.</b>" in page
    assert "Cut to 2 inches. Edge all walks." in page


def test_what_is_missing_keeps_an_order_from_qc_and_is_listed(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    vendor.send("Grass Cut", "before")
    refused = vendor.do("qc", "submit")
    assert refused.status_code == 409
    assert vendor.order["clientStatus"] == "Accepted"
    for words in ("Grass Cut: no After photo", "Grass Cut: service not completed", "Invoice: none"):
        assert words in refused.text


def test_a_check_in_is_missed_until_all_of_it_happened(at_order) -> None:
    vendor = at_order("Initial Secure")
    steps = [words for words in vendor.case["missing"] if words.startswith(("Check In", "AGS"))]
    assert [words.partition(":")[2].strip() for words in steps] == [
        "survey not submitted", "service not completed", "no check-in with a valid ABC number", "Complete was not pressed",
    ]  # fmt: skip
    survey = {"abcNumber": "ABC12345", "who": "Dana", "when": "2026-12-01T10:00:00Z"}
    common = {"key2": vendor.number, "evidenceType": "check in"}
    vendor.caller.upload(None, **common, uuid="in", key4="", fileType="checkin", survey=survey)
    vendor.caller.upload(None, **common, uuid="list", key4="AGS Checklist", fileType="survey", survey={"answers": []})
    entry = {"workOrderNumber": vendor.number, "status": "Completed"}
    vendor.caller.post("status", {"workOrders": [entry]})
    left = [words for words in vendor.case["missing"] if words.startswith(("Check In", "AGS"))]
    assert left == ["AGS Checklist: service not completed"]


STEPS = {
    "check-in": "Check In: no check-in with a valid ABC number",
    "checklist": "AGS Checklist: survey not submitted",
    "complete": "Check In: Complete was not pressed",
}


@pytest.mark.parametrize("happened", [each for n in range(4) for each in permutations(STEPS, n)], ids=" then ".join)
def test_fastrack_judges_a_check_in_by_all_three_in_any_order(at_order, happened: tuple[str, ...]) -> None:
    vendor = at_order("Initial Secure")
    common = {"key2": vendor.number, "evidenceType": "check in"}
    survey = {"abcNumber": "ABC12345", "who": "Dana", "when": "2026-12-01T10:00:00Z"}
    deeds = {
        "check-in": lambda: vendor.caller.upload(None, **common, uuid="in", key4="", fileType="checkin", survey=survey),
        "checklist": lambda: vendor.caller.upload(
            None, **common, uuid="list", key4="AGS Checklist", fileType="survey", survey={"answers": []}
        ),
        "complete": lambda: vendor.caller.post(
            "status", {"workOrders": [{"workOrderNumber": vendor.number, "status": "Completed"}]}
        ),
    }
    for step in happened:
        deeds[step]()
    assert [step for step, words in STEPS.items() if words in vendor.case["missing"]] == [
        step for step in STEPS if step not in happened
    ]


def test_a_submitted_order_is_with_qc_and_cannot_be_changed(at_order) -> None:
    vendor = at_order()
    vendor.submitted()
    assert (vendor.order["clientStatus"], vendor.order["status"]) == ("Submitted to QC", "Submitted")
    assert "is with QC" in vendor.browser.get(f"/portal/orders/{vendor.number}/services").text


def test_qc_approves_and_the_order_closes(at_order) -> None:
    vendor = at_order()
    vendor.submitted()
    vendor.qc("auto")
    assert vendor.order["clientStatus"] == "Closed"


def test_qc_declines_with_a_reason_and_the_order_is_rework_again(at_order) -> None:
    vendor = at_order()
    vendor.submitted()
    vendor.qc("rework", "Edges are not cut")
    sent = vendor.order
    assert (sent["clientStatus"], sent["status"]) == ("Rework", "Rework")
    assert sent["clientInstructions"] == "AFS: Edges are not cut"
    assert "submitted to QC" in vendor.do("qc", "submit").text


def test_qc_declines_for_good(at_order) -> None:
    vendor = at_order()
    vendor.submitted()
    vendor.qc("decline", "Wrong house")
    assert vendor.order["clientStatus"] == "QC Declined"
    assert "nothing can be changed any more" in vendor.browser.get(f"/portal/orders/{vendor.number}/services").text


def test_qc_asks_and_wants_an_answer_before_it_is_submitted_again(at_order) -> None:
    vendor = at_order()
    vendor.submitted()
    vendor.qc("ask", "Which side is this?")
    assert vendor.order["clientStatus"] == "Information Requested"
    assert "not answered" in vendor.do("qc", "submit").text
    vendor.do("comments", "comment", text="The north side")
    assert "submitted to QC" in vendor.do("qc", "submit").text


def test_qc_by_its_own_rules_declines_one_photo_for_both(at_order) -> None:
    vendor = at_order()
    vendor.accept()
    for task in vendor.tasks:
        vendor.send(task, *WORK, data=b"the same picture of " + task.encode())
    vendor.edit("auto")
    vendor.do("invoices", "generate-invoice")
    vendor.do("qc", "submit")
    assert vendor.qc("auto")["client_status"] == "Rework"
    assert "same photo is Before and After" in vendor.order["clientInstructions"]


def test_qc_by_its_own_rules_asks_about_dear_extras_once(at_order) -> None:
    vendor = at_order()
    vendor.ready()
    item = {"name": "Tree", "quantity": "1", "price": "900", "reason": "It fell"}
    vendor.do("extras", "add-extra", **item, photo="Grass Cut/after")
    vendor.do("qc", "submit")
    assert vendor.qc("auto")["client_status"] == "Information Requested"
    vendor.do("comments", "comment", text="It blocked the door")
    vendor.do("qc", "submit")
    assert vendor.qc("auto")["client_status"] == "Closed"


def test_support_is_requested(at_order) -> None:
    vendor = at_order()
    assert "Say what happened" in vendor.do("support", "request-support", subject="An invoice", text="").text
    vendor.do("support", "request-support", subject="An invoice", text="It is not paid")
    assert vendor.case["support"][0]["text"] == "An invoice: It is not paid"


def test_fastrack_shows_the_whole_order_and_answers_as_the_client(at_order) -> None:
    vendor = at_order()
    vendor.submitted()
    path = f"/portal/fastrack/{vendor.number}"
    page = vendor.browser.get(path)
    assert "INV-" in page.text
    refused = vendor.browser.submit(page, f"{path}/answer", answer="rework", words="")
    assert "QC gives a reason" in refused.text
    vendor.browser.submit(page, f"{path}/answer", answer="approve", words="")
    assert vendor.order["clientStatus"] == "Closed"


def test_what_was_done_survives_a_restart(at_order) -> None:
    vendor = at_order()
    vendor.ready()
    before = vendor.case
    vendor.browser.sandbox.stop()
    vendor.browser.sandbox.start()
    assert vendor.case == before
    assert before["invoices"]


def test_signing_everybody_out_leads_to_the_login(browser: Browser) -> None:
    browser.sign_in()
    browser.sandbox.control("portal/sign_out", {})
    assert browser.get().url.path == "/portal/login"
