"""Filling in a form in the real window."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from builders import item_json, receive_item
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import fill
from pruvan_desk.domain.surveys.form import AnswerType
from pruvan_desk.domain.surveys.reading import read_form
from pruvan_desk.operations.qa import mark_items
from pruvan_desk.store.models import Item, SurveyDraft, SurveyTemplateRow, Task
from pruvan_desk.store.views.surveys import SurveyState
from pruvan_desk.ui.surveys.fields import AreaField, ChecksField, ChipsField, LineField, SelectField
from pruvan_desk.ui.surveys.form import AT_ONCE
from pruvan_desk.ui.surveys.importing import SourceDialog
from pruvan_desk.ui.surveys.photo_tile import DRAGGED, PhotoTile
from pruvan_desk.ui.surveys.photos import PhotoPicker
from pruvan_desk.ui.surveys.question import QuestionRow
from pruvan_desk.ui.surveys.view import SurveysPage
from pruvan_desk.ui.window import MainWindow
from pruvan_desk.wire.items import read_item
from ui.elsewhere import ElsewhereOffice, jpeg

TYPED = {
    "text": "Ana", "number": "14", "currency": "12.50", "date": "2026-11-25", "time": "14:30", "phone": "(512) 555-0142",
    "email": "ana@example.com", "signature": "Ana Ruiz", "textArea": "Fence is down", "barcode": "40170725",
}  # fmt: skip


def question(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": kind, "answerType": kind, "question": f"Which {kind}?", **more}


EVERY_TYPE = [
    question("label"),
    question("yesNo", required=True, triggers=[{"answer": "No", "enables": ["why"]}]),
    question("why", answerType="text", required=True),
    question("yesNoNA"),
    *(question(kind) for kind in TYPED),
    question("select", answerOptions=["Good", "Poor"]),
    question("multiSelect", answerOptions=["Pool", "Mold", "Debris"]),
    question("picture", minPictures=1, maxPictures=2),
]
ROOMS = [
    {"type": "section", "id": "rooms", "name": "Rooms", "repeat": True, "questions": [question("text", required=True)]}
]


class Surveys:
    """A survey task and the window on it."""

    def __init__(self, qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> None:
        self.qtbot, self.office, self._open_window = qtbot, elsewhere, open_window
        self.project: int = elsewhere.project(elsewhere.integration(), "88123", ("Inspection",))
        self.page: SurveysPage

    def want(self, *questions: dict[str, Any]) -> None:
        body = {"meta": {"surveyTemplateId": "F", "version": "1", "name": "Form"}, "questions": list(questions)}

        def work() -> None:
            with self.office.database.write() as writing:
                row = SurveyTemplateRow(
                    integration_id=1, template_id="F", version="1", name="Form", body=body, received_at=writing.now
                )
                writing.session.add(row)
                writing.session.flush()
                task = writing.session.query(Task).one()
                task.survey_id, task.survey_template_id = "F", row.id

        self.office.do(work)

    def open(self) -> SurveysPage:
        page = self._open_window().show_page("surveys")
        assert isinstance(page, SurveysPage)
        self.page = page
        if page.session is None and not page.state.get("surveys/task"):
            page.list.states.setCurrentText("All")
            self.qtbot.waitUntil(lambda: len(page.list.model.records) == 1)
            page.list.table.selectRow(0)
        self.qtbot.waitUntil(lambda: page.session is not None and page.panel.form.complete)
        return page

    def row(self, name: str, repetition: int = 0) -> QuestionRow:
        return self.page.panel.form.rows[Place(name, repetition)]

    def write(self, name: str, text: str, repetition: int = 0) -> None:
        row = self.row(name, repetition)
        self.page.panel.form.go(row.place)
        field = row.field.line if isinstance(row.field, LineField) else row.field.area
        assert field.isVisible()
        self.qtbot.keyClicks(field, text)

    def click(self, name: str, answer: str) -> None:
        field = self.row(name).field
        parts = field.chips if isinstance(field, ChipsField) else field.boxes
        next(part for part in parts if part.property("answer") == answer).click()

    def pick(self, name: str, *uuids: str) -> None:
        self.qtbot.mouseClick(self.row(name).photos.add, Qt.MouseButton.LeftButton)
        picker = self.dialog(PhotoPicker)
        for place in range(picker.list.count()):
            item = picker.list.item(place)
            item.setSelected(item.data(Qt.ItemDataRole.UserRole) in uuids)
        picker._accept()

    def dialog(self, kind: type) -> Any:
        self.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
        return QApplication.activeModalWidget()

    def agree(self, words: str) -> None:
        box = self.dialog(QMessageBox)
        self.qtbot.mouseClick(
            next(part for part in box.findChildren(QPushButton) if part.text() == words), Qt.MouseButton.LeftButton
        )

    def drafts(self) -> list[SurveyDraft]:
        found: list[SurveyDraft] = self.office.all(SurveyDraft)
        return found

    def wait_saved(self, name: str, answer: Any) -> None:
        def saved() -> bool:
            entries = [entry for draft in self.drafts() for entry in draft.body["answers"]]
            return {"id": name, "answer": answer}.items() <= next((e for e in entries if e["id"] == name), {}).items()

        self.qtbot.waitUntil(saved)

    def submitted(self) -> list[Item]:
        found: list[Item] = self.office.all(Item, file_type=FileType.SURVEY)
        return found

    def submit(self) -> None:
        self.qtbot.mouseClick(self.page.panel.submit, Qt.MouseButton.LeftButton)

    def crew_submits(self, **answers: str) -> None:
        survey = {"answers": [{"id": name, "answer": answer} for name, answer in answers.items()]}
        payload = item_json(
            "phone", key2="AFS::88123", key4="Inspection", fileType="survey", survey=survey, createdBy="crew7"
        )
        self.office.do(lambda: receive_item(self.office.database, read_item(payload), None, "crew7"))


@pytest.fixture
def surveys(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> Surveys:
    return Surveys(qtbot, elsewhere, open_window)


def test_a_form_of_every_answer_type_is_filled_in_and_submitted(surveys: Surveys) -> None:
    asked = {entry["answerType"] for entry in EVERY_TYPE}
    assert asked >= {kind.value for kind in AnswerType}
    surveys.want(*EVERY_TYPE)
    surveys.office.picture(surveys.project, uuid="front")
    surveys.office.picture(surveys.project, uuid="back")
    surveys.open()
    assert surveys.row("why").isHidden()
    surveys.click("yesNo", "No")
    surveys.write("why", "Locked")
    surveys.click("yesNoNA", "N/A")
    for name, text in TYPED.items():
        surveys.write(name, text)
    box = surveys.row("select").field
    assert isinstance(box, SelectField)
    surveys.qtbot.keyClicks(box.box, "P")
    surveys.click("multiSelect", "Pool")
    surveys.click("multiSelect", "Debris")
    assert isinstance(surveys.row("textArea").field, AreaField)
    assert isinstance(surveys.row("multiSelect").field, ChecksField)
    surveys.pick("picture", "back")
    filling = surveys.page.session.filling
    assert [place for place in filling.on if not filling.answered(place)] == [Place("label")]
    assert surveys.page.panel.count.text() == "16 of 16"
    surveys.submit()
    surveys.qtbot.waitUntil(lambda: len(surveys.submitted()) == 1)
    (item,) = surveys.submitted()
    answers = {entry["id"]: entry["answer"] for entry in item.survey["answers"]}
    assert answers == TYPED | {
        "yesNo": "No", "why": "Locked", "yesNoNA": "N/A", "select": "Poor", "multiSelect": ["Pool", "Debris"], "picture": "",
    }  # fmt: skip
    assert item.survey["answers"][-1]["pictures"] == ["back"]
    assert (item.state, item.created_by) == (ItemState.PENDING_QA, "mary")


def test_what_is_typed_is_saved_at_once_and_there_again_in_another_window(surveys: Surveys) -> None:
    surveys.want(question("text"), question("number"))
    surveys.open()
    surveys.write("text", "Ana")
    surveys.wait_saved("text", "Ana")
    surveys.write("text", " R")
    surveys.wait_saved("text", "Ana R")
    page = surveys.open()  # the other one was never closed, as after a crash
    assert page.session is not None
    assert page.session.filling.answer(Place("text")) == "Ana R"
    assert page.list.model.records[0].state is SurveyState.DRAFT or surveys.drafts()


def test_what_was_typed_last_is_saved_when_the_window_closes(surveys: Surveys) -> None:
    surveys.want(question("text"))
    page = surveys.open()
    surveys.write("text", "Ana")
    page.window().leave()
    surveys.wait_saved("text", "Ana")


def test_what_is_missing_is_listed_and_leads_there(surveys: Surveys) -> None:
    surveys.want(
        question("text", required=True),
        *(question("number", id=f"n{n}") for n in range(60)),
        question("date", required=True),
    )
    page = surveys.open()
    surveys.submit()
    gaps = page.panel.gaps
    assert [gaps.list.item(place).text() for place in range(2)] == [
        "Which text?: An answer is wanted.", "Which date?: An answer is wanted.",
    ]  # fmt: skip
    assert surveys.row("text").problem.isVisible()
    gaps.list.itemActivated.emit(gaps.list.item(1))
    field = surveys.row("date").field
    assert page.focusWidget() is field.line
    assert not surveys.row("date").visibleRegion().isEmpty()
    surveys.qtbot.keyClicks(field.line, "2026-11-25")
    assert gaps.list.count() == 1
    assert surveys.submitted() == []


def test_all_that_is_missing_in_a_long_form_is_marked_to_its_end_whatever_is_typed_meanwhile(surveys: Surveys) -> None:
    surveys.want(*(question("text", id=f"q{n}", required=True) for n in range(200)))
    page = surveys.open()
    surveys.submit()
    assert surveys.row("q0").problem.text() == "An answer is wanted."
    surveys.write("q0", "Ana")
    assert surveys.row("q0").problem.isHidden()
    surveys.qtbot.waitUntil(lambda: surveys.row("q199").problem.text() == "An answer is wanted.")
    assert all(surveys.row(f"q{n}").problem.isVisible() for n in range(1, 200))
    surveys.qtbot.waitUntil(page.panel.discard.isVisible)
    page.panel.discard.click()
    surveys.agree("Discard")
    surveys.qtbot.waitUntil(lambda: surveys.row("q0").field.line.text() == "")
    assert surveys.row("q199").problem.isHidden()  # asked anew, nobody has tried to submit yet


def test_next_unanswered_goes_from_one_to_the_next(surveys: Surveys) -> None:
    surveys.want(question("text"), question("number"), question("date"))
    page = surveys.open()
    surveys.write("number", "1")
    page.page_actions["survey_next"].trigger()
    assert page.focusWidget() is surveys.row("date").field.line
    page.page_actions["survey_next"].trigger()
    assert page.focusWidget() is surveys.row("text").field.line


def test_an_answer_that_will_not_do_is_marked_as_it_is_typed(surveys: Surveys) -> None:
    surveys.want(question("number", validation={"max": 9}))
    page = surveys.open()
    surveys.write("number", "12")
    assert surveys.row("number").problem.text() == "At most 9 is wanted."
    assert page.panel.count.text() == "0 of 1"


def test_searching_leaves_only_the_questions_that_hold_the_words(surveys: Surveys) -> None:
    surveys.want(
        question("text", question="Height of the grass"),
        question("number", question="Roof", hint="grass on it"),
        question("date"),
    )
    page = surveys.open()
    page.panel.search.setText("GRASS")
    assert [place.question_id for place, row in page.panel.form.rows.items() if not row.isHidden()] == [
        "text",
        "number",
    ]
    page.panel.search.clear()
    assert not surveys.row("date").isHidden()


@pytest.mark.parametrize("way", ["gap", "next"])
def test_who_goes_to_a_question_that_the_search_hides_gets_there(surveys: Surveys, way: str) -> None:
    surveys.want(*(question("text", id=f"q{n}", question=f"Number {n}?", required=n == 40) for n in range(80)))
    page = surveys.open()
    surveys.submit()
    page.panel.search.setText("Number 7")
    assert surveys.row("q40").isHidden()
    if way == "gap":
        page.panel.gaps.list.itemClicked.emit(page.panel.gaps.list.item(0))
    else:
        surveys.row("q79").field.line.setFocus()
        page.deeds.go_next()
    place = Place("q40") if way == "gap" else Place("q0")
    assert page.panel.search.text() == ""
    field = page.panel.form.rows[place].field.line
    surveys.qtbot.waitUntil(lambda: page.window().focusWidget() is field)
    assert not field.visibleRegion().isEmpty()


def test_after_submitting_it_can_only_be_read_until_it_is_reopened(surveys: Surveys) -> None:
    surveys.want(question("text", required=True))
    page = surveys.open()
    surveys.write("text", "Ana")
    surveys.submit()
    surveys.qtbot.waitUntil(page.panel.reopen.isVisible)
    assert surveys.row("text").field.line.isReadOnly()
    proven = "Cannot be verified: item (it did not come from the phone's app)"
    assert proven in page.panel.about.accessibleName(), "what the office filled in is not from the app"
    assert not page.panel.submit.isVisible()
    surveys.qtbot.mouseClick(page.panel.reopen, Qt.MouseButton.LeftButton)
    surveys.qtbot.waitUntil(page.panel.submit.isVisible)
    surveys.write("text", " R")
    surveys.submit()
    surveys.qtbot.waitUntil(lambda: [item.revision for item in surveys.submitted()] == [2])
    surveys.qtbot.waitUntil(page.panel.reopen.isVisible)
    page.panel.revisions.setCurrentIndex(1)
    assert surveys.row("text").field.line.text() == "Ana"


def test_the_crews_submission_does_not_touch_what_is_typed_and_is_replaced_only_when_asked(surveys: Surveys) -> None:
    surveys.want(question("text"))
    page = surveys.open()
    surveys.write("text", "Ana")
    surveys.wait_saved("text", "Ana")
    surveys.crew_submits(text="Ben")
    surveys.qtbot.waitUntil(page.panel.overtaken.isVisible)
    assert "crew7 submitted" in page.panel.overtaken.words.text()
    assert surveys.row("text").field.line.text() == "Ana"
    surveys.submit()
    surveys.agree("Submit mine")
    surveys.qtbot.waitUntil(page.panel.reopen.isVisible)
    (item,) = surveys.submitted()
    assert (item.uuid, item.revision, item.survey["answers"][0]["answer"]) == ("phone", 2, "Ana")


def test_or_the_crews_is_taken_instead(surveys: Surveys) -> None:
    surveys.want(question("text"))
    page = surveys.open()
    surveys.write("text", "Ana")
    surveys.wait_saved("text", "Ana")
    surveys.crew_submits(text="Ben")
    surveys.qtbot.waitUntil(page.panel.overtaken.isVisible)
    surveys.qtbot.mouseClick(page.panel.overtaken.button, Qt.MouseButton.LeftButton)
    surveys.agree("Discard")
    surveys.qtbot.waitUntil(page.panel.reopen.isVisible)
    assert surveys.row("text").field.line.text() == "Ben"
    assert surveys.drafts() == []


def test_sections_that_repeat_get_another_and_lose_one(surveys: Surveys) -> None:
    surveys.want(*ROOMS)
    page = surveys.open()
    surveys.write("text", "Hall", 1)
    more = next(part for part in page.panel.form.findChildren(QPushButton) if part.text() == "Add another: Rooms")
    surveys.qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    surveys.qtbot.keyClicks(page.focusWidget(), "Bath")  # the cursor is in it
    out = next(
        part
        for part in page.panel.form.findChildren(QPushButton)
        if part.accessibleName() == "Remove" and "1" in part.toolTip()
    )
    out.click()
    assert surveys.row("text", 1).field.line.text() == "Bath"
    assert Place("text", 2) not in page.panel.form.rows


def test_a_file_dropped_on_a_question_becomes_a_photo_of_the_project_and_its_answer(
    surveys: Surveys, tmp_path: Path
) -> None:
    surveys.want(question("picture", required=True))
    page = surveys.open()
    for name, data in (("new.jpg", jpeg((9, 9, 9), (64, 48))), ("notes.txt", b"no photo")):
        (tmp_path / name).write_bytes(data)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("new.jpg", "notes.txt")])
    said: list[str] = []
    page.said.connect(lambda title, _advice: said.append(title))
    field = surveys.row("picture").photos
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    field.dropEvent(event)
    surveys.qtbot.waitUntil(lambda: len(field.tiles) == 1)
    (photo,) = surveys.office.all(Item, file_type=FileType.PICTURE)
    assert (photo.task, photo.evidence_type, photo.file_name) == ("Inspection", "survey", "new.jpg")
    assert page.session is not None
    assert page.session.filling.pictures(Place("picture")) == (photo.uuid,)
    assert said == ["1 file cannot be an answer."]
    field.tiles[0].click()
    assert page.session.filling.pictures(Place("picture")) == ()


def test_what_the_client_took_out_is_marked_and_the_rest_is_filled_in(surveys: Surveys) -> None:
    surveys.want(question("text", required=True), question("number"))
    surveys.crew_submits(text="Bad", number="7")
    back = {"answers": [{"id": "text", "answer": ""}, {"id": "number", "answer": "7"}]}
    surveys.office.change(Task, 1, survey_rework=back)
    page = surveys.open()
    assert surveys.row("number").field.line.text() == "7"
    assert surveys.row("text").mark.text() == "Removed for rework: “Bad”"
    assert page.panel.submit.isVisible()
    assert "The client sent these answers back" in page.panel.reason.words.text()


def test_answers_that_come_back_while_somebody_writes_are_told_and_leave_the_draft_alone(surveys: Surveys) -> None:
    surveys.want(question("text", required=True), question("number"))
    surveys.crew_submits(text="Bad", number="7")
    page = surveys.open()
    page.panel.reopen.click()
    surveys.qtbot.waitUntil(page.panel.submit.isVisible)
    surveys.write("number", "8")
    surveys.qtbot.waitUntil(lambda: bool(surveys.drafts()))
    back = {"answers": [{"id": "text", "answer": ""}, {"id": "number", "answer": "7"}]}

    def come() -> None:
        with surveys.office.database.write() as writing:
            writing.session.query(Task).one().survey_rework = back
            writing.changed(projects=surveys.project)

    surveys.office.do(come)
    surveys.qtbot.waitUntil(page.panel.reason.isVisible)
    assert "The client sent these answers back" in page.panel.reason.words.text()
    assert surveys.row("text").mark.text() == "Removed for rework: “Bad”"
    assert [surveys.row(name).field.line.text() for name in ("text", "number")] == ["Bad", "78"]


def test_a_survey_goes_back_to_the_crew_with_a_reason(surveys: Surveys) -> None:
    surveys.want(question("text"))
    surveys.crew_submits(text="Ben")
    page = surveys.open()
    surveys.qtbot.mouseClick(page.panel.send_back, Qt.MouseButton.LeftButton)
    dialog = surveys.dialog(QInputDialog)
    dialog.setTextValue("Whose house?")
    dialog.accept()
    surveys.qtbot.waitUntil(page.panel.reason.isVisible)
    assert page.panel.reason.words.text() == "Sent back to the crew: Whose house?"
    assert [item.state for item in surveys.submitted()] == [ItemState.REJECTED]
    assert page.panel.submit.isVisible()  # the office may as well mend it itself


def test_the_faults_of_a_template_are_named_and_the_form_opens(surveys: Surveys) -> None:
    surveys.want(question("text"), question("text"), question("select"))
    page = surveys.open()
    words = page.panel.faults.words.text()
    assert "text is there twice" in words
    assert "select has no options" in words
    assert set(page.panel.form.rows) == {Place("text"), Place("select")}


def test_a_form_that_nobody_knows_is_imported_from_a_file(surveys: Surveys, tmp_path: Path) -> None:
    surveys.office.change(Task, 1, survey_id="F-9")
    page = surveys._open_window().show_page("surveys")
    assert isinstance(page, SurveysPage)
    surveys.qtbot.waitUntil(lambda: len(page.list.model.records) == 1)
    page.list.table.selectRow(0)
    surveys.qtbot.waitUntil(page.empty.button.isVisible)
    with surveys.qtbot.waitSignal(page.list.shown):
        surveys.office.tell(projects=surveys.project)
    assert page.empty.button.isVisible()  # reading the list again takes nothing away
    form = {"meta": {"surveyTemplateId": "F-9", "name": "Form"}, "questions": [question("text")]}
    (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
    surveys.qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    dialog = surveys.dialog(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "form.json"))
    dialog.close()
    surveys.qtbot.waitUntil(lambda: page.session is not None)
    assert set(page.panel.form.rows) == {Place("text")}


def faulty_form(tmp_path: Path, *questions: dict[str, Any]) -> Path:
    body = {"meta": {"surveyTemplateId": "G", "version": "2", "name": "Roof"}, "questions": list(questions)}
    path = tmp_path / "roof.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def test_of_a_form_that_is_imported_every_fault_is_named(surveys: Surveys, tmp_path: Path) -> None:
    surveys.want(question("text"))
    page = surveys.open()
    surveys.qtbot.mouseClick(page.list.import_form, Qt.MouseButton.LeftButton)
    dialog = surveys.dialog(QFileDialog)
    dialog.fileSelected.emit(
        str(faulty_form(tmp_path, question("text"), question("text"), question("select"), {"question": "No id"}))
    )
    dialog.close()
    box = surveys.dialog(QMessageBox)
    assert box.text() == "Roof 2 is imported. It has 3 faults."
    for words in ("text is there twice", "select has no options", "has no id"):
        assert words in box.informativeText()
    box.close()
    assert [row.template_id for row in surveys.office.all(SurveyTemplateRow)] == ["F", "G"]


def test_with_several_integrations_one_is_asked_for_and_what_is_no_form_is_refused(
    surveys: Surveys, tmp_path: Path
) -> None:
    other = surveys.office.integration("BNK")
    surveys.want(question("text"))
    page = surveys.open()
    said: list[str] = []
    page.said.connect(lambda title, _advice: said.append(title))
    page.page_actions["survey_import"].trigger()
    sources = surveys.dialog(SourceDialog)
    assert [sources.box.itemText(place) for place in range(2)] == ["AFS · AFS", "BNK · BNK"]
    sources.box.setCurrentIndex(1)
    sources.accept()
    dialog = surveys.dialog(QFileDialog)
    path = faulty_form(tmp_path, question("text"))
    dialog.fileSelected.emit(str(path))
    dialog.close()
    surveys.qtbot.waitUntil(lambda: said == ["Roof 2 is imported from roof.json."])
    assert surveys.office.all(SurveyTemplateRow)[-1].integration_id == other
    path.write_text("[]", encoding="utf-8")
    with surveys.qtbot.waitSignal(page.desk.told) as told:
        page.imports.bring(other, path)
    assert told.args[0] == "The file holds no form: it has no questions."


PHOTO_QUESTIONS = (
    question("picture", id="front", question="Front & side", minPictures=1),
    question("picture", id="back", question="Back", maxPictures=1),
)


def photo_form(surveys: Surveys) -> SurveysPage:
    """A form in which two photos belong to the first question."""
    surveys.want(*PHOTO_QUESTIONS, *(question("text", id=f"t{n}") for n in range(30)))
    for uuid in ("one", "two"):
        surveys.office.picture(surveys.project, uuid=uuid, file_name=f"{uuid}.jpg")
    page = surveys.open()
    surveys.pick("front", "one", "two")
    return page


def choose_move(surveys: Surveys, page: SurveysPage, tile: QToolButton, words: str) -> None:
    page.panel.form.blockSignals(True)  # no menu can be popped up without a screen
    row = page.panel.form.rows[page.panel.form.place_of(tile)]
    with surveys.qtbot.waitSignal(row.move_wanted) as wanted:
        tile.customContextMenuRequested.emit(tile.rect().center())
    page.panel.form.blockSignals(False)
    menu = page.answer_photos.move_menu(*wanted.args)
    assert menu is not None
    next(action for action in menu.actions() if action.text() == words).trigger()


def test_in_a_draft_a_photo_is_moved_to_another_question(surveys: Surveys) -> None:
    page = photo_form(surveys)
    choose_move(surveys, page, surveys.row("front").photos.tiles[0], "Back")
    assert [len(surveys.row(name).photos.tiles) for name in ("front", "back")] == [1, 1]
    surveys.qtbot.waitUntil(
        lambda: (
            [entry["pictures"] for draft in surveys.drafts() for entry in draft.body["answers"]] == [["two"], ["one"]]
        )
    )


def drag(surveys: Surveys, tile: PhotoTile, target: str) -> bool:
    """Drags a photo onto a question; whether it may be let go there."""
    data, field = tile.take_up(), surveys.row(target).photos
    none, left, move = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton, Qt.DropAction.MoveAction
    enter = QDragEnterEvent(QPoint(5, 5), move, data, left, none)
    enter.ignore()
    QApplication.sendEvent(field, enter)
    QApplication.sendEvent(field, QDropEvent(QPointF(5, 5), move, data, left, none))
    return enter.isAccepted()


@pytest.mark.parametrize("submitted", [False, True])
def test_a_photo_is_dragged_from_one_question_to_another(surveys: Surveys, *, submitted: bool) -> None:
    page = photo_form(surveys)
    if submitted:
        surveys.submit()
        surveys.qtbot.waitUntil(page.panel.reopen.isVisible)
    first = surveys.row("front").photos.tiles[0]
    assert not drag(surveys, first, "front")
    assert [len(surveys.row(name).photos.tiles) for name in ("front", "back")] == [2, 0]
    assert drag(surveys, first, "back")
    surveys.qtbot.waitUntil(lambda: len(surveys.row("back").photos.tiles) == 1)
    assert page.session.filling.pictures(Place("back")) == ("one",)
    assert [item.revision for item in surveys.submitted()] == ([2] if submitted else [])
    drag(surveys, first, "back")  # it is not there any more
    assert page.session.filling.pictures(Place("back")) == ("one",)
    if submitted:
        page.panel.revisions.setCurrentIndex(1)
        drag(surveys, surveys.row("front").photos.tiles[1], "back")
        page.panel.revisions.setCurrentIndex(0)
        assert page.session.filling.pictures(Place("back")) == ("one",)


def test_the_mouse_takes_a_photo_up_only_when_it_moves_away(surveys: Surveys, monkeypatch: pytest.MonkeyPatch) -> None:
    page = photo_form(surveys)
    taken: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, _action: taken.append(drag))
    tile = surveys.row("front").photos.tiles[0]
    page.panel.form.go(Place("front"))
    surveys.qtbot.mousePress(tile, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    for far in (1, 40):
        assert taken == []
        at = QPointF(10 + far, 10)
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        QApplication.sendEvent(
            tile, QMouseEvent(QMouseEvent.Type.MouseMove, at, tile.mapToGlobal(at), left, left, none)
        )
    assert [drag.mimeData().hasFormat(DRAGGED) for drag in taken] == [True]
    surveys.qtbot.mouseRelease(tile, Qt.MouseButton.LeftButton, pos=QPoint(50, 10))
    assert page.session.filling.pictures(Place("front")) == ("one", "two")  # no click, which would take it away


def test_in_a_submitted_form_moving_a_photo_republishes_it_in_one_step_and_can_be_taken_back(surveys: Surveys) -> None:
    page = photo_form(surveys)
    surveys.submit()
    surveys.qtbot.waitUntil(page.panel.reopen.isVisible)
    page.panel.form.verticalScrollBar().setValue(60)
    choose_move(surveys, page, surveys.row("front").photos.tiles[0], "Back")
    surveys.qtbot.waitUntil(lambda: len(surveys.row("back").photos.tiles) == 1)
    (item,) = surveys.submitted()
    assert item.revision == 2
    assert [entry["pictures"] for entry in item.survey["answers"][:2]] == [["two"], ["one"]]
    assert page.panel.form.verticalScrollBar().value() == 60
    assert page.panel.revisions.count() == 2
    said: list[str] = []
    page.desk.told.connect(lambda title, _advice: said.append(title))
    choose_move(surveys, page, surveys.row("front").photos.tiles[0], "Back")
    surveys.qtbot.waitUntil(lambda: bool(said))
    assert said == ["The photo stays: “Front & side” would be wrong. At least 1 photo is wanted."]
    page.page_actions["undo"].trigger()
    surveys.qtbot.waitUntil(lambda: len(surveys.row("front").photos.tiles) == 2)
    page.page_actions["redo"].trigger()
    surveys.qtbot.waitUntil(lambda: len(surveys.row("back").photos.tiles) == 1)
    page.panel.revisions.setCurrentIndex(1)
    assert page.answer_photos.move_menu(Place("front"), "one") is None


def test_the_answers_are_saved_as_a_pdf_where_somebody_wants_it(surveys: Surveys, tmp_path: Path) -> None:
    page = photo_form(surveys)
    surveys.write("t0", "Gate is broken")
    page.page_actions["survey_pdf"].trigger()
    dialog = surveys.dialog(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "answers.pdf"))
    dialog.close()
    surveys.qtbot.waitUntil((tmp_path / "answers.pdf").exists, timeout=20_000)
    reader = PdfReader(tmp_path / "answers.pdf")
    words = "".join(sheet.extract_text() for sheet in reader.pages)
    for said in ("Gate is broken", "Draft by mary", "AFS::88123", "one.jpg", "Not answered"):
        assert said in words
    assert sum(len(sheet.images) for sheet in reader.pages) == 2


def test_a_pdf_of_an_earlier_revision_says_so_and_a_full_disk_is_told(surveys: Surveys, tmp_path: Path) -> None:
    surveys.want(question("text"))
    surveys.crew_submits(text="Ben")
    page = surveys.open()
    surveys.qtbot.mouseClick(page.panel.reopen, Qt.MouseButton.LeftButton)
    surveys.qtbot.waitUntil(page.panel.submit.isVisible)
    surveys.write("text", "jamin")
    surveys.submit()
    surveys.qtbot.waitUntil(lambda: page.panel.revisions.count() == 2)
    page.panel.revisions.setCurrentIndex(1)
    page.papers.save(tmp_path / "answers.pdf")
    surveys.qtbot.waitUntil((tmp_path / "answers.pdf").exists, timeout=20_000)
    words = PdfReader(tmp_path / "answers.pdf").pages[0].extract_text()
    assert "Earlier revision, submitted by crew7" in words
    assert "Benjamin" not in words
    with surveys.qtbot.waitSignal(page.desk.told, timeout=20_000) as told:
        page.papers.save(tmp_path / "nowhere" / "answers.pdf")
    assert told.args == ["answers.pdf cannot be written: No such file or directory.", "Choose another folder."]


def test_the_splitter_stays_where_it_was_put(surveys: Surveys) -> None:
    surveys.want(question("text"))
    page = surveys.open()
    page.split.moveSplitter(260, 1)
    page.window().leave()
    kept = page.desk.folder.root / "window.ini"
    surveys.qtbot.waitUntil(lambda: kept.exists() and "splitter" in kept.read_text())
    again = surveys.open()
    surveys.qtbot.waitUntil(lambda: again.split.sizes()[0] == 260)  # however wide the window is now


@pytest.mark.parametrize(("width", "beside"), [(360, False), (780, True)])
def test_whose_survey_it_is_can_be_read_however_little_room_there_is(
    surveys: Surveys, width: int, *, beside: bool
) -> None:
    surveys.want(question("text"))
    surveys.crew_submits(text="Ben")
    page = surveys.open()
    panel = page.panel
    page.window().resize(1400, 700)
    page.split.setSizes([page.split.width() - width, width])
    surveys.qtbot.waitUntil(lambda: panel.title.width() > 100 and panel.reopen.isVisible())
    across = panel.reopen.geometry().left() > panel.title.parentWidget().geometry().right()
    assert across is beside


def test_a_survey_that_is_rejected_in_the_gallery_can_be_filled_in_again_here(surveys: Surveys) -> None:
    surveys.want(question("text"))
    surveys.crew_submits(text="Ben")
    page = surveys.open()
    assert page.panel.reopen.isVisible()
    (item,) = surveys.submitted()
    surveys.office.do(lambda: mark_items(surveys.office.database, [item.id], Decision.REJECT, "ana", "No"))
    surveys.qtbot.waitUntil(page.panel.submit.isVisible)
    assert surveys.row("text").field.line.text() == "Ben"


def test_the_form_that_was_submitted_stays_and_no_other_opens_when_it_leaves_the_list(surveys: Surveys) -> None:
    """Whoever typed on would else type into the form of another house."""
    office = surveys.office
    surveys.want(question("text"))
    other = office.project(1, "88124", ("Inspection",))

    def give() -> None:
        with office.database.write() as writing:
            task = writing.session.query(Task).filter_by(project_id=other).one()
            task.survey_id, task.survey_template_id = "F", writing.session.query(SurveyTemplateRow).one().id

    office.do(give)
    page = surveys._open_window().show_page("surveys")
    assert isinstance(page, SurveysPage)
    surveys.page = page
    surveys.qtbot.waitUntil(lambda: len(page.list.model.records) == 2)
    page.list.table.selectRow(0)
    surveys.qtbot.waitUntil(lambda: page.session is not None and page.panel.form.complete)
    opened = page.session.sheet.row.id
    shown: list[int] = []
    page.list.chosen.connect(shown.append)
    surveys.write("text", "Ana")
    surveys.submit()
    surveys.qtbot.waitUntil(lambda: [row.project for row in page.list.model.records] == ["AFS::88124"])
    surveys.qtbot.waitUntil(page.panel.reopen.isVisible)
    assert (page.session.sheet.row.id, shown) == (opened, [])
    page.list.search.setText("nowhere")
    page.list.search.clear()
    assert (page.session.sheet.row.id, shown) == (opened, [])
    page.list.states.setCurrentText("All")
    assert page.list.table.currentIndex().data() == page.session.sheet.row.project


def test_what_is_missing_in_a_project_leads_to_its_form(surveys: Surveys) -> None:
    surveys.want(question("text"))
    window = surveys._open_window()
    window.open_survey(surveys.project, "Inspection")
    page = window.pages["surveys"]
    assert isinstance(page, SurveysPage)
    surveys.qtbot.waitUntil(lambda: page.session is not None)
    assert page.session is not None
    assert page.session.sheet.row.task == "Inspection"


def test_a_long_form_shows_its_first_screen_before_the_rest_is_made(surveys: Surveys) -> None:
    surveys.want(*(question("text", id=f"q{n}") for n in range(300)))
    page = surveys._open_window().show_page("surveys")
    assert isinstance(page, SurveysPage)
    surveys.qtbot.waitUntil(lambda: len(page.list.model.records) == 1)
    made: list[int] = []
    page.right.currentChanged.connect(lambda _place: made.append(len(page.panel.form.rows)))
    page.list.table.selectRow(0)
    surveys.qtbot.waitUntil(lambda: page.session is not None)
    assert made == [AT_ONCE]
    page.panel.form.go(Place("q299"))
    assert Place("q299") in page.panel.form.rows


def test_another_form_takes_the_place_of_one_that_is_not_all_made_yet(surveys: Surveys) -> None:
    surveys.want(*(question("text", id=f"q{n}") for n in range(100)))
    page = surveys.open()
    form = page.panel.form
    other = fill(read_form({"questions": [question("number"), question("date")]}), None)
    long = page.session.filling
    for filling in (other, long, other):
        form.show_form(filling, {}, {}, read_only=False)
    surveys.qtbot.waitUntil(lambda: form.complete and not form._inside._gone)
    shown = [row for row in form.findChildren(QuestionRow) if row.isVisible()]
    assert [row.place for row in shown] == [Place("number"), Place("date")]
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert windows == [page.window()]  # no row was ever shown on its own
