"""The queue is looked at for a lane only while it may hold more for it than was claimed."""

import asyncio

import pytest

from pruvan_desk.domain.statuses import Destination, ItemState
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.store.outbox import LaneKey
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.reach import Reach
from pruvan_desk.sync.relay import Relay
from pruvan_desk.sync.sources import OrderSources
from sync.desk import WHO, Desk, small_jpeg

COUNT = 6


@pytest.fixture
def lane(desk: Desk) -> LaneKey:
    """Where a few published photos go to."""
    integration_id = desk.integration()
    project_id = desk.project(integration_id)
    ids = [desk.photo(project_id, ItemState.PASSED, small_jpeg(seed)) for seed in range(COUNT)]
    publish_items(desk.database, ids, WHO)
    return LaneKey(integration_id, Destination.CLIENT)


def make_relay(context: EngineContext) -> Relay:
    sources = OrderSources(context)
    return Relay(context, sources, Reach(context, sources))


@pytest.mark.parametrize(("room", "more"), [(COUNT - 1, True), (COUNT + 1, False)])
def test_there_may_be_more_where_all_that_there_was_room_for_was_due(
    context: EngineContext, lane: LaneKey, monkeypatch: pytest.MonkeyPatch, room: int, more: bool
) -> None:
    monkeypatch.setattr("pruvan_desk.sync.relay.CLAIMED_AHEAD", room)

    async def claim() -> None:
        jobs, _, found = make_relay(context)._claim()
        assert len(jobs) == min(room, COUNT)
        assert (lane in found) is more

    asyncio.run(claim())


@pytest.mark.parametrize("more", [True, False])
def test_the_end_of_a_sending_has_the_queue_looked_at_only_where_there_may_be_more(
    context: EngineContext, lane: LaneKey, more: bool
) -> None:
    async def end() -> None:
        relay = make_relay(context)
        (job, *_), _, _ = relay._claim()
        there = relay._lane(lane)
        there.more = more
        sending = asyncio.create_task(asyncio.sleep(0))
        await sending
        relay._sent(there, job, sending)
        assert context.bells.relay.is_set() is more

    asyncio.run(end())
