"""Single values of foreign JSON: numbers come as strings, strings as numbers, nothing as ``null`` or ``""``."""

import json
import math
from typing import Any

JsonObject = dict[str, Any]


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
        return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
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
            value = json.loads(value)
        except json.JSONDecodeError as error:
            raise ValueError("an object was expected, not this text") from error
    if isinstance(value, list) and not value:
        return {}  # PHP writes an empty object as an empty list
    if not isinstance(value, dict):
        raise ValueError(f"an object was expected, not {type(value).__name__}")
    return value


def canonical_json(value: Any) -> bytes:
    """JSON with one spelling for one value, for comparing and hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
