"""What Desk says it published, compared with what the order source confirms. Pure: rows in, differences out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Published:
    """An item that the client has, as Desk recorded it. ``sha256`` is that of what was sent."""

    item_id: int
    uuid: str
    number: str
    task: str
    evidence_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An item that the order source says it has; an empty text is something that it does not say."""

    uuid: str
    number: str = ""
    task: str = ""
    evidence_type: str = ""
    sha256: str = ""


class Kind(StrEnum):
    """How the two sides differ."""

    MISSING = "missing"
    OTHER_FLAG = "other flag"
    OTHER_BYTES = "other bytes"
    UNKNOWN = "unknown here"

    @property
    def resendable(self) -> bool:
        """Whether sending the item again mends it."""
        return self is not Kind.UNKNOWN


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, in words. ``item_id`` is ``None`` for what only the order source has."""

    kind: Kind
    item_id: int | None
    uuid: str
    words: str


def differences(
    published: Iterable[Published], confirmed: Iterable[Confirmed], known: Mapping[str, int]
) -> list[Difference]:
    """Every difference, what is missing first. ``known``: the items that Desk has by ``uuid``, published or not.

    What the order source has and Desk is only about to send again is none.
    """
    theirs = {item.uuid: item for item in confirmed}
    found = [difference for item in published if (difference := _difference(item, theirs.pop(item.uuid, None)))]
    found += [
        Difference(
            Kind.UNKNOWN, None, uuid, f"The client has {uuid} of {item.number or 'an order'}, which was never here."
        )
        for uuid, item in theirs.items()
        if uuid not in known
    ]
    order = list(Kind)
    return sorted(found, key=lambda difference: (order.index(difference.kind), difference.uuid))


def _difference(item: Published, theirs: Confirmed | None) -> Difference | None:
    if theirs is None:
        return Difference(
            Kind.MISSING, item.item_id, item.uuid, f"{item.number}, {item.task}: the client does not have it."
        )
    ours = (item.number, item.task, item.evidence_type)
    filed = (theirs.number or item.number, theirs.task or item.task, theirs.evidence_type.lower() or item.evidence_type)
    if ours != filed:
        words = f"The client filed it under {' · '.join(filed)}; here it is {' · '.join(ours)}."
        return Difference(Kind.OTHER_FLAG, item.item_id, item.uuid, words)
    if theirs.sha256 and theirs.sha256.lower() != item.sha256:
        return Difference(
            Kind.OTHER_BYTES, item.item_id, item.uuid, f"{item.number}, {item.task}: the client has other bytes."
        )
    return None
