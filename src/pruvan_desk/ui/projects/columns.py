"""The columns of the projects table: what each says, and what it is sorted by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from pruvan_desk.domain.statuses import FieldStatus, ItemState, ProjectStatus
from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui import text

STATUS_ORDER = {status.value: place for place, status in enumerate(ProjectStatus)}
FIELD_STATUS_ORDER = {status.value: place for place, status in enumerate(FieldStatus)}
CHECK_IN_WORDS = {"": "", "required": "Required", "failed": "Refused", "succeeded": "Done"}


@dataclass(frozen=True, slots=True)
class ProjectColumn:
    """A column: its name in saved views, heading, pixels, what it says, what it is sorted by, whether it shows unasked."""

    name: str
    heading: str
    width: int
    words: Callable[[ProjectRow, tzinfo], str]
    key: Callable[[ProjectRow], Any]
    shown: bool = True


def assigned_words(row: ProjectRow) -> str:
    """Who works on it, ``~all~`` being everybody."""
    return "Everybody" if row.assigned_to == "~all~" else row.assigned_to


def items_words(row: ProjectRow) -> str:
    """How many were published of how many: ``3 of 12``."""
    return f"{row.items.get(ItemState.PUBLISHED, 0)} of {row.item_count}" if row.item_count else ""


def items_in_words(row: ProjectRow) -> str:
    """The bar in words: ``4 Pending QA, 8 Published``."""
    counts = (f"{row.items[state]} {state.label}" for state in ItemState if row.items.get(state))
    return ", ".join(counts) or "no items"


def survey_words(row: ProjectRow) -> str:
    """``Submitted``, ``1 of 2``, ``Missing``; empty where no form is wanted."""
    if not row.surveys:
        return ""
    if row.surveys_submitted == row.surveys:
        return "Submitted"
    return f"{row.surveys_submitted} of {row.surveys}" if row.surveys_submitted else "Missing"


def check_in_words(row: ProjectRow) -> str:
    """``Done``, or the first step that is wrong or missing; empty where no check-in is asked for."""
    return row.check_in_lacks[0] if row.check_in_lacks else CHECK_IN_WORDS[row.check_in]


def check_in_steps_words(row: ProjectRow) -> str:
    """All the steps that are wrong or missing."""
    return ", ".join(row.check_in_lacks) or CHECK_IN_WORDS[row.check_in]


COLUMNS: tuple[ProjectColumn, ...] = (
    ProjectColumn("key", "Project", 128, lambda row, _: row.key, lambda row: row.key.casefold()),
    ProjectColumn("status", "Status", 76, lambda row, _: row.status, lambda row: STATUS_ORDER.get(row.status, 99)),
    ProjectColumn(
        "client_status", "Client status", 96, lambda row, _: row.client_status, lambda row: row.client_status.casefold()
    ),
    ProjectColumn("due", "Due", 156, lambda row, zone: text.due_words(row.due, zone), lambda row: row.due or "9999"),
    ProjectColumn("address", "Address", 148, lambda row, _: row.address, lambda row: row.address.casefold()),
    ProjectColumn("city", "City", 92, lambda row, _: row.city, lambda row: row.city.casefold()),
    ProjectColumn("state", "State", 52, lambda row, _: row.state, lambda row: row.state),
    ProjectColumn(
        "assigned_to", "Assigned to", 92, lambda row, _: assigned_words(row), lambda row: row.assigned_to.casefold()
    ),
    ProjectColumn("tasks", "Tasks", 56, lambda row, _: str(row.tasks), lambda row: row.tasks),
    ProjectColumn("items", "Items", 138, lambda row, _: items_words(row), lambda row: row.item_count),
    ProjectColumn(
        "survey", "Survey", 88, lambda row, _: survey_words(row),
        lambda row: (row.surveys == 0, row.surveys_submitted - row.surveys),
    ),
    ProjectColumn("check_in", "Check in", 108, lambda row, _: check_in_words(row), lambda row: (row.check_in, row.check_in_lacks)),
    ProjectColumn("integration", "Integration", 112, lambda row, _: row.integration, lambda row: row.integration.casefold()),
    ProjectColumn(
        "field_status", "Field status", 92, lambda row, _: row.field_status,
        lambda row: FIELD_STATUS_ORDER.get(row.field_status, 99), shown=False,
    ),
    ProjectColumn(
        "client_due", "Client due", 156, lambda row, zone: text.due_words(row.client_due, zone),
        lambda row: row.client_due or "9999", shown=False,
    ),
    ProjectColumn("zip", "Zip", 64, lambda row, _: row.zip, lambda row: row.zip, shown=False),
)  # fmt: skip
PLACE: Mapping[str, int] = {column.name: place for place, column in enumerate(COLUMNS)}
DUE, ITEMS, SURVEY, CHECK_IN = PLACE["due"], PLACE["items"], PLACE["survey"], PLACE["check_in"]
