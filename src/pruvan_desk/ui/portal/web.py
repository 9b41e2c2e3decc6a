"""One page of the portal, and the profile that all pages of an integration share. Importing this loads Chromium.

Nothing here is reachable from the page: there is no bridge object, no permission, no file of this machine.
"""

from PySide6.QtCore import QEventLoop, QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineClientCertificateSelection,
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from pruvan_desk.core.logs import logger
from pruvan_desk.ui.portal.confinement import Verdict, judge, may_load
from pruvan_desk.wire.portal import Origin

log = logger(__name__)

Attribute = QWebEngineSettings.WebAttribute
Navigation = QWebEnginePage.NavigationType
OFF = (
    Attribute.AllowGeolocationOnInsecureOrigins, Attribute.AllowRunningInsecureContent,
    Attribute.AllowWindowActivationFromJavaScript, Attribute.DnsPrefetchEnabled, Attribute.ErrorPageEnabled,
    Attribute.FullScreenSupportEnabled, Attribute.HyperlinkAuditingEnabled, Attribute.JavascriptCanAccessClipboard,
    Attribute.JavascriptCanOpenWindows, Attribute.JavascriptCanPaste, Attribute.LocalContentCanAccessFileUrls,
    Attribute.LocalContentCanAccessRemoteUrls, Attribute.NavigateOnDropEnabled, Attribute.PdfViewerEnabled,
    Attribute.PluginsEnabled, Attribute.ScreenCaptureEnabled,
)  # fmt: skip
ON = (Attribute.PlaybackRequiresUserGesture, Attribute.WebRTCPublicInterfacesOnly)


class PortalProfile(QWebEngineProfile):
    """Cookies and cache of one integration, in memory only. Its pages load nothing that is not the portal's."""

    def __init__(self, origin: Origin) -> None:
        super().__init__()  # without a name it keeps nothing on disk
        self.origin = origin
        self._fence = _Fence(origin, self)
        self.setUrlRequestInterceptor(self._fence)
        self.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
        self.setPushServiceEnabled(False)
        settings = self.settings()
        for attribute in OFF:
            settings.setAttribute(attribute, False)
        for attribute in ON:
            settings.setAttribute(attribute, True)
        settings.setUnknownUrlSchemePolicy(QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes)
        self.downloadRequested.connect(_refuse_download)


class PortalWebPage(QWebEnginePage):
    """A page that stays where the portal is. What it wants from a person comes as signals; nothing blocks the window."""

    leaving = Signal(QUrl)
    """Somebody was to be led to another site."""
    told = Signal(str)
    asked = Signal(str)
    """The page wants yes or no: :meth:`answer` it."""
    requested = Signal(QUrl, object)
    """Another page of the portal was asked for, and how (a :data:`Navigation`)."""

    def __init__(self, profile: PortalProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._origin = profile.origin
        self._question: QEventLoop | None = None
        self.bad_certificate = ""
        self.newWindowRequested.connect(self._new_window)
        self.certificateError.connect(self._refuse_certificate)
        self.permissionRequested.connect(QWebEnginePermission.deny)
        self.selectClientCertificate.connect(QWebEngineClientCertificateSelection.selectNone)
        for signal in (
            self.fullScreenRequested,
            self.registerProtocolHandlerRequested,
            self.fileSystemAccessRequested,
        ):
            signal.connect(lambda request: request.reject())
        for signal in (self.desktopMediaRequested, self.webAuthUxRequested):
            signal.connect(lambda request: request.cancel())

    @property
    def is_asking(self) -> bool:
        """Whether a script of the page waits for yes or no."""
        return self._question is not None

    def answer(self, *, yes: bool) -> None:
        """Answers what was ``asked``."""
        if self._question is not None:
            self._question.exit(int(yes))

    def acceptNavigationRequest(self, url: QUrl | str, kind: Navigation, main_frame: bool) -> bool:
        """Only pages of the portal, in every frame, whoever wants to go there and however."""
        wanted = QUrl(url)
        verdict = judge(wanted, self._origin, main_frame=main_frame)
        if verdict is Verdict.STAY:
            if main_frame:
                self.bad_certificate = ""
                self.requested.emit(wanted, kind)
            return True
        log.info("portal page was kept from leaving", host=wanted.host(), scheme=wanted.scheme(), main=main_frame)
        if main_frame:
            self._refuse(wanted, verdict, kind)
        return False

    def javaScriptAlert(self, security_origin: QUrl | str, msg: str) -> None:
        """The page goes on at once; its words stay until they are dismissed."""
        self.told.emit(msg)

    def javaScriptConfirm(self, security_origin: QUrl | str, msg: str) -> bool:
        """The script waits for the answer; the window does not."""
        if self._question is not None:
            return False
        self._question = QEventLoop()
        self.asked.emit(msg)
        answer = self._question.exec()
        self._question = None
        return bool(answer)

    def javaScriptPrompt(self, security_origin: QUrl | str, msg: str, default: str) -> tuple[bool, str]:
        """Nothing is entered: no portal known asks so."""
        self.told.emit(f"The page asked “{msg}” and was given no answer.")
        return False, ""

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        """Not kept: it may hold what somebody typed."""

    def _refuse(self, url: QUrl, verdict: Verdict, kind: Navigation) -> None:
        if verdict is Verdict.REFUSED:
            self.told.emit(f"The page wanted to open an address of the kind “{url.scheme()}:”. That is refused.")
        elif kind == Navigation.NavigationTypeFormSubmitted:
            self.told.emit(f"The form would have gone to {url.host()}, which is not the portal. It was not sent.")
        else:
            self.leaving.emit(url)

    def _new_window(self, request: QWebEngineNewWindowRequest) -> None:
        """No window is opened: a page of the portal opens in this tab, another site's as any link to it."""
        url = request.requestedUrl()
        verdict = judge(url, self._origin)
        if not request.isUserInitiated():
            self.told.emit("The page wanted to open a window by itself. That is refused.")
        elif verdict is Verdict.STAY:
            self.load(url)
        else:
            self._refuse(url, verdict, Navigation.NavigationTypeLinkClicked)

    def _refuse_certificate(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self.bad_certificate = error.description()
        log.warning("certificate refused", host=error.url().host(), kind=error.type().name)


class _Fence(QWebEngineUrlRequestInterceptor):
    """The second fence: whatever a page names, requests go to the portal only."""

    def __init__(self, origin: Origin, parent: QObject) -> None:
        super().__init__(parent)
        self._origin = origin

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Blocks requests to other hosts, those of redirects too."""
        if not may_load(info.requestUrl(), self._origin):
            info.block(True)


def _refuse_download(download: QWebEngineDownloadRequest) -> None:
    download.cancel()
    page = download.page()
    if isinstance(page, PortalWebPage):
        name = download.suggestedFileName() or "The file"
        page.told.emit(f"{name} was not downloaded: Pruvan Desk does not take files from the portal yet.")
