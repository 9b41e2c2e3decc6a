"""The items of the gallery, in the order they are shown."""

import random
from datetime import timedelta

import pytest

from fakes import NOON
from pruvan_desk.domain.statuses import EVIDENCE_TYPES, ItemState
from pruvan_desk.operations.project_trash import delete_projects
from pruvan_desk.store.views import items
from pruvan_desk.store.views.items import DELETED, PENDING, PROJECT, UNASSIGNED, Scope, first_items, scope_items

TASKS = ("Trim Shrubs", "Grass Cut", "Ärger", "grass cut")
STATES = (ItemState.PENDING_QA, ItemState.PASSED, ItemState.UNASSIGNED, ItemState.DELETED)


@pytest.fixture
def crowd(office, database) -> list[int]:
    """Three projects, of which one is in the trash, with items of all kinds, and some that have no project."""
    chance, afs = random.Random(7), office.integration()
    projects = [office.project(afs, number, tasks=TASKS) for number in ("20", "3", "100")]
    for n in range(60):
        home = chance.choice([*projects, None])
        state = ItemState.UNASSIGNED if home is None else chance.choice(STATES[:2] + STATES[3:])
        office.photo(
            home, data=b"%d" % n, state=state, task=chance.choice((*TASKS, "", "gone since")),
            evidence_type=chance.choice((*EVIDENCE_TYPES, "", "odd")), wanted_project=chance.choice(("AFS::20", "x", "")),
            taken_at=chance.choice((None, NOON - timedelta(minutes=n % 7))), deleted_at=NOON if state == "deleted" else None,
        )  # fmt: skip
    delete_projects(database, projects[2:], "mary")
    return projects


@pytest.mark.parametrize("kind", [PROJECT, PENDING, UNASSIGNED, DELETED])
@pytest.mark.parametrize("first", [1, 5, 1000])
def test_the_first_items_are_those_that_all_begin_with(
    database, crowd: list[int], kind: str, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "FIRST", first)
    scope = Scope(kind, crowd[0] if kind == PROJECT else None)
    with database.read() as session:
        everything = scope_items(session, scope)
        assert first_items(session, scope) == everything[:first]
    assert everything == sorted(everything, key=lambda row: row.sort_key)
    assert bool(everything) != (kind == DELETED)  # deleted too long ago


def test_the_project_in_the_trash_shows_nothing(database, crowd: list[int]) -> None:
    with database.read() as session:
        assert scope_items(session, Scope(PROJECT, crowd[2])) == []
