"""One order in the portal: the bar, what the page says, and the page or why there is none."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QContextMenuEvent, QDesktopServices
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from pruvan_desk.store.views.portal import PortalOrder
from pruvan_desk.ui.portal.notice import Notice
from pruvan_desk.ui.portal.web import Navigation, PortalProfile, PortalWebPage
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, bar, button, label
from pruvan_desk.wire.portal import order_url

Action = QWebEnginePage.WebAction
Status = QWebEngineLoadingInfo.LoadStatus
Domain = QWebEngineLoadingInfo.ErrorDomain
MENU = (Action.Back, Action.Forward, Action.Reload, None, Action.Cut, Action.Copy, Action.Paste, Action.SelectAll)
RETRY, RELOAD = "Retry", "Reload"


class PortalTab(QWidget):
    """A browser that knows one site. ``acted`` when a form went to the portal and its answer is there."""

    acted = Signal()

    def __init__(self, profile: PortalProfile, order: PortalOrder, theme: Theme) -> None:
        super().__init__()
        self.order = order
        self.start = QUrl(order_url(order.portal_url, order.number))
        self._shown = self._wanted = self.start
        self._has_page = self._form_sent = False
        self._loads = 0
        self.view = _View()
        self.page = PortalWebPage(profile, self.view)
        self.view.setPage(self.page)
        self.back = _sign_button(theme, "back", "Back")
        self.forward = _sign_button(theme, "forward", "Forward")
        self.reload = _sign_button(theme, "refresh", RELOAD)
        self.key = label("", "heading", selectable=True)
        self.address = label("", selectable=True)
        self.address.setMinimumWidth(1)  # a long one is cut, rather than the window made wider
        self.state = label("", "muted")
        self.host = label(self.start.host(), "muted")
        self.notice = Notice(theme)
        self.failure = EmptyState(theme, "warning")
        self.failure.setAccessibleName("Why the page is not shown")
        self.stack = QStackedWidget()
        self._put_together()
        self._connect()
        self.show_order(order)
        self.page.load(self.start)

    def show_order(self, order: PortalOrder) -> None:
        """Says what Desk knows of the order now."""
        self.order = order
        self.key.setText(order.key)
        self.address.setText(order.address)
        self.address.setToolTip(order.address)
        self.state.setText(f"client: {order.client_status}" if order.client_status else "")

    def go_back(self) -> None:
        """The page before this one."""
        self.page.triggerAction(Action.Back)

    def go_forward(self) -> None:
        """The page after this one."""
        self.page.triggerAction(Action.Forward)

    def load_again(self) -> None:
        """Reloads; where there was no answer, asks for the page that was wanted. A form is never sent twice by this."""
        if self.stack.currentWidget() is self.view:
            self.page.triggerAction(Action.Reload)
        else:
            self.page.load(self._shown if self._form_sent else self._wanted)

    def let_go(self) -> None:
        """No script waits for an answer any more; the tab may be deleted."""
        self.notice.clear()
        self.page.answer(yes=False)

    def _put_together(self) -> None:
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.failure)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(self.back, self.forward, self.reload, 8, self.key, self.address, self.state, None, self.host))
        box.addWidget(self.notice)
        box.addWidget(self.stack, 1)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        page, notice = self.page, self.notice
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        self.reload.clicked.connect(self.load_again)
        self.failure.button.clicked.connect(self.load_again)
        for choice, action in ((self.back, Action.Back), (self.forward, Action.Forward)):
            choice.setEnabled(page.action(action).isEnabled())
            page.action(action).enabledChanged.connect(choice.setEnabled)
        page.told.connect(notice.tell)
        page.asked.connect(self._ask)
        page.leaving.connect(self._ask_to_leave)
        page.requested.connect(self._request)
        page.loadingChanged.connect(self._follow)
        page.renderProcessTerminated.connect(self._crashed)

    def _request(self, url: QUrl, kind: Navigation) -> None:
        self._wanted = url
        if kind != Navigation.NavigationTypeRedirect:  # which a form's answer often is
            self._form_sent = kind == Navigation.NavigationTypeFormSubmitted

    def _follow(self, info: QWebEngineLoadingInfo) -> None:
        status = info.status()
        if status == Status.LoadStartedStatus:
            self._loads += 1
        elif status == Status.LoadSucceededStatus:
            self._show_page(info.url())
        elif status == Status.LoadFailedStatus:
            self._judge_failure(info)
        elif status == Status.LoadStoppedStatus:
            self._stop()

    def _show_page(self, url: QUrl) -> None:
        self._has_page, self._shown = True, url
        self.host.setText(url.host())
        had_focus = self.failure.button.hasFocus()
        self.stack.setCurrentWidget(self.view)
        if had_focus:
            self.view.setFocus()
        self._note_deed()

    def _judge_failure(self, info: QWebEngineLoadingInfo) -> None:
        """An error of the server with words of its own (a wrong password, say) is a page; any other is told by us."""
        url, reasons, load = info.url(), self._reasons(info), self._loads

        def judge(text: str) -> None:
            if isValid(self) and load == self._loads:
                if text.strip():
                    self._show_page(url)
                else:
                    self._fail(*reasons)

        if info.errorDomain() == Domain.HttpStatusCodeDomain:
            self.page.toPlainText(judge)
        else:
            self._fail(*reasons)

    def _stop(self) -> None:
        """What was asked for is no page: refused, a file, or nothing. The page before it, if any, stays."""
        if not self._has_page:
            self._fail("The page was not opened.", "It led away from the portal, or is no page.")
        self._note_deed()

    def _note_deed(self) -> None:
        if self._form_sent:
            self._form_sent = False
            self.acted.emit()

    def _fail(self, words: str, advice: str, action: str = RETRY) -> None:
        self.failure.say(words, advice, action)
        self.stack.setCurrentWidget(self.failure)
        if self.isVisible():
            self.failure.button.setFocus()

    def _reasons(self, info: QWebEngineLoadingInfo) -> tuple[str, str]:
        host, domain = info.url().host() or self.start.host(), info.errorDomain()
        code = info.errorString().rpartition("::")[2] if "net::" in info.errorString() else ""
        told = f" ({code})" if code else ""
        if self.page.bad_certificate or domain == Domain.CertificateErrorDomain:
            advice = f"Somebody may be listening, so the page was not opened. {self.page.bad_certificate}{told}".strip()
            return f"The certificate of {host} is not good.", advice
        if domain == Domain.HttpStatusCodeDomain:
            return (
                f"myFAStrack answered with error {info.errorCode()}.",
                "It is the portal's own trouble. Retry in a moment.",
            )
        if domain == Domain.DnsErrorDomain:
            return f"{host} was not found.", f"Check the network, and the address in Integrations.{told}"
        return "myFAStrack cannot be reached.", f"{host} does not answer. Check the network, then retry.{told}"

    def _crashed(self, status: QWebEnginePage.RenderProcessTerminationStatus, _code: int) -> None:
        if status != QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            self._wanted, self._form_sent = self._shown, False
            self._fail(
                "The page stopped working.", "Nothing else was touched. What you had typed there is lost.", RELOAD
            )

    def _ask(self, words: str) -> None:
        def answer(*, yes: bool) -> None:
            self.page.answer(yes=yes)

        self.notice.ask(words, "OK", "Cancel", lambda: answer(yes=True), lambda: answer(yes=False))

    def _ask_to_leave(self, url: QUrl) -> None:
        words = f"This leads out of myFAStrack, to {url.host()}: {url.toDisplayString()[:200]}"
        self.notice.ask(words, "Open in browser", "Stay here", lambda: QDesktopServices.openUrl(url))


class _View(QWebEngineView):
    """With a menu of our own: Chromium's offers windows, sources and files."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Moving about, and the clipboard."""
        menu = QMenu(self)
        for action in MENU:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(self.page().action(action))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())


def _sign_button(theme: Theme, icon: str, words: str) -> QPushButton:
    return button("", theme, icon, "link", words)
