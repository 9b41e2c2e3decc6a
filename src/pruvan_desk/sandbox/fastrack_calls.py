"""The four calls of the integration API, as FAStrack answers them; and ``getItems``, with which Desk compares."""

import asyncio
import json
import re
from email.utils import formatdate
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pruvan_desk.sandbox.connections import AnswerFate, Connections
from pruvan_desk.sandbox.faults import CALLS, CANNED, Fault, FaultMode
from pruvan_desk.sandbox.item_book import (
    KeptCheckIn,
    KeptItem,
    keep_check_in,
    keep_item,
    keep_refusal,
    keep_status,
    read_items,
    without_secrets,
)
from pruvan_desk.sandbox.ledger import write_fact
from pruvan_desk.sandbox.uploads import FormError, UploadedForm
from pruvan_desk.sandbox.world import World
from pruvan_desk.wire.surveys import survey_digest
from pruvan_desk.wire.values import JsonObject, canonical_json

ABC_NUMBER = re.compile(r"[A-Za-z]{0,4}-?(\d{4,12})")
LAPSED_ENDING = "0000"
"""ABC numbers that end so belong to people whose background check has lapsed."""
NEEDS_FILE = frozenset({"picture", "csr", "report", "file"})
NEEDS_TASK = frozenset({"picture", "survey"})
FATES = {FaultMode.RESET: AnswerFate.CUT, FaultMode.TRUNCATED: AnswerFate.SPOILT}
"""What a fault does to the answer of what was kept."""
BOM = b"\xef\xbb\xbf"


class Refusal(Exception):
    """What was asked for is refused with these words, under HTTP 200."""


class FastrackCalls:
    """Answers calls out of a :class:`World`, and goes wrong where a fault was asked for."""

    def __init__(self, world: World, connections: Connections) -> None:
        self._world = world
        self._connections = connections

    async def endpoint(self, request: Request) -> Response:
        """``POST /fastrack/{call}[.ext]``."""
        call = request.path_params["call"].partition(".")[0]
        if call not in CALLS:
            return self._response(b'{"error":"unknown call","status":false}', 404)
        self._connections.asked(request)
        fault = self._world.faults.take(call)
        canned = CANNED.get(fault.mode) if fault else None
        form = UploadedForm(self._world.files, flip=fault is not None and fault.mode is FaultMode.FLIP)
        try:
            await form.read(request)
            if canned is not None:
                return self._response(canned.body, canned.status, canned.content_type, dict(canned.headers))
            status, body = await self._answer(call, form, fault)
        except FormError as error:
            status, body = 200, await self._refuse(call, str(error))
        except ClientDisconnect:  # the caller hung up in the middle of its own words: an answer that nobody hears
            return self._response(b"", 400)
        finally:
            form.discard()
        answered = self._connections.delivered(request, form.kept_as) if form.kept_as is not None else None
        response = await self._spoilt(self._response(body, status), fault, request)
        if answered is not None:
            fate = FATES.get(fault.mode, AnswerFate.OUT) if fault else AnswerFate.OUT
            self._connections.leaves(request, answered, fate)
        return response

    async def _answer(self, call: str, form: UploadedForm, fault: Fault | None) -> tuple[int, bytes]:
        payload = _payload(form)
        if not self._world.login.opens_for(payload):
            words = "Invalid user name, password or token."
            await self._refuse(call, words)
            return self._world.login.refusal_status, _json({"error": words, "validated": ""})
        try:
            if answer := {"validate": self._validate, "status": self._status, "getItems": self._items}.get(call):
                return 200, await answer(payload)
            if call == "getWorkOrders":
                return 200, self._world.orders.encoded_list(_since(payload.get("timestamp")))
            return 200, await self._upload(payload, form, fault.mode if fault else None)
        except Refusal as refusal:
            return 200, await self._refuse(call, str(refusal))

    async def _validate(self, payload: JsonObject) -> bytes:
        pushkey = str(payload.get("pushkey") or "")
        await self._world.ledger.run(lambda connection: write_fact(connection, "pushkey", pushkey))
        return _json({"error": "", "validated": True})

    async def _items(self, payload: JsonObject) -> bytes:
        """What is kept for some work orders: our own call, with which a caller compares."""
        numbers = payload.get("workOrders")
        wanted = {str(number) for number in numbers} if isinstance(numbers, list) else set()
        items = await self._world.ledger.run(read_items)
        told = [
            {
                "uuid": item["uuid"], "workOrderNumber": item["work_order"], "task": item["task"],
                "evidenceType": item["evidence_type"], "sha256": item["sha256"],
            }
            for item in items
            if item["work_order"] in wanted
        ]  # fmt: skip
        return _json({"error": "", "items": told})

    async def _status(self, payload: JsonObject) -> bytes:
        entries = payload.get("workOrders")
        entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        if not entries:
            raise Refusal("workOrders is missing")
        unknown: JsonObject | None = None
        for entry in entries:
            number = _text(entry, "workOrderNumber")
            if self._world.orders.find(number) is None:
                unknown = {"workOrderNumber": number, "message": "Unknown work order."}
            else:
                await self._keep_status(number, entry)
        return _json({"error": unknown, "status": unknown is None})

    async def _keep_status(self, number: str, entry: JsonObject) -> None:
        now, status = self._world.now(), _text(entry, "status")
        await self._world.ledger.run(lambda connection: keep_status(connection, number, status, entry, now))

    async def _upload(self, payload: JsonObject, form: UploadedForm, fault: FaultMode | None) -> bytes:
        if fault is FaultMode.FLIP and form.file is None:
            payload = {**payload, "survey": _flipped(payload.get("survey"))}
        item = self._received(payload, form)
        if fault is FaultMode.DROP:
            return _json({"error": "", "status": True})
        if item.file_type == "checkin":
            await self._check_in(item)
        if fault is FaultMode.MISFLAG:
            item = _misflagged(item)
        if form.file is not None:
            form.file.keep()
        now = self._world.now()
        form.kept_as = await self._world.ledger.run(lambda connection: keep_item(connection, item, now))
        return _json({"error": "", "status": True})

    def _received(self, payload: JsonObject, form: UploadedForm) -> KeptItem:
        """The item in a payload. Raises :class:`Refusal` for one that cannot be filed."""
        uuid = _text(payload, "uuid") or _text(payload, "uuId")
        file_type = _text(payload, "fileType").lower() or "picture"
        number, task = _text(payload, "key2"), _text(payload, "key4").strip()
        order = self._world.orders.find(number)
        if not uuid:
            raise Refusal("uuid is missing.")
        if order is None:
            raise Refusal(f"Work order {number or '(none)'} does not exist.")
        if task not in order.tasks and (task or file_type in NEEDS_TASK):
            raise Refusal(f"Work order {number} has no service {task or '(none)'}.")
        if form.file is None and file_type in NEEDS_FILE:
            raise Refusal("The file is missing.")
        file, answers = form.file, payload.get("survey")
        return KeptItem(
            uuid=uuid,
            work_order=number,
            task=task,
            evidence_type=_text(payload, "evidenceType").lower(),
            file_type=file_type,
            file_name=_text(payload, "fileName") or (file.name if file else ""),
            sha256=file.sha256 if file else survey_digest(answers),
            size=file.size if file else len(canonical_json(answers)),
            has_file=file is not None,
            payload=without_secrets(payload),
        )

    async def _check_in(self, item: KeptItem) -> None:
        """Records the check-in. Raises :class:`Refusal` when the provider does not accept the number."""
        survey = item.payload.get("survey")
        facts = survey if isinstance(survey, dict) else {}
        abc_number = _text(facts, "abcNumber")
        match = ABC_NUMBER.fullmatch(abc_number)
        refusal = "" if match else "The ABC number is not valid."
        if match and match.group(1).endswith(LAPSED_ENDING):
            refusal = "The background check has lapsed."
        who, happened = _text(facts, "who"), _text(facts, "when")
        kept = KeptCheckIn(item.uuid, item.work_order, abc_number, who, happened, refusal)
        now = self._world.now()
        await self._world.ledger.run(lambda connection: keep_check_in(connection, kept, now))
        if refusal:
            raise Refusal(refusal)

    async def _refuse(self, call: str, words: str) -> bytes:
        now = self._world.now()
        await self._world.ledger.run(lambda connection: keep_refusal(connection, call, words, now))
        return _json({"error": words, "status": False})

    def _response(
        self, body: bytes, status: int, content_type: str = "application/json", headers: dict[str, str] | None = None
    ) -> Response:
        dated = {"date": formatdate(self._world.now(), usegmt=True), **(headers or {})}
        return Response(body, status, dated, content_type)

    async def _spoilt(self, response: Response, fault: Fault | None, request: Request) -> Response:
        """The answer after what was asked for has been done, as the fault lets it arrive."""
        if fault is None:
            return response
        body = bytes(response.body)
        if fault.mode is FaultMode.BOM:
            return self._response(BOM + body, response.status_code)
        if fault.mode is FaultMode.TRUNCATED:
            return self._response(body[: len(body) // 2], response.status_code)
        if fault.mode is FaultMode.SLOW:
            await _pause(fault.seconds, self._world.closing)
        if fault.mode is FaultMode.RESET:
            await self._connections.cut(request)
        return response


async def _pause(seconds: float, closing: asyncio.Event) -> None:
    """Waits, but not longer than the server lives."""
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return


def _payload(form: UploadedForm) -> JsonObject:
    try:
        payload = json.loads(bytes(form.fields.get("payload", b"")))
    except (ValueError, RecursionError) as error:
        raise FormError("payload is not JSON") from error
    if not isinstance(payload, dict):
        raise FormError("payload is not an object")
    return payload


def _text(payload: JsonObject, name: str) -> str:
    """A value as text that can be kept: empty when it was not sent, without lone surrogates."""
    value = payload.get(name)
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _since(value: Any) -> float | None:
    """The instant (Unix seconds) of an incremental list; ``None`` asks for the full one, and so does what is no number."""
    try:
        return None if value in (None, "") else float(value)
    except (TypeError, ValueError):
        return None


def _flipped(value: Any) -> Any:
    """The answer set with one bit of its first text changed."""
    if isinstance(value, str) and value:
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    parts = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, part in parts:
        changed = _flipped(part)
        if changed != part:
            copy = dict(value) if isinstance(value, dict) else list(value)
            copy[key] = changed
            return copy
    return value


def _misflagged(item: KeptItem) -> KeptItem:
    wrong = "after" if item.evidence_type == "before" else "before"
    fields = {name: getattr(item, name) for name in KeptItem.__slots__}
    return KeptItem(**{**fields, "evidence_type": wrong})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
