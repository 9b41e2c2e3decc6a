"""The Downloader's folder tree: which folders a published item goes into, and under which name.

The names are safe on Windows, wherever they are made: no reserved name or character, no dot or blank at the end, no more
than 239 characters for the whole path. Names that differ only in case are one name.
"""

import hashlib
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from enum import StrEnum

from pruvan_desk.core.errors import ItemError, UsageError

UNFINISHED = ".pruvan-desk-"
"""How the names of files begin that are not finished yet."""


class Level(StrEnum):
    """What a level of the tree can be named after, in the field's words."""

    ADDRESS_1 = "address_1"
    ADDRESS_2 = "address_2"
    CITY = "city"
    STATE = "state"
    ZIP = "zip"
    PROPERTY = "property"
    CLIENT = "client"
    PROJECT = "project"
    TASK = "task"
    PHOTO_TYPE = "photo_type"
    DATE = "date"
    FILE_TYPE = "file_type"
    FILE_EXTENSION = "original_file_extension"
    PICTURE_SOURCE = "picture_source"
    PHONE_NUMBER = "phone_number"
    SUB_USER = "sub_user"
    VENDOR_ACCOUNT = "vendor_account"

    @property
    def label(self) -> str:
        """As people read it."""
        return "Sub-user" if self is Level.SUB_USER else self.value.replace("_", " ").title()


DEFAULT_LEVELS = (Level.PROJECT, Level.TASK, Level.PHOTO_TYPE)
LONGEST_PATH = 239
"""Characters as Windows counts them (UTF-16), root and file name included: it stops at 260, and programs stop earlier."""
LONGEST_FOLDER = 60
SHORTEST_FOLDER = 8
LONGEST_BYTES = 240
"""Of one name in UTF-8: file systems elsewhere stop at 255."""
FORBIDDEN = frozenset('<>:"/\\|?*')
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)
SIDECAR = ".json"
REPEATED = " (9)"
"""Room that a name needs where others of its kind are there already."""


def read_levels(text: str) -> tuple[Level, ...]:
    """Levels from their names, separated by commas. Raises :class:`UsageError` for one that does not exist or comes twice."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = {level.value for level in Level}
    for word in words:
        if word not in known:
            raise UsageError(f"The folder tree has no level {word}.", f"There are: {', '.join(sorted(known))}.")
    if len(set(words)) != len(words):
        raise UsageError("A level of the folder tree is named twice.", "Name each level once.")
    return tuple(Level(word) for word in words)


def folder_names(levels: Sequence[Level], facts: Mapping[Level, str]) -> list[str]:
    """The folders for an item, outermost first; a level about which nothing is known is called ``No task``, say."""
    return [safe_name(facts.get(level, "")) or unknown_name(level) for level in levels]


def folders_for(name: str, levels: Sequence[Level], facts: Mapping[Level, str], root: int) -> list[str]:
    """The folders for a file of this name, so short that Windows takes the whole path, also of a repeated name and of its details.

    ``root``: characters of the path below which they lie, its separator included. Raises :class:`ItemError` where none are short enough.
    """
    return fitted(folder_names(levels, facts), LONGEST_PATH - root - length(name + REPEATED + SIDECAR))


def unknown_name(level: Level) -> str:
    """What a folder is called where nothing is known about its level."""
    return f"No {level.label.lower()}"


def safe_name(text: str, longest: int = LONGEST_FOLDER) -> str:
    """``text`` as the name of a folder or file on any system; empty when nothing of it is left.

    What is cut off is stood for by four digits of its hash, so that two long names that begin alike stay two.
    """
    kept = (_safe_character(character) for character in unicodedata.normalize("NFC", text))
    name = " ".join("".join(kept).split()).strip(" .")
    while "--" in name:
        name = name.replace("--", "-")
    if name.partition(".")[0].rstrip().lower() in RESERVED:
        stem, dot, rest = name.partition(".")
        name = f"{stem.rstrip()}_{dot}{rest}"
    return name if _fits(name, longest) else cut_name(name, longest)


def fitted(names: Sequence[str], room: int) -> list[str]:
    """``names`` shortened, the longest down to the next and then both, until they fit into ``room`` with their separators.

    Raises :class:`ItemError` where even short names are too long.
    """
    fit = list(names)
    while (over := sum(length(name) + 1 for name in fit) - room) > 0:
        places = sorted(range(len(fit)), key=lambda place: length(fit[place]))
        size = length(fit[places[-1]]) if places else 0
        if size <= SHORTEST_FOLDER:
            raise ItemError(
                "The folder tree is too deep for Windows' longest path.",
                "Choose a Downloader folder with a shorter path, or fewer levels, in Preferences.",
            )
        second = length(fit[places[-2]]) if len(places) > 1 else 0
        wanted = max(SHORTEST_FOLDER, min(size - 1, max(second, size - over)))
        fit[places[-1]] = cut_name(names[places[-1]], wanted)
    return fit


def file_name(number: str, task: str, evidence_type: str, uuid: str, extension: str) -> str:
    """The name of an item's file: readable, of this ``uuid`` alone, and the same each time it is written."""
    words = [
        safe_name(part, longest).replace(".", "-") for part, longest in ((number, 24), (task, 24), (evidence_type, 12))
    ]
    words.append(hashlib.sha256(uuid.encode()).hexdigest()[:12])
    name = "_".join(word.replace(" ", "-") for word in words if word)
    plain = "".join(character for character in extension if character.isascii() and character.isalnum())[:8].lower()
    return f"{name}.{plain or 'bin'}"


def free_names(name: str, taken: Container[str]) -> Iterator[str]:
    """``name``, then ``name (2)`` and so on, without those in ``taken``, which holds names in :func:`folded` form."""
    stem, dot, extension = name.rpartition(".")
    for number in range(1, 10_000):
        candidate = name if number == 1 else f"{stem} ({number}){dot}{extension}"
        if folded(candidate) not in taken:
            yield candidate


def folded(name: str) -> str:
    """What two names have in common that Windows takes for one."""
    return unicodedata.normalize("NFC", name).casefold()


def length(text: str) -> int:
    """Characters as Windows counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_name(name: str, longest: int) -> str:
    """``name`` cut to ``longest`` characters; four digits of its hash stand for what is cut off."""
    mark = f"~{hashlib.sha256(name.encode()).hexdigest()[:4]}"
    kept = name
    while kept and not _fits(kept.rstrip(" .") + mark, longest):
        kept = kept[:-1]
    return kept.rstrip(" .") + mark


def _safe_character(character: str) -> str:
    if character in FORBIDDEN:
        return "-"
    category = unicodedata.category(character)
    if category.startswith("Z") or character in "\t\r\n":
        return " "
    return "" if category in {"Cc", "Cf", "Cs", "Co", "Cn"} else character


def _fits(name: str, longest: int) -> bool:
    return length(name) <= longest and len(name.encode()) <= LONGEST_BYTES
