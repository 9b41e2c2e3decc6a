"""Where calls go, and who says that they come from."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.core.errors import UsageError
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.transport import call_url, check_service_url, service_host


@pytest.mark.parametrize(
    "url",
    [
        "https://host.example/api",
        " https://host.example ",
        "https://host.example:8443/a/b",
        "http://127.0.0.1:8000/x",
        "http://localhost",
        "http://[::1]:9/x",
        "http://127.8.9.1",
    ],
)
def test_https_goes_anywhere_and_plain_http_to_this_machine(url):
    check_service_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://host.example/api",
        "http://10.0.0.5",
        "http://0.0.0.0",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://[::2]",
    ],
)
def test_plain_http_goes_nowhere_else(url):
    with pytest.raises(UsageError, match="not encrypted"):
        check_service_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pass@host.example",
        "https://user@host.example",
        "http://a:b@localhost",
        "https://:secret@host.example",
    ],
)
def test_a_url_with_a_login_in_it_is_refused_without_repeating_it(url):
    with pytest.raises(UsageError, match="user name or password") as caught:
        check_service_url(url)
    assert "pass@" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host.example",
        "ftp://host.example",
        "file:///etc",
        "https://",
        "https://[::1",
        "https://host:99999",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(UsageError, match="not an address"):
        check_service_url(url)


@given(st.text(max_size=40) | st.text(max_size=20).map(lambda text: f"https://{text}"))
def test_no_text_breaks_the_check(url):
    try:
        check_service_url(url)
    except UsageError:
        return
    service_host(url)


@pytest.mark.parametrize(
    ("url", "extension", "called"),
    [
        ("https://h/api", "php", "https://h/api/validate.php"),
        ("https://h/api/", ".php", "https://h/api/validate.php"),
        (" https://h/api ", "", "https://h/api/validate"),
    ],
)
def test_the_extension_may_be_empty(url, extension, called):
    assert call_url(url, "validate", extension) == called


def test_credentials_belong_to_scheme_host_and_port():
    assert service_host("https://A.example/x") == service_host("https://a.example/y")
    hosts = {
        service_host(url)
        for url in ("https://a.example", "http://a.example", "https://b.example", "https://a.example:8443")
    }
    assert len(hosts) == 4


def test_the_password_travels_as_lower_case_hex_sha1():
    payload = Credentials("office", "Pässword", "token-1").payload()
    assert payload == {
        "username": "office",
        "password": hashlib.sha1("Pässword".encode()).hexdigest(),
        "token": "token-1",
    }
    assert payload["password"] == payload["password"].lower()


def test_secrets_are_not_in_what_is_printed_of_credentials():
    credentials = Credentials("office", "Pässword", "token-1")
    for text in (repr(credentials), str(credentials), f"{[credentials]}"):
        assert "office" in text
        assert "Pässword" not in text
        assert "token-1" not in text
