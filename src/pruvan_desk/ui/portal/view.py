"""The myFAStrack view: a tab for each order. Chromium is loaded when the first is opened, not before."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QStackedLayout, QTabBar, QTabWidget, QWidget
from shiboken6 import delete

from pruvan_desk.core.changes import Changes
from pruvan_desk.store.views.portal import PortalOrder, portal_order
from pruvan_desk.ui import actions
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.portal.chromium import prepare
from pruvan_desk.ui.portal.confinement import origin_of_url
from pruvan_desk.ui.portal.refreshes import RefreshAsker
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, button
from pruvan_desk.wire.portal import Origin, order_url

if TYPE_CHECKING:
    from pruvan_desk.ui.portal.tab import PortalTab
    from pruvan_desk.ui.portal.web import PortalProfile


class PortalPage(Page):
    """The client's portal, an order to a tab."""

    name = "portal"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self.tabs = QTabWidget(documentMode=True, movable=True)
        self.tabs.setAccessibleName("Orders in myFAStrack")
        self.empty = EmptyState(theme, "portal")
        self._after_emptiness = "projects"
        self._profiles: dict[tuple[int, Origin], PortalProfile] = {}
        self._refreshes = RefreshAsker(desk, self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.tabs)
        self.empty.button.clicked.connect(lambda: self.page_wanted.emit(self._after_emptiness))
        self.tabs.currentChanged.connect(lambda _place: self.focus_first())
        self.web_actions = actions.install(
            self,
            {
                "web_back": lambda: self._with_tab("go_back"),
                "web_forward": lambda: self._with_tab("go_forward"),
                "web_reload": lambda: self._with_tab("load_again"),
                "web_close": lambda: self.close_tab(self.tabs.currentIndex()),
            },
        )
        self._show_emptiness()

    def load(self) -> None:
        """Nothing is read before an order is opened."""

    def take(self, changes: Changes) -> None:
        """What is said of the orders beside their pages follows."""
        for tab in self.open_tabs():
            if tab.order.project_id in changes.projects:
                self._read(tab.order.project_id)

    def open_project(self, project_id: int) -> None:
        """Shows the order of a project, in the tab that it has already if there is one."""
        found = self._tab_of(project_id)
        if found is not None:
            self.tabs.setCurrentWidget(found)
            self.focus_first()
        else:
            self.desk.read(lambda session: portal_order(session, project_id), self._open)

    def open_tabs(self) -> "Iterator[PortalTab]":
        """The tabs, from left to right."""
        for place in range(self.tabs.count()):
            yield self.tabs.widget(place)  # type: ignore[misc]  # nothing else is put there

    def close_tab(self, place: int) -> None:
        """Closes a tab; what was done in it is fetched."""
        tab = self.tabs.widget(place)
        if tab is None:
            return
        self.tabs.removeTab(place)
        self._refreshes.ask(tab.order.integration_id)  # type: ignore[attr-defined]  # a PortalTab
        tab.let_go()  # type: ignore[attr-defined]  # as above
        tab.deleteLater()
        self._show_emptiness()

    def focus_first(self) -> None:
        """The page, or the button that leads to one."""
        current: QWidget | None = self.tabs.currentWidget()
        (self.empty.button if current is None else current).setFocus()

    def close_page(self) -> None:
        """Pages go before their profiles, or Chromium complains; at once, for there may be no later."""
        for tab in list(self.open_tabs()):
            waits = tab.page.is_asking
            tab.let_go()
            if waits:  # its script is above us on the stack
                tab.deleteLater()
            else:
                delete(tab)
        for profile in self._profiles.values():
            profile.deleteLater()
        self._profiles.clear()

    def _open(self, order: PortalOrder | None) -> None:
        if order is None:
            self.said.emit("The project is not there any more.", "")
            return
        if self._tab_of(order.project_id) is not None:
            return
        origin = origin_of_url(QUrl(order_url(order.portal_url, order.number)))
        if origin is None:
            self._show_emptiness(order.integration)
            return
        prepare()
        from pruvan_desk.ui.portal.tab import PortalTab  # noqa: PLC0415 - 100 MB, for those who open the portal

        tab = PortalTab(self._profile(order.integration_id, origin), order, self.theme)
        tab.acted.connect(lambda: self._refreshes.ask(order.integration_id))
        place = self.tabs.addTab(tab, order.key)
        close = button("", self.theme, "cross", "link", f"Close {order.key}")
        close.clicked.connect(lambda: self.close_tab(self.tabs.indexOf(tab)))
        self.tabs.tabBar().setTabButton(place, QTabBar.ButtonPosition.RightSide, close)
        self.tabs.setCurrentIndex(place)
        self._show_emptiness()
        self.focus_first()

    def _profile(self, integration_id: int, origin: Origin) -> "PortalProfile":
        """One for each integration: whoever is signed in at one is not at another."""
        from pruvan_desk.ui.portal.web import PortalProfile  # noqa: PLC0415 - as above

        key = integration_id, origin
        if key not in self._profiles:
            self._profiles[key] = PortalProfile(origin)
        return self._profiles[key]

    def _tab_of(self, project_id: int) -> "PortalTab | None":
        return next((tab for tab in self.open_tabs() if tab.order.project_id == project_id), None)

    def _with_tab(self, what: str) -> None:
        tab = self.tabs.currentWidget()
        if tab is not None:
            getattr(tab, what)()

    def _read(self, project_id: int) -> None:
        self.desk.read(lambda session: portal_order(session, project_id), self._show_order)

    def _show_order(self, order: PortalOrder | None) -> None:
        tab = self._tab_of(order.project_id) if order else None
        if tab is not None and order is not None:
            tab.show_order(order)

    def _show_emptiness(self, without_address: str = "") -> None:
        """What to do next where no tab is open; ``without_address`` names an integration that has no portal."""
        self._stack.setCurrentIndex(1 if self.tabs.count() and not without_address else 0)
        self._after_emptiness = "integrations" if without_address else "projects"
        if without_address:
            words = "Enter it under Edit: the address of an order, with {number} where its number goes."
            self.empty.say(f"{without_address} has no myFAStrack address", words, "Open Integrations")
        else:
            self.empty.say("No order is open", "Select a project and press Launch myFAStrack.", "Show projects")
