"""What a tile says by signs, and a screen reader by words."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.tile import HINT_GAP, paint_hints
from pruvan_desk.ui.gallery.tile_look import CAPTION
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.theme import Theme
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, NONE, dialog, press

OpenGallery = Callable[..., GalleryPage]
PENDING = ItemState.PENDING_QA
SIGN = tokens.ICON + 2 * HINT_GAP
"""One sign with its ground, in pixels."""
PHOTO = QColor("#2050c0")


def signs(theme: Theme, *hints: Hint, ratio: float = 1.0) -> QImage:
    """The signs on a photo that is plain."""
    made = QImage(QSize(160, 40) * ratio, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(PHOTO)
    painter = QPainter(made)
    paint_hints(painter, QRect(0, 0, 160, 40).topLeft(), hints, theme)
    painter.end()
    return made


def holds(image: QImage, rect: QRect, colour: QColor) -> bool:
    """Whether a colour is somewhere there, as nearly as thin lines get to it."""
    points = ((x, y) for x in range(rect.left(), rect.right() + 1) for y in range(rect.top(), rect.bottom() + 1))
    return any(_unlike(image.pixelColor(*point), colour) < 24 for point in points)


def _unlike(one: QColor, other: QColor) -> int:
    return max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True))


@pytest.mark.parametrize("scheme", [tokens.LIGHT, tokens.DARK], ids=["light", "dark"])
def test_each_hint_has_a_sign_of_its_own_in_the_colour_of_what_waits_on_a_ground_of_its_own(
    theme: Theme, scheme: tokens.Colours
) -> None:
    before = theme.colours
    theme.use(scheme)
    try:
        seen = {hint: signs(theme, hint) for hint in Hint}
        for image in seen.values():
            inside, beside = QRect(0, 0, SIGN, SIGN), QRect(SIGN, 0, 100, 40)
            assert holds(image, inside, theme.colour("waiting"))
            assert holds(image, inside, theme.colour("surface"))
            assert not holds(image, inside, PHOTO)  # which may be of any colour
            assert not holds(image, beside, theme.colour("waiting"))
        assert len({image.copy(QRect(0, 0, SIGN, SIGN)).constBits().tobytes() for image in seen.values()}) == len(Hint)
    finally:
        theme.use(before)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_several_signs_stand_side_by_side_on_screens_of_any_sharpness(theme: Theme, ratio: float) -> None:
    hints = (Hint.DUPLICATE, Hint.BLURRED, Hint.DARK)
    image = signs(theme, *hints, ratio=ratio)
    step = tokens.ICON + HINT_GAP
    for place in range(len(hints)):
        left = round((HINT_GAP + place * step) * ratio)
        sign = QRect(left, 0, round(tokens.ICON * ratio), round(SIGN * ratio))
        assert holds(image, sign, theme.colour("waiting"))
    assert image.pixelColor(image.width() - 1, 0) == PHOTO


def test_the_grid_paints_the_signs_of_its_rows(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    elsewhere.picture(project, hints={"blurred": 0.2, "dark": 12.0})
    elsewhere.picture(project)
    page = gallery()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    waiting = page.theme.colour("waiting")
    grid = page.grid.viewport().grab().toImage()
    found = [
        holds(grid, QRect(page.grid.visualRect(page.model.index(place)).topLeft(), QSize(2 * SIGN, SIGN)), waiting)
        for place in (0, 1)
    ]
    assert found == [bool(row.hints) for row in page.model.shown]
    assert sorted(found) == [False, True]


def test_tiles_are_drawn_anew_when_the_scheme_changes(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    elsewhere.picture(project)
    page = gallery()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    caption = page.grid.visualRect(page.model.index(0))
    caption.setTop(caption.bottom() - CAPTION)
    before = page.theme.colours
    try:
        for scheme, other in ((tokens.LIGHT, tokens.DARK), (tokens.DARK, tokens.LIGHT)):
            page.theme.use(scheme)
            seen = page.grid.viewport().grab(caption).toImage()
            assert holds(seen, seen.rect(), QColor(scheme.waiting))
            assert not holds(seen, seen.rect(), QColor(other.waiting))
    finally:
        page.theme.use(before)


class Drawn(QObject):
    """The sizes of the parts that a widget draws."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[QSize] = []

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        if isinstance(event, QPaintEvent):
            self.sizes.append(event.rect().size())
        return False


def test_scrolling_draws_no_more_than_what_comes_into_sight(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    for _ in range(40):
        elsewhere.picture(project)
    page = gallery()
    qtbot.waitUntil(lambda: page.model.rowCount() == 40)
    drawn, scroll = Drawn(), page.grid.verticalScrollBar()
    page.grid.viewport().installEventFilter(drawn)

    def has_drawn_a_line_alone() -> bool:
        """Whatever else is drawn meanwhile."""
        scroll.setValue(scroll.value() + 12 if scroll.value() + 12 <= scroll.maximum() else 0)
        return QSize(page.grid.viewport().width(), 12) in drawn.sizes

    assert scroll.maximum() > 24
    qtbot.waitUntil(has_drawn_a_line_alone)


def test_a_screen_reader_finds_each_tile_with_its_state_reason_hints_and_note(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    elsewhere.picture(
        project, state=ItemState.REJECTED, reject_reason="Dark", hints={"blurred": 0.2, "duplicate": 7}, notes="Gate open",
        problem="The file is cut off.", file_name="front.jpg",
    )  # fmt: skip
    page = gallery()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    found = QAccessible.queryAccessibleInterface(page.grid)
    tiles = [found.child(place) for place in range(found.childCount())]
    (tile,) = [tile for tile in tiles if tile is not None and tile.role() == QAccessible.Role.ListItem]
    words = tile.text(QAccessible.Text.Name)
    assert words.startswith("Grass Cut, Before, Rejected, because: Dark, problem: The file is cut off.")
    assert "hint: Near-duplicate, hint: Blurred" in words
    assert "note: Gate open" in words
    assert words.endswith("front.jpg")
    page.grid.go(0)
    assert tile.state().selected
    mine = page.grid.visualRect(page.model.index(0))
    assert tile.rect() == QRect(page.grid.viewport().mapToGlobal(mine.topLeft()), mine.size())


CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSlider, QAbstractItemView, QPlainTextEdit)


def nameless(parent: QWidget) -> list[str]:
    """Controls of which a screen reader could only say what kind they are."""
    found = [each for kind in CONTROLS for each in parent.findChildren(kind) if each.isVisibleTo(parent)]
    own = [each for each in found if each.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(each, QScrollBar)]
    return [repr(each) for each in own if not (each.accessibleName() or getattr(each, "text", str)())]


def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(ItemState.PENDING_QA, ItemState.PASSED)
    assert nameless(page) == []
    for key, modifier in ((Qt.Key.Key_X, NONE), (Qt.Key.Key_N, NONE), (Qt.Key.Key_M, NONE), (Qt.Key.Key_Return, CTRL)):
        press(qtbot, page, key, modifier)
        asking = dialog(qtbot)
        assert nameless(asking) == []
        asking.reject()
    press(qtbot, page, Qt.Key.Key_C)
    assert nameless(page) == []
