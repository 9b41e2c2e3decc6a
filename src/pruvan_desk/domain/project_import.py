"""Projects from a spreadsheet: which column means what, and what each row would do. Plain rules; nothing is written here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.project_edits import REQUIRED, checked

KEY = "project"
EVERYBODY, EVERYBODY_WORD = "~all~", "Everybody"
SEPARATOR = "::"
HEADINGS: Mapping[str, str] = {
    KEY: "Project", "status": "Status", "due": "Due", "address1": "Address", "address2": "Address 2", "city": "City",
    "state": "State", "zip": "Zip", "country": "Country", "assigned_to": "Assigned to", "tasks": "Tasks", "info": "Info",
    "instructions": "Instructions", "description": "Description", "reference": "Reference",
}  # fmt: skip
"""What can be imported, with the heading that an export gives it."""
ALSO: Mapping[str, tuple[str, ...]] = {
    KEY: ("work order", "work order number", "workordernumber", "wo", "wo number", "order", "order number", "number", "project number"),
    "due": ("due date", "duedate"),
    "address1": ("address1", "address 1", "street", "property address"),
    "address2": ("address2", "unit"),
    "zip": ("zip code", "zipcode", "postal code"),
    "assigned_to": ("assigned", "assignedto", "crew", "assignee"),
    "tasks": ("task", "services", "service", "servicename"),
    "info": ("work order info", "workorderinfo"),
}  # fmt: skip


class Fate(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Known:
    """A project that a row may be about, with its values as the import would write them."""

    id: int
    own: bool
    trashed: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """A row and its fate: the values to write where it is new or changed, the reason where it is bad."""

    line: int
    key: str
    fate: Fate
    values: Mapping[str, Any] = field(default_factory=dict)
    project_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """What is known here: projects by ``CODE::number``, the codes there are, and that of the office's own orders."""

    projects: Mapping[str, Known]
    codes: frozenset[str]
    own_code: str
    by_number: Mapping[str, Sequence[str]]
    """The keys of the projects with a number."""


def guess_mapping(headings: Iterable[str], remembered: Mapping[str, str]) -> dict[int, str]:
    """Which column is which field: as it was chosen before for that heading, else by its words. A field is taken once."""
    known = {heading.casefold(): name for name, heading in HEADINGS.items()}
    known |= {word: name for name, words in ALSO.items() for word in words}
    mapping: dict[int, str] = {}
    for place, heading in enumerate(headings):
        words = heading.strip().casefold()
        name = remembered.get(words, known.get(words, ""))
        if name in HEADINGS and name not in mapping.values():
            mapping[place] = name
    return mapping


def plain(text: str) -> str:
    """A text without what files do to it: other line ends, control characters, spaces around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable()).strip()


def plan_rows(
    rows: Iterable[tuple[int, Sequence[str]]],
    mapping: Mapping[int, str],
    office: Office,
    read_day: Callable[[str], str],
) -> list[Planned]:
    """The fate of each row (line and cells). ``read_day`` reads a date as it is kept; it raises ``ValueError``."""
    planned: list[Planned] = []
    seen: dict[str, int] = {}
    for line, cells in rows:
        given = {name: cells[place] for place, name in mapping.items() if place < len(cells)}
        try:
            key = _unseen(_key(given.get(KEY, ""), office), seen)
            made = _plan(line, key, given, office, read_day)
        except UsageError as error:
            made = Planned(line, given.get(KEY, "").strip(), Fate.BAD, reason=error.title)
        else:
            seen[key] = line
        planned.append(made)
    return planned


def _unseen(key: str, seen: Mapping[str, int]) -> str:
    if key in seen:
        raise UsageError(f"Line {seen[key]} is about the same project.", "")
    return key


def _key(text: str, office: Office) -> str:
    """``CODE::number`` of what a row names. Raises :class:`UsageError` for what could be several or can be none."""
    text = plain(text)
    if not text:
        raise UsageError("It names no project.", "")
    code, separator, number = text.partition(SEPARATOR)
    if separator:
        if code not in office.codes and code != office.own_code:
            raise UsageError(f"There is no integration {code}.", "")
        if not number:
            raise UsageError("It names no project.", "")
        return text
    keys = office.by_number.get(text, ())
    if len(keys) > 1:
        raise UsageError(f"{text} could be {' or '.join(sorted(keys))}.", "")
    return keys[0] if keys else f"{office.own_code}{SEPARATOR}{text}"


def _plan(line: int, key: str, given: Mapping[str, str], office: Office, read_day: Callable[[str], str]) -> Planned:
    known = office.projects.get(key)
    values = {name: _value(name, text, known, read_day) for name, text in given.items() if name != KEY}
    if known is None:
        code, _, number = key.partition(SEPARATOR)
        if code != office.own_code:
            raise UsageError(f"{key} is not here: an order of a client comes by a refresh.", "")
        wanted = {name: value for name, value in values.items() if value}
        return Planned(
            line,
            key,
            Fate.NEW,
            checked({**dict.fromkeys(REQUIRED, ""), "tasks": (), **wanted, "number": number}, own=True),
        )
    if known.trashed:
        raise UsageError(f"{key} is in the trash: restore it first.", "")
    if not values.get("status", "there"):
        del values["status"]  # a project has one, so an empty cell means: as it is
    changed = {name: value for name, value in values.items() if value != known.values.get(name)}
    changed = checked(changed, own=known.own)
    return Planned(line, key, Fate.CHANGED if changed else Fate.UNCHANGED, changed, known.id)


def _value(name: str, text: str, known: Known | None, read_day: Callable[[str], str]) -> Any:
    """What a cell means; where that is what is there already, exactly what is there."""
    text = plain(text)
    value: Any = text
    if name == "tasks":
        value = [line.strip() for line in text.split("\n") if line.strip()]
    elif name == "assigned_to":
        value = EVERYBODY if text == EVERYBODY_WORD else text
    elif name == "due":
        try:
            value = read_day(text)
        except ValueError as error:
            raise UsageError(f"{text[:40]} is no date.", "") from error
    there = known.values.get(name) if known else None
    same = [plain(task) for task in there] == value if isinstance(there, list) else plain(str(there)) == value
    return there if there is not None and same else value
