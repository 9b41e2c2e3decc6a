"""A running sandbox, and a caller that speaks the API to it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pruvan_desk.sandbox.server import FastrackSandbox
from sandbox.browser import Browser


class Caller:
    """What an office's client does, by hand."""

    def __init__(self, sandbox: FastrackSandbox) -> None:
        self.sandbox = sandbox
        self._client = httpx.Client(trust_env=False, timeout=20, verify=False)

    def post(
        self, call: str, payload: dict[str, Any], file: bytes | None = None, extension: str = ".php"
    ) -> httpx.Response:
        return self._client.send(self.request(call, payload, file, extension))

    def request(
        self, call: str, payload: dict[str, Any], file: bytes | None = None, extension: str = ".php"
    ) -> httpx.Request:
        form = {"payload": json.dumps({**self.sandbox.credentials.payload(), **payload})}
        url = f"{self.sandbox.url}/{call}{extension}"
        if call == "uploadPictures":
            parts = {"file": ("photo.jpg", file)} if file is not None else {"payload": (None, form["payload"])}
            return self._client.build_request("POST", url, data=form if file is not None else None, files=parts)
        return self._client.build_request("POST", url, data=form)

    def orders(self, since: float | None = None) -> Any:
        return self.post("getWorkOrders", {"timestamp": since}).json()["workOrders"]

    def upload(self, file: bytes | None = b"\xff\xd8 a photo", **payload: Any) -> httpx.Response:
        return self.post("uploadPictures", {**self.photo(), **payload}, file)

    def photo(self) -> dict[str, Any]:
        return {
            "uuid": "item-1", "key2": self.any_order()["number"], "key4": "Grass Cut", "evidenceType": "Before",
            "fileType": "picture", "fileName": "front.jpg",
        }  # fmt: skip

    def any_order(self, kind: str = "Grass Cut") -> Any:
        return next(order for order in self.sandbox.control("orders") if order["kind"] == kind)

    def items(self) -> Any:
        return self.sandbox.control("items")

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def sandbox() -> Iterator[FastrackSandbox]:
    with FastrackSandbox(seed=1, orders=16) as running:
        yield running


@pytest.fixture
def caller(sandbox: FastrackSandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    yield caller
    caller.close()


@pytest.fixture
def browser(sandbox: FastrackSandbox) -> Iterator[Browser]:
    browser = Browser(sandbox)
    yield browser
    browser.client.close()
