"""``pruvan-desk selfcheck``: what works is said to work, and what does not is said in words, whatever it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import command
from pruvan_desk.cli import selfcheck
from pruvan_desk.cli.main import SELF_CHECKS, parser
from pruvan_desk.cli.program import program
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.paths import DataFolder


@pytest.fixture(autouse=True)
def chromium_is_left_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which finds out by itself that it is root."""
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX", raising=False)


def child_that(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """From now on the program starts a script instead of itself."""
    monkeypatch.setattr(selfcheck, "program", lambda: [sys.executable, "-c", script])


def report_of(check: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    """Exit code and finding of one check, run in this process."""
    code = selfcheck.main(parser().parse_args(["selfcheck", "--only", check, "--json"]))
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is (code == 0)
    return code, report["checks"][0]


def test_this_installation_works() -> None:
    said = command("selfcheck", "--json")
    report = json.loads(said.stdout)
    assert [check for check in report["checks"] if not check["ok"]] == []
    assert [check["name"] for check in report["checks"]] == list(SELF_CHECKS)
    assert all(check["note"] for check in report["checks"])
    assert (said.returncode, report["ok"], report["package"]) == (0, True, False)


def test_every_check_can_be_asked_for_alone() -> None:
    assert tuple(selfcheck.CHECKS) == SELF_CHECKS
    said = command("selfcheck", "--only", "heic")
    assert (said.returncode, said.stdout) == (0, "ok  heic (64 by 48 pixels of two-halves.heic)\n")


def test_nobodys_data_are_touched(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": "", "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": ""}
    whole = [*program(), "selfcheck", "--only", "database"]
    subprocess.run(whole, env=os.environ | home, capture_output=True, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize("check", ["window", "portal"])
def test_a_machine_without_a_screen_is_told_what_to_do(
    check: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    code, finding = report_of(check, capsys)
    assert code == 1
    assert finding["problem"] == "There is no screen here. On a virtual one: xvfb-run -a pruvan-desk selfcheck"


def test_a_machine_without_a_keyring_is_told_the_way_out_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> None:
        raise DeskFault("This computer has no keyring.", "Choose --secrets file.")

    monkeypatch.setattr(selfcheck, "KeyringSecrets", none)
    code, finding = report_of("keyring", capsys)
    assert (code, finding["problem"]) == (0, "")
    assert finding["note"] == "This computer has no keyring. Choose --secrets file."


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "empty"), (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "HEIC"), (None, "")]
)
def test_a_heic_that_cannot_be_read_is_a_finding(
    data: bytes | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "two-halves.heic"
    if data is not None:
        path.write_bytes(data)
    monkeypatch.setattr(selfcheck, "HEIC", path)
    code, finding = report_of("heic", capsys)
    assert code == 1
    assert str(finding["problem"]).startswith("A HEIC photo was not read")
    assert words in str(finding["problem"])


def test_colours_that_are_wrong_are_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(selfcheck, "HALVES", selfcheck.HALVES[::-1])
    code, finding = report_of("heic", capsys)
    assert code == 1
    assert "wrong colours" in str(finding["problem"])


def test_what_nobody_expected_is_a_finding_too(folder: DataFolder) -> None:
    def check(_folder: DataFolder) -> str:
        raise ModuleNotFoundError("No module named 'nh3'")

    finding = selfcheck.run("libraries", check)
    assert not finding.ok
    assert finding.problem == "ModuleNotFoundError: No module named 'nh3'"


def test_a_fall_of_chromium_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    child_that(monkeypatch, "import os, sys; print('no GPU', file=sys.stderr, flush=True); os._exit(9)")
    finding = selfcheck.run_apart("portal")
    assert not finding.ok
    assert finding.problem == "Its process ended with code 9. no GPU"


def test_a_fall_at_the_end_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    good = json.dumps({"checks": [{"name": "portal", "ok": True, "note": "", "problem": "", "seconds": 1.0}]})
    child_that(monkeypatch, f"import os; print({good!r}, flush=True); os._exit(9)")
    finding = selfcheck.run_apart("portal")
    assert not finding.ok
    assert finding.problem == "All was well until its process ended with code 9."


def test_a_check_that_never_ends_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    child_that(monkeypatch, "import threading; threading.Event().wait()")
    monkeypatch.setattr(selfcheck, "CHILD_SECONDS", 0.5)
    finding = selfcheck.run_apart("portal")
    assert not finding.ok
    assert "did not end" in finding.problem


def test_one_finding_fails_the_whole(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    child_that(monkeypatch, "raise SystemExit('there is no Qt')")
    fewer = {name: selfcheck.CHECKS[name] for name in ("libraries", "window", "portal")}
    monkeypatch.setattr(selfcheck, "CHECKS", fewer)
    assert selfcheck.main(parser().parse_args(["selfcheck"])) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok  libraries (time zones, system certificates, HTML, PDF)",
        "OFF window",
        "    Its process ended with code 1. there is no Qt",
        "OFF portal",
        "    Its process ended with code 1. there is no Qt",
    ]


def test_the_program_without_a_console_starts_the_one_with_standard_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for name, expected in (("Pruvan Desk.exe", "pruvan-desk.exe"), ("pruvan-desk", "pruvan-desk")):
        monkeypatch.setattr(sys, "executable", str(tmp_path / name))
        assert program() == [str(tmp_path / expected)]
