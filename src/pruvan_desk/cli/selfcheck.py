"""``pruvan-desk selfcheck``: does this installation work? Exit 1 when a part of it does not, with words for each part.

It touches no data of anybody: each check has a folder of its own that goes with it. What needs Qt runs in a process of its own,
so that a machine without a screen, or a crash in Chromium, is a finding rather than the end of the report.
"""

import argparse
import asyncio
import importlib.resources
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from pruvan_desk import __version__
from pruvan_desk.cli.program import program
from pruvan_desk.core.errors import DeskFault, PruvanDeskError
from pruvan_desk.core.logs import configure_logging
from pruvan_desk.core.paths import RESOURCES, DataFolder, data_folder
from pruvan_desk.core.secrets import FileSecrets, KeyringSecrets

CHILD_SECONDS = 90.0
WORDS_KEPT = 400
"""Characters of what a child said before it fell."""
HEIC = RESOURCES / "selfcheck" / "two-halves.heic"
"""Drawn for this check: 64 by 48 pixels, half red, half blue."""
HALVES = ((200, 30, 30), (30, 30, 200))
SIGN_IN = """
document.querySelector("[name=username]").value = %s;
document.querySelector("[name=password]").value = %s;
document.getElementById("sign-in").click();
"""
PORTAL_TITLES = ("Sign in · myFAStrack", "Orders · myFAStrack")


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check ended: ``problem`` is empty when all is well, ``note`` says what was seen."""

    name: str
    ok: bool
    note: str
    problem: str
    seconds: float


def main(options: argparse.Namespace) -> int:
    """Runs all checks, or one of them here in this process, and prints what was found."""
    configure_logging(None, "selfcheck")
    if options.only is not None:
        findings = [run(options.only, CHECKS[options.only])]
    else:
        findings = [run_apart(name) if name in APART else run(name, check) for name, check in CHECKS.items()]
    ok = all(finding.ok for finding in findings)
    if options.json:
        frozen = bool(getattr(sys, "frozen", False))
        report = {"ok": ok, "version": __version__, "package": frozen, "checks": [asdict(each) for each in findings]}
        print(json.dumps(report, indent=1))
    else:
        print("\n".join(map(_words, findings)))
    return 0 if ok else 1


def run(name: str, check: Callable[[DataFolder], str]) -> Finding:
    """One check in an empty data folder."""
    started = time.monotonic()
    note = problem = ""
    with tempfile.TemporaryDirectory(prefix="pruvan-desk-selfcheck-", ignore_cleanup_errors=True) as root:
        try:
            note = check(data_folder(Path(root)).create())
        except PruvanDeskError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - whatever a part of the program meets is what has to be told
            problem = f"{type(error).__name__}: {error}"
    return Finding(name, not problem, note, problem, round(time.monotonic() - started, 2))


def run_apart(name: str) -> Finding:
    """One check in a child process, whose fall is a finding as well."""
    started = time.monotonic()
    command = [*program(), "selfcheck", "--only", name, "--json"]
    try:
        said = subprocess.run(  # noqa: S603 - our own command
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace",
            timeout=CHILD_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _fallen(name, f"It did not end within {CHILD_SECONDS:.0f} s.", started)
    try:
        finding = Finding(**json.loads(said.stdout)["checks"][0])
    except (ValueError, LookupError):
        return _fallen(name, f"Its process ended with code {said.returncode}. {said.stderr[-WORDS_KEPT:]}", started)
    if finding.ok and said.returncode:
        return _fallen(name, f"All was well until its process ended with code {said.returncode}.", started)
    return finding


def check_database(folder: DataFolder) -> str:
    """Makes a database with the migrations, writes, opens it again and reads."""
    import sqlite3  # noqa: PLC0415 - each check loads what it is about, so that a part that is missing is its own finding

    from pruvan_desk.operations.settings import change_setting  # noqa: PLC0415
    from pruvan_desk.store.migrations import HEAD  # noqa: PLC0415
    from pruvan_desk.store.opening import open_database, schema_version  # noqa: PLC0415
    from pruvan_desk.store.settings import read_settings  # noqa: PLC0415

    database = open_database(folder)
    change_setting(database, "relay_at_once", 17)
    database.close()
    database = open_database(folder)
    with database.read() as session:
        kept = read_settings(session).relay_at_once
    database.close()
    if kept != 17 or schema_version(folder.database) != HEAD:
        raise DeskFault("The database does not hold what was written.", "Install the program again.")
    return f"schema {HEAD}, SQLite {sqlite3.sqlite_version}"


def check_keyring(folder: DataFolder) -> str:
    """Which keyring there is. None is no fault of the program: then the encrypted file, tried here, is the way out."""
    try:
        words = KeyringSecrets().backend
    except DeskFault as fault:
        words = str(fault)
    if sys.platform == "linux":
        import keyring.backends.SecretService  # noqa: F401, PLC0415 - has to be there, even where nothing answers it
        import secretstorage  # noqa: F401, PLC0415
    file, reference = folder.root / "secrets.crypt", "selfcheck/password"
    FileSecrets(file, "open sesame").set(reference, "a secret")
    if FileSecrets(file, "open sesame").get(reference) != "a secret" or b"a secret" in file.read_bytes():
        raise DeskFault("The encrypted file of secrets does not keep them.", "Install the program again.")
    return words


def check_libraries(_folder: DataFolder) -> str:
    """What is found by name or as a file, and so could be missing from a package: time zones, certificates, HTML, PDF."""
    import nh3  # noqa: PLC0415
    import truststore  # noqa: PLC0415

    from pruvan_desk.reports.project_report import project_report  # noqa: PLC0415
    from pruvan_desk.store.views.project_report import ReportFacts  # noqa: PLC0415

    if not importlib.resources.files("tzdata").joinpath("zoneinfo", "America", "Chicago").is_file():
        raise DeskFault("The time zones are missing.", "Install the program again.")
    if nh3.clean("<b onclick='x()'>yes</b><script>no</script>") != "<b>yes</b>":
        raise DeskFault("Foreign HTML is not cleaned as it should be.", "Install the program again.")
    truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    facts = ReportFacts("AFS::1", (), None, "", (), {}, None, None, (), ())
    if not project_report(facts, {}, zone=UTC, made_at=datetime.now(UTC), who="selfcheck").startswith(b"%PDF"):
        raise DeskFault("A report cannot be made.", "Install the program again.")
    return "time zones, system certificates, HTML, PDF"


def check_heic(_folder: DataFolder) -> str:
    """Decodes a photo as telephones make them, and looks at its colours."""
    from PIL import Image  # noqa: PLC0415

    from pruvan_desk.imaging.thumbnails import examine  # noqa: PLC0415

    seen = examine(HEIC, (256, 512))
    found = seen.inspection
    if found.problem is not None or (found.format, found.width, found.height) != ("HEIC", 64, 48):
        raise DeskFault(f"A HEIC photo was not read: {found.problem or found}", "Install the program again.")
    with Image.open(BytesIO(seen.thumbnails[256])) as small:
        picture = small.convert("RGB")
    colours: list[Any] = [picture.getpixel((x, 24)) for x in (16, 48)]
    if any(
        abs(a - b) > 40 for seen, drawn in zip(colours, HALVES, strict=True) for a, b in zip(seen, drawn, strict=True)
    ):
        raise DeskFault(f"A HEIC photo has the wrong colours: {colours}.", "Install the program again.")
    from pruvan_desk.imaging.measures import measure  # noqa: PLC0415 - needs numpy

    if measure(seen.thumbnails[512]).hash is None:
        raise DeskFault("A HEIC photo could not be measured.", "Install the program again.")
    return f"{found.width} by {found.height} pixels of {HEIC.name}"


def check_gateway(folder: DataFolder) -> str:
    """Starts the engine as the window does, and asks its gateway as a crew, known and unknown."""
    from pruvan_desk.cli.short_day import ShortDay  # noqa: PLC0415

    return ShortDay(folder).ask_gateway()


def check_day(folder: DataFolder) -> str:
    """One order in, one photo through the gateway, published, and at the order source with the same bytes."""
    from pruvan_desk.cli.short_day import ShortDay  # noqa: PLC0415

    return ShortDay(folder).one_photo()


def check_window(folder: DataFolder) -> str:
    """Opens the window, shows every view, closes it."""
    _need_a_screen()
    from pruvan_desk.app import make_application  # noqa: PLC0415 - the checks that need Qt run apart
    from pruvan_desk.ui.event_loop import loop_factory  # noqa: PLC0415
    from pruvan_desk.ui.selfcheck import check_window as check  # noqa: PLC0415

    application = make_application()
    with asyncio.Runner(loop_factory=loop_factory(application)) as runner:
        return runner.run(check(application, folder))


def check_portal(folder: DataFolder) -> str:
    """Signs in to the sandbox's myFAStrack, in Chromium as its pane has it."""
    _need_a_screen()
    from pruvan_desk.app import make_application  # noqa: PLC0415
    from pruvan_desk.sandbox.server import FastrackSandbox  # noqa: PLC0415
    from pruvan_desk.ui.event_loop import loop_factory  # noqa: PLC0415
    from pruvan_desk.ui.selfcheck import check_portal as check  # noqa: PLC0415

    application = make_application()
    with (
        FastrackSandbox(folder.root / "sandbox", orders=3) as sandbox,
        asyncio.Runner(loop_factory=loop_factory(application)) as runner,
    ):
        script = SIGN_IN % (json.dumps(sandbox.credentials.username), json.dumps(sandbox.credentials.password))
        return runner.run(check(f"{sandbox.origin}/portal/login", script, PORTAL_TITLES))


CHECKS: dict[str, Callable[[DataFolder], str]] = {
    "database": check_database,
    "keyring": check_keyring,
    "libraries": check_libraries,
    "heic": check_heic,
    "gateway": check_gateway,
    "day": check_day,
    "window": check_window,
    "portal": check_portal,
}
"""In the order in which they run; ``--only`` takes these names."""
APART = frozenset({"window", "portal"})


def _need_a_screen() -> None:
    """Qt would end the process. Raises :class:`DeskFault`."""
    if sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return
    raise DeskFault("There is no screen here.", "On a virtual one: xvfb-run -a pruvan-desk selfcheck")


def _fallen(name: str, problem: str, started: float) -> Finding:
    return Finding(name, ok=False, note="", problem=problem.strip(), seconds=round(time.monotonic() - started, 2))


def _words(finding: Finding) -> str:
    words = f"{'ok ' if finding.ok else 'OFF'} {finding.name}"
    return f"{words} ({finding.note})" if finding.ok else f"{words}\n    {finding.problem}"
