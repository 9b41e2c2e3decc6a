"""The lines of a form, laid out block by block: what is added to a long form does not lay all of it out anew."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pruvan_desk.ui import tokens

BLOCK = 6
"""Lines that are laid out together, and shown when all of them are made: each showing lays the whole form out."""
DROPPED_AT_ONCE = 2
"""Lines that are destroyed at a time: less than a frame's time."""
WIDEST = 110 * tokens.UNIT
ABOVE, BELOW, SIDES = 2 * tokens.UNIT, 3 * tokens.UNIT, 6 * tokens.UNIT
"""Pixels left free above and below all blocks, and beside them, both sides together."""


class Block(QWidget):
    """Lines of the form that are laid out together; there is nothing of it where none of them is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[QWidget] = []
        self.is_placed = False
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, tokens.UNIT)
        self._box.setSpacing(tokens.UNIT)

    @property
    def full(self) -> bool:
        """Whether the next line begins another."""
        return len(self.parts) >= BLOCK

    def add(self, part: QWidget) -> None:
        """One more line, dressed here and now: a block that is shown with all its lines to dress would hold the window up."""
        self.parts.append(part)
        self._box.addWidget(part)
        for widget in (part, *part.findChildren(QWidget)):
            widget.ensurePolished()

    def needed_height(self, width: int) -> int:
        """Pixels that its lines take in so many; 0 where none is shown."""
        if self.isHidden():
            return 0
        box = self._box
        return box.totalHeightForWidth(width) if box.hasHeightForWidth() else box.totalSizeHint().height()

    def follow(self) -> bool:
        """Shows itself while a line of it is shown; whether it came or went."""
        shown = self.is_placed and any(not part.isHidden() for part in self.parts)
        if shown is not self.isHidden():
            return False
        self.setVisible(shown)
        return True


class Blocks(QWidget):
    """What is inside the form's scroll area: blocks below each other.

    No layout of Qt's does this: it would squeeze every block into the room there was whenever one more is shown, then lay all of
    them out again. Here those above stay as they are, and those below only move.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("formInside")
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # what is seen is not drawn again when more comes below
        self._blocks: list[Block] = []
        self._gone: list[Block] = []
        self._room = 0

    def add(self, part: QWidget) -> None:
        """One more line of the form, below all that are there."""
        if not self._blocks or self._blocks[-1].full:
            block = Block()
            block.hide()
            block.setParent(self)
            self._blocks.append(block)
        self._blocks[-1].add(part)

    def place(self, *, unfinished: bool) -> None:
        """Shows the blocks that are full; the last one as it is, where it is wanted ``unfinished``."""
        waiting = [block for block in self._blocks if not block.is_placed and (unfinished or block.full)]
        for block in waiting:
            block.is_placed = True
            block.follow()
        if waiting:
            self.lay_out()

    def follow(self) -> None:
        """Shows the blocks in which a line is shown, and no others."""
        if sum(block.follow() for block in self._blocks):
            self.lay_out()

    def fit(self, room: int) -> None:
        """Lays everything out in so many pixels from left to right, or fewer where there are more than anybody wants to read across."""
        if room != self._room:
            self._room = room
            self.lay_out()

    def event(self, event: QEvent) -> bool:
        """A block became higher or lower."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.lay_out()
            return True
        return super().event(event)

    def lay_out(self) -> None:
        """Gives every block its place."""
        least = max((block.minimumSizeHint().width() for block in self._blocks if not block.isHidden()), default=0)
        width = max(min(self._room, WIDEST) - SIDES, least)
        below = ABOVE
        for block in self._blocks:
            height = block.needed_height(width)
            if height:
                block.setGeometry(SIDES // 2, below, width, height)
                below += height
        self.resize(width + SIDES, below + BELOW)

    def clear(self) -> None:
        """Takes all lines away; to destroy thousands of widgets takes time, and is done in passing: :meth:`drop_some`."""
        for block in self._blocks:
            block.hide()
        self._gone += self._blocks
        self._blocks = []

    def drop_some(self) -> bool:
        """Destroys a few of the lines that were taken away; whether there are more."""
        for _ in range(DROPPED_AT_ONCE):
            if self._gone and not self._gone[-1].parts:
                self._gone.pop().deleteLater()
            if self._gone:
                self._gone[-1].parts.pop().deleteLater()
        return bool(self._gone)
