"""One page of the portal, and the profile that all pages of an integration share. Importing this loads Chromium.

Nothing here is reachable from the page: there is no bridge object, no permission, no file of this machine.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEventLoop, QObject, QTimer, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineClientCertificateSelection,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineScript,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWidgets import QWidget

from pruvan_desk.core.logs import logger
from pruvan_desk.ui.portal.chromium import prepare
from pruvan_desk.ui.portal.confinement import Bounds, Verdict, origin_of_url
from pruvan_desk.ui.portal.gate import Trouble
from pruvan_desk.ui.portal.uploads import upload_dialog

log = logger(__name__)

Attribute = QWebEngineSettings.WebAttribute
Navigation = QWebEnginePage.NavigationType
Selection = QWebEnginePage.FileSelectionMode
OFF = (
    Attribute.AllowGeolocationOnInsecureOrigins, Attribute.AllowRunningInsecureContent,
    Attribute.AllowWindowActivationFromJavaScript, Attribute.DnsPrefetchEnabled, Attribute.ErrorPageEnabled,
    Attribute.FullScreenSupportEnabled, Attribute.HyperlinkAuditingEnabled, Attribute.JavascriptCanAccessClipboard,
    Attribute.JavascriptCanOpenWindows, Attribute.JavascriptCanPaste, Attribute.LocalContentCanAccessFileUrls,
    Attribute.LocalContentCanAccessRemoteUrls, Attribute.NavigateOnDropEnabled, Attribute.ScreenCaptureEnabled,
)  # fmt: skip
ON = (
    Attribute.PdfViewerEnabled, Attribute.PlaybackRequiresUserGesture, Attribute.PluginsEnabled,
    Attribute.WebRTCPublicInterfacesOnly,
)  # fmt: skip
"""The one plugin there is shows PDFs, in a process of its own."""
Permission = QWebEnginePermission.PermissionType
ASKED_FOR = {
    Permission.MediaAudioCapture: "use the microphone",
    Permission.MediaVideoCapture: "use the camera",
    Permission.MediaAudioVideoCapture: "use camera and microphone",
    Permission.Notifications: "show notifications",
    Permission.Geolocation: "know where this computer is",
    Permission.ClipboardReadWrite: "read the clipboard",
}
"""What a person may allow a page, once; everything else is refused."""


FENCE = "fence"
FENCE_SCRIPT = """
if (location.protocol.startsWith('http') && document.contentType !== 'application/pdf') {
    const make = name => document.createElementNS('http://www.w3.org/1999/xhtml', name);  // a page may be an SVG picture as well
    const root = make('html'), head = make('head'), meta = make('meta');
    meta.httpEquiv = 'Content-Security-Policy';
    meta.content = %s;
    root.append(head);
    if (!document.documentElement) document.append(root);
    else document.documentElement.prepend(head);
    head.append(meta);
    head.remove();
    root.remove();
}
"""
"""The first fence: a page is given our policy, which cannot be taken away again. A page's own holds as well."""
NAVIGATIONS = (
    QWebEngineUrlRequestInfo.ResourceType.ResourceTypeMainFrame,
    QWebEngineUrlRequestInfo.ResourceType.ResourceTypeSubFrame,
)


class PortalProfile(QWebEngineProfile):
    """Cookies and cache of one integration, in memory only. Its pages load nothing that is not the portal's."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()  # without a name it keeps nothing on disk
        self.bounds = bounds
        self._gate, self._visitor = prepare(), object()
        self.destroyed.connect(partial(self._gate.forget, self._visitor))
        self.hold_to(bounds)
        self._fence = _Fence(self)
        self.setUrlRequestInterceptor(self._fence)
        self.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
        self.setPushServiceEnabled(False)
        settings = self.settings()
        for attribute in OFF:
            settings.setAttribute(attribute, False)
        for attribute in ON:
            settings.setAttribute(attribute, True)
        settings.setUnknownUrlSchemePolicy(QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes)

    def hold_to(self, bounds: Bounds) -> None:
        """From now on pages stay within these bounds; their policy holds for those that are loaded from now on."""
        self.bounds = bounds
        self._gate.admit(self._visitor, bounds.parts | bounds.pages)
        script = QWebEngineScript()
        script.setName(FENCE)
        script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
        script.setWorldId(QWebEngineScript.ScriptWorldId.ApplicationWorld)
        script.setRunsOnSubFrames(True)
        script.setSourceCode(FENCE_SCRIPT % json.dumps(bounds.policy()))
        for old in self.scripts().find(FENCE):
            self.scripts().remove(old)
        self.scripts().insert(script)

    def trouble_with(self, url: QUrl) -> Trouble | None:
        """Why the site of an address was not reached, where it was not."""
        origin = origin_of_url(url)
        return self._gate.trouble_with(origin[1:]) if origin is not None else None


class PortalWebPage(QWebEnginePage):
    """A page that stays where the portal is. What it wants from a person comes as signals; nothing blocks the window."""

    leaving = Signal(QUrl)
    """Somebody was to be led to another site."""
    told = Signal(str)
    asked = Signal(str)
    """The page wants yes or no: :meth:`answer` it."""
    words_asked = Signal(str, str)
    """The page wants words, and offers some: :meth:`answer` it with them."""
    permission_asked = Signal(str, object)
    """The page wants something of this computer: what, and a :class:`QWebEnginePermission` to grant or deny."""
    requested = Signal(QUrl, object)
    """Another page of the portal was asked for, and how (a :data:`Navigation`)."""

    def __init__(self, profile: PortalProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._profile = profile
        self._question: QEventLoop | None = None
        self._answer = ""
        self.bad_certificate = ""
        self.newWindowRequested.connect(self._new_window)
        self.certificateError.connect(self._refuse_certificate)
        self.permissionRequested.connect(self._ask_permission)
        self.selectClientCertificate.connect(QWebEngineClientCertificateSelection.selectNone)
        for signal in (
            self.fullScreenRequested,
            self.registerProtocolHandlerRequested,
            self.fileSystemAccessRequested,
        ):
            signal.connect(lambda request: request.reject())
        for signal in (self.desktopMediaRequested, self.webAuthUxRequested):
            signal.connect(lambda request: request.cancel())

    def trouble_with(self, url: QUrl) -> Trouble | None:
        """Why the site of an address was not reached, where it was not."""
        return self._profile.trouble_with(url)

    @property
    def is_asking(self) -> bool:
        """Whether a script of the page waits for an answer."""
        return self._question is not None

    def answer(self, *, yes: bool, words: str = "") -> None:
        """Answers what was ``asked``, or with ``words`` what :attr:`words_asked` asks for."""
        if self._question is not None:
            self._answer = words
            self._question.exit(int(yes))

    def acceptNavigationRequest(self, url: QUrl | str, kind: Navigation, main_frame: bool) -> bool:
        """Only pages of the portal, in every frame, whoever wants to go there and however."""
        wanted, bounds = QUrl(url), self._profile.bounds
        verdict = bounds.judge(wanted, main_frame=main_frame)
        redirected = kind == Navigation.NavigationTypeRedirect and bounds.header_origin is not None
        if verdict is Verdict.STAY and redirected and not bounds.wants_header(wanted):
            if main_frame:  # asked for anew: Chromium would take the header along
                QTimer.singleShot(0, partial(self.load, wanted))
            return False
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
        return self._wait_for_answer(partial(self.asked.emit, msg))

    def javaScriptPrompt(self, security_origin: QUrl | str, msg: str, default: str) -> tuple[bool, str]:
        """The script waits for the words; the window does not."""
        answered = self._wait_for_answer(partial(self.words_asked.emit, msg, default))
        return answered, self._answer if answered else ""

    def _wait_for_answer(self, ask: Callable[[], object]) -> bool:
        """A page that asks while it is asking (a frame of it, say) is answered with no."""
        if self._question is not None:
            return False
        self._question = QEventLoop()
        ask()
        answer = self._question.exec()
        self._question = None
        return bool(answer)

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        """Not kept: it may hold what somebody typed."""

    def chooseFiles(
        self, mode: QWebEnginePage.FileSelectionMode, old_files: Sequence[str], accepted_types: Sequence[str]
    ) -> list[str]:
        """The page waits for the files; the window does not."""
        if self._question is not None or mode not in (Selection.FileSelectOpen, Selection.FileSelectOpenMultiple):
            return []
        self._question = QEventLoop()
        dialog = upload_dialog(self._window(), accepted_types, many=mode == Selection.FileSelectOpenMultiple)
        dialog.finished.connect(self._question.exit)
        dialog.open()
        chosen = bool(self._question.exec())
        self._question = None
        files = [str(name) for name in dialog.selectedFiles()] if chosen else []
        dialog.deleteLater()
        return files

    def _window(self) -> QWidget | None:
        owner = self.parent()
        return owner.window() if isinstance(owner, QWidget) else None

    def _ask_permission(self, permission: QWebEnginePermission) -> None:
        what = ASKED_FOR.get(permission.permissionType(), "")
        if what:
            self.permission_asked.emit(what, permission)
        else:
            permission.deny()

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
        verdict = self._profile.bounds.judge(url)
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
    """The second fence: whatever a page names, requests go to the portal only.

    Of a redirected part it hears too late: Chromium is on its way by then, with the headers of the first request. So those are
    the policy's to stop, or else the gate's, and the header goes with pages only, whose redirects are judged before they are
    followed.
    """

    def __init__(self, profile: PortalProfile) -> None:
        super().__init__(profile)
        self._profile = profile

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Blocks requests to other hosts; gives the header to pages of its own site."""
        url, bounds = info.requestUrl(), self._profile.bounds
        if not bounds.may_load(url):
            info.block(True)
        elif bounds.wants_header(url) and info.resourceType() in NAVIGATIONS:
            name, value = bounds.header
            info.setHttpHeader(name.encode(), value.encode())
