"""A folder tree read back: what the folders above a file say about it, and which order, task or property they mean.

The names of folders have lost something on the way (``AFS::88123`` stands there as ``AFS-88123``, a long one is cut), so a folder
is compared with how a value *would be* written. Trees of other programs write it otherwise; letters and digits are the same.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pruvan_desk.domain.folder_trees import Level, cut_name, folded, length, safe_name, unknown_name
from pruvan_desk.domain.statuses import EVIDENCE_TYPES, evidence_label

CUT = "~"


@dataclass(frozen=True, slots=True)
class TreeWords:
    """What the folders of one file say, by level; ``misfit`` says in what the folders and the levels do not fit each other."""

    words: Mapping[Level, str]
    misfit: str = ""

    def get(self, level: Level) -> str:
        """What is said of one level; empty when nothing is."""
        return self.words.get(level, "")


def read_folders(levels: Sequence[Level], folders: Sequence[str]) -> TreeWords:
    """What ``folders``, outermost first, say; a level called ``No task``, say, says nothing."""
    pairs = zip(levels, folders, strict=False)
    words = {level: name for level, name in pairs if not stands_for(name, unknown_name(level))}
    if len(folders) == len(levels):
        return TreeWords(words)
    tree = " / ".join(level.label for level in levels) or "no folders"
    return TreeWords(words, f"It lies {_deep(len(folders))}, and the tree of this watch folder is {tree}.")


def _deep(count: int) -> str:
    if not count:
        return "in no folder"
    return f"{count} folder{'s' if count > 1 else ''} deep"


def stands_for(name: str, value: str) -> bool:
    """Whether a folder called ``name`` is how a Downloader tree writes ``value``, cut or not."""
    whole = safe_name(value)
    if folded(name) == folded(whole):
        return bool(whole)
    return CUT in name and folded(name) == folded(cut_name(whole, length(name)))


def chosen_by(name: str, values: Iterable[str]) -> list[str]:
    """Those of ``values`` that a folder called ``name`` can mean: as Desk writes them, else as any program may."""
    known = list(values)
    exact = [value for value in known if stands_for(name, value)]
    return exact or [value for value in known if bare(name) and bare(name) == bare(value)]


@lru_cache(256)
def evidence_type_of(name: str) -> str:
    """The evidence type that a folder means, in lower case; one that is not known stays what it is called."""
    known = chosen_by(name, map(evidence_label, EVIDENCE_TYPES))
    return (known[0] if len(known) == 1 else name).lower()


def bare(text: str) -> str:
    """Letters and digits, case-folded: what programs leave of a text, however they write the rest."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())
