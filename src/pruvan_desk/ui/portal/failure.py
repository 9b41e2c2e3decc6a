"""The page of our own where the portal's cannot be shown: why, in words, Retry, and retrying by itself."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo

from pruvan_desk.ui.portal.gate import Trouble
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState

Domain = QWebEngineLoadingInfo.ErrorDomain
RETRY, RELOAD = "Retry", "Reload"
FIRST_WAIT, LONGEST_WAIT = 2_000, 60_000
"""Milliseconds until the first try by itself, doubling with each, and the longest between two."""


class FailurePage(EmptyState):
    """``again`` when the page is to be asked for once more: by the button, or by itself where the network was to blame."""

    again = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "warning")
        self.setAccessibleName("Why the page is not shown")
        self._wait = FIRST_WAIT
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.again)
        self.button.clicked.connect(self.again)
        if QNetworkInformation.loadDefaultBackend():
            QNetworkInformation.instance().reachabilityChanged.connect(self._network_changed)

    def tell(self, words: str, advice: str, action: str = RETRY, *, by_itself: bool = False) -> None:
        """Says why. ``by_itself``: the network is to blame, so it is tried again without anybody."""
        self.say(words, f"{advice} Pruvan Desk tries again by itself." if by_itself else advice, action)
        if by_itself:
            self._timer.start(self._wait)
            self._wait = min(self._wait * 2, LONGEST_WAIT)
        else:
            self._timer.stop()

    def over(self) -> None:
        """There is a page: nothing is tried any more."""
        self._timer.stop()
        self._wait = FIRST_WAIT

    def _network_changed(self, reachability: QNetworkInformation.Reachability) -> None:
        if self._timer.isActive() and reachability != QNetworkInformation.Reachability.Disconnected:
            self._timer.start(0)


def reasons(
    info: QWebEngineLoadingInfo, host: str, bad_certificate: str, trouble: Trouble | None
) -> tuple[str, str, bool]:
    """What happened, what to do, and whether the network is to blame. ``trouble`` is what the gate met."""
    domain = info.errorDomain()
    if trouble is Trouble.NOT_FOUND:
        return f"{host} was not found.", "Check the network, and the address in Integrations.", True
    if trouble is Trouble.ASKS:
        advice = f"{trouble}, and cannot be given one here. Ask whoever looks after the network to let {host} through without."
        return "myFAStrack cannot be reached.", advice, True
    if trouble is not None:
        return "myFAStrack cannot be reached.", f"{host}: {trouble.lower()}. Check the network.", True
    code = info.errorString().rpartition("::")[2] if "net::" in info.errorString() else ""
    told = f" ({code})" if code else ""
    if bad_certificate or domain == Domain.CertificateErrorDomain:
        advice = f"Somebody may be listening, so the page was not opened. {bad_certificate}{told}".strip()
        return f"The certificate of {host} is not good.", advice, False
    if domain == Domain.HttpStatusCodeDomain:
        words = f"myFAStrack answered with error {info.errorCode()}."
        return words, "It is the portal's own trouble. Retry in a moment.", False
    return "myFAStrack cannot be reached.", f"{host} does not answer. Check the network.{told}", True
