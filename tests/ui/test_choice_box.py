"""A field to choose from: what is too long for it is not cut off unseen."""

from pytestqt.qtbot import QtBot

from pruvan_desk.ui.widgets import choice_box


def test_what_is_too_long_loses_its_middle_and_keeps_how_it_begins_and_ends(qtbot: QtBot) -> None:
    box = choice_box("What is shown")
    qtbot.addWidget(box)
    box.addItem("AFS::1000100001 · 2654 Washington St, Flint (9)")
    box.resize(260, 28)
    shown = box.shown_text()
    assert shown.startswith("AFS::1000")
    assert shown.endswith("(9)")
    assert "…" in shown
    assert box.fontMetrics().horizontalAdvance(shown) < 260
    box.resize(900, 28)
    assert box.shown_text() == box.currentText()
