"""Python's garbage is collected on the Qt thread, and what came with the start is never looked through."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from pruvan_desk.ui.garbage import GarbageCollector


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[GarbageCollector]:
    made = GarbageCollector()
    yield made
    made.stop()
    made.deleteLater()


def test_what_came_with_the_start_is_set_aside(collector: GarbageCollector) -> None:
    before, came = gc.get_freeze_count(), [[n] for n in range(1000)]
    collector._look()
    assert gc.get_freeze_count() >= before + len(came)


def test_later_garbage_is_collected(collector: GarbageCollector) -> None:
    class Ring:
        """Holds itself."""

        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            gone.append("gone")

    gone: list[str] = []
    collector._look()
    Ring()
    kept = [[n] for n in range(2 * gc.get_threshold()[0])]
    collector._look()
    assert gone == ["gone"]
    assert kept


def test_at_the_end_python_does_not_take_over_while_other_threads_still_run(collector: GarbageCollector) -> None:
    collector.stop()
    assert not gc.isenabled()
