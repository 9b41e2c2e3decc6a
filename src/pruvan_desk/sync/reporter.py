"""Says what is on its way, twice a second while there is something to say; and raises the alarm when nothing moves."""

import asyncio
from collections import deque

from pruvan_desk.core.errors import DeskFault, TransientError
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.stalls import is_stalled, waits_for
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Alert, EngineState
from pruvan_desk.store.views.traffic import LaneTraffic, Traffic, waiting_now
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.reach import Reach
from pruvan_desk.sync.relay import Relay

log = logger(__name__)
REPORT_SECONDS = 0.5
WATCH_SECONDS = 5.0
HISTORY = 300
"""Samples: two and a half minutes of sending."""
RATE_SAMPLES = 8
STALLED = "stalled"


class Reporter:
    """One for each engine."""

    def __init__(self, context: EngineContext, relay: Relay, reach: Reach) -> None:
        self._context = context
        self._relay = relay
        self._reach = reach
        self._samples: deque[tuple[float, int, int]] = deque(maxlen=RATE_SAMPLES + 1)
        self._history: deque[tuple[float, float]] = deque(maxlen=HISTORY)
        self._said = Traffic()
        self._moved_at = context.clock.now()
        self._moved = (0, 0)

    async def run(self) -> None:
        """Reports until cancelled."""
        clock = self._context.clock
        next_watch = clock.monotonic() + WATCH_SECONDS
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            traffic = self.look()
            try:
                if traffic != self._said:
                    await self._context.run(lambda traffic=traffic: self._say(traffic))  # type: ignore[misc]
                    self._said = traffic
                if clock.monotonic() >= next_watch:
                    next_watch = clock.monotonic() + WATCH_SECONDS
                    await self._context.run(lambda traffic=traffic: self._watch(traffic))  # type: ignore[misc]
            except DeskFault as fault:
                log.warning("nothing could be reported", problem=str(fault))

    def look(self) -> Traffic:
        """What is on its way now."""
        clock, relay = self._context.clock, self._relay
        moved = (relay.meter.sent, relay.done)
        if moved != self._moved:
            self._moved, self._moved_at = moved, clock.now()
        self._samples.append((clock.monotonic(), *moved))
        began, sent, done = self._samples[0]
        seconds = max(clock.monotonic() - began, REPORT_SECONDS)
        rate, items = (moved[0] - sent) / seconds, (moved[1] - done) / seconds
        relay.meter.rate = rate
        if rate or (self._history and self._history[-1][1]):
            self._history.append((round(clock.now().timestamp(), 1), rate))
        return Traffic(
            sending={
                job_id: (sending.transfer.sent, sending.transfer.total)
                for lane in relay.lanes.values()
                for job_id, sending in lane.sending.items()
            },
            rate=rate,
            items_per_second=items,
            history=tuple(self._history),
            offline=self._reach.offline,
            fault=relay.fault,
            lanes=tuple(
                LaneTraffic(
                    key.integration_id,
                    key.destination,
                    len(lane.sending),
                    lane.pace.at_once,
                    lane.fault_now(clock.monotonic()),
                )
                for key, lane in relay.lanes.items()
            ),
        )

    def _say(self, traffic: Traffic) -> None:
        with self._context.database.write() as writing:
            row = writing.session.get(EngineState, 1)
            if row is not None:
                row.traffic = traffic.as_json()
                writing.changed(traffic=1)

    def _watch(self, traffic: Traffic) -> None:
        with self._context.database.read() as session:
            waiting = waiting_now(session, traffic)
            raised = session.query(Alert.advice).filter(Alert.key == STALLED, Alert.solved_at.is_(None)).scalar()
        now, minutes = self._context.clock.now(), self._context.settings.stall_minutes
        stalled = is_stalled(waiting, self._moved_at, now, minutes)
        words = waits_for(waiting, now) if stalled else None
        if (raised is None and not stalled) or (raised is not None and raised == words):
            return
        with self._context.database.write() as writing:
            _set_alarm(writing, waiting.queued, words)


def _set_alarm(writing: Writing, queued: int, words: str | None) -> None:
    if words is None:
        solve_alert(writing, STALLED)
    else:
        raise_alert(writing, STALLED, TransientError(f"Nothing moves, and {queued:,} wait to be sent.", words))
