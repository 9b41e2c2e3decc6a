"""Nothing secret survives on its way into a log."""

import json
import logging
import subprocess
import sys
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

import expected_logs
from pruvan_desk.core.logs import NOISY, REDACTED, configure_logging, logger, redact, redact_event

HEAD, TAIL = "zq7", "7qz"
"""Around every made-up secret: neither may be left of it."""
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=382), max_size=12).map(
    lambda text: f"{HEAD}{text}{TAIL}"
)
NAMES = st.sampled_from(
    ["password", "token", "pushkey", "push_key", "secret", "Passphrase", "TOKEN", "crew_token", "password_digest"]
)
KEYS = st.from_regex(r"[A-Za-z0-9_~-]{1,20}", fullmatch=True).map(lambda text: f"{HEAD}{text}{TAIL}")


def survives(text: str) -> bool:
    return HEAD in text or TAIL in text


@given(NAMES, SECRETS)
def test_no_secret_survives_in_json_text_of_any_depth(name, secret):
    once = json.dumps({"username": "office", name: secret, "after": 1})
    for text in (
        once,
        json.dumps({"payload": once}),
        json.dumps(json.dumps({"p": once})),
        json.dumps({"a": [{name: secret}]}, indent=2),
    ):
        assert not survives(redact(f"sent {text} to the server"))


@given(NAMES, SECRETS)
def test_no_secret_survives_in_what_python_prints(name, secret):
    assert not survives(redact(repr({"username": "office", name: secret})))
    assert not survives(redact(repr([{name: secret}])))


@given(NAMES, SECRETS)
def test_no_secret_survives_in_a_form_or_query(name, secret):
    for body in (
        {"username": "office", name: secret, "x": "1"},
        {"payload": json.dumps({"a": 1, name: secret, "b": 2}), "x": "1"},
    ):
        text = urlencode(body)
        assert not survives(redact(f"POST https://host/validate?{text} HTTP/1.1"))
        assert not survives(redact(text))


@given(KEYS)
def test_no_push_key_survives_in_a_url(key):
    for text in (
        f"GET /push/{key} HTTP/1.1",
        f"https://host:8473/push/{key}?x=1",
        f'"/push/{key}"',
        quote(f"https://h/push/{key}", safe=""),
    ):
        assert not survives(redact(text))


@given(KEYS, KEYS)
def test_no_login_survives_in_a_url(user, password):
    text = redact(f"cannot reach https://{user}:{password}@host.example/path")
    assert not survives(text)
    assert "host.example/path" in text


@pytest.mark.parametrize(
    "text",
    [f"Authorization: Bearer {HEAD}abc.def{TAIL}", f"authorization: Basic {HEAD}=={TAIL}", f"Cookie: {HEAD}{TAIL}"],
)
def test_no_header_of_a_login_survives(text):
    assert not survives(redact(text))


def test_what_is_no_secret_is_left_as_it_is():
    text = 'POST https://host.example/api/validate.php {"username": "office", "workOrderNumber": "4711"} took 0.2 s'
    assert redact(text) == text
    assert redact("The login was refused.") == "The login was refused."


def test_what_stands_around_a_secret_stays():
    assert redact('{"username": "office", "password": "abc", "timestamp": 5}') == (
        f'{{"username": "office", "password": {REDACTED}, "timestamp": 5}}'
    )
    assert redact("a=1&token=abc&b=2") == f"a=1&token={REDACTED}&b=2"


@given(SECRETS, NAMES)
def test_no_event_lets_a_secret_through_however_it_holds_it(secret, name):
    class Url:
        def __repr__(self):
            return f"Url('https://host/push/{HEAD}{TAIL}')"

    event = {
        "event": "called", name: secret, "payload": {"deep": [{name: secret}], "n": 1}, "pairs": ({name: secret},),
        "url": Url(), "error": ValueError(json.dumps({name: secret})), "body": json.dumps({name: secret}), "count": 3,
    }  # fmt: skip
    written = redact_event(None, "info", event)
    assert not survives(repr(written))
    assert (written["count"], written["payload"]["n"], written["event"]) == (3, 1, "called")


@pytest.fixture
def log_file(tmp_path):
    """Logging as in a process of its own; everything is put back."""
    root, names = logging.getLogger(), [*NOISY]
    before = (
        root.handlers[:],
        root.level,
        {name: (logging.getLogger(name).level, logging.getLogger(name).disabled) for name in names},
    )
    configure_logging(tmp_path, "test")
    yield tmp_path / "test.log"
    for handler in root.handlers:
        if handler not in before[0]:
            handler.close()
    root.handlers[:], root.level = before[0], before[1]
    for name, (level, disabled) in before[2].items():
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).disabled = disabled
    expected_logs.configure()


def lines(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_of_the_log_is_json_with_its_time_and_place(log_file):
    logger("pruvan_desk.test").info("refreshed", integration="AFS", steps=3)
    (line,) = lines(log_file)
    assert (line["event"], line["integration"], line["steps"]) == ("refreshed", "AFS", 3)
    assert (line["level"], line["logger"], line["timestamp"][-1]) == ("info", "pruvan_desk.test", "Z")


def test_a_secret_does_not_reach_the_file_by_any_way(log_file, capsys):
    ours, theirs, secret = logger("pruvan_desk.test2"), logging.getLogger("library"), f"{HEAD}{TAIL}"
    ours.warning("called", payload={"password": secret}, token=secret)
    theirs.warning('POST %s {"password": "%s"}', f"https://host/push/{secret}", secret)
    try:
        int(f"token={secret}")
    except ValueError:
        ours.exception("failed")
        theirs.exception("failed too")
    assert len(lines(log_file)) == 4
    assert "ValueError" in log_file.read_text()
    assert not survives(log_file.read_text())
    assert not survives(capsys.readouterr().err)


def test_a_log_that_cannot_be_written_ends_nothing(log_file, capsys):
    log_file.mkdir()  # in its place
    logger("pruvan_desk.test3").info("refreshed")
    assert "IsADirectoryError" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["httpx", "uvicorn.access", "python_multipart"])
def test_libraries_own_request_lines_are_off(log_file, name):
    logging.getLogger(name).info("GET /push/key")
    assert not log_file.exists()


def test_what_nobody_sees_is_not_loaded_for_a_line_in_the_log(tmp_path):
    """structlog would load rich, for tracebacks in colour."""
    script = (
        "import sys; from pathlib import Path; from pruvan_desk.core.logs import logger, configure_logging; "
        f"configure_logging(Path({str(tmp_path)!r}), 'test'); logger('test').warning('written'); "
        "print('structlog' in sys.modules, 'rich' in sys.modules); import rich"
    )
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert told.split()[-2:] == ["True", "False"]
