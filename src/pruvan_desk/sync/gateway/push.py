"""The push key: a secret address at which the client's system starts a refresh (GET) or sends orders (POST).

What is pushed is durable, as a request to the engine, before it is acknowledged; it is imported behind whatever runs for the same
integration. It creates and updates, and never closes. A wrong key is answered as documented and told nothing.
"""

import hmac
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import select
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse

from pruvan_desk.core.errors import ItemError, PruvanDeskError
from pruvan_desk.core.logs import logger
from pruvan_desk.operations.integrations import leave_request, token_digest
from pruvan_desk.store.models import Integration, Request
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.gateway.rates import Rate
from pruvan_desk.sync.gateway.uploads import read_form, read_multipart
from pruvan_desk.sync.import_run import PUSHED
from pruvan_desk.wire.orders import read_order_list
from pruvan_desk.wire.values import nested_too_deeply, read_json

log = logger(__name__)

FIELD = "workOrders"
WRONG_BURST, WRONG_PER_SECOND = 10, 1 / 6
RIGHT_BURST, RIGHT_PER_SECOND = 600, 10.0


class PushDoor:
    """Answers at ``/push/{key}``."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._wrong = Rate(context.clock, WRONG_BURST, WRONG_PER_SECOND)
        self._right = Rate(context.clock, RIGHT_BURST, RIGHT_PER_SECOND)

    async def answer(self, request: HttpRequest) -> JSONResponse:
        """The documented answer. Raises :class:`ItemError` when what was sent cannot be read."""
        key = request.path_params["key"]
        integration_id = await self._context.run(lambda: self._find(key))
        if integration_id is None:
            caller = request.client.host if request.client else ""
            if not self._wrong.allows(caller):
                return _answer("invalid clientCode", 429)
            log.info("a push key was refused", caller=caller)
            return _answer("invalid clientCode")
        if not self._right.allows(str(integration_id)):
            return _answer("too many requests", 429)
        if request.method == "GET":
            await self._context.run(lambda: self._ask_refresh(integration_id))
        else:
            orders = await self._read(request)
            await self._context.run(lambda: self._keep(integration_id, orders))
        return _answer("success")

    def _find(self, key: str) -> int | None:
        """Which integration has the key: all are compared, and each takes the same time, whatever is right about it."""
        with self._context.database.read() as session:
            rows = session.execute(select(Integration.id, Integration.push_key_sha256)).all()
        digest = token_digest(key)
        right = [row.id for row in rows if hmac.compare_digest(row.push_key_sha256, digest)]
        return right[0] if right else None

    def _ask_refresh(self, integration_id: int) -> None:
        """One refresh is enough, however often it is asked for."""
        with self._context.database.write() as writing:
            waiting = select(Request).where(Request.kind == "refresh", Request.taken_at.is_(None))
            if all(row.body.get("integration_id") != integration_id for row in writing.session.scalars(waiting)):
                leave_request(writing, "refresh", PUSHED, integration_id=integration_id, full=False)

    async def _read(self, request: HttpRequest) -> Any:
        text = await self._field(request)
        try:
            value = read_json(text) if text.strip() else None
            if isinstance(value, dict) and FIELD in value:
                value = value[FIELD]
            if nested_too_deeply(value):
                raise ItemError("The orders are nested too deeply.", "Send less.")
            read_order_list(value, self._context.settings.zone)
        except ValueError as error:
            raise ItemError(f"{FIELD} cannot be read: {error}.", "Send a list of orders as JSON.") from error
        return value

    async def _field(self, request: HttpRequest) -> bytes:
        content_type = request.headers.get("content-type", "")
        if content_type.startswith("multipart/"):
            return (await read_multipart(content_type, request.stream(), FIELD)).payload
        fields = parse_qs((await read_form(request.stream())).decode("utf-8", "replace"), keep_blank_values=True)
        return fields.get(FIELD, [""])[0].encode()

    def _keep(self, integration_id: int, orders: Any) -> None:
        with self._context.database.write() as writing:
            leave_request(writing, "push", PUSHED, integration_id=integration_id, orders=orders)


def push_refusal(error: PruvanDeskError, status: int) -> JSONResponse:
    """What was sent cannot be taken, in the shape of the push key's answers."""
    return _answer(str(error), status)


def _answer(words: str, status: int = 200) -> JSONResponse:
    return JSONResponse({"response": words == "success", "error": words}, status)
