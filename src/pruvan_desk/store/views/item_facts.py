"""All that is known about one item, beyond what its tile shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.certification import Certification, certify
from pruvan_desk.domain.guesses import Guess
from pruvan_desk.store.models import Item, ItemEdit, Project, Retake, StoredFile, WatchedFile, WatchFolder
from pruvan_desk.store.views.destinations import DestinationOutcome, outcomes_of
from pruvan_desk.store.views.guesses import guesses
from pruvan_desk.store.views.hints import HintWords, hint_words, position

LONGEST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class ItemEvent:
    """One line of the history of an item: what was done, by whom, and what it changed."""

    at: datetime
    who: str
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is said about the current photo. Sizes in bytes and pixels, ``accuracy`` in metres."""

    id: int
    certification: Certification
    taken_at: datetime | None
    zone_assumed: bool
    arrived_at: datetime
    accuracy: float | None
    device_id: str
    size: int | None
    width: int | None
    height: int | None
    image_format: str
    sha256: str
    relay_words: str
    outcomes: tuple[DestinationOutcome, ...]
    retake_asked: bool
    hints: tuple[HintWords, ...]
    history: tuple[ItemEvent, ...]
    """The newest first."""
    watched: str = ""
    """Where it lies in a watch folder; empty for what came another way."""
    unfiled: str = ""
    """Why the watch folder could not file it, or what was wrong there."""
    guess: Guess | None = None
    """For which order it may be, as long as it has none."""


def item_facts(session: Session, item_id: int) -> ItemFacts | None:
    """The facts about one item; ``None`` when it is gone."""
    columns = select(
        Item.taken_at, Item.arrived_at, Item.latitude, Item.longitude, Item.accuracy, Item.from_app, Item.relay_words,
        Item.width, Item.height, Item.image_format, Item.device_id, Item.sha256, Item.zone_assumed, Item.copy_of,
        StoredFile.size,
        Project.latitude.label("place_latitude"), Project.longitude.label("place_longitude"),
    )  # fmt: skip
    row = session.execute(
        columns.join(Project, Project.id == Item.project_id, isouter=True)
        .join(StoredFile, StoredFile.sha256 == Item.sha256, isouter=True)
        .where(Item.id == item_id)
    ).one_or_none()
    if row is None:
        return None
    asked = select(Retake.id).where(
        Retake.item_id == item_id, Retake.answered_at.is_(None), Retake.withdrawn_at.is_(None)
    )
    watched, unfiled = _watched(session, item_id)
    return ItemFacts(
        id=item_id,
        certification=certify(
            from_app=row.from_app,
            taken_at=row.taken_at,
            zone_assumed=row.zone_assumed,
            arrived_at=row.arrived_at,
            taken=position(row.latitude, row.longitude),
            place=position(row.place_latitude, row.place_longitude),
            is_copy=row.copy_of is not None,
        ),
        taken_at=row.taken_at,
        zone_assumed=row.zone_assumed,
        arrived_at=row.arrived_at,
        accuracy=row.accuracy,
        device_id=row.device_id,
        size=row.size,
        width=row.width,
        height=row.height,
        image_format=row.image_format,
        sha256=row.sha256 or "",
        relay_words=row.relay_words,
        outcomes=tuple(outcomes_of(session, [item_id])),
        retake_asked=session.scalar(asked.limit(1)) is not None,
        hints=hint_words(session, item_id),
        history=_history(session, item_id),
        watched=watched,
        unfiled=unfiled,
        guess=guesses(session, [item_id]).get(item_id),
    )


def _watched(session: Session, item_id: int) -> tuple[str, str]:
    """The place in a watch folder that an item was taken from, and what was said of it there."""
    columns = select(WatchFolder.path, WatchedFile.folder, WatchedFile.name, WatchedFile.words)
    taken = columns.join(WatchFolder, WatchFolder.id == WatchedFile.watch_id).where(
        WatchedFile.item_id == item_id, WatchedFile.outcome == "taken"
    )
    row = session.execute(taken.order_by(WatchedFile.id).limit(1)).one_or_none()
    if row is None:
        return "", ""
    return "/".join(part for part in (row.path.rstrip("/"), row.folder, row.name) if part), row.words


def _history(session: Session, item_id: int) -> tuple[ItemEvent, ...]:
    columns = (ItemEdit.at, ItemEdit.who, ItemEdit.kind, ItemEdit.before, ItemEdit.after)
    wanted = select(*columns).where(ItemEdit.item_id == item_id).order_by(ItemEdit.id.desc()).limit(LONGEST_HISTORY)
    return tuple(ItemEvent(row.at, row.who, row.kind, row.before, row.after) for row in session.execute(wanted))
