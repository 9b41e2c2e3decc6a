"""Data that an older version wrote, in the schema of today."""

import sqlite3
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import select

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.store.models import ItemEdit
from pruvan_desk.store.opening import open_database

upgrade = command.upgrade


@pytest.fixture
def old_folder(folder: DataFolder, monkeypatch):
    """Makes a folder whose database is of an older version, and runs SQL in it."""

    def make(version: str, *statements: str) -> DataFolder:
        with monkeypatch.context() as patch:
            patch.setattr(command, "upgrade", lambda config, _head: upgrade(config, version))
            open_database(folder).close()
        with closing(sqlite3.connect(folder.database)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return folder

    return make


def test_edits_from_before_there_was_an_undo_can_be_undone_one_by_one(old_folder):
    edit = "INSERT INTO item_edits (item_id, kind, before, after, who, at) VALUES (1, '{}', '{{\"a\": 1}}', '{{}}', 'ana', '{}')"
    moment = "2026-06-15 12:00:00.000000"
    folder = old_folder("0001", edit.format("pass", moment), edit.format("rotate", moment))
    database = open_database(folder)
    with database.read() as session:
        edits = session.scalars(select(ItemEdit).order_by(ItemEdit.id)).all()
    database.close()
    assert [(edit.kind, edit.before, edit.undone_by) for edit in edits] == [
        ("pass", {"a": 1}, None),
        ("rotate", {"a": 1}, None),
    ]
    assert len({edit.step for edit in edits}) == 2
