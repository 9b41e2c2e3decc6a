"""The main window: rail, views, menus, status bar. It draws itself before anything is read."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.ui import actions, tokens
from pruvan_desk.ui.ask import ask, tell
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.help import HelpDialog, read_page
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.overlay import KeysDialog
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.pages import PAGES, PageSpec
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.status_bar import StatusLine, leaving_words
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.tray import Tray
from pruvan_desk.ui.widgets import Banner, button, tool_button

if TYPE_CHECKING:
    from pruvan_desk.domain.missing import Lack
    from pruvan_desk.store.views.status import DeskStatus

CLOCK = 5_000
"""Milliseconds after which the status is read again though nothing changed: the engine's heartbeat is no change."""
SOON = 250
"""Milliseconds in which changes lead to one reading of the status."""


class MainWindow(QMainWindow):
    """Everything a person sees. ``closed`` is emitted once, when it goes away; ``drawn`` when it is first on the screen."""

    closed = Signal()
    drawn = Signal()

    def __init__(self, desk: Desk, theme: Theme, state: WindowState, title_note: str = "") -> None:
        super().__init__()
        self.desk, self.theme, self.state = desk, theme, state
        self.keys = KeyMap(state)
        self.setWindowTitle(f"Pruvan Desk — {title_note}" if title_note else "Pruvan Desk")
        self.pages: dict[str, Page] = {}
        self.current = ""
        self._was_drawn = False
        self._was_maximised = False
        self._opened = False
        self._leaving = False
        self._latest_status = Latest()
        self.status: DeskStatus | None = None
        self.status_line = StatusLine(theme, self)
        self.setStatusBar(self.status_line)
        self.tray = Tray(theme, self)
        self.banner = Banner(theme, "Edit credentials")
        self.stack = QStackedWidget()
        self.bell = button("", theme, "bell", "link", "Alerts")
        self.rail = self._make_rail()
        self._put_together()
        self._make_menus()
        self._connect()
        self.resize(self.screen().availableSize().boundedTo(QSize(1440, 900)))
        if kept := self.state.raw("window/geometry"):
            self.restoreGeometry(kept)

    def show_page(self, name: str) -> Page:
        """Brings a view to the front, making it when it is wanted for the first time."""
        spec = next(spec for spec in PAGES if spec.name == name)
        page = self.pages.get(name) or self._make_page(spec)
        self.current = name
        self.rail_buttons[name].setChecked(True)
        self.stack.setCurrentWidget(page)
        page.focus_first()
        self._show_menus_of(page)
        self.state.put("window/page", name)
        return page

    def open_gallery(self, project_id: int, lack: "Lack | None" = None) -> None:
        """Shows the photos of a project: all of them, or those that something missing is about."""
        page = self.show_page("gallery")
        open_project = getattr(page, "open_project")  # noqa: B009 - the gallery is only loaded when it is wanted
        open_project(project_id, lack)

    def open_positions(self, project_id: int) -> None:
        """Shows where the photos of a project were taken, beside its gallery."""
        self.open_gallery(project_id)
        positions = getattr(self.pages["gallery"], "positions")  # noqa: B009 - as the gallery
        positions.show()

    def open_portal(self, project_id: int) -> None:
        """Shows the order of a project in myFAStrack."""
        page = self.show_page("portal")
        open_project = getattr(page, "open_project")  # noqa: B009 - as the gallery
        open_project(project_id)

    def open_survey(self, project_id: int, task: str) -> None:
        """Shows the form of a survey task."""
        page = self.show_page("surveys")
        open_of = getattr(page, "open_survey")  # noqa: B009 - as the gallery
        open_of(project_id, task)

    def set_bare(self, bare: bool) -> None:
        """Full screen without anything of the window's own; or all of it again."""
        for part in (self.rail, self.menuBar(), self.status_line):
            part.setHidden(bare)
        self.banner.setHidden(bare or not self.banner.words)
        if bare:
            self._was_maximised = self.isMaximized()
            self.showFullScreen()
        elif self._was_maximised:
            self.showMaximized()
        else:
            self.showNormal()

    def report(self, title: str, advice: str = "") -> None:
        """Says why something was not done, without stopping anybody."""
        self.status_line.say(f"{title} {advice}".strip())

    def report_bug(self, title: str, advice: str, details: str) -> None:
        """Shows what nobody expected."""
        tell(self, title, advice, details=details)

    def refuse_to_open(self, error: PruvanDeskError) -> None:
        """The database cannot be opened: says so, and closes."""
        tell(self, error.title, error.advice).finished.connect(self.close)

    def opened(self) -> None:
        """The database is open: the views may read."""
        self._opened = True
        self.read_status()
        self._clock.start()
        name = self.state.get("window/page", "projects")
        self.show_page(name if any(spec.name == name for spec in PAGES) else "projects")

    def read_status(self) -> None:
        """Reads where everything stands, for the status bar and the counter."""
        from pruvan_desk.store.views.status import desk_status  # noqa: PLC0415 - SQLAlchemy must not delay the first picture

        self.desk.read(desk_status, self._show_status, self._latest_status)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, what follows begins when the window is on the screen."""
        super().showEvent(event)
        if not self._was_drawn:
            self._was_drawn = True
            QTimer.singleShot(0, self.drawn.emit)

    def leave(self) -> None:
        """Closes without asking."""
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks once where work would be left lying; remembers how it looked. The rest is the application's."""
        words = "" if self._leaving else leaving_words(self.status)
        if words:
            event.ignore()
            self._leaving = True  # whoever closes it again meanwhile has read it
            box = ask(self, "Quit Pruvan Desk?", words, "Quit", self.leave)
            box.rejected.connect(self._stay)
            return
        self.state.put("window/geometry", self.saveGeometry())
        self.state.save()
        self.tray.hide()
        for page in self.pages.values():
            page.close_page()
        super().closeEvent(event)
        self.closed.emit()

    def _stay(self) -> None:
        self._leaving = False

    def _make_rail(self) -> QFrame:
        rail = QFrame()
        rail.setObjectName("rail")
        rail.setFixedWidth(tokens.RAIL_WIDTH)
        rail.setAccessibleName("Views")
        box = QVBoxLayout(rail)
        box.setContentsMargins(0, tokens.UNIT, 0, tokens.UNIT)
        box.setSpacing(2)
        group = QButtonGroup(rail)
        self.rail_buttons = {}
        for spec in PAGES:
            choice = tool_button(spec.words, self.theme, spec.icon)
            choice.setToolTip(actions.BY_NAME[spec.name].words)
            actions.name_key(choice, spec.name)
            choice.clicked.connect(partial(self._choose, spec.name))
            group.addButton(choice)
            box.addWidget(choice)
            self.rail_buttons[spec.name] = choice
        box.addStretch(1)
        return rail

    def _put_together(self) -> None:
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addWidget(self.stack, 1)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(middle, 1)
        self.setCentralWidget(inside)
        self.menuBar().setCornerWidget(self.bell)
        self.bell.setIconSize(QSize(18, 18))

    def _make_menus(self) -> None:
        self.window_actions = actions.install(
            self,
            {
                "preferences": self.show_preferences,
                "validator": self.show_validator,
                "quit": self.close,
                **{spec.name: partial(self._choose, spec.name) for spec in PAGES},
                "refresh": self._refresh,
                "search": self._search,
                "help": self._help,
                "keys": self.show_keys,
            },
        )
        names = ("File", "Edit", "View", "Project", "Photo", "Survey", "Help")
        self.menus = {name: self.menuBar().addMenu(f"&{name}") for name in names}
        for name, action in self.window_actions.items():
            actions.fill_menu(self.menus[actions.BY_NAME[name].menu], [action])
        self._own_menus = {"Edit", "Project", "Photo", "Survey"}
        self.keys.dress(self)
        self._show_menus_of(None)

    def _show_menus_of(self, page: Page | None) -> None:
        """Of the menus that views fill, those of the view in front; its keys work only there anyway."""
        for other in self.pages.values():
            for action in other.page_actions.values():
                action.setVisible(other is page)
        mine = {actions.BY_NAME[name].menu for name in page.page_actions} if page else set()
        for name in self._own_menus:
            self.menus[name].menuAction().setVisible(name in mine)

    def _connect(self) -> None:
        self.keys.changed.connect(self._take_keys)
        self.tray.pause_wanted.connect(self._pause)
        self.status_line.activity_wanted.connect(lambda: self._choose("activity"))
        self.bell.clicked.connect(lambda: self._choose("activity"))
        self.banner.button.clicked.connect(self._mend_integration)
        self.desk.opened.connect(self.opened)
        self.desk.told.connect(self.report)
        self.desk.bridge.changed.connect(self._hear)
        self._clock = QTimer(self, interval=CLOCK)
        self._clock.timeout.connect(self.read_status)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.read_status)

    def _make_page(self, spec: PageSpec) -> Page:
        page = spec.make(self.desk, self.theme, self.state)
        self.pages[spec.name] = page
        self.stack.addWidget(page)
        page.page_wanted.connect(self._choose)
        page.gallery_wanted.connect(self.open_gallery)
        page.positions_wanted.connect(self.open_positions)
        page.portal_wanted.connect(self.open_portal)
        page.survey_wanted.connect(self.open_survey)
        page.keys_wanted.connect(self.show_keys)
        page.said.connect(self.report)
        page.bare_wanted.connect(self.set_bare)
        for name, action in page.page_actions.items():
            menu = actions.BY_NAME[name].menu
            menu = actions.PHOTO if menu in (actions.LOOKING, actions.MOVING) else menu
            if menu in self._own_menus:
                actions.fill_menu(self.menus[menu], [action])
        page.note_keys(self.keys)
        if self.status is not None:
            page.note_status(self.status)
        return page

    def _take_keys(self) -> None:
        self.keys.dress(self)
        for page in self.pages.values():
            page.note_keys(self.keys)

    def _choose(self, name: str) -> None:
        if self._opened:
            self.show_page(name)
        else:
            self.rail_buttons[name].setChecked(False)

    def _hear(self, changes: Changes) -> None:
        told = changes.items or changes.jobs or changes.integrations or changes.alerts or changes.settings
        told = told or changes.traffic
        if told and not self._soon.isActive():
            self._soon.start()

    def _show_status(self, status: "DeskStatus") -> None:
        self.status = status
        self.tray.show_status(status)
        self.desk.settings = status.settings
        self.status_line.show_status(status)
        self.bell.setText(str(status.unread_alerts) if status.unread_alerts else "")
        words = f"{status.unread_alerts} unread of {status.alerts} alerts" if status.alerts else "No alerts"
        self.bell.setAccessibleName(words)
        self.bell.setToolTip(words)
        self.banner.say(status.paused_words)
        for page in self.pages.values():
            page.note_status(status)

    def _pause(self, paused: bool) -> None:
        from pruvan_desk.operations.relay import pause_relay  # noqa: PLC0415 - as above

        self.desk.write(lambda database: pause_relay(database, paused=paused))

    def _mend_integration(self) -> None:
        page = self.show_page("integrations")
        page.mend()

    def _refresh(self) -> None:
        if self._opened:
            page = self.show_page("integrations") if self.current == "" else self.pages[self.current]
            page.refresh_orders()

    def _search(self) -> None:
        if self.current:
            self.pages[self.current].focus_search()

    def _help(self) -> None:
        pages = {"gallery": "qa", "surveys": "surveys", "portal": "myfastrack", "integrations": "integrations"}
        page = pages.get(self.current, "index")
        self.desk.aside(lambda: read_page(page), lambda text: HelpDialog(page, text, self).open())

    def show_preferences(self) -> None:
        """The office's settings, which are known when the database is open, and the keys of this machine."""
        from pruvan_desk.ui.preferences.dialog import PreferencesDialog  # noqa: PLC0415 - seldom wanted

        if self._opened:
            PreferencesDialog(self.desk, self.theme, self.keys, self).open()

    def show_validator(self) -> None:
        """Says of a file or a uuid what is known of it."""
        from pruvan_desk.ui.validator.window import ValidatorWindow  # noqa: PLC0415 - seldom wanted

        if self._opened:
            window = ValidatorWindow(self.desk, self.theme, self)
            window.item_wanted.connect(self.open_item)
            window.show()

    def open_item(self, project_id: int, item_id: int) -> None:
        """Shows one item among those of its project."""
        page = self.show_page("gallery")
        open_project_at = getattr(page, "open_item")  # noqa: B009 - as the gallery
        open_project_at(project_id, item_id)

    def show_keys(self) -> None:
        """The ``?`` page."""
        KeysDialog(self.keys, self).open()
