"""The bar above a page: moving about, whose order it is, zoom, find, PDF, and what is beside it."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from pruvan_desk.store.views.portal import PortalOrder
from pruvan_desk.ui import actions, tokens
from pruvan_desk.ui.text import counted
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label

RELOAD, STOP = "Reload", "Stop"


class NavigationBar(QFrame):
    """Buttons without deeds: the tab connects them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._theme = theme
        self.back = _sign(theme, "back", "Back")
        self.forward = _sign(theme, "forward", "Forward")
        self.reload = _sign(theme, "refresh", RELOAD)
        self.home = _sign(theme, "projects", "The order's page")
        self.key = label("", "heading", selectable=True)
        self.address = label("", selectable=True)
        self.address.setMinimumWidth(1)  # a long one is cut, rather than the window made wider
        self.state = label("", "muted")
        self.ready = label("", "muted")
        self.host = label("", "muted")
        self.smaller = _sign(theme, "minus", "Smaller")
        self.percent = button("100 %", theme, kind="link", hint="Size of this site's pages; press for 100 %")
        self.larger = _sign(theme, "plus", "Larger")
        self.look = _sign(theme, "search", "Find in the page")
        actions.name_key(self.look, "search")
        self.pdf = _sign(theme, "file", "Save the page as PDF into the project's files")
        self.sign_out = _sign(theme, "key", "Sign out: closes this integration's tabs and forgets the visit")
        self.beside = button("Project", theme, kind="chip", hint="Show the project beside the page")
        self.beside.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * tokens.UNIT, tokens.UNIT, 2 * tokens.UNIT, tokens.UNIT)
        row.setSpacing(tokens.HALF)
        for part in (self.back, self.forward, self.reload, self.home):
            row.addWidget(part)
        row.addSpacing(tokens.UNIT)
        for words in (self.key, self.address, self.state, self.ready):
            row.addWidget(words)
            row.addSpacing(tokens.HALF)
        row.addStretch(1)
        row.addWidget(self.host)
        for part in (self.smaller, self.percent, self.larger, self.look, self.pdf, self.sign_out, self.beside):
            row.addWidget(part)

    def show_order(self, order: PortalOrder) -> None:
        """Says what Desk knows of the order now."""
        self.key.setText(order.key)
        self.address.setText(order.address)
        self.address.setToolTip(order.address)
        self.state.setText(f"client: {order.client_status}" if order.client_status else "")

    def show_lacks(self, lacks: int) -> None:
        """Whether the order is ready to submit, or how many things are missing."""
        self.ready.setText("✓ Ready to submit" if not lacks else f"{counted(lacks, 'thing')} missing")
        self.ready.setObjectName("sent" if not lacks else "waiting")
        self.ready.style().polish(self.ready)

    def show_beside(self, *, shown: bool) -> None:
        """The project stands beside the page, or not: then its address is said here."""
        self.beside.setChecked(shown)
        self.address.setVisible(not shown)

    def show_loading(self, *, loading: bool) -> None:
        """Reload is Stop while something comes."""
        words = STOP if loading else RELOAD
        self.reload.setAccessibleName(words)
        self.reload.setToolTip(words)
        self._theme.dress(self.reload, "cross" if loading else "refresh")

    def show_percent(self, factor: float) -> None:
        """Says how large the page is shown."""
        self.percent.setText(f"{round(factor * 100)} %")
        self.percent.setAccessibleName(f"Size {round(factor * 100)} %")


def _sign(theme: Theme, icon: str, words: str) -> QPushButton:
    return button("", theme, icon, "link", words)
