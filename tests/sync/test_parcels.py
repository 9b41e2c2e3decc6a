"""Parcels are made a little ahead of their sending, a few in one go: each is that of its own job, as it is when it is sent.

The memory of those that were sent serves for the next.
"""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Integration
from pruvan_desk.store.outbox import ClaimedJob, claim
from pruvan_desk.sync import parcels
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.packing import Parcel, pack_item
from pruvan_desk.sync.parcels import AHEAD, IN_ONE_GO, Parcels
from pruvan_desk.sync.sources import OrderSources
from sync.desk import WHO, Desk, small_jpeg


@pytest.fixture
def jobs(desk: Desk) -> list[ClaimedJob]:
    """Claimed jobs of more photos than are packed ahead."""
    project_id = desk.project(desk.integration())
    ids = [desk.photo(project_id, ItemState.PASSED, small_jpeg(seed)) for seed in range(AHEAD + 2)]
    publish_items(desk.database, ids, WHO)
    with desk.database.write() as writing:
        return claim(writing, "engine", AHEAD + 2, timedelta(minutes=1))


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The uuids of what was packed, in order."""
    uuids: list[str] = []

    def pack(files: PhotoFiles, job: ClaimedJob, code: str, **rest: Any) -> Parcel:
        assert job.item is not None
        uuids.append(job.item.uuid)
        return pack_item(files, job, code, **rest)

    monkeypatch.setattr(parcels, "pack_item", pack)
    return uuids


def bytes_of(parcel: Parcel) -> memoryview:
    assert parcel.file is not None
    assert isinstance(parcel.file.content, memoryview)
    return parcel.file.content


def uuid_of(job: ClaimedJob) -> str:
    assert job.item is not None
    return job.item.uuid


def test_a_few_are_made_ahead_and_none_twice(context: EngineContext, jobs: list[ClaimedJob], packed: list[str]) -> None:
    async def send() -> list[str]:
        made = Parcels(context, OrderSources(context))
        made.prepare(jobs)
        made.prepare(jobs)
        sent = [await made.of(jobs[0])]
        sent += [await made.of(job) for job in jobs[1:IN_ONE_GO]]
        made.prepare(jobs[IN_ONE_GO:])
        return [parcel.payload["uuid"] for parcel in [*sent, *[await made.of(job) for job in jobs[IN_ONE_GO:]]]]

    assert asyncio.run(send()) == [uuid_of(job) for job in jobs]
    assert sorted(packed) == sorted(uuid_of(job) for job in jobs)


def test_no_more_are_made_ahead_than_may_be_in_memory_and_the_next_once_there_are_enough_for_one_go(
    context: EngineContext, jobs: list[ClaimedJob], packed: list[str]
) -> None:
    async def send() -> None:
        made = Parcels(context, OrderSources(context))
        made.prepare(jobs)
        for job in jobs[:2]:
            await made.of(job)
        made.prepare(jobs[2:])
        await asyncio.gather(*made._packing)
        assert sorted(packed) == sorted(uuid_of(job) for job in jobs[:AHEAD])

    asyncio.run(send())


def test_the_memory_of_what_was_sent_serves_for_the_next_and_no_other(
    context: EngineContext, jobs: list[ClaimedJob]
) -> None:
    async def send() -> None:
        made = Parcels(context, OrderSources(context))
        first, second = await made.of(jobs[0]), await made.of(jobs[1])
        kept = bytes(bytes_of(second))
        made.give_back(first)
        third = await made.of(jobs[2])
        assert bytes_of(third).obj is bytes_of(first).obj
        assert bytes_of(second) == kept
        assert hashlib.sha256(bytes_of(third)).hexdigest() == third.sha256

    asyncio.run(send())


def test_the_memory_of_what_is_not_sent_now_serves_for_the_next(context: EngineContext, jobs: list[ClaimedJob]) -> None:
    async def send() -> None:
        made = Parcels(context, OrderSources(context))
        made.prepare(jobs[:1])
        await asyncio.gather(*made._packing)
        (forgotten,) = [place.result() for place in made._made.values()]
        made.forget(jobs[0].job.id)
        assert bytes_of(await made.of(jobs[1])).obj is bytes_of(forgotten).obj

    asyncio.run(send())


def test_at_rest_memory_goes_back_to_the_system(context: EngineContext, jobs: list[ClaimedJob]) -> None:
    async def send() -> None:
        made = Parcels(context, OrderSources(context))
        sent = await made.of(jobs[0])
        made.give_back(sent)
        made.rest()
        assert bytes_of(await made.of(jobs[1])).obj is not bytes_of(sent).obj

    asyncio.run(send())


def test_one_that_cannot_be_made_is_no_trouble_of_the_others(
    desk: Desk, context: EngineContext, jobs: list[ClaimedJob]
) -> None:
    lost = jobs[1].item
    assert lost is not None
    context.files.path(lost.sha256 or "", lost.extension).unlink()

    async def send() -> list[str]:
        made = Parcels(context, OrderSources(context))
        made.prepare(jobs)
        with pytest.raises(ItemError, match="gone from the disk"):
            await made.of(jobs[1])
        return [(await made.of(job)).payload["uuid"] for job in (jobs[0], jobs[2])]

    assert asyncio.run(send()) == [uuid_of(jobs[0]), uuid_of(jobs[2])]


def test_what_is_not_sent_now_is_made_anew_when_it_is(
    context: EngineContext, jobs: list[ClaimedJob], packed: list[str]
) -> None:
    async def send() -> None:
        made = Parcels(context, OrderSources(context))
        made.prepare(jobs[:1])
        made.forget(jobs[0].job.id)
        await made.of(jobs[0])
        made.forget(jobs[1].job.id)  # which was never made

    asyncio.run(send())
    assert packed == [uuid_of(jobs[0])] * 2


def test_the_code_of_an_integration_goes_along_as_it_is_now(
    desk: Desk, context: EngineContext, jobs: list[ClaimedJob]
) -> None:
    sources = OrderSources(context)
    made = Parcels(context, sources)
    integration_id = jobs[0].project.integration_id
    assert made.pack(jobs[0]).payload["clientCode"] == "AFS"
    desk.change(Integration, integration_id, code="AFS2")
    sources.forget(frozenset({integration_id}))
    assert made.pack(jobs[0]).payload["clientCode"] == "AFS2"
