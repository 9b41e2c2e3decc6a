"""Quality hints of items as they are shown: what was found in the pixels, and what today's place and dates of the project say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.certification import Position
from pruvan_desk.domain.hints import Circumstances, Hint, Surroundings, pixel_words
from pruvan_desk.domain.statuses import ItemState, evidence_label
from pruvan_desk.store.models import Integration, Item, Project
from pruvan_desk.store.settings import read_settings

ORDER = {hint: place for place, hint in enumerate(Hint)}
KNOWN = {hint.value: hint for hint in Hint}


@dataclass(frozen=True, slots=True)
class HintWords:
    """A quality hint and why. ``item_id`` is the photo that a near-duplicate looks like."""

    hint: Hint
    words: str
    item_id: int | None = None


class RowHints:
    """The hints of many items, of projects that are told once."""

    def __init__(self, session: Session) -> None:
        self._zone = read_settings(session).zone
        self._surroundings: dict[int | None, Surroundings] = {}

    def know(self, projects: Iterable[Any]) -> None:
        """Takes the rows of projects whose items will be asked for."""
        self._surroundings.update((row.id, Surroundings(circumstances(row), self._zone)) for row in projects)

    def of(
        self,
        project_id: int | None,
        found: dict[str, Any] | None,
        taken_at: datetime | None,
        latitude: float | None,
        longitude: float | None,
    ) -> tuple[Hint, ...]:
        """Of one item: what was ``found`` in its pixels, and what its time and place say today. The weightiest first."""
        around = self._surroundings.get(project_id)
        outer = around.hints(taken_at, latitude, longitude) if around is not None else ()
        if not found:
            return outer
        inner = [KNOWN[name] for name in found if name in KNOWN]
        return tuple(sorted((*inner, *outer), key=ORDER.__getitem__))


def circumstances(row: Any) -> Circumstances:
    """Of a project's row. The later of the office's and the client's due dates counts."""
    return Circumstances(position(row.latitude, row.longitude), row.start, max(row.due, row.client_due))


def hint_words(session: Session, item_id: int) -> tuple[HintWords, ...]:
    """The hints of one item, each with its reason; none for an item that is gone."""
    columns = select(
        Item.project_id, Item.hints, Item.taken_at, Item.latitude, Item.longitude, Project.start, Project.due, Project.client_due,
        Project.latitude.label("place_latitude"), Project.longitude.label("place_longitude"),
    )  # fmt: skip
    row = session.execute(
        columns.join(Project, Project.id == Item.project_id, isouter=True).where(Item.id == item_id)
    ).one_or_none()
    if row is None:
        return ()
    found = [_words(session, row, KNOWN[name], value) for name, value in (row.hints or {}).items() if name in KNOWN]
    if row.project_id is not None:
        place = position(row.place_latitude, row.place_longitude)
        zone = read_settings(session).zone
        around = Surroundings(Circumstances(place, row.start, max(row.due, row.client_due)), zone)
        taken = position(row.latitude, row.longitude)
        outer = around.hints(row.taken_at, row.latitude, row.longitude)
        found += [HintWords(hint, around.words(hint, row.taken_at, taken)) for hint in outer]
    return tuple(sorted(found, key=lambda words: ORDER[words.hint]))


def _words(session: Session, row: Any, hint: Hint, value: float) -> HintWords:
    if hint is Hint.DUPLICATE:
        return _duplicate_words(session, row, int(value))
    return HintWords(hint, pixel_words(hint, value))


def _duplicate_words(session: Session, row: Any, item_id: int) -> HintWords:
    columns = select(
        Item.file_name, Item.task, Item.evidence_type, Item.state, Item.project_id, Integration.code, Project.number
    )
    other = session.execute(
        columns.join(Project, Project.id == Item.project_id, isouter=True)
        .join(Integration, Integration.id == Project.integration_id, isouter=True)
        .where(Item.id == item_id)
    ).one_or_none()
    if other is None:
        return HintWords(Hint.DUPLICATE, "Looks like a photo that is not there any more")
    if other.project_id is None:
        where = "of no project yet"
    elif other.project_id == row.project_id:
        where = "of this project"
    else:
        where = f"of {other.code}::{other.number}, another project"
    filed = ", ".join(part for part in (other.task, evidence_label(other.evidence_type)) if part)
    gone = ", deleted since" if other.state == ItemState.DELETED else ""
    words = f"Looks like {other.file_name or 'a photo'} {where} ({filed}{gone})"
    return HintWords(Hint.DUPLICATE, words, None if gone else item_id)


def position(latitude: float | None, longitude: float | None) -> Position | None:
    """Degrees from the database; ``None`` where one of them is missing."""
    return Position(latitude, longitude) if latitude is not None and longitude is not None else None
