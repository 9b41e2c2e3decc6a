"""One order in the portal: the bar, what the page says, and the page or why there is none."""

from functools import partial

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QContextMenuEvent, QDesktopServices
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage, QWebEnginePermission
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from pruvan_desk.store.views.portal import PortalOrder
from pruvan_desk.ui.portal.bar import NavigationBar
from pruvan_desk.ui.portal.downloads import DownloadBar
from pruvan_desk.ui.portal.failure import RELOAD, FailurePage, reasons
from pruvan_desk.ui.portal.find_bar import FindBar
from pruvan_desk.ui.portal.notice import Notice
from pruvan_desk.ui.portal.sign_in import WHAT_TO_DO, SigningIn
from pruvan_desk.ui.portal.web import Navigation, PortalProfile, PortalWebPage
from pruvan_desk.ui.portal.zoom import Zoom
from pruvan_desk.ui.theme import Theme
from pruvan_desk.wire.portal import order_url

Action = QWebEnginePage.WebAction
Status = QWebEngineLoadingInfo.LoadStatus
Domain = QWebEngineLoadingInfo.ErrorDomain
MENU = (Action.Back, Action.Forward, Action.Reload, None, Action.Cut, Action.Copy, Action.Paste, Action.SelectAll)
PDF_TYPE = "document.contentType"


class PortalTab(QWidget):
    """A browser that knows one site. ``acted`` when a form went to the portal and its answer is there."""

    acted = Signal()
    pdf_wanted = Signal(str)
    """The page is to be kept as a PDF of that name."""

    def __init__(
        self, profile: PortalProfile, signing_in: SigningIn, zoom: Zoom, order: PortalOrder, theme: Theme
    ) -> None:
        super().__init__()
        self.order = order
        self.start = QUrl(order_url(order.portal_url, order.number))
        self._shown = self._wanted = self.start
        self._has_page = self._form_sent = self.is_loading = False
        self._loads = self._pages_seen = 0
        self._signing_in, self._zoom = signing_in, zoom
        self.view = _View()
        self.page = PortalWebPage(profile, self.view)
        self.view.setPage(self.page)
        self.bar = NavigationBar(theme)
        self.notice = Notice(theme)
        self.find_bar = FindBar(self.page, theme)
        self.failure = FailurePage(theme)
        self.downloads = DownloadBar(theme)
        self.stack = QStackedWidget()
        self._put_together()
        self._connect()
        self.show_order(order)
        self._resize_page()
        self.page.load(self.start)

    def show_order(self, order: PortalOrder) -> None:
        """Says what Desk knows of the order now."""
        self.order = order
        self.bar.show_order(order)
        self.bar.show_lacks(order.lacks)

    def go_back(self) -> None:
        """The page before this one."""
        self.page.triggerAction(Action.Back)

    def go_forward(self) -> None:
        """The page after this one."""
        self.page.triggerAction(Action.Forward)

    def go_home(self) -> None:
        """The page of the order itself."""
        self.page.load(self.start)

    def load_again(self) -> None:
        """Reloads; where there was no answer, asks for the page that was wanted. A form is never sent twice by this."""
        if self.stack.currentWidget() is self.view:
            self.page.triggerAction(Action.Reload)
        else:
            self.page.load(self._shown if self._form_sent else self._wanted)

    def stop_or_reload(self) -> None:
        """Stops what is coming; where nothing is, loads again."""
        if self.is_loading:
            self.page.triggerAction(Action.Stop)
        else:
            self.load_again()

    def look(self) -> None:
        """Shows the line in which words are found."""
        self.find_bar.begin()

    def zoom(self, by: int) -> None:
        """One step larger (1) or smaller (-1), for all pages of this site; 0: as they were made."""
        self._zoom.step(self._host(), by)

    def save_pdf(self) -> None:
        """Keeps the page among the project's files: a PDF as it came, anything else printed as one."""
        name = f"{self.order.number} {self.page.title() or self._host()}.pdf"

        def decide(kind: object) -> None:
            if kind == "application/pdf":
                self.page.download(self.page.url())
            else:
                self.pdf_wanted.emit(name)

        self.page.runJavaScript(PDF_TYPE, 0, decide)

    def let_go(self) -> None:
        """No script waits for an answer any more; the tab may be deleted."""
        self.failure.over()
        self.notice.clear()
        self.page.answer(yes=False)
        self._signing_in.lost(self.page)

    def _put_together(self) -> None:
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.failure)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part in (self.bar, self.notice, self.find_bar):
            box.addWidget(part)
        box.addWidget(self.stack, 1)
        box.addWidget(self.downloads)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        page, notice, bar = self.page, self.notice, self.bar
        for choice, deed in (
            (bar.back, self.go_back), (bar.forward, self.go_forward), (bar.reload, self.stop_or_reload),
            (bar.home, self.go_home), (bar.look, self.look), (bar.pdf, self.save_pdf),
            (bar.smaller, partial(self.zoom, -1)), (bar.percent, partial(self.zoom, 0)), (bar.larger, partial(self.zoom, 1)),
        ):  # fmt: skip
            choice.clicked.connect(lambda _checked=False, call=deed: call())
        self.failure.again.connect(self.load_again)
        self.find_bar.ended.connect(self.view.setFocus)
        for choice, action in ((bar.back, Action.Back), (bar.forward, Action.Forward)):
            choice.setEnabled(page.action(action).isEnabled())
            page.action(action).enabledChanged.connect(choice.setEnabled)
        page.told.connect(notice.tell)
        page.asked.connect(self._ask)
        page.words_asked.connect(self._ask_words)
        page.permission_asked.connect(self._ask_permission)
        page.leaving.connect(self._ask_to_leave)
        page.requested.connect(self._request)
        page.loadingChanged.connect(self._follow)
        page.renderProcessTerminated.connect(self._crashed)
        self._zoom.changed.connect(self._follow_zoom)
        self._signing_in.signed_in.connect(self._go_on)
        self._signing_in.late.connect(self._go_on_late)
        self._signing_in.freed.connect(self._look_again)
        self._signing_in.refused.connect(self._tell_refused)

    def _request(self, url: QUrl, kind: Navigation) -> None:
        self._wanted = url
        if kind != Navigation.NavigationTypeRedirect:  # which a form's answer often is
            sent = kind == Navigation.NavigationTypeFormSubmitted
            self._form_sent = sent and not self._signing_in.is_trying(self.page)

    def _follow(self, info: QWebEngineLoadingInfo) -> None:
        status = info.status()
        self.is_loading = status == Status.LoadStartedStatus
        self.bar.show_loading(loading=self.is_loading)
        if status == Status.LoadStartedStatus:
            self._loads += 1
        elif status == Status.LoadSucceededStatus:
            self._show_page(info.url())
            self._signing_in.look(self.page)
        elif status == Status.LoadFailedStatus:
            self._judge_failure(info)
        elif status == Status.LoadStoppedStatus:
            self._stop()

    def _show_page(self, url: QUrl) -> None:
        self._has_page, self._shown = True, url
        self._pages_seen += not self._signing_in.is_login(url)
        self.bar.host.setText(url.host())
        self._resize_page()
        self.failure.over()
        had_focus = self.failure.button.hasFocus()
        self.stack.setCurrentWidget(self.view)
        if had_focus:
            self.view.setFocus()
        self._note_deed()

    def _judge_failure(self, info: QWebEngineLoadingInfo) -> None:
        """An error of the server with words of its own (a wrong password, say) is a page; any other is told by us."""
        url, load, status = info.url(), self._loads, info.errorCode()
        host, trouble = url.host() or self.start.host(), self.page.trouble_with(url)
        why = reasons(info, host, self.page.bad_certificate, trouble)

        def judge(words: str) -> None:
            if isValid(self) and load == self._loads:
                if words.strip():
                    self._show_page(url)
                else:
                    self._fail(*why)
                self._signing_in.look(self.page, status)

        if info.errorDomain() == Domain.HttpStatusCodeDomain:
            self.page.toPlainText(judge)
        else:
            self._signing_in.lost(self.page)
            self._fail(*why)

    def _stop(self) -> None:
        """What was asked for is no page: refused, a file, or nothing. The page before it, if any, stays."""
        if not self._has_page:
            self._fail("The page was not opened.", "It led away from the portal, is a file, or was stopped.")
        self._note_deed()

    def _note_deed(self) -> None:
        if self._form_sent:
            self._form_sent = False
            self.acted.emit()

    def _fail(self, words: str, advice: str, by_itself: bool = False) -> None:
        self.failure.tell(words, advice, by_itself=by_itself)
        self._show_failure()

    def _show_failure(self) -> None:
        was_shown = self.stack.currentWidget() is self.failure
        self.stack.setCurrentWidget(self.failure)
        if self.isVisible() and not was_shown:
            self.failure.button.setFocus()

    def _crashed(self, status: QWebEnginePage.RenderProcessTerminationStatus, _code: int) -> None:
        if status != QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            self._wanted, self._form_sent = self._shown, False
            self._signing_in.lost(self.page)
            self.failure.tell(
                "The page stopped working.", "Nothing else was touched. What you had typed there is lost.", RELOAD
            )
            self._show_failure()

    def _go_on(self, page: QWebEnginePage | None) -> None:
        """Somebody is signed in: whoever waits at the login sees the order, and so does who was led elsewhere by it."""
        led_astray = page is self.page and self._pages_seen <= 1 and self.page.url() != self.start
        if led_astray or (page is not self.page and self._signing_in.is_login(self.page.url())):
            self.page.load(self.start)

    def _go_on_late(self, page: QWebEnginePage) -> None:
        if page is self.page:
            self.page.load(self.start)

    def _look_again(self) -> None:
        if self.stack.currentWidget() is self.view and not self.is_loading:
            self._signing_in.look(self.page)

    def _tell_refused(self, words: str) -> None:
        self.notice.tell(f"{words} {WHAT_TO_DO}")

    def _host(self) -> str:
        return self._shown.host() or self.start.host()

    def _resize_page(self) -> None:
        factor = self._zoom.of(self._host())
        self.page.setZoomFactor(factor)
        self.bar.show_percent(factor)

    def _follow_zoom(self, host: str) -> None:
        if host == self._host():
            self._resize_page()

    def _ask(self, words: str) -> None:
        answer = self.page.answer
        self.notice.ask(words, "OK", "Cancel", lambda: answer(yes=True), lambda: answer(yes=False))

    def _ask_words(self, words: str, offered: str) -> None:
        answer = self.page.answer
        self.notice.ask_words(words, offered, lambda said: answer(yes=True, words=said), lambda: answer(yes=False))

    def _ask_permission(self, what: str, permission: QWebEnginePermission) -> None:
        words = f"{permission.origin().host()} wants to {what}."
        self.notice.ask(words, "Allow", "Don't allow", permission.grant, permission.deny)

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
