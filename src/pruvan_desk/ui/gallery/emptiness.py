"""What the gallery says when there is nothing to show, and what to do next."""

from pruvan_desk.store.views.items import DELETED, PENDING, UNASSIGNED, Scope
from pruvan_desk.ui.widgets import EmptyState

WORDS = {
    PENDING: ("Nothing waits for QA", "Photos appear here by themselves as crews take them."),
    UNASSIGNED: ("Every item has its project", "What names no known project is kept here until somebody files it."),
    DELETED: ("Nothing was deleted", "What is deleted can be restored here for 30 days."),
}


def say(empty: EmptyState, scope: Scope, hidden: int) -> None:
    """``hidden`` items are there, and the filter lets none of them pass."""
    if hidden:
        empty.say("Nothing matches the filter", "", f"Show all {hidden:,}")
    else:
        empty.say(*WORDS.get(scope.kind, ("No photos yet", "They appear here by themselves as the crew takes them.")))
