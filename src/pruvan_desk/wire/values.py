"""Single values of foreign JSON: numbers come as strings, strings as numbers, nothing as ``null`` or ``""``."""

import json
import math
from collections.abc import Iterable
from typing import Any

JsonObject = dict[str, Any]
DEEPEST = 100
"""Levels of lists and objects in one order or item; forms have about six."""


def read_json(text: str | bytes) -> Any:
    """Foreign JSON, as values that can be kept and written again. Raises ``ValueError``, also for endless nesting.

    What JSON does not know (NaN, infinities) counts as not sent; half a surrogate pair, which no text can hold, becomes U+FFFD.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", "replace")
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=lambda _: None)
        return _mended(value) if "\\ud" in text or "\\uD" in text else value
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _mended(value: Any) -> Any:
    """``value`` with every half surrogate pair in it replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(part) for part in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(part) for name, part in value.items()}
    return value


def nested_too_deeply(value: Any) -> bool:
    """Whether lists and objects are nested beyond anything honest: writing such a value again could fail anywhere."""
    level = [value]
    for _ in range(DEEPEST):
        level = [part for whole in level if isinstance(whole, (dict, list)) for part in _parts(whole)]
        if not level:
            return False
    return True


def _parts(whole: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return whole.values() if isinstance(whole, dict) else whole


def sent(value: Any) -> bool:
    """Whether a field was sent at all: ``null``, ``""`` and absent all mean that it was not."""
    return value is not None and value != ""


def read_text(value: Any) -> str | None:
    """Text, or a number as text; ``None`` when not sent. Raises ``ValueError`` for lists and objects."""
    if not sent(value):
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    raise ValueError(f"a text was expected, not {type(value).__name__}")


def read_number(value: Any) -> float | None:
    """A number, also as text; ``None`` when not sent. Raises ``ValueError`` for anything else, NaN and infinity too."""
    text = read_text(value)
    if text is None:
        return None
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a number")
    return number


def read_object(value: Any) -> JsonObject | None:
    """An object, also as a string of JSON; ``None`` when not sent. Raises ``ValueError`` for anything else."""
    if not sent(value):
        return None
    if isinstance(value, str):
        try:
            value = read_json(value) if value.strip() else None
        except ValueError as error:
            raise ValueError("an object was expected, not this text") from error
        if value is None:
            return None
    if isinstance(value, list) and not value:
        return {}  # PHP writes an empty object as an empty list
    if not isinstance(value, dict):
        raise ValueError(f"an object was expected, not {type(value).__name__}")
    if nested_too_deeply(value):
        raise ValueError("it is nested too deeply")
    return value


def canonical_json(value: Any) -> bytes:
    """JSON with one spelling for one value, for comparing and hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
