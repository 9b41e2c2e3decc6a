"""What a portal's page may not do: go away, load or tell others anything, or have anything of this computer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from pruvan_desk.store.models import Integration
from pruvan_desk.ui.portal.confinement import Bounds
from pruvan_desk.ui.portal.web import PortalProfile
from pruvan_desk.ui.window import MainWindow
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice
from ui.websites import Answer, Website, serving

LEFT = Qt.MouseButton.LeftButton
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg'><script>fetch('/redirect', {mode: 'no-cors'})</script></svg>"


LEADS_OUT = {
    "a link": '<a id=go href="{other}/x">out</a>',
    "a link to a new window": '<a id=go target=_blank href="{other}/x">out</a>',
    "a script": "<button id=go onclick=\"location='{other}/x'\">out</button>",
    "a window": "<button id=go onclick=\"window.open('{other}/x')\">out</button>",
    "a redirect": '<a id=go href="/redirect">out</a>',
    "a page that moves on": '<a id=go href="/refresh">out</a>',
}


@pytest.mark.parametrize("body", LEADS_OUT.values(), ids=LEADS_OUT.keys())
def test_what_leads_out_opens_in_the_browser_when_somebody_says_so(
    opened: list[str], at_site: Callable[..., Person], site: Website, other: Website, body: str
) -> None:
    site.pages["/redirect"] = Answer(status=302, headers={"location": f"{other.origin}/x"})
    site.pages["/refresh"] = Answer(f'moving<meta http-equiv=refresh content="0;url={other.origin}/x">')
    person = at_site(f"the order {body.format(other=other.origin)}")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: "leads out of myFAStrack" in person.tab.notice.words)
    assert opened == []
    person.qtbot.mouseClick(person.tab.notice.yes, LEFT)
    assert opened == [f"{other.origin}/x"]
    assert person.tab.page.url().toString().startswith(site.origin)
    assert other.heard == []


REFUSED = {
    "a form": '<form id=f method=post action="{other}/x"><input name=secret value=1><button id=go>send</button></form>',
    "a file of this machine": '<a id=go href="/to-file">file</a>',
    "a page made of text": '<a id=go href="/to-data">data</a>',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_is_said_and_goes_nowhere(
    at_site: Callable[..., Person], site: Website, other: Website, body: str
) -> None:
    site.pages["/to-file"] = Answer(status=302, headers={"location": "file:///etc/passwd"})
    site.pages["/to-data"] = Answer(status=302, headers={"location": "data:text/html,hi"})
    person = at_site(f"the order {body.format(other=other.origin)}")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: person.tab.notice.words or person.tab.failure.isVisible())
    assert person.tab.page.url().toString().startswith(site.origin)
    assert other.heard == []


LOADED = {
    "a window by itself": "<script>window.open('{other}/x')</script>",
    "a frame": '<iframe src="{other}/x"></iframe>',
    "a frame that is redirected": '<iframe src="/redirect"></iframe>',
    "a frame that a form is sent to": (
        "<iframe name=f></iframe><form id=g method=post target=f action=/onwards></form><script>g.submit()</script>"
    ),
    "a picture": '<img src="{other}/x">',
    "a picture that is redirected": '<img src="/redirect"><img src="/redirect?2">',
    "a picture loaded ahead": (
        '<link rel=preload as=image href="/redirect"><img srcset="/redirect?2 1x"><input type=image src="/redirect?3">'
    ),
    "a film that is redirected": '<video src="/redirect" autoplay></video>',
    "an object that is redirected": '<object data="/redirect"></object><embed src="/redirect?2">',
    "a script": '<script src="{other}/x"></script>',
    "a script that is redirected": '<script src="/redirect"></script><link rel=modulepreload href="/redirect?2">',
    "a call that is redirected": "<script>fetch('/redirect', {{mode: 'no-cors'}}).catch(() => 0)</script>",
    "a call of a page made here": "<iframe srcdoc=\"<script>fetch('/redirect', {{mode: 'no-cors'}})</script>\"></iframe>",
    "a call of a picture": "<iframe src=/picture.svg></iframe>",
    "a style": '<link rel=stylesheet href="{other}/x">',
    "a style that is redirected": '<link rel=stylesheet href="/redirect"><style>@import "/redirect?2";</style>',
    "a font that is redirected": "<style>@font-face {{font-family: f; src: url(/redirect)}} body {{font-family: f}}</style>",
    "a call": "<script>fetch('{other}/x', {{method: 'POST', mode: 'no-cors', body: 'secret'}}).catch(() => 0)</script>",
    "a beacon": "<script>navigator.sendBeacon('{other}/x', 'secret')</script>",
    "a beacon that is redirected": "<script>navigator.sendBeacon('/onwards', 'secret')</script>",
    "a call that outlives the page": "<script>fetch('/onwards', {{method: 'POST', keepalive: true, mode: 'no-cors', body: 'x'}})</script>",
    "a socket": "<script>try {{ new WebSocket('{other}/x'.replace('http', 'ws')) }} catch {{}}</script>",
    "events": "<script>new EventSource('{other}/x')</script>",
    "events that are redirected": "<script>new EventSource('/redirect')</script>",
    "a page fetched ahead": '<link rel=prefetch href="{other}/x"><link rel=prerender href="{other}/x">',
    "a redirect fetched ahead": '<link rel=prefetch href="/redirect">',
    "a name looked up ahead": '<link rel=dns-prefetch href="{other}">',
    "a worklet that is redirected": "<script>new AudioContext().audioWorklet.addModule('/redirect').catch(() => 0)</script>",
    "a click that is reported": "<a id=a href='#b' ping='{other}/x /onwards'>x</a><script>a.click()</script>",
}


@pytest.mark.parametrize("body", LOADED.values(), ids=LOADED.keys())
def test_nothing_of_another_site_is_loaded_or_told_anything(
    at_site: Callable[..., Person], site: Website, other: Website, body: str
) -> None:
    site.pages["/redirect"] = Answer(status=302, headers={"location": f"{other.origin}/x"})
    site.pages["/onwards"] = Answer(status=307, headers={"location": f"{other.origin}/x"})
    site.pages["/picture.svg"] = Answer(PICTURE, headers={"content-type": "image/svg+xml"})
    site.pages["/after"] = Answer("the end")
    person = at_site(f"the order {body.format(other=other.origin)} <a id=go href=/after>on</a>")
    person.sees("the order")
    if "/redirect" in body:
        person.until(lambda: "GET /redirect" in site.heard or "POST /redirect" in site.heard)
    person.click("#go")
    person.sees("the end")
    assert (other.heard, other.connections) == ([], 0)


def test_a_frame_of_the_portal_is_shown(at_site: Callable[..., Person], site: Website) -> None:
    site.pages["/frame"] = Answer("<script>parent.document.title = 'framed'</script>")
    person = at_site('the order <iframe src="/frame"></iframe>')
    person.until(lambda: person.tab.page.title() == "framed")


ASKED = {
    "geolocation": "navigator.geolocation.getCurrentPosition(() => done('given'), () => done('denied'))",
    "camera": "navigator.mediaDevices.getUserMedia({video: true}).then(() => done('given'), () => done('denied'))",
    "notifications": "Notification.requestPermission().then(said => done(said))",
    "clipboard": "navigator.clipboard.readText().then(() => done('given'), () => done('denied'))",
}


@pytest.mark.parametrize("script", ASKED.values(), ids=ASKED.keys())
def test_nothing_of_this_computer_is_given_without_asking(at_site: Callable[..., Person], script: str) -> None:
    page = 'the order <button id=go onclick="SCRIPT">go</button><script>function done(said) { document.title = said }</script>'
    person = at_site(page.replace("SCRIPT", script))
    person.sees("the order")
    person.click("#go")
    person.until(lambda: "127.0.0.1 wants to" in person.tab.notice.words or person.tab.page.title() == "denied")
    assert person.tab.page.title() not in ("given", "granted")
    person.qtbot.mouseClick(person.tab.notice.no, LEFT)
    person.until(lambda: person.tab.page.title() in ("given", "denied", "granted"))
    assert person.tab.page.title() == "denied"


def test_what_somebody_allows_is_given(at_site: Callable[..., Person]) -> None:
    person = at_site(
        f'the order <button id=go onclick="{ASKED["notifications"]}">go</button>'
        "<script>function done(said) { document.title = said }</script>"
    )
    person.sees("the order")
    person.click("#go")
    person.until(lambda: "wants to show notifications" in person.tab.notice.words)
    person.qtbot.mouseClick(person.tab.notice.yes, LEFT)
    person.until(lambda: person.tab.page.title() == "granted")


def test_parts_come_from_the_sites_that_were_listed_and_pages_do_not(
    at_site: Callable[..., Person], other: Website, opened: list[str]
) -> None:
    other.pages["/part.js"] = Answer("document.title = 'loaded'", headers={"content-type": "text/javascript"})
    other.pages["/x"] = Answer("another page")
    parts = f'<script src="{other.origin}/part.js"></script><iframe src="{other.origin}/x"></iframe>'
    person = at_site(f'the order {parts}<a id=go href="{other.origin}/x">out</a>', portal_subresources=other.origin)
    person.sees("the order")
    person.until(lambda: person.tab.page.title() == "loaded")
    person.click("#go")
    person.until(lambda: "leads out of myFAStrack" in person.tab.notice.words)
    assert "GET /x" not in other.heard
    assert opened == []


def test_pages_go_to_the_further_sites_of_the_portal_without_asking(
    at_site: Callable[..., Person], other: Website
) -> None:
    other.pages["/x"] = Answer("the further site")
    person = at_site(f'the order <a id=go href="{other.origin}/x">on</a>', portal_origins=other.origin)
    person.sees("the order")
    person.click("#go")
    person.sees("the further site")
    assert person.tab.notice.words == ""


def test_a_site_that_is_listed_later_is_let_in_at_once(
    at_site: Callable[..., Person], other: Website, elsewhere: ElsewhereOffice
) -> None:
    other.pages["/x"] = Answer("the further site")
    person = at_site(f'the order <a id=go href="{other.origin}/x">on</a>')
    person.sees("the order")
    integration = person.tab.order.integration_id
    elsewhere.change(Integration, integration, portal_origins=other.origin)
    elsewhere.tell(integrations=integration)
    person.until(lambda: len(person.tab.page.profile().bounds.pages) == 2)
    person.click("#go")
    person.sees("the further site")


def test_nothing_of_desk_is_reachable_from_the_page(at_site: Callable[..., Person]) -> None:
    person = at_site("the order")
    person.sees("the order")
    assert (
        person.read("typeof window.qt + typeof window.QWebChannel + typeof window.chrome?.webview") == 3 * "undefined"
    )


class QuietPage(QWebEnginePage):
    """Chromium's console complains of what it refuses."""

    def javaScriptConsoleMessage(self, *_words: object) -> None:  # noqa: N802 - as Qt names it
        pass


def test_an_encrypted_page_loads_nothing_that_is_not(qtbot: QtBot, qapp: QApplication, other: Website) -> None:
    profile = PortalProfile(Bounds.to(("https", "my.example", 443)))
    page = QuietPage(profile)
    body = f'the order <img src="{other.origin}/x"><script src="{other.origin}/y"></script>'
    with qtbot.waitSignal(page.loadFinished, timeout=20_000):
        page.setHtml(body, QUrl("https://my.example/"))
    assert other.heard == []
    delete(page)
    delete(profile)


@pytest.fixture
def self_signed(tmp_path: Path) -> Path:
    """A certificate that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    )
    made = (
        builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, SHA256())
    )
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path / "self-signed.pem"
    path.write_bytes(key.private_bytes(*plain) + made.public_bytes(Encoding.PEM))
    return path


@pytest.mark.logs("certificate refused")
def test_a_bad_certificate_cannot_be_clicked_away(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow], self_signed: Path
) -> None:
    site = Website({"/orders/88123": Answer("the order")})
    with serving(site, self_signed):
        integration = elsewhere.integration(portal_url=f"{site.origin}/orders/{{number}}")
        person = open_tab(qtbot, open_window(), elsewhere.project(integration, "88123"))
        failure = person.tab.failure
        person.until(failure.isVisible)
        assert failure._words.text() == "The certificate of 127.0.0.1 is not good."
        assert [button.text() for button in failure.findChildren(QPushButton) if button.isVisible()] == ["Retry"]
        qtbot.mouseClick(failure.button, LEFT)
        person.until(lambda: not person.tab.is_loading and failure.isVisible())
        assert site.heard == []
