"""A crew's phone: fetches its orders from Desk's field gateway, does the work, and sends what proves it."""

import asyncio
import contextlib
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.sandbox.field_items import (
    address_line,
    evidence_types_for,
    is_on,
    item_of,
    new_uuid,
    position_of,
    renamed,
    services_of,
)
from pruvan_desk.sandbox.outbox import Backoff, Line, SentItem, new_client
from pruvan_desk.sandbox.photos import DrawnPhotos, PhotoSource, Shot
from pruvan_desk.sandbox.survey_answers import NAMES, answer_form, form_of_answers
from pruvan_desk.wire.answers import judge_order_list, judge_status, judge_validate
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.surveys import plain_template_id, read_template, survey_digest, template_id_of
from pruvan_desk.wire.values import JsonObject, read_object

UPLOADER_VERSION = "Pruvan Mobile (simulated) 1.0"


@dataclass(slots=True)
class WorkDone:
    """What came of one order. ``status_errors`` holds the gateway's words where it did not take a status."""

    order: str
    sent: list[SentItem] = field(default_factory=list)
    status_errors: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[SentItem]:
        """What the gateway took."""
        return [item for item in self.sent if item.acknowledged]


class Phone:
    """One crew member's phone. Use it as an async context manager, or call :meth:`close`.

    ``clock`` tells the time with a zone; ``after_item`` is awaited after each item made, for a crew at a human pace.
    uuids and photos come from the generators handed in and from ``seed``, so that a day can be repeated.
    """

    def __init__(
        self,
        gateway: str,
        credentials: Credentials,
        *,
        seed: int = 1,
        photos: PhotoSource | None = None,
        backoff: Backoff | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
        after_item: Callable[[], Any] | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._client = client or new_client()
        self._line = Line(gateway, credentials, self._client, backoff or Backoff())
        self._username = credentials.username
        self._rng = random.Random(f"phone {credentials.username} {seed}")  # noqa: S311 - a seeded day
        self._photos = photos or DrawnPhotos()
        self._clock = clock
        self._after_item = after_item
        self._templates: dict[str, JsonObject] = {}
        self._taken = 0
        self.abc_number = f"ABC{self._rng.randrange(10**5, 10**6)}7"
        self.person = self._rng.choice(NAMES)
        self.device_id = uuid.UUID(int=self._rng.getrandbits(128), version=4).hex
        self.unsent: list[SentItem] = []
        self.unsent_statuses: list[tuple[JsonObject, str]] = []
        self.acknowledged = 0

    async def __aenter__(self) -> "Phone":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hangs up. What is unsent stays in ``unsent`` and ``unsent_statuses``."""
        await self._client.aclose()

    async def validate(self) -> None:
        """Returns when the gateway knows this phone. Raises ``IntegrationError`` when not, ``TransientError`` when it is down."""
        judge_validate(await self._line.ask("validate", {}))

    async def fetch_orders(self, since: float | None = None) -> list[JsonObject]:
        """This phone's orders, or those changed since (Unix seconds); remembers the forms that come with them.

        Raises ``IntegrationError`` for an unknown phone, ``TransientError`` when the gateway is down.
        """
        received = judge_order_list(await self._line.ask("getWorkOrders", {"timestamp": since}))
        orders = [order for order in received if isinstance(order, dict)] if isinstance(received, list) else []
        for order in orders:
            for service in services_of(order):
                self._remember_form(service)
        return orders

    async def work(
        self,
        order: JsonObject,
        rng: random.Random | None = None,
        photos_per_evidence: int = 1,
        *,
        complete: bool = True,
    ) -> WorkDone:
        """Does a whole order: checks in where that is demanded, photographs, fills in the forms, presses Complete.

        With QA in Field the phone holds everything but the check-in until Complete; otherwise it uploads as it goes.
        What is acknowledged lets go of its bytes, so that a long day does not fill the memory.
        """
        rng = rng or self._rng
        done = WorkDone(_number(order))
        options = read_object(order.get("options")) or {}
        hold = is_on(options.get("qa_in_field"))
        await self._report(order, "In Process", done)
        if is_on(options.get("check_in_required")):
            await self._hand_in(self.make_check_in(order, rng), done, hold=False)
        for service in services_of(order):
            for item in await self.make_items(order, service, rng, photos_per_evidence):
                await self._hand_in(item, done, hold=hold)
        if complete:
            await self._report(order, "Completed", done)
            await self.send_unsent(done.order)
        done.sent = [item.released() for item in done.sent]
        return done

    async def send_status(self, order: JsonObject, status: str) -> str:
        """Sends a field status; answers the gateway's objection, empty when it has none. Raises ``TransientError`` when it is down."""
        entry = {"workOrderNumber": order.get("workOrderNumber"), "status": status, "timestamp": self._now()}
        return judge_status(await self._line.ask("status", {"workOrders": [entry]}))

    async def upload(self, item: SentItem) -> bool:
        """Sends one item; what is not acknowledged and not refused stays in ``unsent``."""
        before = item.acknowledged
        if await self._line.send(item):
            self.acknowledged += not before
        waits = not item.acknowledged and not item.refused
        self.unsent = [other for other in self.unsent if other is not item] + ([item] if waits else [])
        return item.acknowledged

    async def send_unsent(self, work_order: str | None = None) -> int:
        """Sends what is still on the phone, of one order or of all; answers how many items still are."""
        for order, status in [entry for entry in self.unsent_statuses if work_order in (None, _number(entry[0]))]:
            await self._send_later_status(order, status)
        for item in [item for item in self.unsent if work_order in (None, item.work_order)]:
            await self.upload(item)
        return len(self.unsent)

    async def make_items(
        self, order: JsonObject, service: JsonObject, rng: random.Random, photos_per_evidence: int
    ) -> list[SentItem]:
        """What proves one service, not yet sent: the photos of a photo task, or a filled-in form with its photos."""
        form = self.form_of(service)
        if form is not None:
            return await self.make_survey(order, service, form, rng)
        task = str(service.get("serviceName", "")).strip()
        return [
            await self.make_photo(order, task, evidence_type, rng)
            for evidence_type in evidence_types_for(task)
            for _ in range(photos_per_evidence)
        ]

    async def make_photo(self, order: JsonObject, task: str, evidence_type: str, rng: random.Random) -> SentItem:
        """Takes one photo, off the event loop."""
        taken_at = self._clock()
        seed = rng.getrandbits(45) * 8 + self._taken % 8  # the orientation goes round with the last three bits
        self._taken += 1
        shot = Shot(task, evidence_type, address_line(order), position_of(order), taken_at, seed)
        photo = await asyncio.to_thread(self._photos.take, shot)
        payload = self._payload(order, task, evidence_type, "picture", rng)
        payload |= {"fileName": f"{payload['uuid']}.{photo.extension}", "fileExt": photo.extension}
        if photo.position is not None:
            latitude, longitude = photo.position
            payload |= {"gpsLatitude": latitude, "gpsLongitude": longitude, "gpsAccuracy": round(rng.uniform(3, 30), 1)}
            payload["gpsTimestamp"] = int(taken_at.timestamp())
        return item_of(payload, photo.sha256, photo.data)

    async def make_survey(
        self, order: JsonObject, service: JsonObject, form: JsonObject, rng: random.Random
    ) -> list[SentItem]:
        """Fills in a form: its photos first, then the answer set that names them. One that came back is mended."""
        task = str(service.get("serviceName", "")).strip()
        wanted: list[str] = []

        def take_pictures(count: int) -> list[str]:
            uuids = [new_uuid(rng) for _ in range(count)]
            wanted.extend(uuids)
            return uuids

        answers = answer_form(form, rng, take_pictures, earlier_answers(service))
        photos = []
        for photo_uuid in wanted:
            photo = await self.make_photo(order, task, "survey", rng)
            photos.append(renamed(photo, photo_uuid))
        payload = self._payload(order, task, "Survey", "survey", rng)
        template_id = str(answers["meta"].get("surveyTemplateId", ""))
        payload |= {"survey": answers, "template": template_id, "surveyId": payload["uuid"]}
        return [*photos, item_of(payload, survey_digest(answers), None)]

    def make_check_in(self, order: JsonObject, rng: random.Random, abc_number: str | None = None) -> SentItem:
        """A check-in without a photo, with this crew's ABC number or another."""
        payload = self._payload(order, "", "check in", "checkin", rng)
        happened = self._clock().isoformat(timespec="seconds")
        survey = {"abcNumber": abc_number or self.abc_number, "who": self.person, "when": happened}
        return item_of(payload | {"survey": survey}, survey_digest(survey), None)

    def form_of(self, service: JsonObject) -> JsonObject | None:
        """The form a service wants filled in: sent with it, or sent whole with an earlier order; ``None`` for none.

        Of answers that came back without any form known to this phone, what they show of it.
        """
        self._remember_form(service)
        dynamic = read_object(service.get("surveyDynamic"))
        if dynamic is not None and (template := read_template(dynamic)) is not None:
            return template.body
        earlier = earlier_answers(service)
        named = plain_template_id(str(service.get("survey") or "")) or template_id_of(earlier or {})
        return self._templates.get(named) or (form_of_answers(earlier) if earlier else None)

    def _remember_form(self, service: JsonObject) -> None:
        dynamic = read_object(service.get("surveyDynamic"))
        if dynamic is not None and (template := read_template(dynamic)) is not None:
            self._templates[template.template_id] = template.body

    async def _hand_in(self, item: SentItem, done: WorkDone, *, hold: bool) -> None:
        done.sent.append(item)
        if hold:
            self.unsent.append(item)
        else:
            await self.upload(item)
        if self._after_item is not None:
            await self._after_item()

    async def _report(self, order: JsonObject, status: str, done: WorkDone) -> None:
        """Sends a status, or keeps it for later in place of an earlier one: an old word must not come after a newer."""
        self.unsent_statuses = [entry for entry in self.unsent_statuses if _number(entry[0]) != done.order]
        try:
            objection = await self.send_status(order, status)
        except PruvanDeskError as error:
            objection = error.title
            self.unsent_statuses.append((order, status))
        if objection:
            done.status_errors.append(objection)

    async def _send_later_status(self, order: JsonObject, status: str) -> None:
        with contextlib.suppress(PruvanDeskError):  # it stays for the next time
            await self.send_status(order, status)
            self.unsent_statuses = [entry for entry in self.unsent_statuses if entry != (order, status)]

    def _payload(
        self, order: JsonObject, task: str, evidence_type: str, file_type: str, rng: random.Random
    ) -> JsonObject:
        item_uuid = new_uuid(rng)
        addresses = ("address1", "address2", "city", "state", "zip", "country")
        return {
            "uuid": item_uuid, "uuId": item_uuid, "key1": "", "key2": order.get("workOrderNumber"), "key4": task,
            **{f"attribute{n}": order.get(name) or "" for n, name in enumerate(addresses, start=1)},
            **{name: value for name, value in order.items() if name.startswith("attribute")},
            "evidenceType": evidence_type, "fileType": file_type, "deviceId": self.device_id,
            "createdBy": self._username, "createdBySubUser": self.person, "timestamp": self._now(),
            "authenticated": 1, "uploaderVersion": UPLOADER_VERSION,
        }  # fmt: skip

    def _now(self) -> int:
        return int(self._clock().timestamp())


def earlier_answers(service: JsonObject) -> JsonObject | None:
    """The answers with which a form came back to be mended; ``None`` for a form that is to be filled in."""
    dynamic = read_object(service.get("surveyDynamic"))
    return dynamic if dynamic is not None and isinstance(dynamic.get("answers"), list) else None


def _number(order: JsonObject) -> str:
    return str(order.get("workOrderNumber"))
