"""The address of the portal: what may be configured, where an order is, and what belongs to it."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.portal import PortalAccess, check_portal_url, order_url, origin_of


@pytest.mark.parametrize(
    "template",
    [
        "https://my.example/orders/{number}",
        "https://my.example/?wo={number}#top",
        "http://127.0.0.1:8000/portal/{number}",
    ],
)
def test_an_encrypted_address_with_the_number_in_it_is_taken(template: str) -> None:
    check_portal_url(template)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("http://my.example/orders/{number}", "not encrypted"),
        ("https://my.example/orders/", "number goes"),
        ("https://{number}.my.example/orders", "number goes"),
        ("https://me:secret@my.example/{number}", "user name"),
        ("ftp://my.example/{number}", "not an address"),
        ("my.example/{number}", "not an address"),
        ("https://[::1/{number}", "not an address"),
        ("https://my.example:99999/{number}", "not an address"),
    ],
)
def test_any_other_is_refused_in_words(template: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_portal_url(template)


def test_a_number_stays_one_piece_of_the_address() -> None:
    assert order_url("https://my.example/o/{number}", "7/../8?x#y") == "https://my.example/o/7%2F..%2F8%3Fx%23y"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://My.Example/a", ("https", "my.example", 443)),
        ("https://my.example:443/b", ("https", "my.example", 443)),
        ("wss://my.example./c", ("https", "my.example", 443)),
        ("http://my.example/d", ("http", "my.example", 80)),
        ("https://my.example:8443/", ("https", "my.example", 8443)),
        ("https://my.example@evil.example/", ("https", "evil.example", 443)),
        ("data:text/html,hi", None),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("about:blank", None),
        ("", None),
    ],
)
def test_origins_are_compared_by_scheme_host_and_port(url: str, origin: tuple[str, str, int] | None) -> None:
    assert origin_of(url) == origin


LOGIN = "https://my.example/login"


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (PortalAccess("form", "http://my.example/login"), "not encrypted"),
        (PortalAccess("form", "https://me:secret@my.example/login"), "user name"),
        (PortalAccess("form", ""), "not an address"),
        (PortalAccess("form", LOGIN, password_field=" "), "no names"),
        (PortalAccess("header", LOGIN), "not complete"),
        (PortalAccess("header", LOGIN, header="X-Token: fixed"), "not complete"),
        (PortalAccess("header", LOGIN, header="Cookie: {token}"), "belongs to the browser"),
        (PortalAccess("header", LOGIN, header="X-Token: {token}\r\nX: y"), "not complete"),
        (PortalAccess("magic", LOGIN), "no such way"),
        (PortalAccess(origins="http://other.example"), "not encrypted"),
        (PortalAccess(subresources="https://cdn.example/lib"), "more than a site"),
        (PortalAccess(subresources="https://ok.example, nonsense"), "not an address"),
    ],
)
def test_an_access_that_would_not_be_safe_is_refused_in_words(access: PortalAccess, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        access.check()


def test_nothing_need_be_said_of_an_access() -> None:
    PortalAccess().check()


@pytest.mark.parametrize(
    ("login", "url", "is_it"),
    [
        (LOGIN, "https://my.example/login", True),
        (LOGIN, "https://my.example:443/login?next=/x#top", True),
        (LOGIN, "https://my.example/login/", False),
        (LOGIN, "https://my.example/login2", False),
        (LOGIN, "http://my.example/login", False),
        (LOGIN, "https://my.example.evil.example/login", False),
        (LOGIN, "https://my.example:444/login", False),
        ("https://my.example/?do=login", "https://my.example/?do=login", True),
        ("https://my.example/?do=login", "https://my.example/?do=logout", False),
        ("https://my.example", "https://my.example/", True),
        ("", "about:blank", False),
    ],
)
def test_the_login_is_one_exact_address(login: str, url: str, *, is_it: bool) -> None:
    assert PortalAccess("form", login).is_login(url) is is_it


def test_a_portal_may_have_further_sites_and_load_from_others_still() -> None:
    access = PortalAccess(
        "form", LOGIN, origins="https://pay.example", subresources="https://cdn.example,\nhttps://f.example"
    )
    page = "https://portal.example/{number}"
    assert {host for _, host, _ in access.may_go_to(page)} == {"portal.example", "my.example", "pay.example"}
    loads = {host for _, host, _ in access.may_load_from(page)}
    assert loads == {"portal.example", "my.example", "pay.example", "cdn.example", "f.example"}


def test_an_encrypted_portal_loads_nothing_that_is_not_even_if_it_is_listed() -> None:
    access = PortalAccess(subresources="http://127.0.0.1:8000")
    assert ("http", "127.0.0.1", 8000) not in access.may_load_from("https://portal.example/{number}")
    assert ("http", "127.0.0.1", 8000) in access.may_load_from("http://localhost/{number}")


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("X-Token: {token}", ("X-Token", "t")),
        ("Authorization: Basic {basic}", ("Authorization", "Basic dTp7dG9rZW59")),
        ("X-Login: {username}/{password}", ("X-Login", "u/{token}")),
    ],
)
def test_a_header_carries_the_credentials_each_put_in_once(header: str, sent: tuple[str, str]) -> None:
    assert PortalAccess("header", LOGIN, header=header).header_for(Credentials("u", "{token}", "t")) == sent
