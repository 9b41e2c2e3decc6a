"""``ui-stall``: the longest gap of the Qt loop while its engine imports 10,000 orders, relays and takes in 500 photos each, together;
and ``memory-growth``: what the engine holds more after relaying 5,000 photos.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select
from tests.bench import ingest, relay
from tests.bench.office import Office, megabytes, office, sandbox, wait_until
from tests.bench.peers import Post, seconds_by_curl
from tests.bench.report import Row, within
from tests.bench.window import resident_bytes, window

from pruvan_desk.operations.integrations import add_crew, ask_refresh
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.store.models import EngineState, Item, Request

ORDERS, PHOTOS, RELAYED = 10_000, 500, 5_000
STALL_TARGET, GROWTH_TARGET = 25.0, 30.0
VIEWS = ("projects", "gallery")
PHOTOS_A_ROUND = 500
SETTLED_SECONDS = 2.0
"""A view that was just opened is drawn by then: how long that takes is another row's."""


def run(scale: float = 1.0) -> list[Row]:
    """Milliseconds, the worst of both views in front; and megabytes."""
    orders, photos, relayed = (max(10, int(count * scale)) for count in (ORDERS, PHOTOS, RELAYED))
    full_size = orders >= ORDERS
    gaps = {view: 1000 * _longest_gap(view, orders, photos) for view in VIEWS}
    return [
        within(
            "ui-stall", f"longest gap of the Qt loop: {orders:,} orders, {photos} photos out and {photos} in, together",
            value=max(gaps.values()), unit="ms", at_most=STALL_TARGET, full_size=full_size,
            note=", ".join(f"{view} in front {gap:.1f} ms" for view, gap in gaps.items()),
        ),
        within(
            "memory-growth", f"the engine's resident size, grown by relaying {relayed:,} photos of 1 MB",
            value=_growth(relayed), unit="MB", at_most=GROWTH_TARGET, full_size=full_size,
        ),
    ]  # fmt: skip


def _longest_gap(view: str, orders: int, photos: int) -> float:
    with tempfile.TemporaryDirectory() as folder, sandbox(orders=1) as url, office(url) as desk:
        _, token = add_crew(desk.database, "Bench", "bench", "bench")
        with window("observed", str(desk.root), "1", secrets=desk.secrets.all()) as seen:
            seen.seconds_until("usable")
            gateway = _gateway(desk)
            project, task = relay.first_order(desk)
            ready = relay.passed_items(desk, megabytes(Path(folder), photos, seed=1), project, task)
            taken = ingest.pictures(Path(folder), photos)
            ingest.fill_up(taken, 0)
            arrivals = ingest.posts(taken, f"AFS::{project.number}", token)
            desk.control("orders", {"count": orders, "seed": 2})
            os.sync()  # what the phones hold and the sandbox's orders are not this machine's to write meanwhile
            seen.tell(f"show {view}")
            time.sleep(SETTLED_SECONDS)
            seen.tell("watch")
            _everything_at_once(desk, ready, gateway, arrivals)
            return seen.longest_gap()


def _everything_at_once(desk: Office, ready: Sequence[int], gateway: str, arrivals: Sequence[Post]) -> None:
    (request_id,) = ask_refresh(desk.database, desk.integration_id, "bench", full=True).requests
    publish_items(desk.database, ready, "bench")
    seconds_by_curl(f"{gateway}/uploadPictures", arrivals)

    def done() -> bool:
        with desk.database.read() as session:
            waiting = select(func.count()).select_from(Item).where(Item.state.in_(("queued", "relaying")))
            unseen = select(func.count()).select_from(Item).where(Item.inspected.is_(False))
            refreshed = session.get_one(Request, request_id).done_at is not None
            return refreshed and not session.scalar(waiting) and not session.scalar(unseen)

    wait_until(done, "refresh, relay and ingest")


def _gateway(desk: Office) -> str:
    def url() -> bool:
        with desk.database.read() as session:
            state = session.get(EngineState, 1)
            return state is not None and bool(state.gateway_url)

    wait_until(url, "the gateway")
    with desk.database.read() as session:
        return session.get_one(EngineState, 1).gateway_url


def _growth(count: int) -> float:
    """Megabytes between two moments at rest: after a first round, which loads what relaying needs, and after the last."""
    with tempfile.TemporaryDirectory() as folder, sandbox(orders=1) as url, office(url) as desk, desk.engine():
        photos = megabytes(Path(folder), min(count, PHOTOS_A_ROUND), seed=1)
        project, task = relay.first_order(desk)
        relay.relay(desk, photos, project, task)
        with desk.database.read() as session:
            engine_id = session.get_one(EngineState, 1).process_id
        before = resident_bytes(engine_id)
        for _ in range(max(1, count // PHOTOS_A_ROUND)):
            relay.relay(desk, photos, project, task)
        return (resident_bytes(engine_id) - before) / 1_000_000
