"""Threads that go through whole files are not in the way of the one that draws."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pruvan_desk.ui.standing_back import stand_back


def own_priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the priority of a thread")
def test_such_a_thread_gives_way_and_no_other_does() -> None:
    before = own_priority()
    with ThreadPoolExecutor(1, "copies", stand_back) as copying:
        assert copying.submit(own_priority).result() > before
    assert own_priority() == before
