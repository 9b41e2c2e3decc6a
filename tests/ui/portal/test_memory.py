"""Closing the tabs gives back what they took: processes and memory. Looked up where Linux tells it."""

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.portal.memory import give_back
from ui.browsing import Person

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc, and a C library that keeps what is freed")
PIECES, SIZE = 40_000, 1_000


def own_megabytes() -> float:
    """Memory that only this process has."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


@pytest.fixture
def kept() -> float:
    """Leaves 40 MB of free pieces in the heap, below one in use, as a closed page does; answers what the process has then."""
    if getattr(ctypes.CDLL(None), "malloc_trim", None) is None:
        pytest.skip("another C library than glibc")
    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    pieces = [library.malloc(SIZE) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(piece, 1, SIZE)
    for piece in pieces[:-1]:
        library.free(piece)
    return own_megabytes()


def test_free_memory_goes_back(kept: float) -> None:
    give_back()
    assert own_megabytes() < kept - 30


def test_closing_a_tab_gives_back_what_is_free(
    qtbot: QtBot, at_site: Callable[[str], Person], request: pytest.FixtureRequest
) -> None:
    person = at_site("the order")
    person.sees("the order")
    kept = request.getfixturevalue("kept")
    person.tab.window().pages["portal"].close_tab(0)
    qtbot.waitUntil(lambda: own_megabytes() < kept - 30, timeout=20_000)


def test_closing_the_tabs_ends_the_processes_of_their_pages(qtbot: QtBot, at_site: Callable[[str], Person]) -> None:
    person = at_site("the order")
    person.sees("the order")
    pane, process = person.tab.window().pages["portal"], Path(f"/proc/{person.tab.page.renderProcessPid()}")
    assert process.exists()
    pane.close_tab(0)
    qtbot.waitUntil(lambda: not process.exists(), timeout=20_000)
