"""Comparing what was published with what the client has, and sending again what it lacks."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.destinations import CLIENT
from pruvan_desk.domain.reconcile import Difference, Kind
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.integrations import ask_engine
from pruvan_desk.operations.qa import republish_items
from pruvan_desk.store.database import Database
from pruvan_desk.store.marked import marked_since_sent
from pruvan_desk.store.models import Item, Request
from pruvan_desk.store.outbox import chunks

RECONCILE = "reconcile"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The answer: ``problem`` says why there was no comparison. ``count`` may be more than the differences named."""

    compared: int
    count: int
    differences: tuple[Difference, ...]
    problem: str = ""

    @property
    def resendable(self) -> list[int]:
        """The items that sending again would mend."""
        return [each.item_id for each in self.differences if each.kind.resendable and each.item_id is not None]


def ask_reconcile(
    database: Database, integration_id: int, who: str, project_id: int | None = None
) -> tuple[Changes, int]:
    """Asks the engine to compare, for an integration or one of its projects. Answers the request's id."""
    changes = ask_engine(database, RECONCILE, who, integration_id=integration_id, project_id=project_id)
    return changes, next(iter(changes.requests))


def reconciliation(session: Session, request_id: int) -> Reconciliation | None:
    """The answer to a request; ``None`` until there is one."""
    row = session.execute(select(Request.done_at, Request.answer).where(Request.id == request_id)).one_or_none()
    if row is None or row.done_at is None:
        return None
    body = json.loads(row.answer)
    if "problem" in body:
        return Reconciliation(0, 0, (), body["problem"])
    found = tuple(
        Difference(Kind(each["kind"]), each["item_id"], each["uuid"], each["words"]) for each in body["differences"]
    )
    return Reconciliation(body["compared"], body["count"], found)


def resend(database: Database, item_ids: Sequence[int], who: str) -> Changes:
    """Sends items to the client again under their ``uuid``; those that are no longer published are left as they are.

    So are photos that were marked since the client had them: of those a copy is to go, or somebody decides otherwise.
    """
    with database.read() as session:
        still = select(Item.id).where(Item.state == ItemState.PUBLISHED)
        published = {found for some in chunks(item_ids) for found in session.scalars(still.where(Item.id.in_(some)))}
        published -= marked_since_sent(session, sorted(published))
    return republish_items(database, [item_id for item_id in item_ids if item_id in published], who, CLIENT)
