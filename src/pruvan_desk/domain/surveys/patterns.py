"""Patterns that strangers wrote, checked while somebody types: one that could take for ever is not used.

Python's matcher backtracks: what can explode is a repetition in a repetition, ``(a+)+``; several in a row multiply their ways.
"""

import math
import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

LONGEST = 300
MOST_STEPS = 10_000_000
SHORT = 50
"""Letters of an answer for which a pattern must be good at least."""
ENDLESS = 1 << 30
COUNTED = re.compile(r"\{(\d*)(,?)(\d*)\}")


def pattern_fault(pattern: str) -> str:
    """Why a pattern is not used, in words that follow *The pattern*; empty when it is."""
    if len(pattern) > LONGEST:
        return "is too long"
    try:
        _compiled(pattern)
    except (re.error, OverflowError, RecursionError):
        return "cannot be read"
    if "(?" in pattern.replace("(?:", "") or re.search(r"\\[1-9]", pattern):
        return "uses what is not supported here"
    ranges, nested = _repetitions(pattern)
    return "could take for ever" if nested or _steps(ranges, SHORT) > MOST_STEPS else ""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text has the form. One too long to be looked at in a moment counts as right."""
    ranges, _ = _repetitions(pattern)
    return _steps(ranges, len(text)) > MOST_STEPS or _compiled(pattern).fullmatch(text) is not None


def _steps(ranges: Sequence[int], length: int) -> int:
    return math.prod(min(ways, length + 1) for ways in ranges)


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # a set like [[a] may mean something else one day
        return re.compile(pattern)


@lru_cache(maxsize=500)
def _repetitions(pattern: str) -> tuple[tuple[int, ...], bool]:
    """How many ways each repetition has, and whether one stands on a group that can match in more than one way itself."""
    ranges: list[int] = []
    nested = False
    groups = [False]  # of each open group: whether something in it varies
    closed = False  # whether the last thing was a group that varies
    place = 0
    while place < len(pattern):
        sign, step = pattern[place], 1
        varies, closed = closed, False
        if sign == "\\":
            step = 2
        elif sign == "[":
            step = _set_length(pattern, place)
        elif sign == "(":
            groups.append(False)
            step = 3 if pattern.startswith("(?:", place) else 1
        elif sign == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] |= closed
        elif sign == "|":
            groups[-1] = True
        elif sign in "*+?" or (sign == "{" and COUNTED.match(pattern, place)):
            step, least, most = _repetition(pattern, place)
            ranges.append(most - least + 1)
            groups[-1] |= most > least
            nested |= varies and most > 1
        place += step
    return tuple(ranges), nested


def _set_length(pattern: str, place: int) -> int:
    """The length of ``[…]``; a ``]`` right at its start is one of its letters."""
    end = place + (2 if pattern.startswith("[^", place) else 1)
    end += pattern.startswith("]", end)
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1 - place


def _repetition(pattern: str, place: int) -> tuple[int, int, int]:
    """Its length, and how often at least and at most."""
    counted = COUNTED.match(pattern, place)
    if counted is None:
        return 1, int(pattern[place] == "+"), 1 if pattern[place] == "?" else ENDLESS
    least, comma, most = counted.groups()
    fewest = int(least or 0)
    return len(counted.group()), fewest, int(most) if most else ENDLESS if comma else fewest
