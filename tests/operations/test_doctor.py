"""The doctor names every difference, and nothing where there is none.

Holds to §6 of sync.md.
"""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.doctor import Check, examine
from pruvan_desk.store.models import Integration, Item, RelayJob
from pruvan_desk.store.opening import open_database


@pytest.fixture
def day(office, secrets) -> dict[str, int]:
    """An office after a day's work: one item in each state, by its state."""
    project = office.project(office.integration())
    secrets.set("integration/1/password", "p")
    items = {
        state.value: office.photo(project if state is not ItemState.UNASSIGNED else None, state) for state in ItemState
    }
    ends = {"relaying": JobState.LEASED, "published": JobState.DONE, "failed": JobState.FAILED}
    with office.database.write() as writing:
        for state, end in ends.items():
            writing.session.add(
                RelayJob(
                    integration_id=1, project_id=project, item_id=items[state], state=end,
                    not_before=writing.now, created_at=writing.now,
                )
            )  # fmt: skip
        published = writing.session.get_one(Item, items["published"])
        published.sent_sha256 = published.sha256
    return items


@pytest.fixture
def findings(folder, database, secrets):
    def look(*, quick: bool = False, store=secrets) -> dict[str, list[str]]:
        checks = examine(folder, database, store, quick=quick)
        assert json.loads(json.dumps([check.as_dict() for check in checks]))
        return {check.name: check.findings for check in checks if check.findings}

    return look


class KeptSecrets(MemorySecrets):
    """A keyring, as far as the doctor can tell."""

    kind = "keyring"


def path_of(office, item_id: int):
    item = office.get(Item, item_id)
    return office.files.path(item.sha256, item.extension)


def test_a_sound_office_has_no_findings(day, findings):
    assert findings() == {}
    assert findings(quick=True) == {}


def test_a_missing_file_is_named(day, findings, office):
    path = path_of(office, day["held"])
    path.unlink()
    assert findings() == findings(quick=True) == {"files": [f"the file {path.name} is gone"]}


def test_a_changed_byte_is_found_unless_asked_to_be_quick(day, findings, office):
    path = path_of(office, day["published"])
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    assert findings() == {"files": [f"the file {path.name} was changed: its bytes are not those that arrived"]}
    assert findings(quick=True) == {}


def test_a_short_file_is_found_even_quickly(day, findings, office):
    path = path_of(office, day["published"])
    size = path.stat().st_size
    path.write_bytes(b"x")
    assert findings(quick=True) == {"files": [f"the file {path.name} has 1 bytes, not {size}"]}


@pytest.mark.parametrize("where", ["ab/cd/stray.jpg", "stray.jpg", "deep/er/still/stray.jpg"])
def test_a_file_that_belongs_to_nothing_is_named(day, findings, office, where):
    stray = office.files.root / where
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    assert findings() == {"files": ["the file stray.jpg belongs to nothing"]}


def test_a_file_that_is_arriving_is_no_stray(day, findings, office):
    incoming = office.files.incoming()
    incoming.write(b"half a photo")
    assert findings() == {}
    incoming.discard()


@pytest.mark.parametrize(
    ("state", "wanted"), [("queued", "queued"), ("relaying", "leased"), ("published", "done"), ("failed", "failed")]
)
def test_an_item_without_its_job_is_named(day, findings, office, state, wanted):
    for job in office.all(RelayJob, item_id=day[state]):
        office.change(RelayJob, job.id, state=JobState.REPLACED)
    uuid = office.get(Item, day[state]).uuid
    assert findings() == {"outbox": [f"item {uuid} is {state} but has 0 jobs that are {wanted}"]}


def test_a_job_of_an_older_revision_does_not_count(day, findings, office):
    office.change(Item, day["queued"], revision=2)
    uuid = office.get(Item, day["queued"]).uuid
    assert findings() == {"outbox": [f"item {uuid} is queued but has 0 jobs that are queued"]}


def test_a_job_that_would_send_what_is_not_to_be_sent_is_named(day, findings, office):
    office.change(Item, day["queued"], state=ItemState.REJECTED)
    uuid = office.get(Item, day["queued"]).uuid
    assert findings() == {"outbox": [f"item {uuid} is rejected but has a job that would send it"]}


def test_a_published_item_that_does_not_say_what_was_sent_is_named(day, findings, office):
    office.change(Item, day["published"], sent_sha256="")
    uuid = office.get(Item, day["published"]).uuid
    assert findings() == {"outbox": [f"item {uuid} is published but nothing says what was sent"]}


def test_an_unknown_state_breaks_the_books_of_the_project_and_of_all(day, findings, office):
    office.change(Item, day["held"], state="lost")
    assert findings() == {
        "accounting": [
            f"item {day['held']} is in the unknown state lost",
            "10 received, 9 accounted for",
            "project 1: 9 received, 8 accounted for",
        ]
    }


def test_an_item_without_a_project_that_is_not_unassigned_is_named(day, findings, office):
    office.change(Item, day["passed"], project_id=None)
    uuid = office.get(Item, day["passed"]).uuid
    assert findings() == {"accounting": [f"item {uuid} has no project and is not unassigned"]}


def test_a_row_that_leads_nowhere_is_named(day, findings, folder):
    with closing(sqlite3.connect(folder.database)) as stranger:
        stranger.execute("UPDATE tasks SET project_id = 99")
        stranger.commit()
    assert findings() == {"database": ["row 1 of tasks names a row of projects that does not exist"]}


def test_a_password_that_is_gone_is_named(day, findings, office):
    kept = KeptSecrets()
    assert findings(store=kept) == {"keyring": ["the password of AFS is not there"]}
    kept.set(office.get(Integration, 1).secret_reference("password"), "p")
    assert findings(store=kept) == {}


def test_a_keyring_that_cannot_be_opened_says_why(day, findings):
    fault = DeskFault("This computer has no keyring.", "Install one.")
    assert findings(store=fault) == {"keyring": ["This computer has no keyring. Install one."]}


def test_thousands_of_differences_are_named_up_to_a_point():
    check = Check("files")
    for number in range(1000):
        check.found(f"{number}")
    assert (len(check.findings), check.findings[-1]) == (201, "… and more")


def test_the_doctor_changes_nothing_and_reads_a_folder_of_any_name(day, database, folder, secrets, tmp_path):
    database.close()
    odd = DataFolder(tmp_path / "50% done? #1", tmp_path / "cache")
    shutil.copytree(folder.root, odd.root)
    before = odd.database.read_bytes()
    reopened = open_database(odd)
    assert [words for check in examine(odd, reopened, secrets) for words in check.findings] == []
    reopened.close()
    assert odd.database.read_bytes() == before
