"""How the gallery is laid out: the grid on the left, photo and facts on the right, or the comparison over all; below it the keys."""

from functools import partial

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QSplitter, QStackedLayout, QWidget

from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.compare import CompareView
from pruvan_desk.ui.gallery.facts import FactsPanel
from pruvan_desk.ui.gallery.grid import GridView
from pruvan_desk.ui.gallery.photo import PhotoView
from pruvan_desk.ui.gallery.tile import LARGEST, SMALLEST
from pruvan_desk.ui.gallery.tile_look import PHOTO
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import ElidedLabel, EmptyState, bar, button, label

SIZE, SPLITTER, FACTS = "gallery/size", "gallery/splitter", "gallery/facts"


class Frame(QWidget):
    """Where the parts stand. ``left`` holds the grid or what an empty one says, ``body`` everything or the comparison."""

    def __init__(
        self, grid: GridView, empty: EmptyState, photo: PhotoView, facts: FactsPanel, *, compare: CompareView,
        state: WindowState,
    ) -> None:  # fmt: skip
        super().__init__()
        self.left = QWidget()
        self.stack = QStackedLayout(self.left)
        self.stack.addWidget(grid)
        self.stack.addWidget(empty)
        right = QSplitter(Qt.Orientation.Vertical)
        right.setChildrenCollapsible(False)
        right.addWidget(photo)
        right.addWidget(facts)
        right.setStretchFactor(0, 1)
        right.setSizes([432, 288])
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.left)
        splitter.addWidget(right)
        splitter.setSizes([800, 536])
        splitter.setStretchFactor(0, 1)
        self.body = QStackedLayout(self)
        self.body.addWidget(splitter)
        self.body.addWidget(compare)
        for name, each in ((SPLITTER, splitter), (FACTS, right)):
            each.setObjectName(name)
            each.splitterMoved.connect(partial(_keep, state, name, each))
            if kept := state.raw(name):
                each.restoreState(kept)


def _keep(state: WindowState, name: str, splitter: QSplitter, *_moved: int) -> None:
    state.put(name, splitter.saveState())


class SizeSlider(QSlider):
    """How wide the thumbnails are, in pixels; remembered."""

    def __init__(self, grid: GridView, state: WindowState) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName("Size of the thumbnails")
        self.setToolTip("Size of the thumbnails")
        self.setRange(SMALLEST, LARGEST)
        self.setFixedWidth(14 * tokens.UNIT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        kept = state.get(SIZE)
        self.setValue(int(kept) if kept.isdecimal() else PHOTO.width())
        grid.set_photo_width(self.value())
        self.valueChanged.connect(grid.set_photo_width)
        self.valueChanged.connect(lambda width: state.put(SIZE, str(width)))


class HintBar(QWidget):
    """The most used keys, as they are now, and the way to all of them."""

    all_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = ElidedLabel("muted")
        self.all_keys = button("All keys", theme, kind="link")
        self.all_keys.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.all_keys.clicked.connect(self.all_wanted)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.selected = label("")
        fixed = QSizePolicy.Policy.Fixed  # all other room is for the keys
        self.selected.setSizePolicy(fixed, fixed)
        self.selected.hide()
        box.addWidget(bar(self.words, self.selected, self.all_keys, name="hints", tight=True))

    def show_selection(self, selection: QItemSelection) -> None:
        """How many the keys act on, where it is more than the one that is seen."""
        count = sum(run.height() for run in selection.toList())
        self.selected.setText(f"{count:,} selected")
        self.selected.setVisible(count > 1)

    def show_keys(self, keys: KeyMap) -> None:
        """Names them."""
        self.words.say(keys.hints())
        self.all_keys.setText(f"{keys.words('keys').partition('  ')[0]} all keys".strip())
