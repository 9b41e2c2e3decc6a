"""The words for where things stand. Sources: the field's own lists for projects; the status machine for items."""

from enum import StrEnum
from functools import lru_cache


class ItemState(StrEnum):
    """Where an item stands. Every item is in exactly one, so that the accounting closes."""

    UNASSIGNED = "unassigned"
    HELD = "held"
    PENDING_QA = "pending_qa"
    PASSED = "passed"
    REJECTED = "rejected"
    QUEUED = "queued"
    RELAYING = "relaying"
    PUBLISHED = "published"
    FAILED = "failed"
    DELETED = "deleted"

    @property
    def label(self) -> str:
        """As people read it."""
        return "Pending QA" if self is ItemState.PENDING_QA else self.value.capitalize()


class ProjectStatus(StrEnum):
    """The office's status of a project."""

    UNASSIGNED = "Unassigned"
    ASSIGNED = "Assigned"
    RUSH = "Rush"
    REWORK = "Rework"
    COMPLETE = "Complete"
    SUBMITTED = "Submitted"
    INVOICED = "Invoiced"
    CLOSED = "Closed"

    @classmethod
    def read(cls, text: str) -> "ProjectStatus | None":
        """The status a client names, in any case; ``None`` for one that is not ours."""
        return _PROJECT_STATUSES.get(text.strip().lower())


_PROJECT_STATUSES = {status.value.lower(): status for status in ProjectStatus}


class FieldStatus(StrEnum):
    """How far the crew is, as its phone says."""

    NEW = "New"
    VIEWED = "Viewed"
    UPDATED = "Updated"
    IN_PROCESS = "In Process"
    COMPLETED = "Completed"
    REWORK = "Rework"

    @classmethod
    def read(cls, text: str) -> "FieldStatus | None":
        """The status a phone names: any case, ``Complete`` for ``Completed``; ``None`` for an unknown word."""
        word = text.strip().lower().replace("_", " ")
        if word == "complete":
            return cls.COMPLETED
        return next((status for status in cls if status.value.lower() == word), None)


class CloseReason(StrEnum):
    """Why a project is closed. Only those that came by themselves reopen by themselves."""

    CLIENT = "client"
    CANCELLED = "cancelled"
    ABSENT = "absent"
    BY_HAND = "by_hand"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            CloseReason.CLIENT: "closed by the client",
            CloseReason.CANCELLED: "cancelled by the client",
            CloseReason.ABSENT: "no longer in the client's list",
            CloseReason.BY_HAND: "closed in the office",
        }[self]


class FileType(StrEnum):
    """What an item is, as the API names it."""

    PICTURE = "picture"
    SURVEY = "survey"
    CSR = "csr"
    REPORT = "report"
    CHECK_IN = "checkin"
    FILE = "file"


class Destination(StrEnum):
    """Where a published item goes. Each has its own outcome."""

    CLIENT = "client"
    DOWNLOADER = "downloader"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.capitalize()


class JobState(StrEnum):
    """Where a relay job stands in the outbox."""

    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"
    REPLACED = "replaced"


UNSENT = (JobState.QUEUED, JobState.FAILED)
"""What a job is that nobody has claimed, or nobody would take: it can be taken back."""

EVIDENCE_TYPES = ("before", "during", "after", "bid", "damage", "inspection", "general", "survey", "check in")
"""In the order the gallery shows them; others follow by name. Compared in lower case everywhere."""


def evidence_label(evidence_type: str) -> str:
    """``before`` as ``Before``; nothing as ``No evidence type``."""
    return evidence_type.title() if evidence_type else "No evidence type"


@lru_cache(maxsize=1000)
def evidence_rank(evidence_type: str) -> tuple[int, str]:
    """Sort key: the known types in their order, then the rest by name."""
    known = evidence_type in EVIDENCE_TYPES
    return (EVIDENCE_TYPES.index(evidence_type) if known else len(EVIDENCE_TYPES), evidence_type)
