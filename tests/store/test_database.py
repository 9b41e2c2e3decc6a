"""The database: durable, whole or not at all, shared by threads and processes."""

import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import Change, Integration, Item, SettingRow, Task
from sync.desk import wait_until

WRITE_FIFTY = """
import sys
from pathlib import Path
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import SettingRow
database = Database(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(50):
    with database.write() as writing:
        writing.session.add(SettingRow(name=f"{sys.argv[2]}-{number}", value=""))
database.close()
"""


def pragma(connection, name: str):
    return connection.execute(text(f"PRAGMA {name}")).scalar()


def names(database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(SettingRow.name)))


def test_every_connection_is_durable_and_checks_references(database):
    with database.connection() as reading, database.write() as writing:
        for connection in (reading, writing.session.connection()):
            found = {name: pragma(connection, name) for name in ("journal_mode", "synchronous", "foreign_keys")}
            assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
            assert pragma(connection, "busy_timeout") >= 5000


def test_a_row_that_leads_nowhere_is_refused(database):
    with pytest.raises(AssertionError, match="FOREIGN KEY"), database.write() as writing:
        writing.session.add(Task(project_id=99, name="Grass Cut"))


def test_a_transaction_that_fails_leaves_nothing_not_even_its_change(database):
    def fail() -> None:
        with database.write() as writing:
            writing.session.add(SettingRow(name="a", value="1"))
            writing.changed(settings="a")
            writing.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert names(database) == set()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Change)) == 0


def test_after_a_failed_transaction_the_next_one_works(database):
    with pytest.raises(AssertionError), database.write() as writing:
        writing.session.add(Task(project_id=99, name="Grass Cut"))
    with database.write() as writing:
        writing.session.add(SettingRow(name="a", value="1"))
    assert names(database) == {"a"}


def test_a_transaction_tells_what_it_changed_in_one_row(database, clock):
    with database.write() as writing:
        writing.changed(items=[1, 2], projects=7)
        writing.changed(items={3}, settings="zone")
    with database.read() as session:
        (row,) = session.scalars(select(Change))
    assert Changes.from_json(row.body) == Changes(
        items=frozenset({1, 2, 3}), projects=frozenset({7}), settings=frozenset({"zone"})
    )
    assert row.at == clock.now()


def test_a_transaction_has_one_instant_the_clocks(database, clock):
    with database.write() as writing:
        before = writing.now
        clock.advance(60)
        assert writing.now == before == clock.now() - timedelta(seconds=60)


def test_an_instant_comes_back_in_utc_and_a_time_without_a_zone_is_refused(database, office):
    local = datetime(2026, 6, 1, 8, 0, tzinfo=timezone(timedelta(hours=-5)))
    integration = office.integration(last_refreshed_at=local)
    read = office.get(Integration, integration).last_refreshed_at
    assert (read, read.utcoffset()) == (local, timedelta(0))
    with pytest.raises(Exception, match="without a zone"):
        office.integration("B", last_refreshed_at=local.replace(tzinfo=None))


def test_readers_do_not_wait_for_a_writer_and_see_nothing_half_done(database):
    with database.write() as writing:
        writing.session.add(SettingRow(name="a", value="1"))
        writing.session.flush()
        assert names(database) == set()
    assert names(database) == {"a"}


def test_a_reader_keeps_its_view_while_others_commit(database):
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SettingRow)) == 0
        with database.write() as writing:
            writing.session.add(SettingRow(name="a", value="1"))
        assert session.scalar(select(func.count()).select_from(SettingRow)) == 0
    assert names(database) == {"a"}


def test_threads_that_read_and_then_write_never_find_it_locked(database):
    with database.write() as writing:
        writing.session.add(SettingRow(name="count", value="0"))

    def count_up() -> None:
        for _ in range(20):
            with database.write() as writing:
                row = writing.session.get_one(SettingRow, "count")
                row.value = str(int(row.value) + 1)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.get_one(SettingRow, "count").value == "80"


def test_two_processes_write_at_once_and_nothing_is_lost(database, folder):
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE_FIFTY, str(folder.database), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for name in "ab"
    ]  # fmt: skip
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    for number in range(50):
        with database.write() as writing:
            writing.session.add(SettingRow(name=f"c-{number}", value=""))
    for child in children:
        child.communicate(timeout=30)
        assert child.returncode == 0
    assert len(names(database)) == 150


def test_a_database_that_another_program_holds_says_so(database, folder, monkeypatch):
    monkeypatch.setattr("pruvan_desk.store.database.PRAGMAS", ("PRAGMA busy_timeout=1",))
    stranger, ours = sqlite3.connect(folder.database, isolation_level=None), Database(folder.database)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(DeskFault, match="busy") as caught, ours.write() as writing:
        writing.session.add(SettingRow(name="a", value="1"))
    stranger.rollback()
    stranger.close()
    ours.close()
    assert caught.value.advice


def test_a_damaged_database_says_so_and_what_to_do(database, folder, office):
    integration = office.integration()
    for number in range(40):
        office.project(integration, f"{number}", description="x" * 4000)
    database.close()
    damaged = bytearray(folder.database.read_bytes())
    damaged[8192:] = b"\x55" * (len(damaged) - 8192)
    folder.database.write_bytes(damaged)
    with pytest.raises(DeskFault, match="damaged") as caught:
        office.all(Integration)
    assert "backups" in caught.value.advice


def test_a_full_disk_is_a_fault_of_the_desk(database):
    def fill() -> None:
        with database.write() as writing:
            connection = writing.session.connection()
            connection.execute(text(f"PRAGMA max_page_count={pragma(connection, 'page_count')}"))
            writing.session.add(SettingRow(name="big", value="x" * 1_000_000))

    with pytest.raises(DeskFault, match="disk is full"):
        fill()


def test_a_data_folder_may_have_any_name(tmp_path, migrated, clock):
    for name in ("a b", "100%", "x#y", "what?", "Büro & Söhne"):
        path = tmp_path / name / "desk.db"
        path.parent.mkdir()
        path.write_bytes(migrated.read_bytes())
        database = Database(path, clock)
        with database.write() as writing:
            writing.session.add(SettingRow(name="a", value="1"))
        database.close()
        assert [each.name for each in path.parent.iterdir()] == ["desk.db"]


def test_nothing_is_null_rather_than_jsons_null(database, office):
    project = office.project(office.integration())
    office.photo(project, survey=None)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Item).where(Item.survey.is_(None))) == 1
        assert session.scalar(select(func.count()).select_from(Task).where(Task.survey_rework.is_(None))) == 1


def test_who_writes_one_transaction_after_the_other_lets_others_in_between(database):
    order: list[str] = []
    one_is_in, others_wait = threading.Event(), threading.Event()

    def write(name: str) -> None:
        with database.write():
            order.append(name)
            one_is_in.set()
            assert others_wait.wait(10)

    def write_on() -> None:
        for _ in range(3):
            write("import")

    importing = threading.Thread(target=write_on)
    importing.start()
    assert one_is_in.wait(10)
    others = []
    for name in ("outcome", "arrival"):
        others.append(threading.Thread(target=write, args=(name,)))
        others[-1].start()
        wait_until("it in the queue", lambda: len(database._turn._waiting) == len(others))
    others_wait.set()
    for thread in (importing, *others):
        thread.join(10)
    assert order == ["import", "outcome", "arrival", "import", "import"]
