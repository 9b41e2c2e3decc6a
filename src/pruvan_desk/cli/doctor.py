"""``pruvan-desk doctor``: checks a data folder, and exits with 1 when something is off."""

import argparse
import json
from pathlib import Path

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import configure_logging
from pruvan_desk.core.paths import data_folder
from pruvan_desk.core.secrets import SecretStore, choose_kind, open_secrets
from pruvan_desk.operations.doctor import Check, examine
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.opening import open_database


def main(options: argparse.Namespace) -> int:
    """Prints what was found. Exit 1 when anything is off."""
    configure_logging(None, "doctor")
    folder = data_folder(options.data_dir)
    if not folder.database.exists():
        raise DeskFault(f"There is no data in {folder.root}.", "Name the data folder with --data-dir.")
    database = open_database(folder)
    try:
        checks = examine(folder, database, _secrets(options.secrets, folder.root), quick=options.quick)
        with database.read() as session:
            accounting = total_accounting(session).as_dict()
    finally:
        database.close()
    ok = all(not check.findings for check in checks)
    if options.json:
        print(
            json.dumps({"ok": ok, "accounting": accounting, "checks": [check.as_dict() for check in checks]}, indent=1)
        )
    else:
        _print(checks, accounting)
    return 0 if ok else 1


def _secrets(kind: str | None, root: Path) -> SecretStore | DeskFault:
    try:
        return open_secrets(choose_kind(kind, root), root)
    except DeskFault as fault:
        return fault


def _print(checks: list[Check], accounting: dict[str, int]) -> None:
    states = " + ".join(f"{count} {name}" for name, count in accounting.items() if name != "received" and count)
    print(f"received {accounting['received']} = {states or 0}")
    for check in checks:
        note = f" ({check.note})" if check.note else ""
        print(f"{'ok ' if not check.findings else 'OFF'} {check.name}{note}")
        for finding in check.findings:
            print(f"    {finding}")
