"""What a browser does: zoom, find, PDF, downloads, uploads, stop, and a page of our own while the network is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.models import Item
from pruvan_desk.ui.portal import failure
from pruvan_desk.ui.window import MainWindow
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice
from ui.websites import Answer, Website, serving

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
OpenWindow = Callable[[], MainWindow]
AtSite = Callable[[str], Person]


def files_of(elsewhere: ElsewhereOffice, person: Person) -> list[Item]:
    return elsewhere.all(Item, project_id=person.tab.order.project_id)


def text_of(folder: DataFolder, item: Item) -> bytes:
    kept = folder.photos / item.sha256[:2] / item.sha256[2:4] / f"{item.sha256}.{item.extension}"
    return kept.read_bytes()


def test_zoom_is_kept_for_the_site_and_comes_back(
    qtbot: QtBot, at_site: AtSite, elsewhere: ElsewhereOffice, open_window: OpenWindow
) -> None:
    person = at_site("the order")
    person.sees("the order")
    wide = person.read("window.innerWidth")
    qtbot.keyClick(person.surface(), Qt.Key.Key_Plus, CONTROL)
    qtbot.mouseClick(person.tab.bar.larger, LEFT)
    assert person.tab.bar.percent.text() == "125 %"
    person.until(lambda: person.read("window.innerWidth") == pytest.approx(wide / 1.25, abs=2))
    window = person.tab.window()
    project = elsewhere.project(person.tab.order.integration_id, "2")
    assert open_tab(qtbot, window, project).tab.bar.percent.text() == "125 %"
    window.state.save()
    window.desk.aside(lambda: None, lambda _: window.setProperty("saved", True))
    qtbot.waitUntil(lambda: bool(window.property("saved")))
    again = open_window()
    assert open_tab(qtbot, again, person.tab.order.project_id).tab.bar.percent.text() == "125 %"
    qtbot.mouseClick(person.tab.bar.percent, LEFT)
    assert person.tab.bar.percent.text() == "100 %"


def test_words_are_found_and_counted(qtbot: QtBot, at_site: AtSite) -> None:
    person = at_site("grass, more grass, and GRASS")
    person.sees("grass")
    qtbot.keyClick(person.surface(), Qt.Key.Key_F, CONTROL)
    bar = person.tab.find_bar
    assert bar.words.hasFocus()
    qtbot.keyClicks(bar.words, "grass")
    person.until(lambda: bar.count.text() == "1 of 3")
    qtbot.keyClick(bar.words, Qt.Key.Key_Return)
    person.until(lambda: bar.count.text() == "2 of 3")
    qtbot.keyClick(bar.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    person.until(lambda: bar.count.text() == "1 of 3")
    qtbot.keyClicks(bar.words, "hopper")
    person.until(lambda: bar.count.text() == "not found")
    qtbot.keyClick(bar.words, Qt.Key.Key_Escape)
    assert bar.isHidden()


def test_the_page_as_a_pdf_is_one_of_the_projects_files(
    qtbot: QtBot, at_site: AtSite, elsewhere: ElsewhereOffice, folder: DataFolder
) -> None:
    person = at_site("<title>Order: 88123/A</title>the order")
    person.sees("the order")
    qtbot.keyClick(person.surface(), Qt.Key.Key_P, CONTROL)
    person.until(lambda: files_of(elsewhere, person))
    (item,) = files_of(elsewhere, person)
    assert (item.file_type, item.state, item.from_app) == (FileType.FILE, ItemState.PENDING_QA, False)
    assert item.file_name.endswith(".pdf")
    assert "/" not in item.file_name
    assert text_of(folder, item).startswith(b"%PDF-")
    person.until(lambda: "is in the project's files" in person.tab.downloads.lines[0].words.text())


def test_a_download_goes_into_the_projects_files(
    at_site: AtSite, elsewhere: ElsewhereOffice, site: Website, folder: DataFolder
) -> None:
    disposition = 'attachment; filename="..\\\\..\\\\evil/in voice.zip"'
    site.pages["/file"] = Answer(
        "PK of an invoice", headers={"content-type": "application/zip", "content-disposition": disposition}
    )
    person = at_site("the order <a id=go href=/file>invoice</a>")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: files_of(elsewhere, person))
    (item,) = files_of(elsewhere, person)
    assert text_of(folder, item) == b"PK of an invoice"
    assert (item.state, item.extension) == (ItemState.PENDING_QA, "zip")
    assert not set(item.file_name) & set("/\\")
    person.sees("the order")
    person.until(lambda: not list(folder.root.glob("downloads-*")))


def test_a_download_shows_how_far_it_is_and_can_be_cancelled(
    qtbot: QtBot, at_site: AtSite, elsewhere: ElsewhereOffice, site: Website, folder: DataFolder
) -> None:
    site.pages["/file"] = Answer("x" * 1000, headers={"content-type": "application/zip", "x-half": "then wait"})
    person = at_site("the order <a id=go href=/file>invoice</a>")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: person.tab.downloads.lines)
    (line,) = person.tab.downloads.lines
    assert line.progress.isVisible()
    qtbot.mouseClick(line.cancel, LEFT)
    person.until(lambda: "was cancelled" in line.words.text())
    assert files_of(elsewhere, person) == []
    qtbot.mouseClick(line.close_button, LEFT)
    assert person.tab.downloads.isHidden()
    person.until(lambda: not list(folder.root.glob("downloads-*")))


def test_what_a_crash_left_of_downloads_is_removed(at_site: AtSite, folder: DataFolder) -> None:
    left = folder.root / "downloads-of-a-crash"
    left.mkdir()
    (left / "file").write_text("half")
    person = at_site("the order")
    person.until(lambda: not left.exists())


def test_a_download_that_breaks_off_is_told_of_and_leaves_nothing(
    at_site: AtSite, elsewhere: ElsewhereOffice, site: Website, folder: DataFolder
) -> None:
    site.pages["/file"] = Answer("x" * 1000, headers={"content-type": "application/zip", "x-half": "then wait"})
    person = at_site("the order <a id=go href=/file>invoice</a>")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: person.tab.downloads.lines)
    site.closing.set()
    person.until(lambda: "did not arrive" in person.tab.downloads.lines[0].words.text())
    assert files_of(elsewhere, person) == []
    person.until(lambda: not list(folder.root.glob("downloads-*")))


def test_a_pdf_is_shown_in_the_tab_and_kept_as_it_came(
    qtbot: QtBot, at_site: AtSite, elsewhere: ElsewhereOffice, site: Website, folder: DataFolder
) -> None:
    pdf = small_pdf()
    site.pages["/invoice.pdf"] = Answer(pdf, headers={"content-type": "application/pdf"})
    person = at_site("the order <a id=go href=/invoice.pdf>invoice</a>")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: person.tab.page.title() == "invoice.pdf" and not person.tab.is_loading)
    assert person.read("document.contentType") == "application/pdf"
    qtbot.mouseClick(person.tab.bar.pdf, LEFT)
    person.until(lambda: files_of(elsewhere, person))
    (item,) = files_of(elsewhere, person)
    assert (text_of(folder, item), item.file_name) == (pdf.encode(), "invoice.pdf")


def test_a_file_is_chosen_in_the_usual_window_and_uploaded(
    qtbot: QtBot, at_site: AtSite, site: Website, tmp_path: Path
) -> None:
    (tmp_path / "invoice.pdf").write_text("%PDF of ours")
    site.pages["/upload"] = Answer("thank you")
    field = "<input type=file id=f name=f accept=.pdf><button id=go>send</button>"
    form = f"<form method=post action=/upload enctype=multipart/form-data>{field}</form>"
    person = at_site(f"the order {form}")
    person.sees("the order")

    def choose() -> bool:
        dialog = next(
            (
                widget
                for widget in QApplication.topLevelWidgets()
                if isinstance(widget, QFileDialog) and widget.isVisible()
            ),
            None,
        )
        if dialog is None:
            return False
        assert "*.pdf" in dialog.selectedNameFilter()
        field = dialog.findChild(QLineEdit)
        field.setText(str(tmp_path / "invoice.pdf"))
        qtbot.keyClick(field, Qt.Key.Key_Return)
        return True

    person.when(choose)
    person.click("#f")
    person.until(lambda: person.read("document.querySelector('#f').files.length") == 1)
    person.click("#go")
    person.sees("thank you")
    assert "%PDF of ours" in site.asked[-1].body


def test_back_forward_and_the_orders_page(qtbot: QtBot, at_site: AtSite, site: Website) -> None:
    site.pages["/next"], site.pages["/last"] = Answer("the next <a href=/last>last</a>"), Answer("the last")
    person = at_site("the order <a href=/next>next</a>")
    bar = person.tab.bar
    person.sees("the order")
    assert [choice.isEnabled() for choice in (bar.back, bar.forward)] == [False, False]
    person.follow("next")
    person.sees("the next")
    person.follow("last")
    person.sees("the last")
    for choice, words in (
        (bar.back, "the next"),
        (bar.back, "the order"),
        (bar.forward, "the next"),
        (bar.home, "the order"),
    ):
        person.until(choice.isEnabled)
        qtbot.mouseClick(choice, LEFT)
        person.reads(words)


def test_loading_can_be_stopped(qtbot: QtBot, at_site: AtSite, site: Website) -> None:
    site.pages["/slow"] = Answer("x" * 1000, headers={"content-type": "text/html", "x-half": "then wait"})
    person = at_site("the order <a id=go href=/slow>slow</a>")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: person.tab.is_loading and person.tab.bar.reload.accessibleName() == "Stop")
    qtbot.mouseClick(person.tab.bar.reload, LEFT)
    person.until(lambda: person.tab.bar.reload.accessibleName() == "Reload")


def test_a_network_that_comes_back_brings_the_page_by_itself(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow
) -> None:
    monkeypatch.setattr(failure, "FIRST_WAIT", 50)
    site = Website()
    with serving(site):
        pass  # it is gone now, and its port is known
    integration = elsewhere.integration(portal_url=f"{site.origin}/orders/{{number}}")
    person = open_tab(qtbot, open_window(), elsewhere.project(integration, "88123"))
    person.until(person.tab.failure.isVisible)
    assert "tries again by itself" in person.tab.failure._advice.text()
    site.pages["/orders/88123"] = Answer("the order")
    with serving(site):
        person.sees("the order")


def test_the_project_stands_beside_the_page_or_not(qtbot: QtBot, at_site: AtSite) -> None:
    person = at_site("the order")
    person.sees("the order")
    pane = person.tab.window().pages["portal"]
    person.until(lambda: pane.panel.title.text() == person.tab.order.key)
    assert "Grass Cut: no photos" in [row.text() for row in pane.panel.body.findChildren(QPushButton)]
    qtbot.mouseClick(person.tab.bar.beside, LEFT)
    assert pane.panel.isHidden()
    qtbot.keyClick(person.surface(), Qt.Key.Key_B, CONTROL)
    assert pane.panel.isVisible()


def test_the_bar_says_what_is_missing_and_when_nothing_is(at_site: AtSite, elsewhere: ElsewhereOffice) -> None:
    person = at_site("the order")
    assert person.tab.bar.ready.text() == "1 thing missing"
    for kind in ("before", "after"):
        elsewhere.photo(person.tab.order.project_id, ItemState.PUBLISHED, evidence_type=kind)
    elsewhere.touch(person.tab.order.project_id)
    person.until(lambda: person.tab.bar.ready.text() == "✓ Ready to submit")


def small_pdf() -> str:
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )  # fmt: skip
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return f"{body}xref\n0 4\n0000000000 65535 f \n{table}trailer << /Size 4 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
