"""Opening a data folder: refuses what is newer than the program, backs up and migrates what is older."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import filelock

from pruvan_desk.core.clock import Clock
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.store.database import Database, translated
from pruvan_desk.store.files import replace_file
from pruvan_desk.store.migrations import HEAD

log = logger(__name__)
MIGRATION_SECONDS = 300


def open_database(folder: DataFolder, clock: Clock | None = None) -> Database:
    """The database of a data folder, made or brought up to date first.

    Raises :class:`DeskFault` when it is newer than this program, damaged, or cannot be written.
    """
    folder.create()
    if schema_version(folder.database) != HEAD:
        with filelock.FileLock(folder.root / "migration.lock", timeout=MIGRATION_SECONDS):
            version = schema_version(folder.database)
            if version != HEAD:
                _migrate(folder, version)
    return Database(folder.database, clock)


def schema_version(path: Path) -> str | None:
    """The schema version of a database; ``None`` when there is none yet. Raises :class:`DeskFault` for a damaged file."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    with translated(), closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if found else None
    return str(row[0]) if row else None


def _migrate(folder: DataFolder, version: str | None) -> None:
    from alembic import command  # noqa: PLC0415 - takes a while to load, and is needed once in the life of a version
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise DeskFault(
            "The data was written by a newer Pruvan Desk.",
            f"Install that version again (schema {version}; this program knows {HEAD}). Nothing was changed.",
        )
    if version is not None:
        back_up(folder, version)
    database = Database(folder.database)
    try:
        with database.write() as writing:
            config.attributes["connection"] = writing.session.connection()
            command.upgrade(config, HEAD)
    finally:
        database.close()
    log.info("database migrated", before=version, after=HEAD)


def back_up(folder: DataFolder, version: str) -> Path:
    """A verified copy of the database in the folder of backups. Raises :class:`DeskFault` when it cannot be made or read."""
    target = folder.backups / f"desk-{version}-{datetime.now(UTC):%Y%m%dT%H%M%S}.db"
    made = target.with_suffix(".part")  # among the backups are only those that can be read
    try:
        with translated(), closing(sqlite3.connect(folder.database)) as source, closing(sqlite3.connect(made)) as copy:
            source.backup(copy, pages=-1)
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict == "ok":
            replace_file(made, target)
    finally:
        made.unlink(missing_ok=True)
    if verdict != "ok":
        raise DeskFault(
            "The database could not be backed up, so it was not changed.",
            f"Its copy is damaged ({verdict}). Bring back the newest file of the folder backups.",
        )
    return target
