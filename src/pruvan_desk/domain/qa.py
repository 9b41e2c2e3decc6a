"""Quality assurance: where items arrive, what a person may decide about them, and what publishing does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState


class Decision(StrEnum):
    """What somebody decides about an item in the gallery."""

    PASS = "pass"  # noqa: S105 - a decision, not a password
    REJECT = "reject"
    CLEAR = "clear"


OUTCOME = {
    Decision.PASS: ItemState.PASSED,
    Decision.REJECT: ItemState.REJECTED,
    Decision.CLEAR: ItemState.PENDING_QA,
}

DECIDABLE = frozenset({ItemState.PENDING_QA, ItemState.PASSED, ItemState.REJECTED})

IN_OUTBOX = frozenset({ItemState.QUEUED, ItemState.RELAYING, ItemState.PUBLISHED, ItemState.FAILED})
"""States in which a change of the item has to reach the client as well."""

DELETABLE = DECIDABLE | {ItemState.UNASSIGNED, ItemState.HELD}
"""What was never handed to the outbox may go; the API cannot recall the rest."""

RECOVERABLE = timedelta(days=30)

REASONS_AGAINST = {
    ItemState.UNASSIGNED: "It belongs to no project yet. Choose its project first.",
    ItemState.HELD: "It is held until the crew marks the project complete.",
    ItemState.QUEUED: "It is already on its way to the client. Until it is being sent, U withdraws it.",
    ItemState.RELAYING: "It is being sent to the client right now.",
    ItemState.PUBLISHED: "The client has it already, and cannot be asked to give it back.",
    ItemState.FAILED: "It was published and the client refused it. Retry it in Activity, or mend it by moving or rotating it.",
    ItemState.DELETED: "It is deleted. Restore it first.",
}


@dataclass(frozen=True, slots=True)
class RelayRule:
    """What decides about arrivals of a project: its QA mode, copied when it was made, and the crew's status."""

    qa_in_field: bool
    field_status: FieldStatus


def arrival_state(
    rule: RelayRule | None, file_type: FileType, *, relay_check_in: bool = True, annotated: bool = False
) -> ItemState:
    """Where an item arrives. ``rule`` is ``None`` when no project is known for it.

    Check-ins are never held and need no QA; one that the order source does not want stays here as passed. What the office
    ``annotated`` before never goes out by itself: nobody has been asked whether as it is or as a copy.
    """
    if rule is None:
        return ItemState.UNASSIGNED
    if file_type is FileType.CHECK_IN:
        return ItemState.QUEUED if relay_check_in else ItemState.PASSED
    if not rule.qa_in_field:
        return ItemState.PENDING_QA
    if rule.field_status is not FieldStatus.COMPLETED:
        return ItemState.HELD
    return ItemState.PENDING_QA if annotated else ItemState.QUEUED


def decide(state: ItemState, decision: Decision) -> ItemState:
    """The state after a decision. Raises :class:`UsageError` with the reason where it is too late for one."""
    if state not in DECIDABLE:
        raise UsageError(f"This item cannot be marked: it is {state.label.lower()}.", REASONS_AGAINST[state])
    return OUTCOME[decision]


def after_change(state: ItemState) -> ItemState:
    """The state of an item whose flag or rotation changed: what the client has, or was to get, goes again."""
    if state is ItemState.DELETED:
        raise UsageError("This item cannot be changed: it is deleted.", REASONS_AGAINST[state])
    return ItemState.QUEUED if state in IN_OUTBOX else state


def withdrawn_state(*, qa_in_field: bool) -> ItemState:
    """Where an item stands that was taken out of the queue: as before publishing; what nobody has looked at waits for somebody."""
    return ItemState.PENDING_QA if qa_in_field else ItemState.PASSED


def check_withdrawable(state: ItemState, *, being_sent: bool, was_sent: bool) -> None:
    """Raises :class:`UsageError` unless an item still lies in the queue (or was refused) and no destination ever took it."""
    if was_sent:
        raise UsageError("It cannot be withdrawn: a destination has it already.", REASONS_AGAINST[ItemState.PUBLISHED])
    if being_sent or state is ItemState.RELAYING:
        raise UsageError("It cannot be withdrawn: it is relaying.", REASONS_AGAINST[ItemState.RELAYING])
    if state not in (ItemState.QUEUED, ItemState.FAILED):
        raise UsageError(
            f"It cannot be withdrawn: it is {state.label.lower()}.", "Only what is queued or failed can be."
        )


def check_deletable(state: ItemState) -> None:
    """Raises :class:`UsageError` for what the client has or is to get, and for what is deleted already."""
    if state not in DELETABLE:
        advice = "Withdraw it first, with U." if state is ItemState.QUEUED else REASONS_AGAINST[state]
        raise UsageError(f"This item cannot be deleted: it is {state.label.lower()}.", advice)


def restored_state(
    before: ItemState, rule: RelayRule | None, file_type: FileType, *, annotated: bool = False
) -> ItemState:
    """Where a deleted item comes back: where it stood; one that was held or unassigned arrives by today's rule."""
    if before in (ItemState.HELD, ItemState.UNASSIGNED):
        return arrival_state(rule, file_type, annotated=annotated)
    return before


def check_restorable(deleted_at: datetime | None, now: datetime) -> None:
    """Raises :class:`UsageError` for what is not deleted, or was too long ago."""
    if deleted_at is None:
        raise UsageError("This item is not deleted.", "")
    if now - deleted_at > RECOVERABLE:
        raise UsageError("This item was deleted more than 30 days ago.", "It cannot be restored any more.")
