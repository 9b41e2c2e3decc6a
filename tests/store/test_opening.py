"""Opening a data folder: made, brought up to date, or refused unchanged."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fakes import NOON
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.store import migrations, opening
from pruvan_desk.store.models import Base, Integration, Item
from pruvan_desk.store.opening import open_database, schema_version

MIGRATIONS = Path(migrations.__file__).parent

NEXT_VERSION = '''
"""The next version, for tests."""
import sqlalchemy as sa
from alembic import op
revision = "{head}next"
down_revision = "{head}"
def upgrade():
    op.add_column("integrations", sa.Column("colour", sa.Text(), nullable=False, server_default="green"))
    {more}
'''


def version_row(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(integrations)")}


@pytest.fixture
def next_program(tmp_path, monkeypatch):
    """Makes this the program after this one: its schema has one more column; ``more`` is done after that."""

    def make(more: str = "pass") -> str:
        package = tmp_path / "program" / "store"
        shutil.copytree(MIGRATIONS, package / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
        text = NEXT_VERSION.format(head=migrations.HEAD, more=more)
        (package / "migrations" / "versions" / "next.py").write_text(text)
        monkeypatch.setattr(opening, "__file__", str(package / "opening.py"))
        monkeypatch.setattr(opening, "HEAD", f"{migrations.HEAD}next")
        return f"{migrations.HEAD}next"

    return make


def test_an_empty_folder_gets_a_database_of_todays_schema(folder):
    open_database(folder).close()
    assert schema_version(folder.database) == migrations.HEAD
    assert list(folder.backups.iterdir()) == []


def test_the_folder_itself_is_made(tmp_path):
    folder = DataFolder(tmp_path / "new" / "data", tmp_path / "new" / "cache")
    open_database(folder).close()
    assert folder.database.exists()


def test_the_version_that_is_compared_at_start_is_alembics_head():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_the_migrated_schema_is_that_of_the_models(database):
    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_opening_again_changes_nothing(database, folder, office):
    office.integration()
    database.close()
    before = folder.database.read_bytes()
    again = open_database(folder)
    again.close()
    assert folder.database.read_bytes() == before
    assert list(folder.backups.iterdir()) == []


def test_a_newer_database_is_refused_unchanged_and_says_why(database, folder):
    database.close()
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = folder.database.read_bytes()
    with pytest.raises(DeskFault, match="newer Pruvan Desk") as caught:
        open_database(folder)
    assert "9999" in caught.value.advice
    assert "Nothing was changed" in caught.value.advice
    assert folder.database.read_bytes() == before
    assert list(folder.backups.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_unchanged(folder):
    folder.database.write_bytes(b"this is a shopping list" * 100)
    with pytest.raises(DeskFault, match="damaged"):
        open_database(folder)
    assert folder.database.read_bytes() == b"this is a shopping list" * 100


def test_an_older_database_is_backed_up_whole_and_brought_up_to_date(database, folder, office, next_program):
    integration = office.integration()
    photo = office.photo(office.project(integration), reject_reason="kept")
    database.close()
    head = next_program()
    migrated = open_database(folder)
    office.database = migrated
    assert (version_row(folder.database), "colour" in columns(folder.database)) == (head, True)
    assert office.get(Integration, integration).code == "AFS"
    assert (office.get(Item, photo).reject_reason, office.get(Item, photo).arrived_at) == ("kept", NOON)
    migrated.close()
    (backup,) = folder.backups.iterdir()
    assert (version_row(backup), "colour" in columns(backup)) == (migrations.HEAD, False)
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT code FROM integrations").fetchall() == [("AFS",)]


def test_a_migration_that_fails_leaves_the_old_database_and_its_backup(database, folder, office, next_program):
    office.integration()
    database.close()
    next_program("op.execute('SELECT * FROM nowhere')")
    with pytest.raises(AssertionError, match="nowhere"):
        open_database(folder)
    assert (version_row(folder.database), "colour" in columns(folder.database)) == (migrations.HEAD, False)
    assert len(list(folder.backups.iterdir())) == 1


def test_a_damaged_older_database_is_not_migrated(database, folder, office, next_program):
    integration = office.integration()
    for number in range(40):
        office.project(integration, f"{number}", description="x" * 4000)
    database.close()
    damaged = bytearray(folder.database.read_bytes())
    damaged[-40_000:] = b"\x55" * 40_000
    folder.database.write_bytes(damaged)
    next_program()
    with pytest.raises(DeskFault, match=r"damaged|backed up"):
        open_database(folder)
    assert folder.database.read_bytes() == bytes(damaged)
    assert list(folder.backups.iterdir()) == []


def test_a_folder_on_a_network_drive_is_refused_and_nothing_is_made():
    server = Path(f"//pruvan-{uuid4().hex}")  # to Linux a folder of the root, where nobody else may have left one
    with pytest.raises(DeskFault, match="network drive"):
        open_database(DataFolder(server / "share/desk", server / "share/cache"))
    assert not server.exists()
