"""Changing a setting of the office."""

from collections.abc import Sequence
from typing import Any

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.folder_trees import read_levels
from pruvan_desk.store.database import Database
from pruvan_desk.store.settings import read_settings, write_setting


def change_setting(database: Database, name: str, value: Any) -> Changes:
    """Changes one setting for every process. Raises :class:`UsageError` for an unknown name or a value that does not fit."""
    if name == "downloader_levels":
        read_levels(str(value))
    with database.write() as writing:
        write_setting(writing, name, value)
    return writing.changes


def keep_reasons(database: Database, before: Sequence[str], after: Sequence[str]) -> Changes:
    """Keeps what somebody made of the list of reject reasons: from ``before``, which was shown, to ``after``.

    What another desk has added or removed meanwhile stays so.
    """
    with database.write() as writing:
        now = read_settings(writing.session).reject_reasons.splitlines()
        mine = [reason for reason in after if reason in now or reason not in before]
        merged = mine + [reason for reason in now if reason not in before and reason not in mine]
        if merged != now:
            write_setting(writing, "reject_reasons", "\n".join(merged))
    return writing.changes
