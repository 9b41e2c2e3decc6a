"""Check-ins from the phone through Desk to the provider, and the provider's word back."""

import asyncio
import random

import pytest

from builders import order_json
from pruvan_desk.operations.relay import pause_relay
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import CheckIn
from pruvan_desk.sync.gateway import server
from pruvan_desk.wire.credentials import Credentials
from sync.conftest import RunningEngine
from sync.desk import Desk, phone

LAPSED, GOOD = "ABC120000", "ABC123457"
ORDER = order_json("1", options={"check_in_required": True}, assignedTo="~all~")


@pytest.fixture
def crew(desk: Desk, sandbox: FastrackSandbox) -> Credentials:
    """A crew with an order that demands a check-in."""
    sandbox.control("orders", {"orders": [ORDER]})
    desk.integrate(sandbox)
    return desk.crew()


def checks_in(gateway: str, crew: Credentials, number: str, seed: int) -> str:
    """A phone checks in; what the answer to it says."""

    async def work() -> str:
        async with phone(gateway, crew, seed) as device:
            (order,) = await device.fetch_orders()
            item = device.make_check_in(order, random.Random(seed), number)
            assert await device.upload(item)
            return item.trouble

    return asyncio.run(work())


def test_the_providers_word_is_in_the_answer_to_the_check_in_and_an_alert_tells_the_office(
    desk: Desk, crew: Credentials
) -> None:
    with RunningEngine(desk) as engine:
        desk.imported(1)
        assert checks_in(engine.gateway, crew, LAPSED, 1) == "Check in again: The background check has lapsed."
        alert = desk.alerts()["check-in-refused"]
        assert alert.title == "The check-in at AFS::1 was refused: The background check has lapsed."
        assert checks_in(engine.gateway, crew, GOOD, 2) == ""
        assert "check-in-refused" not in desk.alerts()
    assert [row.accepted for row in desk.all(CheckIn)] == [False, True]


def test_where_nothing_is_sent_the_phone_does_not_wait_and_reads_it_in_the_order_later(
    desk: Desk, crew: Credentials, sandbox: FastrackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "VERDICT_SECONDS", 1e6)  # no phone waits so long
    with RunningEngine(desk) as engine:
        desk.imported(1)
        pause_relay(desk.database, paused=True)
        assert checks_in(engine.gateway, crew, LAPSED, 1) == ""
        assert sandbox.control("check_ins") == []
        pause_relay(desk.database, paused=False)
        desk.settle()

        async def fetch() -> str:
            async with phone(engine.gateway, crew) as device:
                (order,) = await device.fetch_orders()
                return str(order["instructions"])

        assert asyncio.run(fetch()).startswith("CHECK IN refused: The background check has lapsed.")


def test_a_provider_that_takes_its_time_keeps_no_phone_waiting(
    desk: Desk, crew: Credentials, sandbox: FastrackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "VERDICT_SECONDS", 0.2)
    with RunningEngine(desk) as engine:
        desk.imported(1)
        sandbox.control("faults", {"call": "uploadPictures", "mode": "slow", "seconds": 2})
        assert checks_in(engine.gateway, crew, LAPSED, 1) == ""
        desk.settle()
    assert desk.alerts()["check-in-refused"]
