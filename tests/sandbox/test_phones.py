"""Phones against a small gateway."""

import asyncio
import hashlib
import json
import random
from datetime import UTC, datetime
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from pruvan_desk.core.errors import IntegrationError, TransientError
from pruvan_desk.sandbox import oddities
from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.orders import make_orders
from pruvan_desk.sandbox.outbox import Backoff
from pruvan_desk.sandbox.photos import Photo, Shot
from pruvan_desk.sandbox.survey_answers import answer_form
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.surveys import survey_digest

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


class TinyPhotos:
    """A few bytes for each shot, different for each."""

    def take(self, shot: Shot) -> Photo:
        data = f"{shot}".encode()
        return Photo(data, "jpg", shot.position, hashlib.sha256(data).hexdigest())


class Gateway:
    """Answers like Desk's field gateway and writes down what came, in order; ``troubles`` come before good answers."""

    def __init__(self, orders: list[dict[str, Any]]) -> None:
        self.orders = orders
        self.calls: list[tuple[str, dict[str, Any], bytes | None]] = []
        self.troubles: list[httpx.Response | Exception] = []
        self.troubled = "uploadPictures"

    def answer(self, request: httpx.Request) -> httpx.Response:
        call, (payload, file) = request.url.path.rpartition("/")[2], read_form(request)
        if self.troubles and call == self.troubled:
            self.calls.append((f"lost {call}", payload, file))
            trouble = self.troubles.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return trouble
        self.calls.append((call, payload, file))
        if payload["token"] != "good":
            return httpx.Response(401, json={"error": "Invalid token", "status": False})
        if call == "getWorkOrders":
            return httpx.Response(200, json={"workOrders": self.orders, "error": ""})
        return httpx.Response(200, json={"error": "", "status": True, "validated": True})

    def uploads(self) -> list[dict[str, Any]]:
        return [payload for call, payload, _ in self.calls if call == "uploadPictures"]


def read_form(request: httpx.Request) -> tuple[dict[str, Any], bytes | None]:
    content_type, body = request.headers["content-type"], request.content
    if content_type.startswith("application/x-www-form-urlencoded"):
        return json.loads(parse_qs(body.decode())["payload"][0]), None
    message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in message.walk()
    }
    return json.loads(parts["payload"]), parts.get("file")


def served(kind: str, *, qa_in_field: bool) -> dict[str, Any]:
    order = next(order for order in make_orders(8, 1, NOW.date()) if order["workType"] == kind)
    options = {**order.get("options", {}), "qa_in_field": qa_in_field}
    return {**order, "workOrderNumber": f"AFS::{order['workOrderNumber']}", "options": options}


class Waits:
    """Waiting that is only written down."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def phone_for(gateway: Gateway, waits: Waits | None = None, token: str = "good", seed: int = 1) -> Phone:
    return Phone(
        "http://gateway/field",
        Credentials("crew", "", token),
        seed=seed,
        photos=TinyPhotos(),
        backoff=Backoff(tries=3, first=1, most=30, sleep=waits or Waits()),
        clock=lambda: NOW,
        client=httpx.AsyncClient(transport=httpx.MockTransport(gateway.answer)),
    )


def day(gateway: Gateway, **more: Any) -> Any:
    """One phone fetches its orders and works the first."""

    async def go() -> Any:
        async with phone_for(gateway, **more) as phone:
            (order,) = await phone.fetch_orders()
            return phone, await phone.work(order, random.Random(4), photos_per_evidence=2)

    return asyncio.run(go())


def test_an_unknown_phone_learns_so():
    async def go() -> None:
        async with phone_for(Gateway([]), token="bad") as phone:
            await phone.validate()

    with pytest.raises(IntegrationError):
        asyncio.run(go())


def test_qa_in_office_uploads_as_it_goes():
    gateway = Gateway([served("Grass Cut", qa_in_field=False)])
    phone, done = day(gateway)
    calls = [call for call, _, _ in gateway.calls]
    assert calls == ["getWorkOrders", "status", *["uploadPictures"] * len(done.sent), "status"]
    assert len(done.acknowledged) == len(done.sent) == phone.acknowledged >= 12


def test_qa_in_field_holds_everything_until_complete():
    gateway = Gateway([served("Grass Cut", qa_in_field=True)])
    _, done = day(gateway)
    calls = [call for call, _, _ in gateway.calls]
    assert calls == ["getWorkOrders", "status", "status", *["uploadPictures"] * len(done.sent)]
    statuses = [payload["workOrders"][0]["status"] for call, payload, _ in gateway.calls if call == "status"]
    assert statuses == ["In Process", "Completed"]


def test_an_order_left_incomplete_keeps_its_photos_on_the_phone():
    gateway = Gateway([order := served("Grass Cut", qa_in_field=True)])

    async def go() -> Phone:
        async with phone_for(gateway) as phone:
            await phone.work(order, complete=False)
            return phone

    phone = asyncio.run(go())
    assert gateway.uploads() == []
    assert len(phone.unsent) == 3 * len(order["services"])


def test_a_check_in_is_never_held():
    gateway = Gateway([served("Initial Secure", qa_in_field=True)])
    _, done = day(gateway)
    first = gateway.uploads()[0]
    assert first["fileType"] == "checkin"
    assert set(first["survey"]) == {"abcNumber", "who", "when"}
    assert [call for call, _, _ in gateway.calls][:4] == ["getWorkOrders", "status", "uploadPictures", "status"]
    assert {item.file_type for item in done.sent} == {"checkin", "picture", "survey"}


def test_a_survey_names_its_photos_and_comes_after_them():
    gateway = Gateway([served("Inspection", qa_in_field=False)])
    _, done = day(gateway)
    uploads = gateway.uploads()
    survey = uploads[-1]
    named = [uuid for answer in survey["survey"]["answers"] for uuid in answer["pictures"]]
    assert named
    assert set(named) <= {upload["uuid"] for upload in uploads[:-1]}
    assert done.sent[-1].sha256 == survey_digest(survey["survey"])
    assert survey["template"] == "AFS-INSPECTION"


def test_a_form_known_from_another_order_is_filled_in():
    whole, by_id = (served(kind, qa_in_field=False) for kind in ("Inspection", "Inspection Update"))
    gateway = Gateway([whole, by_id])

    async def go() -> None:
        async with phone_for(gateway) as phone:
            orders = await phone.fetch_orders()
            await phone.work(orders[1])

    asyncio.run(go())
    assert gateway.uploads()[-1]["fileType"] == "survey"


def test_items_carry_project_task_attributes_and_place():
    order = served("Lock Change", qa_in_field=False)
    gateway = Gateway([order])
    _, done = day(gateway)
    first = gateway.uploads()[0]
    assert (first["key2"], first["key4"], first["evidenceType"]) == (order["workOrderNumber"], "Lock Change", "before")
    assert first["attribute7"] == order["attribute7"]
    assert first["timestamp"] == int(NOW.timestamp())
    assert first["gpsLatitude"] == float(order["gpsLatitude"])
    files = [hashlib.sha256(file).hexdigest() for call, _, file in gateway.calls if call == "uploadPictures"]
    assert files == [item.sha256 for item in done.sent]


def test_a_day_can_be_repeated():
    days = [day(Gateway([served("Inspection", qa_in_field=False)]))[1] for _ in range(2)]
    first, second = ([(item.uuid, item.sha256) for item in done.sent] for done in days)
    assert first == second


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ReadError("the connection was reset"),
        httpx.ConnectError("refused"),
        httpx.Response(503, json={"error": "busy", "status": False}),
        httpx.Response(200, text="<html>"),
    ],
)
def test_a_lost_answer_is_made_good_under_the_same_uuid(trouble):
    gateway, waits = Gateway([served("Bid", qa_in_field=False)]), Waits()
    gateway.troubles = [trouble, trouble]
    _, done = day(gateway, waits=waits)
    tried = [(call, payload["uuid"]) for call, payload, _ in gateway.calls if "uploadPictures" in call][:3]
    first = done.sent[0].uuid
    assert tried == [("lost uploadPictures", first), ("lost uploadPictures", first), ("uploadPictures", first)]
    assert waits.seconds == [1, 2]
    assert len(done.acknowledged) == len(done.sent)


def test_what_could_not_be_sent_stays_and_goes_later():
    gateway = Gateway([order := served("Bid", qa_in_field=False)])
    gateway.troubles = [httpx.ConnectError("refused")] * 5

    async def go() -> None:
        async with phone_for(gateway) as phone:
            done = await phone.work(order, complete=False)
            assert len(phone.unsent) == len(done.sent) - len(done.acknowledged) == 1
            assert await phone.send_unsent() == 0
            assert phone.acknowledged == len(done.sent)

    asyncio.run(go())


def test_a_lost_complete_is_said_later():
    gateway = Gateway([order := served("Bid", qa_in_field=True)])
    gateway.troubles = [httpx.ConnectError("refused")] * 9

    async def go() -> None:
        async with phone_for(gateway) as phone:
            gateway.troubled = "status"
            done = await phone.work(order)
            assert len(done.status_errors) == 2
            assert [status for _, status in phone.unsent_statuses] == ["Completed"]
            assert await phone.send_unsent() == 0
            assert phone.unsent_statuses == []

    asyncio.run(go())
    said = [payload["workOrders"][0]["status"] for call, payload, _ in gateway.calls if call == "status"]
    assert said == ["Completed"]


def test_a_refused_item_is_not_tried_again():
    gateway = Gateway([order := served("Bid", qa_in_field=False)])
    gateway.troubles = [httpx.Response(200, json={"error": "no such task", "status": False})]

    async def go() -> None:
        async with phone_for(gateway) as phone:
            item = await phone.make_photo(order, "Bid Roof Repair", "bid", random.Random(1))
            assert not await phone.upload(item)
            assert (item.refused, item.tries, phone.unsent) == (True, 1, [])
            assert "no such task" in item.trouble

    asyncio.run(go())


def test_a_phone_that_is_shut_out_keeps_its_photos():
    gateway = Gateway([order := served("Bid", qa_in_field=False)])

    async def go() -> Phone:
        async with phone_for(gateway, token="revoked") as phone:
            await phone.work(order)
            return phone

    phone = asyncio.run(go())
    assert phone.acknowledged == 0
    assert len(phone.unsent) == 2


def test_a_gateway_that_is_down_is_said_so():
    async def go() -> None:
        async with Phone(
            "http://127.0.0.1:9", Credentials("crew", "", "good"), backoff=Backoff(tries=2, sleep=Waits())
        ) as phone:
            await phone.fetch_orders()

    with pytest.raises(TransientError):
        asyncio.run(go())


def test_oddities():
    gateway = Gateway([order := served("Bid", qa_in_field=False)])

    async def go() -> None:
        async with phone_for(gateway) as phone:
            rng = random.Random(1)
            stranger = await oddities.send_for_unknown_project(phone, order, "Bid Roof Repair", rng)
            twice = await oddities.send_twice(phone, order, "Bid Roof Repair", rng)
            first, second = await oddities.send_other_bytes(phone, order, "Bid Roof Repair", rng)
            assert stranger.work_order.startswith("AFS::UNKNOWN")
            assert first.sha256 != second.sha256
            sent = [payload["uuid"] for payload in gateway.uploads()]
            assert sent == [stranger.uuid, twice.uuid, twice.uuid, first.uuid, first.uuid]

    asyncio.run(go())


def test_an_unknown_question_is_left_empty():
    form = {"meta": {"surveyTemplateId": "X"}, "questions": [{"id": "q", "answerType": "hologram"}, "odd"]}
    answers = answer_form(form, random.Random(1), lambda count: [])
    assert answers["answers"][0]["answer"] == ""


def make_survey(service: dict[str, Any], *known: dict[str, Any]) -> list[Any]:
    """What a phone makes of a task, that has seen the tasks ``known`` before."""

    async def go() -> list[Any]:
        async with phone_for(Gateway([])) as phone:
            for other in known:
                phone.form_of(other)
            return await phone.make_items(served("Inspection", qa_in_field=False), service, random.Random(3), 1)

    return asyncio.run(go())


FORM = {
    "meta": {"surveyTemplateId": "F"},
    "questions": [
        {"id": "who", "answerType": "text"},
        {"id": "front", "answerType": "picture", "minPictures": 2, "maxPictures": 3},
        {"id": "off", "answerType": "text"},
        {"id": "rooms", "answerType": "yesNo", "triggers": [{"answer": "Yes", "enables": ["off"]}]},
        {"id": "new", "answerType": "date"},
    ],
}
BACK = {
    "meta": {"surveyTemplateId": "F"},
    "answers": [
        {"id": "who", "answerType": "text", "answer": "Somebody"},
        {"id": "front", "answerType": "picture", "answer": "", "pictures": ["kept"]},
        {"id": "off", "answerType": "text", "answer": "x"},
        {"id": "rooms", "answerType": "yesNo", "answer": "No", "repetition": 1},
        {"id": "rooms", "answerType": "yesNo", "answer": "No", "repetition": 2},
    ],
}


@pytest.mark.parametrize("spelling", [lambda answers: answers, json.dumps])
def test_a_form_that_came_back_is_mended_not_filled_in_anew(spelling):
    rework = {"serviceName": "Form", "survey": "F", "surveyDynamic": spelling(BACK)}
    *photos, survey = make_survey(rework, {"serviceName": "Form", "surveyDynamic": FORM})
    answers = survey.payload["survey"]["answers"]
    assert [(entry["id"], entry["answer"]) for entry in answers[:-1]] == [
        ("who", "Somebody"), ("front", ""), ("rooms", "No"), ("rooms", "No"),
    ]  # fmt: skip
    assert answers[1]["pictures"] == ["kept", *(photo.uuid for photo in photos)]
    assert [entry.get("repetition") for entry in answers[2:4]] == [1, 2]
    assert (len(photos), answers[-1]["id"]) == (1, "new")
    assert answers[-1]["answer"]


def test_without_the_form_a_phone_mends_the_answers_that_it_got():
    (survey,) = make_survey({"serviceName": "Form", "survey": "F", "surveyDynamic": BACK})
    said = [(entry["id"], entry["answer"]) for entry in survey.payload["survey"]["answers"]]
    assert said == [(entry["id"], entry["answer"]) for entry in BACK["answers"]]
