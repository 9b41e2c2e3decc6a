"""The engine beside the window: started, watched, started again, left alone, asked to stop.

Holds to §7 of sync.md.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.ui import engine as engine_module
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.engine import LOCK_HELD, NICENESS, EngineProcess

MakeEngine = Callable[[str], EngineProcess]

UNTIL_STDIN_CLOSES = (
    "import pathlib, sys; {begin}; [{each} for line in sys.stdin]; pathlib.Path({path!r}, 'stopped').touch()"
)


@pytest.fixture
def secrets() -> PipedSecrets:
    return PipedSecrets()


@pytest.fixture
def make_engine(
    qtbot: QtBot, folder: DataFolder, secrets: PipedSecrets, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeEngine]:
    monkeypatch.setattr(engine_module, "FIRST_WAIT", 0.05)
    desk = Desk(folder, secrets, "mary")
    made: list[EngineProcess] = []

    def make(script: str) -> EngineProcess:
        engine = EngineProcess([sys.executable, "-c", script], secrets, folder.logs, desk)
        engine._wait = 0.05
        made.append(engine)
        return engine

    yield make
    for engine in made:
        with qtbot.waitSignal(engine.stopped):
            engine.stop()
    desk.close()
    for part in (*made, desk):
        part.deleteLater()


def test_it_gets_the_secrets_and_stops_when_its_input_closes(
    qtbot: QtBot, tmp_path: Path, secrets: PipedSecrets, make_engine: MakeEngine
) -> None:
    secrets.set("integration/1/password", "before")
    each = f"open({str(tmp_path / 'heard')!r}, 'a').write(line)"
    engine = make_engine(UNTIL_STDIN_CLOSES.format(begin="pass", each=each, path=str(tmp_path)))
    engine.start()
    qtbot.waitUntil(lambda: engine.process_id is not None)
    secrets.set("integration/1/password", "after")
    heard = tmp_path / "heard"
    qtbot.waitUntil(lambda: heard.exists() and "after" in heard.read_text())
    assert "before" in heard.read_text()
    with qtbot.waitSignal(engine.stopped):
        engine.stop()
    assert (tmp_path / "stopped").exists()


@pytest.mark.logs("engine ended by itself")
def test_it_is_started_again_when_it_dies_and_says_so(qtbot: QtBot, tmp_path: Path, make_engine: MakeEngine) -> None:
    lives = tmp_path / "lives"
    engine = make_engine(f"open({str(lives)!r}, 'a').write('x'); raise SystemExit(1)")
    said: list[str] = []
    engine.said.connect(said.append)
    engine.start()
    qtbot.waitUntil(lambda: lives.exists() and len(lives.read_text()) >= 3)
    assert any("The engine stopped (code 1)" in words for words in said)


def test_a_folder_that_has_an_engine_already_is_left_to_it(
    qtbot: QtBot, tmp_path: Path, make_engine: MakeEngine
) -> None:
    lives = tmp_path / "lives"
    engine = make_engine(f"open({str(lives)!r}, 'a').write('x'); raise SystemExit({LOCK_HELD})")
    engine.start()
    qtbot.waitUntil(lambda: lives.exists() and engine.process_id is None)
    with qtbot.assertNotEmitted(engine.said, wait=300):
        pass
    assert lives.read_text() == "x"


@pytest.mark.logs("engine did not stop in time")
def test_one_that_does_not_stop_is_ended(
    qtbot: QtBot, tmp_path: Path, make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "STOP_SECONDS", 0.2)
    ready = tmp_path / "ready"
    engine = make_engine(f"import time; open({str(ready)!r}, 'w').close(); time.sleep(600)")
    engine.start()
    qtbot.waitUntil(ready.exists)
    with qtbot.waitSignal(engine.stopped):
        engine.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has classes, which are given at the start")
def test_it_steps_back_behind_the_window(qtbot: QtBot, tmp_path: Path, make_engine: MakeEngine) -> None:
    engine = make_engine(UNTIL_STDIN_CLOSES.format(begin="pass", each="line", path=str(tmp_path)))
    engine.start()
    qtbot.waitUntil(lambda: engine.process_id is not None)
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, engine.process_id or 0) == min(19, ours + NICENESS)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a policy")
def test_it_takes_no_processor_from_the_window_when_it_wakes_up(
    qtbot: QtBot, tmp_path: Path, make_engine: MakeEngine
) -> None:
    engine = make_engine(UNTIL_STDIN_CLOSES.format(begin="pass", each="line", path=str(tmp_path)))
    engine.start()
    qtbot.waitUntil(lambda: engine.process_id is not None)
    assert os.sched_getscheduler(engine.process_id or 0) == os.SCHED_BATCH
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
