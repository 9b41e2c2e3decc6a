"""The myFAStrack view: a tab for each order, its project beside it. Chromium is loaded when the first is opened, not before."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QSplitter, QStackedLayout, QTabBar, QTabWidget, QWidget
from shiboken6 import delete

from pruvan_desk.core.changes import Changes
from pruvan_desk.operations.portal import portal_refused, portal_signed_in
from pruvan_desk.store.views.portal import PortalOrder, portal_order
from pruvan_desk.ui import actions
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.portal.beside import Beside
from pruvan_desk.ui.portal.chromium import prepare
from pruvan_desk.ui.portal.confinement import origin_of_url
from pruvan_desk.ui.portal.memory import FreedMemory
from pruvan_desk.ui.portal.refreshes import RefreshAsker
from pruvan_desk.ui.portal.zoom import Zoom
from pruvan_desk.ui.projects.details import ProjectPanel
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, button
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.portal import order_url

if TYPE_CHECKING:
    from PySide6.QtWebEngineCore import QWebEngineDownloadRequest

    from pruvan_desk.ui.portal.downloads import Downloads
    from pruvan_desk.ui.portal.tab import PortalTab
    from pruvan_desk.ui.portal.visits import Visit

BESIDE = "portal/beside"
SPLITTER = "portal/splitter"


class PortalPage(Page):
    """The client's portal, an order to a tab."""

    name = "portal"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self.tabs = QTabWidget(documentMode=True, movable=True)
        self.tabs.setAccessibleName("Orders in myFAStrack")
        self.panel = ProjectPanel(desk, theme)
        self.panel.portal.hide()  # it is open here
        self.beside = Beside(self, self.panel)
        self.empty = EmptyState(theme, "portal")
        self._after_emptiness = "projects"
        self._visits: dict[int, Visit] = {}
        self._keys: KeyMap | None = None
        self._downloads: Downloads | None = None
        self._refreshes = RefreshAsker(desk, self)
        self._freed = FreedMemory(desk, self)
        self._zoom = Zoom(state, self)
        self.splitter = QSplitter()
        self._stack = QStackedLayout(self)
        self._put_together()
        self.web_actions = actions.install(
            self,
            {
                "web_back": lambda: self._with_tab("go_back"),
                "web_forward": lambda: self._with_tab("go_forward"),
                "web_reload": lambda: self._with_tab("load_again"),
                "web_home": lambda: self._with_tab("go_home"),
                "web_larger": lambda: self._with_tab("zoom", 1),
                "web_smaller": lambda: self._with_tab("zoom", -1),
                "web_size": lambda: self._with_tab("zoom", 0),
                "web_pdf": lambda: self._with_tab("save_pdf"),
                "web_beside": lambda: self.show_beside(shown=self.panel.isHidden()),
                "web_close": lambda: self.close_tab(self.tabs.currentIndex()),
            },
        )
        self._show_emptiness()

    def load(self) -> None:
        """Nothing is read before an order is opened."""

    def take(self, changes: Changes) -> None:
        """What is said of the orders beside their pages follows, and so does how they are signed in to."""
        for tab in self.open_tabs():
            if tab.order.project_id in changes.projects:
                self._read(tab.order.project_id)
        current = self.current_tab()
        if current is not None and current.order.project_id in changes.projects:
            self.panel.refresh()
        for integration_id in changes.integrations & self._visits.keys():
            self._read_access(integration_id)

    def note_keys(self, keys: KeyMap) -> None:
        """Tabs that are opened later name them as well."""
        super().note_keys(keys)
        self._keys = keys

    def focus_search(self) -> None:
        """Ctrl+F."""
        self._with_tab("look")

    def open_project(self, project_id: int) -> None:
        """Shows the order of a project, in the tab that it has already if there is one."""
        found = self._tab_of(project_id)
        if found is not None:
            self.tabs.setCurrentWidget(found)
            self.focus_first()
        else:
            self.desk.read(lambda session: portal_order(session, project_id), self._prepare)

    def open_tabs(self) -> "Iterator[PortalTab]":
        """The tabs, from left to right."""
        for place in range(self.tabs.count()):
            yield self.tabs.widget(place)  # type: ignore[misc]  # nothing else is put there

    def current_tab(self) -> "PortalTab | None":
        """The tab in front."""
        return self.tabs.currentWidget()  # type: ignore[return-value]  # as above

    def close_tab(self, place: int) -> None:
        """Closes a tab; what was done in it is fetched."""
        tab = self.tabs.widget(place)
        if tab is None:
            return
        self.tabs.removeTab(place)
        self._refreshes.ask(tab.order.integration_id)  # type: ignore[attr-defined]  # a PortalTab
        tab.let_go()  # type: ignore[attr-defined]  # as above
        tab.deleteLater()
        self._freed.tab_closed()
        self._show_emptiness()

    def sign_out(self, integration_id: int) -> None:
        """Ends the visit to an integration's portal: its tabs are closed, and nothing of it is left."""
        for tab in [tab for tab in self.open_tabs() if tab.order.integration_id == integration_id]:
            self.close_tab(self.tabs.indexOf(tab))
        visit = self._visits.pop(integration_id, None)
        if visit is not None:
            visit.end()
        self.said.emit("Signed out of myFAStrack.", "")

    def show_beside(self, *, shown: bool) -> None:
        """Shows the project beside the pages, or gives them its room."""
        self.panel.setVisible(shown)
        self.state.put(BESIDE, "yes" if shown else "no")
        for tab in self.open_tabs():
            tab.bar.show_beside(shown=shown)

    def focus_first(self) -> None:
        """The page, or the button that leads to one."""
        current: QWidget | None = self.tabs.currentWidget()
        (self.empty.button if current is None else current).setFocus()

    def close_page(self) -> None:
        """Pages go before their profiles, or Chromium complains; at once, for there may be no later."""
        self.state.put(SPLITTER, self.splitter.saveState())
        self.beside.stop()
        for tab in list(self.open_tabs()):
            waits = tab.page.is_asking
            tab.let_go()
            if waits:  # its script is above us on the stack
                tab.deleteLater()
            else:
                delete(tab)
        for visit in self._visits.values():
            visit.end()
        self._visits.clear()

    def _put_together(self) -> None:
        self.splitter.addWidget(self.tabs)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setCollapsible(0, False)
        if kept := self.state.raw(SPLITTER):
            self.splitter.restoreState(kept)
        self.panel.setVisible(self.state.get(BESIDE, "yes") == "yes")
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.splitter)
        self.empty.button.clicked.connect(lambda: self.page_wanted.emit(self._after_emptiness))
        self.panel.gallery_wanted.connect(self.gallery_wanted)
        self.panel.positions_wanted.connect(self.positions_wanted)
        self.panel.survey_wanted.connect(self.survey_wanted)
        self.tabs.currentChanged.connect(lambda _place: self._come_forward())

    def _come_forward(self) -> None:
        tab = self.current_tab()
        self.panel.show_project(tab.order.project_id if tab else None)
        self.focus_first()

    def _prepare(self, order: PortalOrder | None) -> None:
        if order is None:
            self.said.emit("The project is not there any more.", "")
            return
        if origin_of_url(QUrl(order_url(order.portal_url, order.number))) is None:
            self._show_emptiness(order.integration)
            return
        prepare()
        from pruvan_desk.ui.portal.visits import read_credentials  # noqa: PLC0415 - 100 MB, for those who open the portal

        self.desk.aside(partial(read_credentials, self.desk.secrets, order), partial(self._open, order))

    def _open(self, order: PortalOrder, credentials: Credentials | None) -> None:
        if self._tab_of(order.project_id) is not None:
            return
        from pruvan_desk.ui.portal.tab import PortalTab  # noqa: PLC0415 - as above

        visit = self._visit(order, credentials)
        tab = PortalTab(visit.profile, visit.signing_in, self._zoom, order, self.theme)
        tab.acted.connect(partial(self._refreshes.ask, order.integration_id))
        tab.pdf_wanted.connect(partial(self._save_pdf, tab))
        tab.bar.show_beside(shown=not self.panel.isHidden())
        tab.bar.beside.clicked.connect(lambda shown: self.show_beside(shown=shown))
        tab.bar.sign_out.clicked.connect(lambda: self.sign_out(order.integration_id))
        if self._keys is not None:
            self._keys.dress(tab)
        place = self.tabs.addTab(tab, order.key)
        close = button("", self.theme, "cross", "link", f"Close {order.key}")
        close.clicked.connect(lambda: self.close_tab(self.tabs.indexOf(tab)))
        self.tabs.tabBar().setTabButton(place, QTabBar.ButtonPosition.RightSide, close)
        self.tabs.setCurrentIndex(place)
        self._show_emptiness()
        self.focus_first()

    def _visit(self, order: PortalOrder, credentials: Credentials | None) -> "Visit":
        """The one of an order's integration."""
        from pruvan_desk.ui.portal.downloads import Downloads  # noqa: PLC0415 - as above
        from pruvan_desk.ui.portal.visits import Visit  # noqa: PLC0415

        known = self._visits.get(order.integration_id)
        if known is not None:
            known.use(order, credentials)  # it may be set up otherwise by now
            return known
        self._downloads = self._downloads or Downloads(self.desk, self)
        visit = self._visits[order.integration_id] = Visit(order, credentials)
        integration_id = order.integration_id
        visit.signing_in.refused.connect(partial(self._refused, integration_id))
        visit.signing_in.signed_in.connect(
            lambda _page: self.desk.write(lambda database: portal_signed_in(database, integration_id))
        )
        visit.profile.downloadRequested.connect(self._download)
        return visit

    def _refused(self, integration_id: int, words: str) -> None:
        from pruvan_desk.ui.portal.sign_in import WHAT_TO_DO  # noqa: PLC0415 - as above

        self.desk.write(lambda database: portal_refused(database, integration_id, words, WHAT_TO_DO))

    def _download(self, download: "QWebEngineDownloadRequest") -> None:
        tab = next((tab for tab in self.open_tabs() if tab.page is download.page()), None)
        if tab is None or self._downloads is None:
            download.cancel()
        else:
            self._downloads.take(download, tab.order.project_id, tab.downloads)

    def _save_pdf(self, tab: "PortalTab", name: str) -> None:
        if self._downloads is not None:
            self._downloads.save_pdf(tab.page, tab.order.project_id, name, tab.downloads)

    def _tab_of(self, project_id: int) -> "PortalTab | None":
        return next((tab for tab in self.open_tabs() if tab.order.project_id == project_id), None)

    def _with_tab(self, what: str, *values: int) -> None:
        tab = self.tabs.currentWidget()
        if tab is not None:
            getattr(tab, what)(*values)

    def _read(self, project_id: int) -> None:
        self.desk.read(lambda session: portal_order(session, project_id), self._show_order)

    def _show_order(self, order: PortalOrder | None) -> None:
        tab = self._tab_of(order.project_id) if order else None
        if tab is not None and order is not None:
            tab.show_order(order)

    def _read_access(self, integration_id: int) -> None:
        """The integration was saved, perhaps with another password."""
        tab = next((tab for tab in self.open_tabs() if tab.order.integration_id == integration_id), None)
        if tab is None:
            return  # it is read again when it is wanted
        from pruvan_desk.ui.portal.visits import read_credentials  # noqa: PLC0415 - as above

        def use(order: PortalOrder, credentials: Credentials | None) -> None:
            visit = self._visits.get(integration_id)
            if visit is not None and origin_of_url(QUrl(order_url(order.portal_url, order.number))) is not None:
                visit.use(order, credentials)

        def read(order: PortalOrder | None) -> None:
            if order is not None:
                self.desk.aside(partial(read_credentials, self.desk.secrets, order), partial(use, order))

        project_id = tab.order.project_id
        self.desk.read(lambda session: portal_order(session, project_id), read)

    def _show_emptiness(self, without_address: str = "") -> None:
        """What to do next where no tab is open; ``without_address`` names an integration that has no portal."""
        self._stack.setCurrentIndex(1 if self.tabs.count() and not without_address else 0)
        self._after_emptiness = "integrations" if without_address else "projects"
        if without_address:
            words = "Enter it under Edit: the address of an order, with {number} where its number goes."
            self.empty.say(f"{without_address} has no myFAStrack address", words, "Open Integrations")
        else:
            self.empty.say("No order is open", "Select a project and press Launch myFAStrack.", "Show projects")
