"""``pruvan-desk doctor``: clean where all is well; exit 1 and words where anything is off."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cli.conftest import Day, command
from pruvan_desk.store.models import Item
from sync.desk import Desk

Doctor = Callable[..., tuple[int, dict[str, list[str]]]]


def a_photo(root: Path) -> Path:
    return next(path for path in sorted((root / "photos").rglob("*.jpg")))


def replaced(path: Path, data: bytes) -> None:
    """Writes a new file in place of one that is linked."""
    path.unlink()
    path.write_bytes(data)


def run_sql(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "desk.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_day_that_is_over_is_clean(day: Day, doctor: Doctor) -> None:
    code, findings = doctor(day.root)
    assert code == 0
    assert findings == {name: [] for name in ("database", "accounting", "outbox", "trash", "files", "keyring")}


def test_it_tells_people_too(day: Day) -> None:
    said = command("doctor", "--data-dir", day.root)
    assert said.returncode == 0
    assert said.stdout.startswith(f"received {day.report['accounting']['received']} = ")
    assert "ok  files (every byte)" in said.stdout


def test_a_photo_that_is_gone_is_named(day_copy: Path, doctor: Doctor) -> None:
    photo = a_photo(day_copy)
    photo.unlink()
    assert doctor(day_copy)[0] == 1
    assert doctor(day_copy)[1]["files"] == [f"the file {photo.name} is gone"]


def test_a_flipped_byte_is_found_unless_only_sizes_are_looked_at(day_copy: Path, doctor: Doctor) -> None:
    photo = a_photo(day_copy)
    data = photo.read_bytes()
    replaced(photo, data[:1000] + bytes([data[1000] ^ 1]) + data[1001:])
    code, findings = doctor(day_copy)
    assert code == 1
    assert findings["files"] == [f"the file {photo.name} was changed: its bytes are not those that arrived"]
    assert doctor(day_copy, "--quick")[0] == 0


def test_a_cut_photo_is_found_by_its_size(day_copy: Path, doctor: Doctor) -> None:
    photo = a_photo(day_copy)
    data = photo.read_bytes()
    replaced(photo, data[:-1])
    code, findings = doctor(day_copy, "--quick")
    assert code == 1
    assert findings["files"] == [f"the file {photo.name} has {len(data) - 1} bytes, not {len(data)}"]


@pytest.mark.parametrize("place", ["ab/cd/stray.jpg", "stray.jpg", "ab/stray.jpg", "ab/cd/ef/stray.jpg"])
def test_a_stray_file_is_named(day_copy: Path, doctor: Doctor, place: str) -> None:
    path = day_copy / "photos" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"who put me here?")
    code, findings = doctor(day_copy)
    assert code == 1
    assert findings["files"] == ["the file stray.jpg belongs to nothing"]


OFF = {
    "a job is missing": (
        "DELETE FROM relay_jobs WHERE item_id = (SELECT min(id) FROM items WHERE state = 'published')",
        "outbox", "is published but has 0 jobs that are done",
    ),
    "nothing says what was sent": (
        "UPDATE items SET sent_sha256 = '' WHERE id = (SELECT min(id) FROM items WHERE state = 'published')",
        "outbox", "nothing says what was sent",
    ),
    "a held item has a job": (
        "UPDATE items SET state = 'queued' WHERE id = (SELECT min(id) FROM items WHERE state = 'held')",
        "outbox", "is queued but has 0 jobs that are queued",
    ),
    "an unknown state": (
        "UPDATE items SET state = 'lost' WHERE id = (SELECT min(id) FROM items)",
        "accounting", "is in the unknown state lost",
    ),
    "a project is gone": (
        "DELETE FROM projects WHERE id = (SELECT min(project_id) FROM items)",
        "database", "names a row of projects that does not exist",
    ),
    "an item without a project": (
        "UPDATE items SET project_id = NULL WHERE id = (SELECT min(id) FROM items WHERE state = 'held')",
        "accounting", "has no project and is not unassigned",
    ),
    "a file row is gone": (
        "DELETE FROM files WHERE sha256 = (SELECT sha256 FROM items WHERE state = 'held' AND sha256 != '' LIMIT 1)",
        "files", "names a file that was never stored",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "check", "words"), OFF.values(), ids=OFF)
def test_books_that_do_not_agree_are_found(
    day_copy: Path, doctor: Doctor, statement: str, check: str, words: str
) -> None:
    run_sql(day_copy, statement)
    code, findings = doctor(day_copy)
    assert code == 1
    assert [found for found in findings[check] if words in found]


def test_words_for_people_name_what_is_off(day_copy: Path) -> None:
    photo = a_photo(day_copy)
    photo.unlink()
    said = command("doctor", "--data-dir", day_copy)
    assert said.returncode == 1
    assert f"OFF files (every byte)\n    the file {photo.name} is gone\n" in said.stdout


def test_a_folder_without_data_is_refused_and_left_alone(tmp_path: Path) -> None:
    said = command("doctor", "--json", "--data-dir", tmp_path / "nothing")
    assert (said.returncode, said.stdout) == (1, "")
    assert f"There is no data in {tmp_path / 'nothing'}." in said.stderr
    assert not (tmp_path / "nothing").exists()


def test_a_damaged_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"this is no database, whatever its name says" * 100)
    said = command("doctor", "--json", "--data-dir", tmp_path)
    assert said.returncode == 1
    assert "The database is damaged." in said.stderr
    assert "Traceback" not in said.stderr


def test_a_database_with_damaged_pages_is_found(day_copy: Path) -> None:
    run_sql(day_copy, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = day_copy / "desk.db"
    data = bytearray(path.read_bytes())
    for start in range(4096 * 20, 4096 * 40, 4096):
        data[start : start + 64] = bytes(64)
    path.write_bytes(data)
    said = command("doctor", "--json", "--data-dir", day_copy)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr


def test_it_only_reads(desk: Desk, doctor: Doctor) -> None:
    project_id = desk.project(desk.field_office())
    item_id = desk.photo(project_id)
    desk.change(Item, item_id, state="relaying")
    assert doctor(desk.folder.root, "--secrets", "memory")[0] == 1
    assert desk.get(Item, item_id).state == "relaying"
