"""The order source over HTTP: the four calls, with foreign errors translated into ours at this border."""

import asyncio
import html
import json
import secrets as random_secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, urlencode

from pruvan_desk.core.clock import Clock, SystemClock
from pruvan_desk.core.errors import IntegrationError, PruvanDeskError, TransientError, WrongAnswerError
from pruvan_desk.core.logs import REDACTED
from pruvan_desk.domain.conduct import Conduct
from pruvan_desk.sync.exchange import Body, whole
from pruvan_desk.sync.http import Connections
from pruvan_desk.sync.transfer import FileToSend, Meter, Transfer, multipart_body, multipart_frame
from pruvan_desk.wire.answers import (
    HttpAnswer,
    judge_item_list,
    judge_order_list,
    judge_status,
    judge_upload,
    judge_validate,
    server_time,
)
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.transport import call_url, check_service_url
from pruvan_desk.wire.values import JsonObject

LONGEST_ANSWER = 1 << 20
LONGEST_LIST = 128 << 20
Judgement = TypeVar("Judgement")
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class OrdersAnswer:
    """The ``workOrders`` value of an answer (``True`` where there was no list) and the server's clock, if it told it."""

    work_orders: Any
    server_time: datetime | None


class OrderSource:
    """One order source. Every call raises :class:`TransientError`, :class:`ItemError` or :class:`IntegrationError`."""

    def __init__(
        self,
        connections: Connections,
        service_url: str,
        extension: str,
        credentials: Credentials,
        *,
        conduct: Conduct | None = None,
        clock: Clock | None = None,
    ) -> None:
        check_service_url(service_url)
        self._conduct = conduct or Conduct()
        self._clock = clock or SystemClock()
        self._connections = connections
        self._service_url = service_url
        self._extension = extension
        self._credentials = credentials.payload()
        self._secrets = _spellings(self._credentials["password"], self._credentials["token"])

    async def validate(self, pushkey: str | None = None) -> None:
        """Returns when the credentials are good. Raises :class:`IntegrationError` with the server's words when not."""
        extra = {"pushkey": pushkey} if pushkey else {}
        self._judged(judge_validate, await self._post_form("validate", extra))

    async def get_work_orders(self, timestamp: int | None) -> OrdersAnswer:
        """Orders changed since ``timestamp`` (Unix seconds, the server's clock); ``None`` asks for all current orders."""
        answer = await self._post_form("getWorkOrders", {"timestamp": timestamp}, LONGEST_LIST)
        work_orders = await asyncio.to_thread(
            self._judged, judge_order_list, answer
        )  # thousands take a while to decode
        return OrdersAnswer(work_orders, server_time(answer))

    @property
    def way(self) -> tuple[str, int]:
        """Host and port that a connection to it begins with."""
        return self._connections.way_to(self._service_url)

    async def upload(self, payload: dict[str, Any], file: FileToSend | None, transfer: Transfer | None = None) -> None:
        """Sends one item; returns when the receiver said that it has it. ``transfer`` tells how far it is meanwhile."""
        if file is None:
            self._judged(judge_upload, await self._post_form("uploadPictures", payload))
            return
        text = json.dumps(payload | self._credentials, ensure_ascii=False)
        boundary = f"pruvan-desk-{random_secrets.token_hex(12)}"
        head, tail = multipart_frame(boundary, text, file.name)
        headers = {
            "content-type": f"multipart/form-data; boundary={boundary}",
            "content-length": str(len(head) + file.size + len(tail)),
        }
        body = multipart_body(head, file, tail, transfer or Transfer(Meter(SystemClock())))
        self._judged(judge_upload, await self._post("uploadPictures", body, headers, LONGEST_ANSWER))

    async def get_items(self, numbers: Sequence[str]) -> list[JsonObject]:
        """What the order source has for these work orders; only a system that knows our call ``getItems`` says it.

        Raises :class:`ItemError` where it does not.
        """
        answer = await self._post_form("getItems", {"workOrders": list(numbers)}, LONGEST_LIST)
        return await asyncio.to_thread(self._judged, judge_item_list, answer)

    async def status(self, work_orders: list[dict[str, Any]]) -> str:
        """Tells the status of orders. Answers the receiver's objection, empty when it had none."""
        answer = await self._post_form("status", {"workOrders": work_orders})
        return self._judged(judge_status, self._without_secrets(answer))

    def _judged(self, judge: Callable[[HttpAnswer], Judgement], answer: HttpAnswer) -> Judgement:
        """What ``judge`` says. A failure is judged without our secrets: servers quote what they were sent, and people see it."""
        try:
            judgement = judge(answer)
        except PruvanDeskError as error:
            failure = type(error)
        else:
            self._conduct.went_well()
            return judgement
        if failure is WrongAnswerError and self._conduct.went_wrong(self._clock.monotonic()):
            raise IntegrationError(
                "Everything that is asked there is answered by something that is not this API.",
                "Check the service URL and extension, then Validate.",
            )
        if not issubclass(failure, TransientError):
            self._conduct.went_well()
        return judge(self._without_secrets(answer))

    def _without_secrets(self, answer: HttpAnswer) -> HttpAnswer:
        body = answer.body
        for secret in self._secrets:
            body = body.replace(secret, REDACTED.encode())
        return replace(answer, body=body)

    async def _post_form(self, call: str, payload: dict[str, Any], longest: int = LONGEST_ANSWER) -> HttpAnswer:
        form = urlencode({"payload": json.dumps(payload | self._credentials, ensure_ascii=False)}).encode()
        return await self._post(call, whole(form), FORM | {"content-length": str(len(form))}, longest)

    async def _post(self, call: str, body: Body, headers: dict[str, str], longest: int) -> HttpAnswer:
        url = call_url(self._service_url, call, self._extension)
        return await self._connections.post(url, body, headers, longest)


def _spellings(*secrets: str) -> list[bytes]:
    """The ways in which a server may write them back: plain, in JSON, in a form, in a page."""
    ways = (str, lambda secret: json.dumps(secret)[1:-1], quote, quote_plus, html.escape)
    return sorted({way(secret).encode() for secret in secrets if secret for way in ways}, key=len, reverse=True)


async def validate(service_url: str, extension: str, credentials: Credentials, pushkey: str | None = None) -> None:
    """One *Validate*, as the edit window asks for it. Raises :class:`PruvanDeskError` with the server's words."""
    check_service_url(service_url)
    connections = Connections()
    try:
        await OrderSource(connections, service_url, extension, credentials).validate(pushkey)
    finally:
        await connections.close()
