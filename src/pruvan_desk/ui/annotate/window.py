"""The window in which a photo is annotated: tools above, the photo, what to do below. Every change is kept at once."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.annotations import (
    COLOURS,
    LONGEST_TEXT,
    WIDTHS,
    MarkKind,
    Point,
    annotations_text,
    count_words,
    read_annotations,
)
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.annotating import annotate_item, turn_annotations
from pruvan_desk.operations.undo import Undone
from pruvan_desk.store.views.items import ItemRow, items_by_id
from pruvan_desk.ui import actions, tokens
from pruvan_desk.ui.annotate.canvas import Canvas
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.pane import SharedZoom
from pruvan_desk.ui.gallery.pictures import Pictures
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, label, text_field

COLOUR, THICKNESS = "annotate/colour", "annotate/width"
THICKNESS_WORDS = {1: "Thin", 2: "Medium", 3: "Thick"}
SWATCH = 18
TOOLS: tuple[MarkKind | None, ...] = (None, *MarkKind)
DOING = {
    None: "Click a mark to take it; drag it, or its handles. Drag beside it to move the photo.",
    MarkKind.ARROW: "Drag from where the arrow begins to what it points at.",
    MarkKind.BOX: "Drag from one corner to the other.",
    MarkKind.CIRCLE: "Drag from one corner to the other of what it is to enclose.",
    MarkKind.TEXT: "Click where the text is to stand.",
    MarkKind.BLUR: "Drag over a face or a plate. In the copy nobody can bring back what was there.",
}
UNMARKED = {
    ItemState.PUBLISHED: "This photo has gone out as it is. Publish its annotated copy with the menu Photo.",
    ItemState.QUEUED: "This photo waits to be sent as it is: the first mark takes it out of the queue.",
    ItemState.FAILED: "This photo was published as it is, and refused: the first mark takes it out of the queue.",
    ItemState.RELAYING: "This photo is being sent as it is right now: it is too late to take it back.",
    ItemState.HELD: "When the crew completes the project, this photo will wait for QA instead of being sent.",
}
"""What is to be known of a photo that is out of the office's hands, or will be."""
AGAIN = "This photo has gone out as it is before, and goes so again. Publish its annotated copy with the menu Photo."
TAKEN_OUT = (
    "What waited to be sent of this photo was without these marks: it was taken out of the queue. Publish it again."
)


class AnnotateWindow(QDialog):
    """Annotates one photo. Closing it loses nothing: each change was written when it was made."""

    closed_at = Signal(int)
    """The id of the photo, when the window goes."""

    def __init__(
        self, desk: Desk, theme: Theme, state: WindowState, keys: KeyMap | None, parent: QWidget, *,
        row: ItemRow, pictures: Pictures, loader: ThumbnailLoader,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Annotate {row.file_name}".strip())
        self._desk, self._theme, self._state, self._row = desk, theme, state, row
        self._writing, self._taken_out = 0, False
        self.canvas = Canvas(pictures, loader, theme, SharedZoom(self))
        self.canvas.colour = kept if (kept := state.get(COLOUR)) in COLOURS else "red"
        self.canvas.thickness = int(kept) if (kept := state.get(THICKNESS)) in THICKNESS_WORDS_KEPT else 2
        self.tools, self.colours, self.widths = (QButtonGroup(self) for _ in range(3))
        self.undo = button("", theme, "undo", "link", "Undo")
        self.redo = button("", theme, "redo", "link", "Redo")
        self.remove = button("", theme, "bin", "link", "Delete the mark")
        self.finish = button("Done", theme, "check", "primary", "Everything is kept already")
        self.count = label("", "muted")
        self.hint = label("", "muted")
        self.unmarked = label("", "bad", wrap=True)
        self._put_together(theme)
        self.page_actions = actions.install(self, self._handlers())
        if keys is not None:
            keys.dress(self)
        self._connect()
        self.canvas.show_photo(row)
        self.use_tool(MarkKind.ARROW)
        self._show_count()
        self._show_unmarked()
        self.resize(parent.window().size())

    @property
    def annotations(self) -> str:
        """The marks as they would be kept."""
        return annotations_text(self.canvas.marks)

    def use_tool(self, tool: MarkKind | None) -> None:
        """What the mouse does now."""
        self.canvas.use_tool(tool)
        self.tools.button(TOOLS.index(tool)).setChecked(True)
        self.hint.setText(DOING[tool])
        self.canvas.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is the canvas's: it puts a mark, and closes nothing. Escape goes back to selecting, then closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
        elif event.key() == Qt.Key.Key_Escape and self.canvas.tool is not None:
            self.use_tool(None)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The keys are the photo's."""
        super().showEvent(event)
        self.canvas.setFocus()

    def _put_together(self, theme: Theme) -> None:
        tools = [self._tool(theme, place, tool) for place, tool in enumerate(TOOLS)]
        swatches = [self._swatch(place, name) for place, name in enumerate(COLOURS)]
        widths = [self._width(width) for width in WIDTHS]
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        gap = 2 * tokens.UNIT
        box.addWidget(
            bar(
                *tools,
                gap,
                *swatches,
                gap,
                *widths,
                gap,
                self.undo,
                self.redo,
                self.remove,
                None,
                self.finish,
            )
        )
        box.addWidget(self.canvas, 1)
        box.addWidget(self.unmarked)
        self.unmarked.setContentsMargins(2 * tokens.UNIT, tokens.UNIT, 2 * tokens.UNIT, 0)
        box.addWidget(bar(self.hint, None, self.count, name="hints", tight=True))
        for group, chosen in (
            (self.colours, list(COLOURS).index(self.canvas.colour)), (self.widths, self.canvas.thickness),
        ):  # fmt: skip
            group.button(chosen).setChecked(True)

    def _tool(self, theme: Theme, place: int, tool: MarkKind | None) -> QPushButton:
        name = f"mark_{tool.value if tool else 'select'}"
        words = tool.label if tool else "Select"
        made = button(words, theme, name.replace("_", "-"), "chip", actions.BY_NAME[name].words)
        made.setCheckable(True)
        actions.name_key(made, name)
        self.tools.addButton(made, place)
        return made

    def _swatch(self, place: int, name: str) -> QPushButton:
        made = self._chip(_swatch_icon(name), name.capitalize())
        self.colours.addButton(made, place)
        return made

    def _width(self, width: int) -> QPushButton:
        made = self._chip(_line_icon(width, self._theme.colour("text")), f"{THICKNESS_WORDS[width]} lines and letters")
        self.widths.addButton(made, width)
        return made

    def _chip(self, icon: QIcon, words: str) -> QPushButton:
        """A button without a word on it, as narrow as may be."""
        made = QPushButton(icon, "")
        made.setObjectName("swatch")
        made.setIconSize(QSize(SWATCH, SWATCH))
        made.setCheckable(True)
        made.setToolTip(words)
        made.setAccessibleName(words)
        return made

    def _handlers(self) -> dict[str, Callable[[], object]]:
        tools = {f"mark_{kind.value}": partial(self.use_tool, kind) for kind in MarkKind}
        return {
            **tools,
            "mark_select": lambda: self.use_tool(None),
            "mark_colour": self._next_colour,
            "mark_width": self._next_width,
            "mark_delete": self.canvas.delete,
            "mark_zoom": self.canvas.toggle_zoom,
            "undo": lambda: self._turn(forwards=False),
            "redo": lambda: self._turn(forwards=True),
        }

    def _connect(self) -> None:
        self.tools.idClicked.connect(lambda place: self.use_tool(TOOLS[place]))
        self.colours.idClicked.connect(lambda place: self._use_colour(list(COLOURS)[place]))
        self.widths.idClicked.connect(self._use_width)
        for made in self.findChildren(QPushButton):
            made.setAutoDefault(False)  # Enter on the photo presses nothing
        self.undo.clicked.connect(lambda: self._turn(forwards=False))
        self.redo.clicked.connect(lambda: self._turn(forwards=True))
        self.remove.clicked.connect(self.canvas.delete)
        self.finish.clicked.connect(self.accept)
        self.canvas.edited.connect(self._keep)
        self.canvas.chosen.connect(self._show_chosen)
        self.canvas.words_wanted.connect(self._ask_words)
        self.finished.connect(lambda _result: self.closed_at.emit(self._row.id))
        self._desk.bridge.changed.connect(self._hear)

    def _use_colour(self, name: str) -> None:
        self._state.put(COLOUR, name)
        self.colours.button(list(COLOURS).index(name)).setChecked(True)
        self.canvas.dress(colour=name)
        self.canvas.setFocus()

    def _use_width(self, width: int) -> None:
        self._state.put(THICKNESS, str(width))
        self.widths.button(width).setChecked(True)
        self.canvas.dress(thickness=width)
        self.canvas.setFocus()

    def _next_colour(self) -> None:
        names = list(COLOURS)
        self._use_colour(names[(names.index(self.canvas.colour) + 1) % len(names)])

    def _next_width(self) -> None:
        self._use_width(self.canvas.thickness % len(WIDTHS) + 1)

    def _show_chosen(self) -> None:
        """The colour and thickness of the selected mark are those that a press would change."""
        self.remove.setEnabled(self.canvas.selected is not None)
        if self.canvas.selected is None:
            return
        mark = self.canvas.marks[self.canvas.selected]
        if mark.kind is not MarkKind.BLUR:
            self.canvas.colour, self.canvas.thickness = mark.colour, mark.width
            self.colours.button(list(COLOURS).index(mark.colour)).setChecked(True)
            self.widths.button(mark.width).setChecked(True)

    def _show_count(self) -> None:
        self.count.setText(count_words(self.canvas.marks) or "No marks yet")

    def _show_unmarked(self) -> None:
        """What is to be known about its sending, in the colour of what somebody should read."""
        words = TAKEN_OUT if self._taken_out else UNMARKED.get(self._row.state, "")
        if self._row.state is ItemState.QUEUED and self._row.annotations:
            words = AGAIN
        self.unmarked.setText(words)
        self.unmarked.setVisible(bool(words))

    def _keep(self) -> None:
        """Writes the marks as they are now."""
        self._show_count()
        item_id, annotations, who = self._row.id, self.annotations, self._desk.who
        self._writing += 1
        self._desk.write(
            lambda database: annotate_item(database, item_id, annotations, who), self._written, self._refused
        )

    def _turn(self, *, forwards: bool) -> None:
        """Undo and redo are the office's own, read from the history: they work tomorrow as well."""
        item_id, who = self._row.id, self._desk.who
        self._writing += 1
        self._desk.write(
            lambda database: turn_annotations(database, item_id, who, forwards=forwards), self._turned, self._refused
        )

    def _written(self, changes: Changes) -> None:
        self._writing -= 1
        self._taken_out = self._taken_out or bool(changes.jobs)
        self._read()

    def _turned(self, done: Undone) -> None:
        self._written(done.changes)

    def _refused(self, error: PruvanDeskError) -> None:
        """What was not kept is not shown as if it were."""
        self._writing -= 1
        self.hint.setText(f"{error.title} {error.advice}".strip())
        self._read()

    def _hear(self, changes: Changes) -> None:
        """Another desk may have annotated the same photo."""
        if self._row.id in changes.items and not self._writing:
            self._read()

    def _read(self) -> None:
        item_id = self._row.id
        self._desk.read_own(lambda session: items_by_id(session, [item_id]), self._show_rows)

    def _show_rows(self, rows: list[ItemRow]) -> None:
        if not rows or self._writing:
            return
        self._row = rows[0]
        self._show_unmarked()
        if rows[0].annotations == self.annotations or self.canvas.is_drawing:
            return
        self.canvas.show_marks(read_annotations(rows[0].annotations))
        self._show_count()

    def _ask_words(self, at: Point | None) -> None:
        before = "" if at is not None or self.canvas.selected is None else self.canvas.marks[self.canvas.selected].text
        dialog = WordsDialog(before, self)
        dialog.accepted.connect(lambda: self.canvas.write(dialog.field.text(), at))
        dialog.open()


class WordsDialog(QDialog):
    """Asks for the words of a text."""

    def __init__(self, before: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Text")
        self.field = text_field("Text", "What it says")
        self.field.setMaxLength(LONGEST_TEXT)
        self.field.setText(before)
        self.field.selectAll()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        for part in (self.field, buttons):
            box.addWidget(part)
        self.setMinimumWidth(48 * tokens.UNIT)


THICKNESS_WORDS_KEPT = frozenset(map(str, WIDTHS))
"""The widths as the window's state keeps them."""


def _line_icon(width: int, colour: QColor) -> QIcon:
    pixmap = QPixmap(2 * SWATCH, 2 * SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QPen(colour, 3 * width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(6, SWATCH, 2 * SWATCH - 6, SWATCH)
    painter.end()
    return QIcon(pixmap)


def _swatch_icon(name: str) -> QIcon:
    pixmap = QPixmap(2 * SWATCH, 2 * SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(128, 128, 128))
    painter.setBrush(QColor(*COLOURS[name]))
    painter.drawEllipse(pixmap.rect().adjusted(2, 2, -2, -2))
    painter.end()
    return QIcon(pixmap)
