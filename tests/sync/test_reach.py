"""Offline is a state: nothing fails, the queue grows, and goes as soon as there is a network again.

Holds to §3.7 of sync.md.
"""

import socket
from collections.abc import Iterator

import pytest

from pruvan_desk.core.errors import OfflineError
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Integration, RelayJob
from pruvan_desk.sync import http, reach, ways
from pruvan_desk.sync.reach import Drift
from pruvan_desk.wire.answers import HttpAnswer
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, small_jpeg, wait_until

LOOKUP_FAILED = socket.gaierror(-3, "Temporary failure in name resolution")
ORDER = {
    "workOrderNumber": "4711", "address1": "1 Main", "city": "Austin", "state": "TX", "zip": "78701",
    "services": [{"serviceName": "Grass Cut"}],
}  # fmt: skip


class Network:
    """The network between this computer and FAStrack: it can be switched off."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.up = True
        post = http.Connections._exchange

        async def exchange(connections: http.Connections, *call: object) -> HttpAnswer:
            if not self.up:
                raise http.meaning(LOOKUP_FAILED, connecting=True)
            return await post(connections, *call)

        async def probe(_host: str, _port: int) -> None:
            if not self.up:
                raise LOOKUP_FAILED

        monkeypatch.setattr(http.Connections, "_exchange", exchange)
        monkeypatch.setattr(reach, "_connect", probe)
        monkeypatch.setattr(reach, "PROBE_SECONDS", 0.05)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return Network(monkeypatch)


@pytest.fixture
def project(desk: Desk, sandbox: FastrackSandbox, network: Network) -> Iterator[int]:
    sandbox.control("orders", {"orders": [ORDER]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        yield desk.numbered("4711").id


def publish(desk: Desk, project_id: int, count: int) -> None:
    items = [desk.photo(project_id, ItemState.PASSED, small_jpeg(number)) for number in range(count)]
    publish_items(desk.database, items, WHO)


def test_without_a_network_nothing_fails_and_all_goes_by_itself_when_it_is_back(
    desk: Desk, sandbox: FastrackSandbox, network: Network, project: int
) -> None:
    desk.set("first_retry_seconds", 3600)
    network.up = False
    publish(desk, project, 5)
    wait_until("a first try", lambda: any("no network" in job.words for job in desk.all(RelayJob)))
    request = desk.ask(1)
    assert "no network" in request.answer
    wait_until("the queue as it was", lambda: desk.states() == {ItemState.QUEUED: 5})
    assert desk.alerts() == {}
    assert desk.get(Integration, 1).status == "idle"
    network.up = True
    desk.wait_for(published=5)
    assert {job.attempts for job in desk.all(RelayJob)} == {0}
    assert {item["deliveries"] for item in sandbox.control("items")} == {1}


def test_what_failed_before_the_network_went_does_not_wait_for_its_next_try(
    desk: Desk, sandbox: FastrackSandbox, network: Network, project: int
) -> None:
    desk.set("first_retry_seconds", 3600)
    sandbox.control("faults", {"call": "uploadPictures", "mode": "http_500", "count": 1})
    publish(desk, project, 1)
    wait_until("the failure", lambda: any(job.attempts for job in desk.all(RelayJob)))
    network.up = False
    publish(desk, project, 1)
    wait_until("the loss of the network", lambda: any("no network" in job.words for job in desk.all(RelayJob)))
    network.up = True
    desk.wait_for(published=2)


def test_a_sleep_is_told_by_the_clock_that_went_on():
    drift = Drift(wall=1000.0, steady=50.0)
    assert not drift.was_asleep(1002.0, 52.0, 2.0)
    assert drift.was_asleep(1902.0, 54.0, 2.0)
    assert not drift.was_asleep(1904.0, 56.0, 2.0)
    assert drift.was_asleep(1906.0, 900.0, 2.0)


@pytest.mark.parametrize(
    ("cause", "offline"),
    [
        (socket.gaierror(-2, "Name or service not known"), True),
        (OSError(101, "Network is unreachable"), True),
        (OSError(113, "No route to host"), True),
        (
            OSError(
                "Multiple exceptions: [Errno 101] Connect call failed ('::1', 443), [Errno 113] Connect call failed"
            ),
            True,
        ),
        (
            OSError(
                "Multiple exceptions: [Errno 101] Connect call failed ('::1', 443), [Errno 111] Connect call failed"
            ),
            False,
        ),
        (ConnectionRefusedError(111, "Connection refused"), False),
        (ConnectionResetError(104, "Connection reset by peer"), False),
    ],
)
def test_a_server_that_refuses_is_no_missing_network(cause, offline):
    assert isinstance(http.meaning(cause, connecting=True), OfflineError) is offline


def test_a_proxy_of_the_system_is_used_but_never_to_this_machine(monkeypatch):
    monkeypatch.setattr(ways, "getproxies", lambda: {"https": "proxy.example:3128"})
    monkeypatch.setattr(ways, "proxy_bypass", lambda host: host == "inside.example")
    connections = http.Connections()
    assert connections.way_to("https://fastrack.example/api") == ("proxy.example", 3128)
    assert connections.way_to("https://inside.example/api") == ("inside.example", 443)
    assert connections.way_to("http://127.0.0.1:81/api") == ("127.0.0.1", 81)
