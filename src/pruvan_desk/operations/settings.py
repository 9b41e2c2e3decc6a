"""Changing a setting of the office."""

from typing import Any

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.folder_trees import read_levels
from pruvan_desk.store.database import Database
from pruvan_desk.store.settings import write_setting


def change_setting(database: Database, name: str, value: Any) -> Changes:
    """Changes one setting for every process. Raises :class:`UsageError` for an unknown name or a value that does not fit."""
    if name == "downloader_levels":
        read_levels(str(value))
    with database.write() as writing:
        write_setting(writing, name, value)
    return writing.changes
