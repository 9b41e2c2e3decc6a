"""A form that comes back: what somebody took out of the answers that were submitted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pruvan_desk.domain.surveys.answers import Given, Place, Sheet
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.domain.surveys.form import JsonObject
from pruvan_desk.domain.surveys.reading import text_of
from pruvan_desk.domain.surveys.validation import texts_of


@dataclass(frozen=True, slots=True)
class Removed:
    """What stood at a place and was taken out: the answer as a text, and photos by ``uuid``. Both empty: not known."""

    answer: str = ""
    pictures: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """For the mark beside the question."""
        photos = f"{len(self.pictures)} photo{'' if len(self.pictures) == 1 else 's'}" if self.pictures else ""
        what = " and ".join(part for part in (f"“{self.answer}”" if self.answer else "", photos) if part)
        return f"Removed for rework: {what}" if what else "Removed for rework"


def removed(rework: Filling, submitted: Sheet | None) -> Mapping[Place, Removed]:
    """What was removed from an answer set that came back, compared with what was submitted.

    Where that is not known, an entry that came back without answer and photos counts, if something is wanted there.
    """
    found: dict[Place, Removed] = {}
    for place, before in submitted.given.items() if submitted else ():
        now = rework.sheet.given.get(place, Given())
        answer = ", ".join(texts_of(before.answer)) if not texts_of(now.answer) else ""
        pictures = tuple(uuid for uuid in before.pictures if uuid not in now.pictures)
        if answer or pictures:
            found[place] = Removed(answer, pictures)
    if submitted is None:
        for gap in rework.gaps:
            now = rework.sheet.given.get(gap.place, Given())
            if now.entry and not texts_of(now.answer) and not now.pictures:
                found[gap.place] = Removed()
    return found


def without_pictures(body: JsonObject, gone: Collection[str]) -> JsonObject:
    """An answer set without the photos that are ``gone``, by ``uuid``; everything else of it as it is."""

    def mended(entry: Any) -> Any:
        pictures = entry.get("pictures") if isinstance(entry, dict) else None
        kept = [uuid for uuid in pictures if text_of(uuid) not in gone] if isinstance(pictures, list) else pictures
        return entry if kept == pictures else entry | {"pictures": kept}

    entries = body.get("answers")
    return body | {"answers": [mended(entry) for entry in entries]} if isinstance(entries, list) else body
