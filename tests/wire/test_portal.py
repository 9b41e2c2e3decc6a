"""The address of the portal: what may be configured, where an order is, and what belongs to it."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.wire.portal import check_portal_url, order_url, origin_of


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
