"""What a person does in the gallery: mark, rotate, move, publish. By the rules of :mod:`pruvan_desk.domain.qa`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.check_in import relay_check_in
from pruvan_desk.domain.destinations import CLIENT, Destinations, destinations_text
from pruvan_desk.domain.qa import IN_OUTBOX, Decision, RelayRule, after_change, arrival_state, decide
from pruvan_desk.domain.statuses import Destination, FieldStatus, FileType, ItemState
from pruvan_desk.operations.copies import make_copies, send_forms_again
from pruvan_desk.operations.retakes import ask_retakes, withdraw_retakes
from pruvan_desk.operations.surveys import is_overtaken, overtake, settle_assigned
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.copies import covered_ids, is_covered
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_edit, record_event, record_same_edit
from pruvan_desk.store.models import CheckIn, Item, Project
from pruvan_desk.store.outbox import chunks, enqueue_items, own_integrations, under_way

UNASSIGNED_ALERT = "unassigned"


def mark_items(
    database: Database, item_ids: Sequence[int], decision: Decision, who: str, reason: str = "", *, retake: bool = False
) -> Changes:
    """Passes, rejects or clears items. Raises :class:`UsageError`, and changes nothing, when it is too late for one of them.

    A rejection with ``retake`` asks the crew for the photo again and puts the project into Rework; taken back, so is that.
    """
    with database.write() as writing:
        items = load_items(writing.session, item_ids)
        withdraw_retakes(writing, [item.id for item in items if item.state == ItemState.REJECTED], who)
        for item in items:
            before = {"state": item.state, "reject_reason": item.reject_reason}
            item.state = decide(ItemState(item.state), decision)
            item.reject_reason = reason if decision is Decision.REJECT else ""
            record_edit(writing, item, decision.value, before, who)
            touch_project(writing, item)
        if retake and decision is Decision.REJECT:
            ask_retakes(writing, items, reason, who)
    return writing.changes


def note_items(database: Database, item_ids: Sequence[int], notes: str, who: str) -> Changes:
    """Writes the office's note on items, in place of what stood there. It stays here: what the client has does not go again."""
    with database.write() as writing:
        for item in load_items(writing.session, item_ids):
            after_change(ItemState(item.state))  # refuses what is deleted
            before = {"notes": item.notes}
            item.notes = notes.strip()
            record_edit(writing, item, "note", before, who)
            touch_project(writing, item)
    return writing.changes


def rotate_items(database: Database, item_ids: Sequence[int], degrees: int, who: str) -> Changes:
    """Turns items clockwise by ``degrees`` (a multiple of 90), beside the original; what the client has goes again."""
    if degrees % 90:
        raise UsageError("A photo turns by quarters only.", "Use 90, 180 or 270 degrees.")
    with database.write() as writing:
        requeued = []
        for item in load_items(writing.session, item_ids):
            before = {"rotation": item.rotation, "state": item.state, "revision": item.revision}
            item.rotation = (item.rotation + degrees) % 360
            requeued += revise(writing, item, "rotate", before, who)
        enqueue_items(writing, requeued)
    return writing.changes


def move_items(
    database: Database,
    item_ids: Sequence[int],
    who: str,
    *,
    project_id: int | None = None,
    task: str | None = None,
    evidence_type: str | None = None,
) -> Changes:
    """Moves items to another project, task or evidence type; ``None`` keeps what is.

    An unassigned or held item arrives in its project by that project's QA mode; an unassigned one that is not from the phone's
    app waits for QA. What was published goes again under its ``uuid``.
    """
    with database.write() as writing:
        target = _project(writing.session, project_id) if project_id is not None else None
        items = load_items(writing.session, item_ids)
        requeued = [
            each for item in items for each in _move(writing, item, who, target, task=task, evidence_type=evidence_type)
        ]
        enqueue_items(writing, requeued)
        solve_unassigned(writing)
    return writing.changes


def assign_items(database: Database, targets: Mapping[int, tuple[int, str]], who: str) -> Changes:
    """Gives unassigned items their projects, each its own, in one step: by item, the project and its task (empty keeps what is).

    What is not unassigned any more is left as it is. Raises :class:`UsageError`, and assigns none, when a project is gone.
    """
    with database.write() as writing:
        projects = {project_id: _project(writing.session, project_id) for project_id, _ in targets.values()}
        requeued = []
        for item in load_items(writing.session, list(targets)):
            project_id, task = targets[item.id]
            if item.state == ItemState.UNASSIGNED:
                requeued += _move(writing, item, who, projects[project_id], task=task or None)
        enqueue_items(writing, requeued)
        solve_unassigned(writing)
    return writing.changes


def _move(
    writing: Writing,
    item: Item,
    who: str,
    target: Project | None,
    *,
    task: str | None,
    evidence_type: str | None = None,
) -> list[Item]:
    """Moves one item; answers it when it is to be queued."""
    before = {
        "project_id": item.project_id, "task": item.task, "evidence_type": item.evidence_type,
        "state": item.state, "revision": item.revision,
    }  # fmt: skip
    touch_project(writing, item)
    item.task = item.task if task is None else task
    item.evidence_type = item.evidence_type if evidence_type is None else evidence_type.lower()
    if target is not None:
        item.project_id = target.id
    if item.project_id is None:
        raise UsageError("The item has no project yet.", "Choose a project for it.")
    take_check_in_along(writing, item)
    if item.state == ItemState.UNASSIGNED or (target is not None and item.state == ItemState.HELD):
        return _arrive(writing, item, target or _project(writing.session, item.project_id), before, who)
    return revise(writing, item, "move", before, who)


def solve_unassigned(writing: Writing) -> None:
    """The alert about items without a project goes with the last of them."""
    writing.session.flush()
    if writing.session.scalar(select(Item.id).where(Item.state == ItemState.UNASSIGNED).limit(1)) is None:
        solve_alert(writing, UNASSIGNED_ALERT)


def raise_unassigned(writing: Writing) -> None:
    """An item came, or went back, whose project nobody knows."""
    advice = "Choose their project under QA, Unassigned."
    raise_alert(writing, UNASSIGNED_ALERT, ItemError("Items came for projects that are not known.", advice))


def take_check_in_along(writing: Writing, item: Item) -> None:
    """A check-in belongs to the project of its item."""
    if item.file_type == FileType.CHECK_IN:
        follow = update(CheckIn).where(CheckIn.item_id == item.id).values(project_id=item.project_id)
        writing.session.execute(follow)


def publish_items(
    database: Database,
    item_ids: Sequence[int],
    who: str,
    destinations: Destinations = CLIENT,
    copies: Collection[int] = (),
) -> Changes:
    """Publishes passed items: the decision and the relay jobs, in one transaction.

    Of those in ``copies`` the annotated copy goes in the original's place, which stays where it is: passed, or published before.
    Raises :class:`UsageError`, and publishes nothing, when one of them has not passed.
    """
    with database.write() as writing:
        items = load_items(writing.session, item_ids)
        for item in items:
            if item.state != ItemState.PASSED and not (item.id in copies and item.state == ItemState.PUBLISHED):
                label = ItemState(item.state).label.lower()
                raise UsageError(f"An item is {label} and cannot be published.", "Pass it first.")
        _publish(writing, items, who, destinations, copies)
    return writing.changes


def publish_project(database: Database, project_id: int, who: str, destinations: Destinations = CLIENT) -> Changes:
    """Publishes everything that has passed in a project; of what was annotated the copy."""
    with database.write() as writing:
        mine = (Item.project_id == project_id, Item.file_type != FileType.CHECK_IN, ~is_covered())
        items = list(
            writing.session.scalars(select(Item).where(*mine, Item.state == ItemState.PASSED).order_by(Item.id))
        )
        _publish(writing, items, who, destinations, {item.id for item in items if item.annotations})
        record_event(writing, who, "published", project_id=project_id, items=len(items))
    return writing.changes


def republish_items(
    database: Database, item_ids: Sequence[int], who: str, destinations: Destinations = CLIENT
) -> Changes:
    """Sends published items again, under the same ``uuid``, or to a destination that they have not been published to yet.

    What is on its way to a destination already is not queued a second time. Raises :class:`UsageError`, and sends nothing,
    when one of them was never published.
    """
    _check_destinations(destinations)
    with database.write() as writing:
        items = load_items(writing.session, item_ids)
        _check_client(writing.session, items, destinations)
        for item in items:
            if item.state not in IN_OUTBOX:
                label = ItemState(item.state).label.lower()
                raise UsageError(f"An item is {label} and was never published.", "Publish it instead.")
        for destination in sorted(destinations):
            waiting = under_way(writing.session, [item.id for item in items], destination)
            again = [item for item in items if item.id not in waiting]
            before = {item.id: {"state": item.state, "destinations": item.destinations} for item in again}
            enqueue_items(writing, again, frozenset({destination}))
            for item in again:
                record_edit(writing, item, "republish", before[item.id], who)
    return writing.changes


def load_items(session: Session, item_ids: Sequence[int]) -> list[Item]:
    """The rows of items, in their order. Raises :class:`UsageError` when one does not exist."""
    items: list[Item] = []
    for some in chunks(item_ids):
        items += session.scalars(select(Item).where(Item.id.in_(some)).order_by(Item.id))
    if len(items) != len(set(item_ids)):
        raise UsageError("An item is not there any more.", "Somebody else removed it. Look again.")
    return items


def _publish(
    writing: Writing, items: list[Item], who: str, destinations: Destinations, copies: Collection[int]
) -> None:
    _check_destinations(destinations)
    _check_client(writing.session, items, destinations)
    originals = [item for item in items if item.id in copies and item.annotations and item.copy_of is None]
    if covered_ids(writing.session, [item.id for item in originals]):
        raise UsageError("An annotated copy of one of them is there already.", "Look again.")
    replaced = {item.id for item in originals}
    items = [item for item in items if item.id not in replaced] + make_copies(writing, originals, who)
    for item in items:
        item.destinations = destinations_text(destinations)
    enqueue_items(writing, items)
    send_forms_again(writing, originals, who)
    record_same_edit(writing, items, "publish", {"state": ItemState.PASSED.value}, who)


def _check_client(session: Session, items: Sequence[Item], destinations: Destinations) -> None:
    """Raises :class:`UsageError` where the client is asked for and there is none: in an order of the office's own."""
    asked = select(Project.integration_id).where(Project.id.in_({item.project_id for item in items})).distinct()
    if Destination.CLIENT in destinations and own_integrations(session) & set(session.scalars(asked)):
        raise UsageError("An order of the office's own has no client to publish to.", "Choose the Downloader.")


def _check_destinations(destinations: Destinations) -> None:
    if not destinations:
        raise UsageError("Nothing was chosen to publish to.", "Choose the client, the Downloader, or both.")


def revise(writing: Writing, item: Item, kind: str, before: dict[str, Any], who: str) -> list[Item]:
    """Writes an edit down; answers the item when the client has to hear of it."""
    state = after_change(ItemState(item.state))
    item.state = state
    item.revision += 1
    record_edit(writing, item, kind, before, who)
    touch_project(writing, item)
    return [item] if state is ItemState.QUEUED else []


def _arrive(writing: Writing, item: Item, project: Project, before: dict[str, Any], who: str) -> list[Item]:
    rule = RelayRule(project.qa_in_field, FieldStatus(project.field_status))
    relayed = relay_check_in(project.options)
    item.state = arrival_state(rule, FileType(item.file_type), relay_check_in=relayed, annotated=bool(item.annotations))
    if before["state"] == ItemState.UNASSIGNED and not item.from_app:
        item.state = ItemState.PENDING_QA  # from a watch folder: QA in Field speaks of phones
    assigned = before["state"] == ItemState.UNASSIGNED
    if assigned and is_overtaken(writing.session, item):
        before |= {"reject_reason": item.reject_reason}
        overtake(item)
    record_edit(writing, item, "assign" if assigned else "move", before, who)
    if assigned:
        settle_assigned(writing, item, who)
    touch_project(writing, item)
    return [item] if item.state == ItemState.QUEUED else []


def _project(session: Session, project_id: int) -> Project:
    project = session.get(Project, project_id)
    if project is None or project.deleted_at is not None:
        raise UsageError("The project is not there any more.", "Choose another.")
    return project


def touch_project(writing: Writing, item: Item) -> None:
    """Tells whoever looks at the item's project, or at the original of which it is a copy."""
    if item.project_id is not None:
        writing.changed(projects=item.project_id)
    if item.copy_of is not None:
        writing.changed(items=item.copy_of)
