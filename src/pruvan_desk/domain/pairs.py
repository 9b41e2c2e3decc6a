"""Which Before belongs to which After: by where they were taken and by the order in time, as crews walk the same round twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pruvan_desk.domain.certification import Position, metres_between

FAR = 30.0
"""Metres from which on a distance says no more than: not the same spot. GPS of phones is good to about 5 m."""
ORDER_WEIGHT = 20.0
"""Metres that a whole round of difference in order weighs: so positions decide where they differ, and the order elsewhere."""
LARGEST = 400
"""Photos of one evidence type up to which every couple is weighed; beyond, the order in time alone decides."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo as pairing sees it. ``taken_at`` is when it was taken, or else arrived."""

    id: int
    taken_at: datetime
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Ids of a Before and its After; ``None`` where there is no other to show beside it."""

    before: int | None
    after: int | None


def pair_up(before: Sequence[Shot], after: Sequence[Shot]) -> list[Pair]:
    """Pairs in the order of the Befores, then the Afters that are left. Every photo is in exactly one pair.

    The closest couple is joined first: closeness is the distance in metres (as far as :data:`FAR`; where one of the two has no
    position, it says nothing) and how differently they stand in their rounds.
    """
    before = sorted(before, key=lambda shot: (shot.taken_at, shot.id))
    after = sorted(after, key=lambda shot: (shot.taken_at, shot.id))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for one, other in _closest_first(before, after):
        if one not in partner and other not in taken:
            partner[one] = other
            taken.add(other)
    pairs = [Pair(shot.id, after[partner[n]].id if n in partner else None) for n, shot in enumerate(before)]
    return [*pairs, *(Pair(None, shot.id) for n, shot in enumerate(after) if n not in taken)]


def _closest_first(before: Sequence[Shot], after: Sequence[Shot]) -> Iterator[tuple[int, int]]:
    if max(len(before), len(after), 1) > LARGEST:
        yield from zip(range(len(before)), range(len(after)), strict=False)
        return
    couples = [
        (_apart(one.position, other.position) + ORDER_WEIGHT * abs(_place(n, before) - _place(m, after)), n, m)
        for n, one in enumerate(before)
        for m, other in enumerate(after)
    ]
    yield from ((n, m) for _, n, m in sorted(couples))


def _apart(one: Position | None, other: Position | None) -> float:
    return min(FAR, metres_between(one, other)) if one and other else 0.0


def _place(number: int, shots: Sequence[Shot]) -> float:
    """Where in its round a photo stands, from 0 to 1."""
    return number / max(1, len(shots) - 1)


def fewer_words(before: int, after: int) -> tuple[str, str]:
    """What the headings of Before and After say when their counts differ: ``one fewer than Before``. Empty: nothing."""
    if before == after:
        return "", ""
    if not before or not after:
        return ("", "no Before") if after else ("no After", "")
    count = abs(before - after)
    words = "one" if count == 1 else f"{count:,}"
    return ("", f"{words} fewer than Before") if after < before else (f"{words} fewer than After", "")
