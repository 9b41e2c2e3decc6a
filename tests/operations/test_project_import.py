"""Projects from a spreadsheet: what a row does, all or nothing, and an export that comes back unchanged."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.project_import import Fate, guess_mapping
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.operations.project_edits import create_project
from pruvan_desk.operations.project_import import (
    EXPORT_HEADINGS,
    ImportFile,
    export_rows,
    import_projects,
    plan_import,
    remembered_columns,
)
from pruvan_desk.operations.project_trash import delete_projects
from pruvan_desk.operations.project_undo import undo
from pruvan_desk.store.models import AuditEvent, Project, Task

ZONE = ZoneInfo("America/Chicago")
HEADS = ("Project", "Status", "Due", "Address", "City", "Tasks", "Assigned to")
MAPPING = guess_mapping(HEADS, {})
NEW = ("B-1", "", "12/31/2026", "1 Oak St", "Waco", "Grass Cut\nTrim", "crew7")


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def plan(database, *rows, mapping=MAPPING):
    with database.read() as session:
        return plan_import(session, list(enumerate(rows, start=2)), mapping, ZONE)


def do(database, *rows, heads=HEADS, mapping=MAPPING):
    return import_projects(
        database, ImportFile("bids.csv", heads, list(enumerate(rows, start=2)), mapping), "ana", ZONE
    )


def row(number="AFS::4711", status="", due="", address="12 Elm St", crew="Everybody") -> tuple[str, ...]:
    return (number, status or "Assigned", due, address, "Austin", "Grass Cut", crew)


@pytest.mark.parametrize(
    ("given_row", "fate"),
    [
        (NEW, Fate.NEW),
        (("OFFICE::B-1", *NEW[1:]), Fate.NEW),
        (row(), Fate.UNCHANGED),
        (row("4711"), Fate.UNCHANGED),
        (row(status="Rush"), Fate.CHANGED),
        (row(due="2026-12-31"), Fate.CHANGED),
    ],
)
def test_the_fate_of_a_row(database, project, given_row, fate):
    assert [planned.fate for planned in plan(database, given_row)] == [fate]


@pytest.mark.parametrize(
    ("given_row", "reason"),
    [
        (("", *NEW[1:]), "names no project"),
        (("XYZ::1", *NEW[1:]), "no integration XYZ"),
        (("AFS::999", *NEW[1:]), "not here: an order of a client comes by a refresh"),
        (row(status="Sleeping"), "Sleeping is no status"),
        (row(due="soon"), "soon is no date"),
        (row(address="1 Oak St"), "address of an imported order is the client's"),
        (("B-2", "", "", "", "Waco", "Grass Cut", ""), "address is needed"),
        (("B-2", "", "", "1 Oak St", "Waco", "", ""), "needs tasks"),
    ],
)
def test_a_bad_row_says_why_with_its_line(database, project, given_row, reason):
    good, bad = plan(database, NEW, given_row)
    assert (good.fate, bad.fate, bad.line) == (Fate.NEW, Fate.BAD, 3)
    assert reason in bad.reason


def test_a_number_of_two_integrations_is_not_guessed(office, database, project):
    office.project(office.integration("MCS"), "4711")
    assert "could be AFS::4711 or MCS::4711" in plan(database, row("4711"))[0].reason


def test_what_is_in_the_trash_is_said(database, project):
    delete_projects(database, [project], "ana")
    assert "in the trash" in plan(database, row())[0].reason


def test_two_rows_of_one_project_are_not_guessed(database, project):
    first, second = plan(database, row(), row("4711", status="Rush"))
    assert (first.fate, second.reason) == (Fate.UNCHANGED, "Line 2 is about the same project.")


def test_new_and_changed_come_in_one_step_that_is_undone_whole(office, database, project):
    done = do(database, NEW, row(status="Rush"))
    assert (done.new, done.changed) == (1, 1)
    made = office.all(Project)[1]
    assert (made.number, made.due, made.assigned_to, made.status) == ("B-1", "2026-12-31", "crew7", "Assigned")
    assert [task.name for task in office.all(Task, project_id=made.id)] == ["Grass Cut", "Trim"]
    assert {event.details["file"] for event in office.all(AuditEvent)} == {"bids.csv"}
    undo(database, "ana")
    assert [(each.status, each.deleted_at is None) for each in office.all(Project)] == [
        ("Assigned", True),
        ("Assigned", False),
    ]


def test_nothing_is_half_imported(office, database, project):
    with pytest.raises(UsageError, match="Line 3"):
        do(database, NEW, row(due="soon"))
    assert len(office.all(Project)) == 1
    assert office.all(AuditEvent) == []


def test_columns_are_remembered_by_their_heading(database, project):
    heads = ("WO", "When", "Address", "City", "Tasks", "Colour")
    mapping = {0: "project", 1: "due", 2: "address1", 3: "city", 4: "tasks"}
    do(database, ("B-1", "2026-12-31", "1 Oak St", "Waco", "Grass Cut", "red"), heads=heads, mapping=mapping)
    with database.read() as session:
        assert guess_mapping(["when ", "COLOUR", "City"], remembered_columns(session)) == {0: "due", 2: "city"}


def test_a_field_is_taken_from_one_column_only():
    assert guess_mapping(["Project", "Work order", "Due", "Due date"], {}) == {0: "project", 2: "due"}


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


VALUES = st.fixed_dictionaries({
    **dict.fromkeys(("info", "instructions", "description", "reference", "client_status"), TEXT),
    "due": st.sampled_from(["", "2026-12-31", "2026-12-01T17:00:00Z"]),
    "assigned_to": st.sampled_from(["", "~all~", "crew7"]),
    "status": st.sampled_from(list(ProjectStatus)),
})  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(values=VALUES)
def test_an_export_comes_back_unchanged(office, database, values):
    afs = office.integration(f"C{len(office.all(Project))}")
    office.project(afs, "1", ("Grass Cut", "=Trim"), **values)
    create_project(database, {"number": f"x{afs}", "address1": "-1 Oak St", "city": "Waco", "tasks": ["Locks"]}, "ana")
    with database.read() as session:
        rows = export_rows(session, [each.id for each in office.all(Project)])
    heads = list(EXPORT_HEADINGS.values())
    planned = plan(database, *rows, mapping=guess_mapping(heads, {}))
    assert {each.fate for each in planned} == {Fate.UNCHANGED}


def test_an_export_keeps_the_order_it_was_asked_for(office, database, project):
    other = office.project(1, "4712")
    with database.read() as session:
        rows = export_rows(session, [other, project])
    assert [each[0] for each in rows] == ["AFS::4712", "AFS::4711"]
    assert rows[0][list(EXPORT_HEADINGS).index("assigned_to")] == "Everybody"
