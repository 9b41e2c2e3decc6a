"""Our own signs: SVG files of one stroke width, drawn in the colour that is asked for."""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from pruvan_desk.core.paths import RESOURCES

SIZES = (16, 20, 24, 32, 48, 64)


def path_of(name: str) -> Path:
    """Where a sign is kept."""
    return RESOURCES / "icons" / f"{name}.svg"


def icon(name: str, colour: str, disabled: str) -> QIcon:
    """A sign, in every size and for screens of one and two pixels to the point."""
    made = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        sign = QSvgRenderer(QByteArray(_source(name).replace("currentColor", shade).encode()))
        for size in SIZES:
            made.addPixmap(_drawn(sign, size), mode)
    return made


@cache
def _source(name: str) -> str:
    return path_of(name).read_text(encoding="utf-8")


def _drawn(sign: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    sign.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
