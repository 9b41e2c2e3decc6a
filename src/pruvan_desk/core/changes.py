"""What an operation changed. It travels through the database, as one row of ``changes`` a transaction, to every process."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Changes:
    """The ids of the rows that changed, by kind. Empty means: nothing to redraw."""

    projects: frozenset[int] = frozenset()
    items: frozenset[int] = frozenset()
    integrations: frozenset[int] = frozenset()
    crews: frozenset[int] = frozenset()
    alerts: frozenset[int] = frozenset()
    jobs: frozenset[int] = frozenset()
    runs: frozenset[int] = frozenset()
    requests: frozenset[int] = frozenset()
    surveys: frozenset[int] = frozenset()
    """Survey tasks whose draft or submission changed."""
    saved_views: frozenset[int] = frozenset()
    settings: frozenset[str] = frozenset()
    watches: frozenset[int] = frozenset()
    """Watch folders that were set up, changed or removed, or about which there is something new to say."""
    traffic: frozenset[int] = frozenset()
    """The row in which the engine says what is on its way."""

    def __bool__(self) -> bool:
        return any(getattr(self, kind.name) for kind in fields(self))

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(**{kind.name: getattr(self, kind.name) | getattr(other, kind.name) for kind in fields(self)})

    def to_json(self) -> str:
        """As kept in the ``changes`` table."""
        return json.dumps({f.name: sorted(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name)})

    @classmethod
    def from_json(cls, text: str) -> "Changes":
        """Back from the ``changes`` table; kinds this program does not know are passed over."""
        known = {kind.name for kind in fields(cls)}
        return cls(**{name: frozenset(ids) for name, ids in json.loads(text).items() if name in known})


@dataclass
class ChangeLog:
    """Collects, within one transaction, what it touches."""

    _ids: dict[str, set[int] | set[str]] = field(default_factory=dict)

    def add(self, kind: str, ids: Iterable[int] | Iterable[str]) -> None:
        """Notes rows of one kind, named as in :class:`Changes`."""
        self._ids.setdefault(kind, set()).update(ids)  # type: ignore[arg-type]  # a kind holds ids of one type

    def changes(self) -> Changes:
        """What was touched so far."""
        return Changes(**{kind: frozenset(ids) for kind, ids in self._ids.items()})  # type: ignore[arg-type]  # as above
