"""The feed of changes, at the end of its process."""

import threading

from pruvan_desk.core.changes import Changes
from pruvan_desk.store.database import ChangeFeed
from sync.desk import Desk


def test_a_feed_is_closed_without_harm_while_another_thread_asks_it(desk: Desk) -> None:
    """An engine that stops may have a poll under way; SQLite forgives no connection that is closed under it."""
    for number in range(40):
        feed = ChangeFeed(desk.folder.database)
        asking, over = threading.Event(), threading.Event()

        def ask(feed: ChangeFeed = feed, asking: threading.Event = asking, over: threading.Event = over) -> None:
            while not over.is_set():
                feed.poll()
                asking.set()

        thread = threading.Thread(target=ask)
        thread.start()
        asking.wait()
        desk.set("full_list_hours", number + 1)
        feed.close()
        assert feed.poll() == Changes()
        over.set()
        thread.join()
