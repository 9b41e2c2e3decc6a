"""What the status bar and the alert counter say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.core.settings import Settings
from pruvan_desk.domain.accounting import Accounting
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.copies import is_covered
from pruvan_desk.store.models import OWN_KIND, Alert, EngineState, Integration, Item
from pruvan_desk.store.settings import read_settings
from pruvan_desk.store.views.traffic import Traffic
from pruvan_desk.store.views.trash import items_in_trash, not_in_trash


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """Where everything stands. ``engine_seen_at`` is ``None`` when no engine ever ran here."""

    accounting: Accounting
    oldest_pending: datetime | None
    last_refreshed_at: datetime | None
    integrations: int
    paused: tuple[tuple[str, str], ...]
    """Name and last error of each integration that is paused."""
    unread_alerts: int
    alerts: int
    engine_seen_at: datetime | None
    engine_words: str
    gateway_url: str
    settings: Settings
    traffic: Traffic = field(default_factory=Traffic)
    offline: tuple[str, ...] = ()
    """Names of the order sources that cannot be reached."""
    in_trash: Mapping[ItemState, int] = field(default_factory=dict)
    """Items of deleted projects by state: part of ``accounting``, and nobody's work."""

    covered: int = 0
    """Items that have passed and for which an annotated copy stands: nothing is to be done about them."""

    def waiting(self, state: ItemState) -> int:
        """Items in a state that somebody has to do with: without those of deleted projects, or that a copy stands for."""
        done = self.covered if state is ItemState.PASSED else 0
        return self.accounting.by_state.get(state, 0) - self.in_trash.get(state, 0) - done

    @property
    def paused_integrations(self) -> int:
        """How many integrations are paused."""
        return len(self.paused)

    @property
    def paused_words(self) -> str:
        """One line about the paused integrations; empty when none is."""
        return "   ".join(
            f"{name} is paused: {error}" if error else f"{name} is paused." for name, error in self.paused
        )


def desk_status(session: Session) -> DeskStatus:
    """Where everything stands now."""
    oldest = select(func.min(Item.arrived_at)).where(Item.state == ItemState.PENDING_QA, not_in_trash())
    integrations = session.execute(
        select(Integration.paused, Integration.last_refreshed_at, Integration.name, Integration.last_error).where(
            Integration.kind != OWN_KIND
        )
    ).all()
    alerts = session.execute(select(Alert.read_at).where(Alert.solved_at.is_(None))).all()
    engine = session.execute(
        select(EngineState.seen_at, EngineState.gateway_url, EngineState.state, EngineState.words, EngineState.traffic)
        .order_by(EngineState.id.desc())
        .limit(1)
    ).one_or_none()
    done = (Item.state == ItemState.PASSED, is_covered(), not_in_trash())
    covered = select(func.count()).select_from(Item).where(*done)
    traffic = Traffic.from_json(engine.traffic) if engine else Traffic()
    offline = select(Integration.name).where(Integration.id.in_(traffic.offline)).order_by(Integration.name)
    return DeskStatus(
        accounting=total_accounting(session),
        oldest_pending=session.scalar(oldest),
        last_refreshed_at=max((row[1] for row in integrations if row[1]), default=None),
        integrations=len(integrations),
        paused=tuple((row.name, row.last_error) for row in integrations if row.paused),
        unread_alerts=sum(1 for row in alerts if row[0] is None),
        alerts=len(alerts),
        engine_seen_at=engine.seen_at if engine and engine.state != "stopped" else None,
        engine_words=engine.words if engine else "",
        gateway_url=engine.gateway_url if engine else "",
        settings=read_settings(session),
        traffic=traffic,
        offline=tuple(session.scalars(offline)) if traffic.offline else (),
        in_trash=items_in_trash(session),
        covered=session.scalar(covered) or 0,
    )
