"""A photo that belongs to another answer than the one it was given for."""

from typing import NamedTuple

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling


class Move(NamedTuple):
    """A photo, by its ``uuid``, from the question ``source`` to the question ``target``."""

    uuid: str
    source: Place
    target: Place


def photo_places(filling: Filling) -> list[Place]:
    """The questions that are on and take photos."""
    return [place for place in filling.on if filling.form.questions[place.question_id].takes_pictures]


def move_picture(filling: Filling, move: Move) -> Filling:
    """With a photo at another question, after those that are there. Raises :class:`UsageError` where it is not at its ``source``."""
    there = filling.pictures(move.source)
    if move.uuid not in there:
        raise UsageError("The photo is not at this question any more.", "Look again.")
    sheet = filling.sheet.pictures(move.source, (each for each in there if each != move.uuid))
    return Filling(filling.form, sheet.pictures(move.target, (*filling.pictures(move.target), move.uuid)))


def check_moved(before: Filling, after: Filling, move: Move) -> None:
    """Raises :class:`UsageError` where a question that was all right is not any more: too few photos are left, or too many there."""
    for place in (move.source, move.target):
        if (fault := after.fault(place)) and not before.fault(place):
            question = after.form.questions[place.question_id].text
            raise UsageError(
                f"The photo stays: “{question}” would be wrong. {fault}", "Reopen the form to change both."
            )
