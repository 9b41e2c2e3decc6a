"""The field gateway when its engine ends: a stop finishes the calls in hand, a kill frees the port at once."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from pruvan_desk.cli.engine_process import EngineProcess
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.sync.gateway import server
from sync.conftest import RunningEngine
from sync.desk import Desk, FieldCaller, small_jpeg

posix = pytest.mark.skipif(os.name != "posix", reason="the address of a dead process stays taken on POSIX only")


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Two events: an upload has reached the disk, which then takes its time until the second is set, or for a moment."""
    reached, may_go_on = threading.Event(), threading.Event()
    keep = PhotoFiles.keep

    def slow(*arguments: object) -> object:
        reached.set()
        may_go_on.wait(0.4)
        return keep(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(PhotoFiles, "keep", slow)
    return reached, may_go_on


def stop_during(desk: Desk, reached: threading.Event, send: Callable[[FieldCaller], object]) -> None:
    """Stops the engine while a call is in hand."""
    desk.project(desk.field_office())
    crew = desk.crew()
    with ExitStack() as phone_in_hand:
        with RunningEngine(desk) as engine:
            caller = phone_in_hand.enter_context(FieldCaller(engine.gateway, crew))
            sending = threading.Thread(target=send, args=(caller,))
            sending.start()
            reached.wait(10)
        sending.join(10)


def test_a_stop_lets_an_upload_in_hand_be_acknowledged(
    desk: Desk, slow_disk: tuple[threading.Event, threading.Event]
) -> None:
    answers = []
    stop_during(desk, slow_disk[0], lambda caller: answers.append(caller.send("item-1", small_jpeg(1)).json()))
    assert answers == [{"error": "", "status": True}]
    assert desk.states() == {ItemState.PENDING_QA: 1}


def test_an_upload_that_takes_too_long_is_broken_off_with_words(
    desk: Desk, slow_disk: tuple[threading.Event, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FINISH_SECONDS", 0.05)
    answers = []
    stop_during(desk, slow_disk[0], lambda caller: answers.append(caller.send("item-1", small_jpeg(1))))
    assert [answer.status_code for answer in answers] == [503]
    assert answers[0].json() == {
        "error": "The engine is being stopped. Send it again in a moment.", "status": False, "validated": False,
    }  # fmt: skip


@posix
def test_after_a_kill_the_gateway_listens_on_its_port_again_at_once(desk: Desk) -> None:
    with RunningEngine(desk) as engine:
        port = int(engine.gateway.rpartition(":")[2])
    desk.set("gateway_port", port)
    with EngineProcess(desk.folder.root, desk.database, desk.secrets) as first:
        with FieldCaller(first.gateway_url(), desk.crew()) as caller:
            caller.call("validate")
            os.kill(first.process_id, 9)  # with the phone's connection open
            first._process.wait()  # type: ignore[union-attr]  # it was started
        begun = time.monotonic()
        with EngineProcess(desk.folder.root, desk.database, desk.secrets) as second:
            assert second.gateway_url().endswith(f":{port}")
        assert time.monotonic() - begun < server.RETRY_SECONDS
    assert "gateway" not in desk.alerts()
