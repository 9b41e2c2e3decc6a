"""No password, nothing sent in its place, and no token is found anywhere, whatever went wrong."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from builders import order_json
from pruvan_desk.cli.program import worker_command
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.integrations import resume_integration
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.sandbox.fastrack_calls import FastrackCalls
from pruvan_desk.sandbox.faults import Fault
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.sandbox.uploads import UploadedForm
from pruvan_desk.store.models import Alert, EngineState, ImportRun, Integration, Item, RelayJob, Request
from pruvan_desk.wire.credentials import Credentials
from sync.conftest import RunningEngine
from sync.desk import Desk, FieldCaller, change_login, part, secrets_of, small_jpeg, wait_until

PADDING = "x" * 30


def echoes(payload: str) -> dict[str, tuple[int, bytes]]:
    """Answers of servers that show what they were sent."""
    sent = json.loads(payload)
    return {
        "an error that quotes": (200, json.dumps({"error": f"Cannot process {payload}", "status": False}).encode()),
        "a login error": (
            401,
            json.dumps({"error": f"Wrong password {sent['password']}, token {sent['token']}"}).encode(),
        ),
        "a debug page": (500, f"<pre>POST {payload}</pre>".encode()),
        "a page that is cut": (200, f"{PADDING} {sent['password']} {PADDING} {sent['token']}".encode()),
        "a cut token": (200, f"{PADDING}{PADDING} {sent['token']}".encode()),
    }


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """FAStrack answers with what it was sent, in the way of the last name in this list."""
    ways: list[str] = []
    answer = FastrackCalls._answer

    async def echoing(calls: FastrackCalls, call: str, form: UploadedForm, fault: Fault | None) -> tuple[int, bytes]:
        if not ways:
            return await answer(calls, call, form, fault)
        return echoes(form.fields["payload"].decode())[ways[-1]]

    monkeypatch.setattr(FastrackCalls, "_answer", echoing)
    return ways


def words_of(desk: Desk) -> list[str]:
    """Every text that a person may be shown, as long as it is."""
    texts = [f"{alert.title} {alert.advice} {alert.body}" for alert in desk.all(Alert)]
    texts += [run.error for run in desk.all(ImportRun)]
    texts += [request.answer for request in desk.all(Request)]
    texts += [row.last_error for row in desk.all(Integration)]
    texts += [item.relay_words for item in desk.all(Item)]
    texts += [job.words for job in desk.all(RelayJob)]
    return texts


def found_in(texts: list[str], *logins: Credentials) -> list[str]:
    """The secrets that stand in a text, or the better part of one."""
    return [secret for secret in secrets_of(*logins) for text in texts if secret[:9] in text]


@pytest.mark.logs("refresh failed")
@pytest.mark.parametrize("way", echoes('{"password": "", "token": ""}'))
def test_a_server_that_quotes_the_credentials_does_not_get_them_shown(
    desk: Desk, sandbox: FastrackSandbox, echo: list[str], way: str
) -> None:
    login = change_login(sandbox)
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, password=login.password, token=login.token, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        photo = desk.photo(desk.numbered("4711").id, ItemState.PASSED)
        echo.append(way)
        assert desk.ask(integration_id).answer != "done"
        resume_integration(desk.database, integration_id, "the office")
        publish_items(desk.database, [photo], "the office")
        (job,) = wait_until("the receiver's words", lambda: [job for job in desk.all(RelayJob) if job.words])
        assert job.words
    texts = words_of(desk)
    assert any(texts)
    assert found_in(texts, login) == []
    assert found_in([path.read_bytes().decode("latin-1") for path in desk.folder.root.glob("desk.db*")], login) == []


def test_a_day_on_which_everything_goes_wrong_leaves_no_secret_behind(
    desk: Desk, sandbox: FastrackSandbox, echo: list[str]
) -> None:
    login, crew, other = change_login(sandbox), desk.crew("crew1"), desk.crew("crew2")
    sandbox.control("orders", {"orders": [order_json("4711"), order_json("BAD", services=17)]})
    desk.integrate(sandbox, password=login.password, token=login.token, qa_in_field=False)
    push_key = desk.secrets.get("integration/1/push key") or ""
    answers: list[str] = []
    command = worker_command(desk.folder.root, desk.secrets.kind)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        desk.secrets.hand_to(process.stdin)
        desk.imported(1)
        (state,) = wait_until("the gateway", lambda: [row for row in desk.all(EngineState) if row.gateway_url])
        with FieldCaller(state.gateway_url, crew) as caller:
            answers += [caller.send("item-1", small_jpeg(1)).text, caller.call("validate").text]
            answers += misbehave(caller, other)
            answers += push_badly(state.gateway_url, push_key)
        photo = desk.photo(desk.numbered("4711").id, ItemState.PASSED)
        for mode in ("html", "truncated", "reset", "http_406_json", "garbage"):
            sandbox.control("faults", {"call": "getWorkOrders", "mode": mode})
            answers.append(desk.ask(1).answer)
        echo.append("a debug page")
        answers.append(desk.ask(1).answer)
        echo.append("a login error")
        publish_items(desk.database, [photo], "the office")
        wait_until("a paused integration", lambda: desk.get(Integration, 1).paused)
        said, complained = process.communicate(timeout=10)
    logs = [path.read_text(encoding="utf-8") for path in Path(desk.folder.logs).iterdir()]
    kept = [path.read_bytes().decode("latin-1") for path in desk.folder.root.rglob("*") if path.is_file()]
    assert "a call was refused" in "".join(logs)
    everything = [*words_of(desk), *answers, *logs, *kept, said, complained]
    assert found_in(everything, login, crew, other) == []
    assert push_key
    assert [text for text in everything if push_key[:9] in text] == []


def push_badly(gateway: str, key: str) -> list[str]:
    """Calls at the door of the push key that come to nothing, with the right key or nearly."""
    with httpx.Client(trust_env=False, verify=False) as http:
        said = [
            http.post(f"{gateway}/push/{key}", data={"workOrders": "{"}),
            http.post(f"{gateway}/push/{key}", content=b"x", headers={"content-type": "multipart/form-data"}),
            http.put(f"{gateway}/push/{key}"),
            http.get(f"{gateway}/push/{key[:-1]}"),
            http.get(f"{gateway}/push/{key}/{key}"),
        ]
    return [answer.text for answer in said]


def misbehave(caller: FieldCaller, other: Credentials) -> list[str]:
    """Calls that are refused, all with good or nearly good secrets in them. Answers what was said."""
    payload = caller.payload(uuid="item-2", key2="AFS::4711")
    with FieldCaller(caller.gateway, Credentials(caller.crew.username, "", other.token)) as stranger:
        said = [stranger.call("getWorkOrders"), stranger.send("item-3", small_jpeg(3))]
    said += [
        caller.post_form("status", data={"payload": payload[:-1]}),
        caller.post_form(f"{caller.crew.token}.json", data={"payload": payload}),
        caller.post_raw("uploadPictures", part("payload", payload)),
        caller.post_raw("uploadPictures", part("payload", payload[:-1]) + b"--line--\r\n"),
        caller.post_raw("validate", payload.encode(), "text/plain"),
        caller.call("status", workOrders=[{"workOrderNumber": "AFS::9", "status": "Completed"}]),
        caller.call("status", workOrders="none"),
    ]
    return [answer.text for answer in said]
