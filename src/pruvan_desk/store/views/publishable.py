"""What publishing would do to one or several projects: counted once, for the question that is asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.annotations import has_blur
from pruvan_desk.domain.missing import Mending
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.copies import is_covered
from pruvan_desk.store.models import Item
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.views.project_details import project_details

MOST_PROJECTS = 20
"""Projects that are looked into for what is missing."""


@dataclass(frozen=True, slots=True)
class Publishable:
    """``passed`` holds the ids of what would go. ``broken``: those whose file has a problem; they would go as they are."""

    where: str
    passed: tuple[int, ...]
    pending: int
    rejected: int
    broken: int
    lacks: tuple[str, ...]
    """What is missing besides, each with its project where they are several."""
    annotated: tuple[int, ...] = ()
    """Those of ``passed`` with marks on them, of which a copy can go instead; ``blurred`` of them hide something."""
    blurred: int = 0


def publishable(session: Session, project_ids: Sequence[int]) -> Publishable:
    """What *Publish* would find in some projects."""
    passed: list[int] = []
    annotated: list[int] = []
    counts: Counter[str] = Counter()
    broken = blurred = 0
    for some in chunks(project_ids):
        wanted = select(Item.id, Item.state, Item.problem, Item.annotations).where(
            Item.project_id.in_(some), Item.file_type != FileType.CHECK_IN, ~is_covered()
        )
        for item_id, state, problem, annotations in session.execute(wanted.order_by(Item.id)):
            counts[state] += 1
            if state == ItemState.PASSED:
                passed.append(item_id)
                broken += bool(problem)
                if annotations:
                    annotated.append(item_id)
                    blurred += has_blur(annotations)
    names, lacks = _lacks(session, project_ids)
    where = names[0] if len(project_ids) == 1 and names else f"{len(project_ids):,} projects"
    return Publishable(
        where, tuple(passed), counts[ItemState.PENDING_QA], counts[ItemState.REJECTED], broken, tuple(lacks),
        tuple(annotated), blurred,
    )  # fmt: skip


def _lacks(session: Session, project_ids: Sequence[int]) -> tuple[list[str], list[str]]:
    """Evidence, surveys and check-ins that are missing; what only waits for this question is not."""
    names, lines = [], []
    for project_id in project_ids[:MOST_PROJECTS]:
        details = project_details(session, project_id)
        if details is None:
            continue
        names.append(details.row.key)
        prefix = f"{details.row.key}  " if len(project_ids) > 1 else ""
        lines += [
            f"{prefix}{lack.words}"
            for lack in details.lacks
            if lack.state is None or lack.mending is not Mending.PHOTOS
        ]
    return names, lines
