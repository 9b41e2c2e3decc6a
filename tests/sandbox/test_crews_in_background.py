"""Crews that work by themselves; a second sandbox plays the gateway, since it speaks the same protocol."""

import time

import pytest

from pruvan_desk.sandbox.photos import photos_from
from pruvan_desk.sandbox.server import FastrackSandbox


@pytest.fixture
def few_bytes(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"a few bytes")
    return photos_from(tmp_path)


def start_crews(sandbox, gateway):
    crews = [{"username": "vendor", "token": gateway.credentials.token}, {"username": "other", "token": "unknown"}]
    sandbox.control("crews/start", {"gateway": gateway.url, "crews": crews, "pace_seconds": 0, "seed": 3})


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within twenty seconds"


def test_crews_work_every_order_once_and_go_home_when_called(few_bytes):
    with FastrackSandbox(orders=3, seed=5) as gateway, FastrackSandbox(photos=few_bytes) as sandbox:
        gateway.control("credentials", {"password": ""})
        start_crews(sandbox, gateway)
        until(lambda: gateway.control("state")["status_calls"] == 6)
        report = sandbox.control("crews/stop", {})
        assert (report["working"], report["orders_taken"]) == (0, 3)
        state = gateway.control("state")
        assert report["acknowledged"] == state["items"] == state["deliveries"] > 0

        sandbox.stop()
        sandbox.start()
        start_crews(sandbox, gateway)
        gateway.control("orders", {"count": 1, "seed": 6})
        until(lambda: gateway.control("state")["status_calls"] == 8)
        sandbox.control("crews/stop", {})
        assert sandbox.control("state")["crews"]["orders_taken"] == 4
