"""What the Downloader of one office wrote, the watch folder of another reads: the same uuids, tasks and evidence types."""

import hashlib
import itertools
import shutil
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.statuses import EVIDENCE_TYPES, FileType
from pruvan_desk.operations.watch_folders import WatchForm, save_watch
from pruvan_desk.store.models import Item, Project, RelayJob
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.store.views.tree_facts import tree_facts
from pruvan_desk.sync.downloader import Tree, deliver
from pruvan_desk.sync.packing import pack_item
from sync.desk import WHO, Desk, small_jpeg
from sync.watched import PACE, Watched

TASKS = (
    "Grass Cut",
    "Trim / Shrubs",
    "con",
    "Trim: Shrubs, and a very long name that goes on and on and on, up to the end",
    "Ünï",
)
NUMBERS = ("88123", "WO/7:1", "A" * 80)
FLAGS = st.tuples(st.sampled_from(NUMBERS), st.sampled_from(("", *TASKS)), st.sampled_from(("", *EVIDENCE_TYPES)))
LEVELS = st.lists(st.sampled_from(list(Level)), unique=True, max_size=5)
seeds = itertools.count(100)


@pytest.fixture
def other(watched: Watched) -> Watched:
    """Another office that has the same orders."""
    for number in NUMBERS:
        watched.desk.project(1, number, tasks=TASKS)
    return watched


def write(desk: Desk, tree: Tree, flags: list[tuple[str, str, str]]) -> dict[str, tuple[str, str, str, str]]:
    """Puts a photo for each of the flags into the tree, as the Downloader does; answers uuid and flag by their bytes."""
    given = {}
    for flag in flags:
        seed = next(seeds)
        number, task, evidence_type = flag
        stored = desk.keep(small_jpeg(seed))
        with desk.database.read() as session:
            project = session.query(Project).filter_by(number=number).one()
            item = Item(
                id=0, uuid=f"item-{seed}", project_id=project.id, task=task, evidence_type=evidence_type, state="published",
                file_type=FileType.PICTURE, sha256=stored.sha256, extension="jpg", arrived_at=project.created_at, rotation=0,
                inspected=True, image_format="JPEG", from_app=True, zone_assumed=False, parent_uuid="", notes="", created_by="",
                device_id="", template="",
            )  # fmt: skip
            facts = tree_facts(session, item, project, ZoneInfo("America/Chicago"))
        job = ClaimedJob(RelayJob(), item, project)
        deliver(tree, facts, job, pack_item(desk.files, job, "AFS"), None)
        desk.files.path(stored.sha256, "jpg").unlink()  # the other office has never seen it
        given[hashlib.sha256(small_jpeg(seed)).hexdigest()] = (item.uuid, *flag)
    return given


def read(other: Watched, tree: Tree) -> None:
    levels = ",".join(tree.levels)
    save_watch(other.desk.database, other.desk.folder, WatchForm(str(tree.root), levels), WHO, other.id)
    other.begin()
    other.settle(PACE.alone)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEVELS, st.lists(FLAGS, min_size=1, max_size=4))
def test_with_details_everything_comes_back_whatever_the_levels(other, levels, flags):
    tree = Tree(fresh(other.root), levels, sidecar=True)
    written = write(other.desk, tree, flags)
    read(other, tree)
    assert found(other, written) == written


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([Level.PROJECT, Level.TASK, Level.PHOTO_TYPE]), LEVELS, st.lists(FLAGS, min_size=1, max_size=4))
def test_without_details_the_folders_say_order_task_and_evidence_type(other, told, more, flags):
    tree = Tree(fresh(other.root), list(dict.fromkeys([*told, *more])), sidecar=False)
    written = write(other.desk, tree, flags)
    read(other, tree)
    assert {key: flag[1:] for key, flag in found(other, written).items()} == {
        key: flag[1:] for key, flag in written.items()
    }


def found(other: Watched, written: Iterable[str]) -> dict[str, tuple[str, str, str, str]]:
    """What the other office has of it: uuid, order, task, evidence type."""
    numbers = {project.id: project.number for project in other.desk.all(Project)}
    return {
        item.sha256: (item.uuid, numbers.get(item.project_id, ""), item.task, item.evidence_type)
        for item in other.desk.all(Item)
        if item.sha256 in set(written)
    }


def fresh(root: Path) -> Path:
    """An empty folder for each example."""
    folder = root.parent / f"tree {next(seeds)}"
    shutil.rmtree(folder, ignore_errors=True)
    return folder
