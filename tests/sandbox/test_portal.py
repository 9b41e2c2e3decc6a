"""myFAStrack as the sandbox has it, over HTTP, as a browser would ask."""

import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from PIL import Image

from sandbox.browser import Browser


def page_of(caller, kind: str = "Grass Cut") -> str:
    return f"/portal/orders/{caller.any_order(kind)['number']}"


def tomorrow() -> str:
    return (datetime.now(UTC).date() + timedelta(days=1)).isoformat()


def jpeg() -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (1600, 1200), "red").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize("path", ["/portal/", "/portal/orders/1000100001", "/portal/photos/item-1"])
def test_nothing_shows_without_the_login(browser: Browser, path: str) -> None:
    page = browser.get(path)
    assert page.url.path == "/portal/login"
    assert "Grass Cut" not in page.text


def test_the_login_leads_to_where_one_wanted_to_go(browser: Browser, caller) -> None:
    page = browser.sign_in(path=page_of(caller))
    assert page.url.path == page_of(caller)
    assert f"Order {caller.any_order()['number']}" in page.text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/portal/../_sandbox/state", "/\\evil"])
def test_the_login_leads_nowhere_else(browser: Browser, wanted: str) -> None:
    login = browser.sandbox.credentials
    fields = {"next": wanted, "username": login.username, "password": login.password}
    assert browser.client.post("/portal/login", data=fields).url.path == "/portal/"


def test_a_wrong_login_shows_the_words_and_keeps_the_user_name(browser: Browser) -> None:
    page = browser.sign_in(password="wrong")
    assert page.status_code == 403
    assert "User name or password is wrong." in page.text
    assert f'value="{browser.sandbox.credentials.username}"' in page.text
    assert not browser.client.cookies


def test_the_cookie_is_for_this_site_and_not_for_scripts(browser: Browser) -> None:
    (signed_in, *_) = browser.sign_in().history
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_an_order_shows_its_facts_and_services(browser: Browser, caller) -> None:
    order = next(iter(caller.orders()))
    page = browser.sign_in(path=f"/portal/orders/{order['workOrderNumber']}").text
    assert order["address1"] in unescape(page)
    for service in order["services"]:
        assert service["serviceName"] in page
    assert "<b>Grass must be under 2 inches.</b>" in page


def test_what_an_order_says_is_never_markup_of_ours(browser: Browser) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    services = [{"serviceName": evil}]
    order = {"workOrderNumber": "7/<b>", "address1": evil, "workType": evil, "instructions": evil, "services": services}
    browser.sandbox.control("orders", {"orders": [order]})
    index = browser.sign_in()
    page = browser.get("/portal/orders/7%2F%3Cb%3E")
    assert page.status_code == 200
    for text in (index.text, page.text):
        assert "<script" not in text
        assert "<img src=x" not in text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_accept_tells_the_vendor_and_the_next_list(browser: Browser, caller) -> None:
    path = page_of(caller)
    page = browser.submit(browser.sign_in(path=path), f"{path}/accept", promised=tomorrow())
    assert page.url.path == path
    assert "You accepted this order." in page.text
    assert 'id="accept"' not in page.text
    number = path.rpartition("/")[2]
    (sent,) = [order for order in caller.orders() if order["workOrderNumber"] == number]
    assert sent["clientStatus"] == "Accepted"
    assert caller.any_order()["accepted"] is True


def test_accepted_is_accepted_after_a_restart(browser: Browser, caller) -> None:
    path = page_of(caller)
    browser.submit(browser.sign_in(path=path), f"{path}/accept", promised=tomorrow())
    browser.sandbox.stop()
    browser.sandbox.start()
    assert "Accepted" in browser.sign_in(path=path).text


def test_a_form_from_elsewhere_accepts_nothing(browser: Browser, caller) -> None:
    path = page_of(caller)
    page = browser.sign_in(path=path)
    forged = browser.client.post(f"{path}/accept", data={"csrf": "guessed"})
    assert forged.status_code == 403
    browser.client.headers["origin"] = "https://evil.example"
    assert browser.submit(page, f"{path}/accept").status_code == 403
    assert caller.any_order()["accepted"] is False


@pytest.mark.parametrize("action", ["close", "decline", "cancel"])
def test_an_order_that_is_done_with_cannot_be_accepted(browser: Browser, caller, action: str) -> None:
    path = page_of(caller)
    page = browser.sign_in(path=path)
    browser.sandbox.control(f"orders/{path.rpartition('/')[2]}/{action}", {})
    refused = browser.submit(page, f"{path}/accept")
    assert refused.status_code == 409
    assert "can no longer be accepted" in refused.text
    assert 'id="accept"' not in browser.get(path).text


def test_photos_show_under_their_flags_upright(browser: Browser, caller) -> None:
    caller.upload(jpeg(), uuid="a/1", evidenceType="After", fileName="after.jpg")
    caller.upload(jpeg(), uuid="b", evidenceType="Before", fileName="before.jpg")
    page = browser.sign_in(path=page_of(caller))
    assert page.text.index("Grass Cut · Before (1)") < page.text.index("Grass Cut · After (1)")
    sources = re.findall(r'<img src="([^"]+)"', page.text)
    assert len(sources) == 2
    for source in sources:
        picture = browser.get(source)
        assert picture.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(picture.content)).size == (240, 320)


def test_a_file_that_is_no_picture_says_so(browser: Browser, caller) -> None:
    caller.upload(b"\xff\xd8 a photo")
    page = browser.sign_in(path=page_of(caller))
    (source,) = re.findall(r'<img src="([^"]+)"', page.text)
    assert "no preview" in browser.get(source).text
    assert browser.get("/portal/photos/nothing").status_code == 404


def test_signing_out_and_a_changed_password_end_the_session(browser: Browser) -> None:
    browser.submit(browser.sign_in(), "/portal/logout")
    assert browser.get().url.path == "/portal/login"
    browser.sign_in()
    browser.sandbox.control("credentials", {"password": "another"})
    assert browser.get().url.path == "/portal/login"


def test_an_unknown_order_is_said_to_be_unknown(browser: Browser) -> None:
    page = browser.sign_in(path="/portal/orders/4711")
    assert page.status_code == 404
    assert "no order of that number" in page.text
