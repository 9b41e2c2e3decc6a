"""The engine as a process: how it starts, stops, dies and keeps its secrets.

Holds to §7 of sync.md.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import order_json
from pruvan_desk.cli.balance import compare
from pruvan_desk.cli.engine_process import EngineProcess
from pruvan_desk.cli.program import program, worker_command
from pruvan_desk.core.errors import EngineRunningError
from pruvan_desk.core.secrets import COMPLETE
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.doctor import examine
from pruvan_desk.operations.engine import ask_stop
from pruvan_desk.operations.integrations import ask_refresh
from pruvan_desk.operations.qa import publish_project
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import EngineState, RelayJob, Request
from pruvan_desk.sync.gateway import server
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller, change_login, secrets_of, small_jpeg, wait_until

STOP_SECONDS = 5.0
posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def office(desk: Desk, sandbox: FastrackSandbox) -> int:
    """An integration with one order, 4711, in QA in Office; answers its id."""
    sandbox.control("orders", {"orders": [order_json("4711")]})
    return desk.integrate(sandbox, qa_in_field=False)


@pytest.fixture
def worker(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """``pruvan-desk worker`` as the window starts it, once its gateway listens."""
    command = worker_command(desk.folder.root, desk.secrets.kind)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        desk.secrets.hand_to(process.stdin)
        wait_until("the engine", lambda: [row for row in desk.all(EngineState) if row.process_id == process.pid])
        yield process
        desk.secrets.hand_to(None)
        process.kill()


def log_of(desk: Desk) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in desk.folder.logs.iterdir())


def publish_photos(desk: Desk, count: int) -> None:
    project_id = desk.numbered("4711").id
    for seed in range(count):
        desk.photo(project_id, ItemState.PASSED, small_jpeg(seed))
    publish_project(desk.database, project_id, WHO)


def test_a_second_engine_is_refused_with_code_3_and_words(desk: Desk, engine: RunningEngine) -> None:
    assert engine.gateway
    command = [*program(), "worker", "--data-dir", str(desk.folder.root), "--secrets", "memory"]
    second = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 3
    assert f"An engine is at work on {desk.folder.root} already." in second.stderr
    assert "Traceback" not in second.stderr


def test_a_second_engine_in_the_same_process_is_refused_too(desk: Desk, engine: RunningEngine) -> None:
    assert engine.gateway
    other = RunningEngine(desk)
    with pytest.raises(EngineRunningError), other:
        other.join()


@pytest.mark.parametrize("how", ["closed standard input", pytest.param("SIGTERM", marks=posix)])
def test_it_stops_within_seconds_and_leaves_nothing_claimed(
    desk: Desk, sandbox: FastrackSandbox, office: int, worker: subprocess.Popen[str], how: str
) -> None:
    desk.imported(office)
    sandbox.control("faults", {"call": "uploadPictures", "mode": "slow", "count": None, "seconds": 30})
    publish_photos(desk, 20)
    wait_until("sendings under way", lambda: desk.states().get(ItemState.RELAYING))
    asked = time.monotonic()
    if how == "SIGTERM":
        worker.terminate()
    else:
        assert worker.stdin is not None
        worker.stdin.close()
    assert worker.wait(STOP_SECONDS) == 0
    assert time.monotonic() - asked < STOP_SECONDS
    assert desk.states() == {ItemState.QUEUED: 20}
    assert not desk.all(RelayJob, state=JobState.LEASED)
    assert [(row.state, row.gateway_url) for row in desk.all(EngineState)] == [("stopped", "")]
    assert "error" not in {line.split('"level": "')[1].split('"')[0] for line in log_of(desk).splitlines()}
    assert worker.stderr is not None
    assert worker.stderr.read() == ""


def stop_by_request(desk: Desk) -> "subprocess.CompletedProcess[str]":
    command = [*program(), "worker", "--data-dir", str(desk.folder.root), "--stop"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_stops_when_a_request_asks_it(desk: Desk, worker: subprocess.Popen[str]) -> None:
    stopped = stop_by_request(desk)
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert worker.wait(STOP_SECONDS) == 0
    assert [row.state for row in desk.all(EngineState)] == ["stopped"]


def test_nobody_is_asked_to_stop_where_no_engine_is_at_work(desk: Desk) -> None:
    stopped = stop_by_request(desk)
    assert (stopped.returncode, stopped.stderr.strip()) == (1, f"No engine is at work on {desk.folder.root}.")
    assert desk.all(Request) == []


def test_an_engine_does_not_heed_a_request_to_stop_from_before_its_start(desk: Desk) -> None:
    ask_stop(desk.database, WHO)
    with RunningEngine(desk) as engine:
        wait_until("an answer", lambda: all(row.done_at for row in desk.all(Request)))
        assert engine.gateway
    assert [row.answer for row in desk.all(Request)] == ["No engine was at work."]


def test_it_stops_when_the_window_dies_before_the_secrets_are_over(desk: Desk) -> None:
    command = worker_command(desk.folder.root, "memory")
    ended = subprocess.run(command, input='{"reference": "a"', capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_secrets_travel_through_standard_input_and_are_written_nowhere(
    desk: Desk, sandbox: FastrackSandbox, worker: subprocess.Popen[str]
) -> None:
    login = change_login(sandbox)
    integration_id = desk.integrate(sandbox, password=login.password, token=login.token)
    desk.refresh(integration_id, full=True)  # so the engine has them
    seen = [" ".join(worker_command(desk.folder.root, "memory"))]
    for name in ("cmdline", "environ"):
        path = Path(f"/proc/{worker.pid}/{name}")
        if path.exists():
            seen.append(path.read_bytes().decode("utf-8", "replace"))
    files = [path for path in desk.folder.root.rglob("*") if path.is_file()]
    assert {"desk.db", "engine.log"} <= {path.name for path in files}
    seen += [path.read_bytes().decode("latin-1") for path in files]
    assert not [secret for secret in secrets_of(login) if any(secret in text for text in seen)]


def test_a_request_is_taken_within_a_moment(desk: Desk, office: int, worker: subprocess.Popen[str]) -> None:
    desk.imported(office)
    assert worker.poll() is None
    for _ in range(5):
        (request_id,) = ask_refresh(desk.database, office, WHO).requests
        wait_until("the answer", lambda number=request_id: desk.get(Request, number).done_at)
        request = desk.get(Request, request_id)
        assert request.taken_at is not None
        assert (request.taken_at - request.asked_at).total_seconds() < 2.0


def test_a_request_from_before_the_start_is_answered(desk: Desk, office: int) -> None:
    (request_id,) = ask_refresh(desk.database, office, WHO).requests
    with RunningEngine(desk):
        wait_until("the answer", lambda: desk.get(Request, request_id).done_at)
    assert desk.get(Request, request_id).answer == "done"


def test_a_new_secret_reaches_the_running_engine(
    desk: Desk, sandbox: FastrackSandbox, worker: subprocess.Popen[str]
) -> None:
    assert worker.poll() is None
    sandbox.control("orders", {"orders": [order_json("1")]})
    integration_id = desk.integrate(sandbox)
    desk.refresh(integration_id, full=True)
    assert desk.numbered("1")


def test_the_engine_needs_no_qt(desk: Desk) -> None:
    script = (
        "import sys\n"
        "from pruvan_desk.cli.main import main\n"
        "try:\n"
        f"    main(['worker', '--data-dir', {str(desk.folder.root)!r}, '--secrets', 'memory', '--until-stdin-closes'])\n"
        "except SystemExit as end:\n"
        "    print(end.code, [name for name in sys.modules if name.startswith(('PySide6', 'shiboken6', 'qasync'))])\n"
        "    print('pruvan_desk.sync.relay' in sys.modules)\n"
    )
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, input=COMPLETE + "\n", capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.split("\n")[:2] == ["0 []", "True"]


def test_a_gateway_port_that_is_taken_is_an_alert_and_everything_else_goes_on(
    desk: Desk, office: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "RETRY_SECONDS", 0.05)
    crew = desk.crew()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        desk.set("gateway_port", port)
        engine = RunningEngine(desk)
        with engine:
            alert = wait_until("the alert", lambda: desk.alerts().get("gateway"))
            desk.imported(office)
            publish_photos(desk, 2)
            desk.wait_for(published=2)
            taken.close()
            with FieldCaller(engine.gateway, crew) as caller:
                assert caller.call("validate").json()["validated"] is True
            wait_until("the end of the alert", lambda: not desk.alerts())
    assert f"Port {port} for the field gateway is taken." in alert.title
    assert engine.was_at == f"http://127.0.0.1:{port}"


def test_the_gateway_listens_on_this_machine_only(engine: RunningEngine) -> None:
    assert engine.gateway.startswith("http://127.0.0.1:")


@posix
def test_killed_in_the_middle_of_the_relay_nothing_is_lost(desk: Desk, sandbox: FastrackSandbox, office: int) -> None:
    count, kills = 60, 3
    desk.set("relay_at_once", 2)
    with RunningEngine(desk):
        desk.imported(office)
    sandbox.control("faults", {"call": "uploadPictures", "mode": "slow", "count": None, "seconds": 0.02})
    publish_photos(desk, count)
    for kill in range(1, kills + 1):
        with EngineProcess(desk.folder.root, desk.database, desk.secrets) as process:
            wait_until("some published", lambda n=kill: desk.states().get(ItemState.PUBLISHED, 0) >= 12 * n)
            os.kill(process.process_id, signal.SIGKILL)
    assert desk.states()[ItemState.PUBLISHED] < count
    with EngineProcess(desk.folder.root, desk.database, desk.secrets):
        desk.wait_for(published=count)
    received = sandbox.control("items")
    with desk.database.read() as session:
        assert compare(session, received).differences == []
    findings = {check.name: check.findings for check in examine(desk.folder, desk.database, desk.secrets)}
    assert findings == {name: [] for name in findings}
    doubles = sum(item["deliveries"] for item in received) - count
    assert doubles <= kills * 10  # those of which a dead engine had not written down that they were taken


@posix
def test_what_was_acknowledged_before_a_kill_is_there_after_it(desk: Desk) -> None:
    desk.project(desk.field_office())
    crew = desk.crew()
    with EngineProcess(desk.folder.root, desk.database, desk.secrets) as process:
        with FieldCaller(process.gateway_url(), crew) as caller:
            for number in range(15):
                assert caller.send(f"item-{number}", small_jpeg(number)).json()["status"] is True
        os.kill(process.process_id, signal.SIGKILL)
    assert desk.states() == {ItemState.PENDING_QA: 15}
    with RunningEngine(desk):
        desk.settle()
    findings = [words for check in examine(desk.folder, desk.database, desk.secrets) for words in check.findings]
    assert findings == []
    assert len(desk.files_on_disk()) == 15


def test_the_engine_starts_in_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    command = worker_command(tmp_path / "new" / "place", "memory")
    ended = subprocess.run(command, input=COMPLETE + "\n", capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "new" / "place" / "desk.db").exists()
