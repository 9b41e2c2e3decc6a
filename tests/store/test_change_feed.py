"""What one process hears of another's commits."""

import sqlite3

import pytest

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.store.database import ChangeFeed, Database


@pytest.fixture
def feed(database, folder):
    feed = ChangeFeed(folder.database)
    yield feed
    feed.close()


def change(database: Database, *items: int) -> None:
    with database.write() as writing:
        writing.changed(items=list(items))


def test_a_commit_is_heard_once(database, feed):
    assert feed.poll() == Changes()
    change(database, 1, 2)
    assert feed.poll() == Changes(items=frozenset({1, 2}))
    assert feed.poll() == Changes()


def test_several_commits_are_heard_together(database, feed):
    change(database, 1)
    change(database, 2)
    assert feed.poll().items == {1, 2}


def test_another_processs_connection_is_heard(database, feed, folder):
    other = Database(folder.database)
    change(other, 5)
    other.close()
    assert feed.poll().items == {5}


def test_what_was_committed_before_is_old_news(database, folder):
    change(database, 1)
    late = ChangeFeed(folder.database)
    assert late.poll() == Changes()
    change(database, 2)
    assert late.poll().items == {2}
    late.close()


def test_every_listener_hears_everything(database, folder, feed):
    other = ChangeFeed(folder.database)
    change(database, 1)
    assert feed.poll().items == other.poll().items == {1}
    other.close()


def test_what_was_rolled_back_or_changed_nothing_is_not_heard(database, feed):
    def fail() -> None:
        with database.write() as writing:
            writing.changed(items=9)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.write():
        pass
    assert feed.poll() == Changes()


def test_a_commit_that_changes_rows_unannounced_wakes_nobody(database, feed, folder):
    stranger = sqlite3.connect(folder.database)
    stranger.execute("INSERT INTO settings (name, value) VALUES ('x', 'y')")
    stranger.commit()
    stranger.close()
    assert feed.poll() == Changes()
    change(database, 1)
    assert feed.poll().items == {1}


def test_a_feed_of_a_file_that_is_no_database_is_a_fault_of_the_desk(tmp_path):
    path = tmp_path / "desk.db"
    path.write_bytes(b"shopping list" * 100)
    with pytest.raises(DeskFault, match="damaged"):
        ChangeFeed(path)
