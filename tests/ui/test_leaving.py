"""Long lists go piece by piece, and they do go."""

import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.leaving import PIECE, Leaving


class Row:
    """Something that can be watched as it goes."""


def test_rows_that_nobody_needs_are_freed_a_piece_at_a_time(qtbot: QtBot) -> None:
    parent = QObject()
    leaving, rows, most = Leaving(parent), [Row() for _ in range(2 * PIECE + 1)], 0
    kept = weakref.WeakSet(rows)
    leaving.take(rows)
    del rows
    before = len(kept)

    def gone() -> bool:
        nonlocal before, most
        most, before = max(most, before - len(kept)), len(kept)
        return not kept

    assert before == 2 * PIECE + 1
    qtbot.waitUntil(gone)
    assert 0 < most <= 2 * PIECE


def test_rows_that_somebody_still_has_stay(qtbot: QtBot) -> None:
    parent = QObject()
    leaving, row, other = Leaving(parent), Row(), Row()
    watched = weakref.ref(other)
    rows = [row, other]
    leaving.take(rows)
    del other, rows
    qtbot.waitUntil(lambda: watched() is None)
    assert isinstance(row, Row)
