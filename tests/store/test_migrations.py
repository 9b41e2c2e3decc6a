"""Data that an older version wrote, in the schema of today."""

import sqlite3
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import select

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.store.models import (
    AuditEvent,
    EngineState,
    Integration,
    Item,
    ItemEdit,
    PhotoMeasures,
    Project,
    RelayJob,
    StoredFile,
    SurveyDraft,
    Task,
    WatchFolder,
)
from pruvan_desk.store.opening import open_database
from pruvan_desk.store.views.traffic import Traffic
from pruvan_desk.store.views.undo import undo_state

upgrade = command.upgrade
AT = "2026-06-15 12:00:00.000000"
INTEGRATION = {
    "id": 1, "name": "FAStrack", "code": "AFS", "kind": "FAStrack", "service_url": "https://fastrack.example/api",
    "extension": "", "username": "office", "qa_in_field": 0, "auto_admin": 1, "assign_to": "~all~", "portal_url": "",
    "status": "idle", "paused": 0, "last_error": "",
}  # fmt: skip
TEXTS = (
    "address1", "address2", "city", "state", "zip", "country", "due", "start", "info", "instructions", "description",
    "reference", "client_status", "client_due", "client_instructions", "source_id", "source_number", "source_provider",
    "close_reason", "source",
)  # fmt: skip
PROJECT = dict.fromkeys(TEXTS, "") | {
    "id": 7, "integration_id": 1, "number": "4711", "status": "Rush", "field_status": "Viewed", "assigned_to": "crew7",
    "options": "{}", "attributes": '{"attribute7": "x"}', "qa_in_field": 1, "created_at": AT,
}  # fmt: skip


def whole_row(table: str, values: dict[str, object]) -> str:
    """A row, with its values written as SQL."""
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(map(repr, values.values()))})"


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


def insert(table: str, **values: object) -> str:
    """A row as the version 0002 wrote it, with what does not matter filled in."""
    moment = "2026-06-15 12:00:00.000000"
    filled = {
        "items": dict.fromkeys(
            ("parent_uuid", "wanted_project", "task", "evidence_type", "extension", "file_name", "template", "reject_reason",
             "notes", "created_by", "device_id", "image_format", "problem", "relay_words"), "",
        ) | {"file_type": "picture", "rotation": 0, "from_app": 1, "payload": "{}", "arrived_at": moment, "inspected": 1},
        "relay_jobs": {
            "integration_id": 1, "project_id": 1, "destination": "client", "status_word": "", "owner": "", "attempts": 0,
            "not_before": moment, "words": "", "created_at": moment,
        },
    }[table] | values  # fmt: skip
    return f"INSERT INTO {table} ({', '.join(filled)}) VALUES ({', '.join(repr(value) for value in filled.values())})"


def test_what_was_published_before_there_were_destinations_went_to_the_client(old_folder):
    states = (("published", "sha"), ("pending_qa", ""), ("failed", ""))
    folder = old_folder(
        "0002",
        *(
            insert("items", id=number, uuid=str(number), state=state, sent_sha256=sent, revision=2)
            for number, (state, sent) in enumerate(states, start=1)
        ),
        insert("relay_jobs", item_id=1, revision=1, state="done"),
        insert("relay_jobs", item_id=1, revision=2, state="done"),
        insert("relay_jobs", item_id=3, revision=2, state="failed"),
    )
    database = open_database(folder)
    with database.read() as session:
        items = session.scalars(select(Item).order_by(Item.id)).all()
        jobs = session.scalars(select(RelayJob).order_by(RelayJob.id)).all()
    database.close()
    assert [(item.state, item.destinations) for item in items] == [
        ("published", "client"),
        ("pending_qa", ""),
        ("failed", "client"),
    ]
    assert [(job.state, job.sent_sha256) for job in jobs] == [("done", ""), ("done", "sha"), ("failed", "")]


def test_no_project_from_before_there_was_a_trash_is_in_it(old_folder):
    database = open_database(old_folder("0003", whole_row("integrations", INTEGRATION), whole_row("projects", PROJECT)))
    with database.read() as session:
        row = session.scalars(select(Project)).one()
    database.close()
    assert (row.number, row.status, row.attributes, row.deleted_at) == ("4711", "Rush", {"attribute7": "x"}, None)


def test_photos_of_before_there_were_hints_wait_to_be_looked_at(old_folder):
    item = (
        "INSERT INTO items (uuid, parent_uuid, wanted_project, task, evidence_type, file_type, state, revision, sha256, extension,"
        " file_name, template, rotation, reject_reason, notes, created_by, device_id, from_app, payload, arrived_at, inspected,"
        " image_format, problem, sent_sha256, relay_words, destinations) VALUES ('{0}', '', '', '', '', 'picture', 'passed', 1, {1},"
        " 'jpg', '', '', 0, '', 'kept', '', '', 1, '{{}}', '2026-06-15 12:00:00.000000', 1, 'JPEG', '', '', '', '')"
    )
    file = "INSERT INTO files VALUES ('ab', 'jpg', 7, '2026-06-15 12:00:00.000000')"
    folder = old_folder("0004", file, item.format("photo", "'ab'"), item.format("survey", "NULL"))
    database = open_database(folder)
    with database.read() as session:
        items = {item.uuid: item for item in session.scalars(select(Item))}
    database.close()
    assert [(items[uuid].hinted, items[uuid].hints) for uuid in ("photo", "survey")] == [(False, None), (True, None)]
    assert (items["photo"].notes, items["photo"].zone_assumed, items["photo"].camera) == ("kept", False, "")


def test_an_integration_from_before_there_was_a_sign_in_signs_nobody_in(old_folder):
    database = open_database(old_folder("0006", whole_row("integrations", INTEGRATION)))
    with database.read() as session:
        row = session.scalars(select(Integration)).one()
    database.close()
    assert (row.code, row.portal_sign_in, row.portal_username_field) == ("AFS", "", "username")


def test_an_engine_that_an_older_version_left_has_nothing_on_its_way(old_folder):
    moment = "2026-06-15 12:00:00.000000"
    folder = old_folder(
        "0007",
        "INSERT INTO engine_state (id, process_id, started_at, seen_at, gateway_url, state, words)"
        f" VALUES (1, 7, '{moment}', '{moment}', '', 'running', '')",
    )
    database = open_database(folder)
    with database.read() as session:
        row = session.get_one(EngineState, 1)
    database.close()
    assert (row.process_id, Traffic.from_json(row.traffic)) == (7, Traffic())


def test_events_from_before_there_were_steps_are_history_and_nothing_to_undo(old_folder):
    folder = old_folder(
        "0004",
        "INSERT INTO audit_events (at, who, what, details) VALUES ('2026-06-15 12:00:00.000000', 'ana', 'closed', '{}')",
    )
    database = open_database(folder)
    with database.read() as session:
        (event,) = session.scalars(select(AuditEvent)).all()
        state = undo_state(session, "ana")
    database.close()
    assert (event.what, event.step, state.undo) == ("closed", "", "")


def test_survey_tasks_from_before_they_were_filled_in_here_keep_their_form_and_wait(old_folder):
    task = {
        "id": 3, "project_id": 7, "position": 0, "name": "Inspection", "instructions": "", "options": "{}",
        "source_service": "", "source_service_id": "", "survey_id": "F", "removed": 0, "survey_rework": '{"answers": []}',
    }  # fmt: skip
    rows = (whole_row("integrations", INTEGRATION), whole_row("projects", PROJECT), whole_row("tasks", task))
    database = open_database(old_folder("0005", *rows))
    with database.read() as session:
        row = session.scalars(select(Task)).one()
        assert session.scalars(select(SurveyDraft)).all() == []
    database.close()
    assert (row.survey_id, row.survey_rework, row.rework_answered) == ("F", {"answers": []}, "")


def test_photos_of_before_there_were_annotations_have_none_and_are_no_copies(old_folder):
    row = insert("items", id=1, uuid="photo", state="published", sent_sha256="sha", revision=1, notes="kept")
    file = row.replace(
        "INSERT INTO items (", "INSERT INTO items (camera, hinted, destinations, zone_assumed, "
    ).replace("VALUES (", "VALUES ('', 1, 'client', 0, ")
    database = open_database(old_folder("0011", file))
    with database.read() as session:
        item = session.scalars(select(Item)).one()
    database.close()
    assert (item.notes, item.sent_sha256, item.annotations, item.copy_of) == ("kept", "sha", "", None)


def test_an_office_from_before_there_were_watch_folders_keeps_its_photos_and_watches_nothing(old_folder):
    folder = old_folder("0012", whole_row("integrations", INTEGRATION), whole_row("projects", PROJECT))
    database = open_database(folder)
    with database.read() as session:
        (project,) = session.scalars(select(Project)).all()
        watches = session.scalars(select(WatchFolder)).all()
    database.close()
    assert (project.number, project.field_status, watches) == ("4711", "Viewed", [])


def test_no_file_from_before_deleted_ones_were_removed_is_removed(old_folder):
    database = open_database(old_folder("0013", f"INSERT INTO files VALUES ('ab', 'jpg', 7, '{AT}')"))
    with database.read() as session:
        row = session.scalars(select(StoredFile)).one()
    database.close()
    assert (row.sha256, row.extension, row.size, row.purged_at) == ("ab", "jpg", 7, None)


def test_photos_from_before_cut_ones_were_found_are_looked_into_anew(old_folder):
    photo = (
        insert("items", id=1, uuid="photo", state="published", revision=1, sha256="ab", sent_sha256="")
        .replace("INSERT INTO items (", "INSERT INTO items (camera, hinted, hints, destinations, zone_assumed, ")
        .replace("VALUES (", "VALUES ('', 1, '{\"dark\": 1}', 'client', 0, ")
    )
    measures = "INSERT INTO photo_measures (sha256, brightest, middle, white, flat, moire, hash) VALUES ('ab', 1, 1, 0, 0, 0, x'00')"
    database = open_database(
        old_folder("0014", f"INSERT INTO files VALUES ('ab', 'jpg', 7, '{AT}', NULL)", photo, measures)
    )
    with database.read() as session:
        item = session.scalars(select(Item)).one()
        assert session.scalars(select(PhotoMeasures)).all() == []
    database.close()
    assert (item.hinted, item.hints, item.state) == (False, {"dark": 1}, "published")


def test_photos_from_before_screens_were_found_are_looked_into_anew(old_folder):
    photo = (
        insert("items", id=1, uuid="photo", state="published", revision=1, sha256="ab", sent_sha256="")
        .replace("INSERT INTO items (", "INSERT INTO items (camera, hinted, hints, destinations, zone_assumed, ")
        .replace("VALUES (", "VALUES ('', 1, '{\"dark\": 1}', 'client', 0, ")
    )
    measures = "INSERT INTO photo_measures (sha256, brightest, middle, white, flat, moire, hash) VALUES ('ab', 1, 1, 0, 0, 20, x'00')"
    database = open_database(
        old_folder("0016", f"INSERT INTO files VALUES ('ab', 'jpg', 7, '{AT}', NULL)", photo, measures)
    )
    with database.read() as session:
        item = session.scalars(select(Item)).one()
        assert session.scalars(select(PhotoMeasures)).all() == []
    database.close()
    assert (item.hinted, item.hints, item.state) == (False, {"dark": 1}, "published")
