"""What tiles have in common, drawn once: a screenful is painted while threads want Python's lock, so each tile costs a few calls."""

from collections.abc import Hashable
from functools import lru_cache

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.theme import Theme

PHOTO = QSize(176, 132)
CAPTION = 24
PAD = 4
THUMBNAIL = 256
LARGE_THUMBNAIL = 512
FILE_ICONS = {FileType.SURVEY: "survey", FileType.CHECK_IN: "check-in", FileType.PICTURE: "photo"}
FILE_WORDS = {
    FileType.SURVEY: "Survey answers", FileType.CHECK_IN: "Check-in", FileType.REPORT: "Report", FileType.CSR: "CSR",
    FileType.FILE: "File", FileType.PICTURE: "No preview yet",
}  # fmt: skip

VIDEOS = ("mp4", "m4v", "mov", "qt", "3gp", "3g2", "avi", "mkv", "webm")
EXTENSION_ICONS = {"pdf": "pdf", **dict.fromkeys(VIDEOS, "video")}
EXTENSION_WORDS = {"pdf": "PDF document", **dict.fromkeys(VIDEOS, "Video")}
MOST_PIXMAPS, MOST_NAMES = 64, 4_000
"""What is kept; when there is more (reasons for rejecting may be free text), all is drawn anew."""


class TileLook:
    """For tiles of one size, in one font and scheme, on one screen; whoever changes any of these makes another."""

    def __init__(self, theme: Theme, photo: QSize, font: QFont, ratio: float) -> None:
        self.ratio = ratio
        self.width, self.height = photo.width(), photo.height()
        self.tile_width, self.tile_height = self.width + 2 * PAD, self.height + CAPTION + 2 * PAD
        self.grounds = (theme.colour("surface"), theme.colour("selection"))
        """Of a plain tile, and of a selected one."""
        self.behind_photo, self.muted = theme.colour("photo"), theme.colour("muted")
        self.thumbnails = _thumbnails_for(photo * ratio, ratio)
        """The edges to ask for and the boxes in screen pixels that they are to fit, the best first."""
        self._theme, self._font = theme, font
        self._metrics = QFontMetrics(font)
        self.baseline = (CAPTION - self._metrics.height()) // 2 + self._metrics.ascent()
        """Of the words below the photo, in pixels from its lower edge."""
        self._captions: dict[Hashable, tuple[QPixmap, int]] = {}
        self._stand_ins: dict[Hashable, QPixmap] = {}
        self._problems: dict[str, QPixmap] = {}
        self._names: dict[tuple[str, int], tuple[str, int]] = {}

    def caption(self, row: ItemRow, *, selected: bool) -> tuple[QPixmap, int]:
        """The sign and words of an item's state on the ground of the tile, as wide as the photo; and how much of that they take."""
        words = state_words(row)
        key = (row.state, words, selected)
        if (kept := self._captions.get(key)) is None:
            if len(self._captions) >= MOST_PIXMAPS:
                self._captions.clear()
            kept = self._captions[key] = self._draw_caption(row.state, words, self.grounds[selected])
        return kept

    def stand_in(self, row: ItemRow) -> QPixmap:
        """What is drawn where there is no picture (yet)."""
        key = ("broken", "") if row.problem else (file_icon(row), file_words(row))
        if (kept := self._stand_ins.get(key)) is None:
            if len(self._stand_ins) >= MOST_PIXMAPS:
                self._stand_ins.clear()
            kept = self._stand_ins[key] = self._draw_stand_in(*key)
        return kept

    def problem(self, words: str) -> QPixmap:
        """What is wrong, in a line or two on a ground of its own, as wide as the photo."""
        if (kept := self._problems.get(words)) is None:
            if len(self._problems) >= MOST_PIXMAPS:
                self._problems.clear()
            kept = self._problems[words] = self._draw_problem(words)
        return kept

    def name(self, words: str, width: int) -> tuple[str, int]:
        """A name cut to so many pixels, and how many it takes then."""
        if (kept := self._names.get((words, width))) is None:
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            cut, takes = words, self._metrics.horizontalAdvance(words)
            if takes > width or "\n" in words:
                cut = self._cut(words, width)
                takes = self._metrics.horizontalAdvance(cut)
            kept = self._names[words, width] = (cut, takes)
        return kept

    def _draw_caption(self, state: ItemState, words: str, ground: QColor) -> tuple[QPixmap, int]:
        made, painter = self._begin(QSize(self.width, CAPTION), ground)
        rect = QRect(0, 0, self.width, CAPTION)
        colour = tokens.STATE_COLOUR[state]
        sign = QRect(rect.left(), rect.center().y() - 7, tokens.ICON, tokens.ICON)
        painter.drawPixmap(sign, self._theme.pixmap(tokens.STATE_ICON[state], colour, tokens.ICON, self.ratio))
        left = sign.right() + PAD
        cut = self._cut(words, rect.right() - left)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(left, self.baseline, cut)
        painter.end()
        return made, left + self._metrics.horizontalAdvance(cut)

    def _draw_stand_in(self, icon: str, words: str) -> QPixmap:
        made, painter = self._begin(QSize(self.width, self.height), self.behind_photo)
        rect = QRect(0, 0, self.width, self.height)
        sign = QRect(rect.center().x() - 16, rect.center().y() - 30, 32, 32)
        painter.drawPixmap(sign, self._theme.pixmap(icon, "muted", 32, self.ratio))
        painter.setPen(self.muted)
        below = QRect(PAD, sign.bottom() + PAD, self.width - 2 * PAD, 20)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._cut(words, below.width()))
        painter.end()
        return made

    def _draw_problem(self, words: str) -> QPixmap:
        lines = min(2, -(-self._metrics.horizontalAdvance(words) // (self.width - 28)))
        rect = QRect(0, 0, self.width, lines * self._metrics.height() + PAD)
        made, painter = self._begin(rect.size(), self.grounds[0])
        painter.drawPixmap(QRect(PAD, PAD, 13, 13), self._theme.pixmap("warning", "bad", 16, self.ratio))
        painter.setPen(self._theme.colour("bad"))
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(rect.adjusted(22, 2, -2, 0), flags, words)
        painter.end()
        return made

    def _begin(self, size: QSize, ground: QColor) -> tuple[QPixmap, QPainter]:
        """A pixmap without transparency: letters are as sharp on it as on the screen."""
        made = QPixmap(size * self.ratio)
        made.setDevicePixelRatio(self.ratio)
        made.fill(ground)
        painter = QPainter(made)
        painter.setFont(self._font)
        return made, painter

    def _cut(self, words: str, width: int) -> str:
        return self._metrics.elidedText(words.replace("\n", " "), Qt.TextElideMode.ElideMiddle, width)


def _thumbnails_for(box: QSize, ratio: float) -> tuple[tuple[int, QSize], ...]:
    """The smaller one as long as it is sharp enough; it also stands in for the larger while that is on its way."""
    if box.width() <= THUMBNAIL:
        return ((THUMBNAIL, box),)
    return ((LARGE_THUMBNAIL, box), (THUMBNAIL, PHOTO * ratio))


@lru_cache(maxsize=64)
def size_within(width: int, height: int, box_width: int, box_height: int) -> tuple[int, int]:
    """The size of a picture that is as large as fits a box."""
    size = QSize(width, height).scaled(box_width, box_height, Qt.AspectRatioMode.KeepAspectRatio)
    return size.width(), size.height()


def state_words(row: ItemRow) -> str:
    """Where an item stands, with the reason for it, or what is done in its place."""
    if row.state is ItemState.REJECTED and row.reject_reason:
        return f"{row.state.label}: {row.reject_reason}"
    return f"{row.state.label}, see its copy" if row.covered else row.state.label


def file_icon(row: ItemRow) -> str:
    """The sign for an item that shows no picture."""
    return EXTENSION_ICONS.get(row.extension) or FILE_ICONS.get(row.file_type, "file")


def file_words(row: ItemRow) -> str:
    """What an item that shows no picture is."""
    return EXTENSION_WORDS.get(row.extension) or FILE_WORDS[row.file_type]
