"""For which open order a photo of no known one may be: the nearest property, if the photo was taken while the order ran.

A guess decides nothing: it is shown with its reason, and somebody takes it or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from pruvan_desk.domain.certification import LOCATION_METRES, Position, distance_words, metres_between
from pruvan_desk.domain.hints import Circumstances, Hint, Surroundings
from pruvan_desk.domain.tree_reading import chosen_by

SAME_PLACE = 30.0
"""Metres within which two properties cannot be told apart by a phone's position."""
NO_DUE = "9999"


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An open order and where its property lies. ``start`` and ``due`` as kept: a day, an instant, or empty."""

    project_id: int
    key: str
    place: Position
    start: str = ""
    due: str = ""
    tasks: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Guess:
    """An order, and why. ``task``: the order's own name of the task that the photo was filed under; empty when it has none such."""

    project_id: int
    key: str
    task: str
    words: str


def guess(
    taken: Position, taken_at: datetime | None, task: str, orders: Sequence[OpenOrder], zone: tzinfo
) -> Guess | None:
    """The order whose property is nearest, of those within 500 m that ran when the photo was taken; ``None`` when there is none.

    Of several orders at one property the one that has the photo's task comes first, then the one that is due first.
    """
    near = [(metres_between(taken, order.place), order) for order in orders]
    near = [(metres, order) for metres, order in near if metres <= LOCATION_METRES and _ran(order, taken_at, zone)]
    if not near:
        return None
    nearest = min(metres for metres, _ in near)
    here = [(metres, order) for metres, order in near if metres <= nearest + SAME_PLACE]
    metres, order = min(here, key=lambda pair: (not chosen_by(task, pair[1].tasks), pair[1].due or NO_DUE, pair[0]))
    meant = chosen_by(task, order.tasks)
    only = order.tasks[0] if not task and len(order.tasks) == 1 else ""
    return Guess(
        order.project_id, order.key, meant[0] if len(meant) == 1 else only, _why(metres, order, taken_at, len(here))
    )


def _ran(order: OpenOrder, taken_at: datetime | None, zone: tzinfo) -> bool:
    around = Surroundings(Circumstances(order.place, order.start, order.due), zone)
    return Hint.DATES not in around.hints(taken_at, None, None)


def _why(metres: float, order: OpenOrder, taken_at: datetime | None, here: int) -> str:
    words = [f"its property is {distance_words(metres)} away"]
    if taken_at is None:
        words.append("when it was taken is not known")
    elif order.start or order.due:
        words.append("taken while the order ran")
    if here > 1:
        words.append(f"the likeliest of {here} open orders there")
    return ", ".join(words)
