"""Settings of the office, declared once: name, type, default, and a sentence that says what it does."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from pruvan_desk.core.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Check = Callable[[str], object]
"""Raises ``ValueError`` or :class:`UsageError` for a text that does not fit."""


REJECT_REASONS = (
    "Blurred", "Too dark", "Does not show the work", "Wrong angle", "Wrong task or evidence type", "Duplicate",
    "Not this property",
)  # fmt: skip


def _setting(
    default: Any,
    sentence: str,
    least: float = -math.inf,
    most: float = math.inf,
    *,
    label: str = "",
    group: str = "General",
    check: Check | None = None,
) -> Any:
    """``label`` and ``group``: its name and page in Preferences; without a label it is not shown there."""
    metadata = {"sentence": sentence, "least": least, "most": most, "label": label, "group": group, "check": check}
    return field(default=default, metadata=metadata)


def _check_zone(text: str) -> None:
    _zone(text)


def _check_gateway_mode(text: str) -> None:
    if text not in {"off", "machine", "network", "proxy"}:
        raise ValueError(text)


def _check_folder(text: str) -> None:
    if text and not Path(text).is_absolute():
        raise ValueError(text)


def _check_pattern(text: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(text) from error


@dataclass(frozen=True)
class Settings:
    """All settings, with their values."""

    office_zone: str = _setting(
        "",
        "Time zone of the office, such as America/Chicago: past due, and EXIF times without a zone, are judged in it. "
        "Empty: this computer's.",
        label="Office time zone",
        check=_check_zone,
    )
    gateway_port: int = _setting(
        8473, "Port of the field gateway on this machine; 0 takes any free one.", 0, 65_535, label="Field gateway port"
    )
    gateway_mode: str = _setting("machine", "Who reaches the field gateway.", check=_check_gateway_mode)
    gateway_address: str = _setting("", "The HTTPS address at which phones reach the field gateway.")
    gateway_certificate: str = _setting("", "The certificate of the field gateway, a PEM file.")
    gateway_key: str = _setting("", "The key of that certificate, a PEM file without a password.")
    full_list_hours: float = _setting(
        4.0,
        "Every integration is asked for its full list of orders when the last is older than this.",
        0.1,
        168,
        label="Full list, every (hours)",
    )
    relay_at_once: int = _setting(
        8,
        "How many items are sent to the order source at the same time, at most.",
        1,
        64,
        label="Sendings at once, at most",
        group="Sending",
    )
    relay_paused: bool = _setting(False, "Nothing is sent while this is on.")
    first_retry_seconds: float = _setting(25.0, "Wait after a first failed sending; doubles up to an hour.", 0.01, 3600)

    bandwidth_mbit: float = _setting(
        0.0,
        "Uploads take no more than this of the line, in megabits a second; 0 is no limit.",
        0,
        100_000,
        label="Upload limit (Mbit/s)",
        group="Sending",
    )
    stall_minutes: float = _setting(
        15.0,
        "An alert says so when nothing has moved for this long while something is queued; 0 switches it off.",
        0,
        1440,
        label="Say when stalled, after (minutes)",
        group="Sending",
    )
    downloader_folder: str = _setting(
        "",
        "Root of the Downloader's folder tree, a whole path. Empty: the folder Downloader inside the data folder.",
        label="Folder",
        group="Downloader",
        check=_check_folder,
    )
    downloader_levels: str = _setting(
        "project,task,photo_type",
        "Levels of the Downloader's folder tree, outermost first: tick them, and drag them (or Alt+Up, Alt+Down) into their order.",
        label="Levels",
        group="Downloader",
    )
    downloader_sidecar: bool = _setting(
        False,
        "A .json file with the item's details is put beside each file of the Downloader.",
        label="Details beside each file",
        group="Downloader",
    )
    abc_number_form: str = _setting(
        r"[A-Za-z]{0,4}-?\d{4,12}",
        "The form of an ABC number, as a regular expression. It only catches typing errors: the provider decides what is valid.",
        label="Form of ABC numbers",
        group="Check In",
        check=_check_pattern,
    )

    reject_reasons: str = _setting(
        "\n".join(REJECT_REASONS), "Why photos are rejected, one reason a line; the gallery asks with them."
    )

    @property
    def zone(self) -> "ZoneInfo":
        """The office's time zone. Raises :class:`UsageError` when there is none of that name."""
        return _zone(self.office_zone)


@cache
def _zone(name: str) -> "ZoneInfo":
    """A zone by name; this computer's own without one."""
    if not name:
        from tzlocal import get_localzone  # noqa: PLC0415 - reads the registry or /etc, once

        return get_localzone()
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - not before the window is drawn

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # not found; OSError: a folder of the zone files, a name too long
        raise UsageError(f"{name} is not a time zone.", "Use a name such as America/Chicago.") from error


TYPES: dict[str, type] = get_type_hints(Settings)
FIELDS = {setting.name: setting for setting in fields(Settings)}


def settings_from(values: dict[str, str]) -> Settings:
    """Settings from their kept texts; unknown names are passed over, values that do not fit fall back to the default."""
    read: dict[str, Any] = {}
    for name in FIELDS.keys() & values.keys():
        try:
            read[name] = _read(name, values[name])
        except (ValueError, UsageError):
            continue
    return Settings(**read)


def setting_text(name: str, value: Any) -> str:
    """A value as it is kept. Raises :class:`UsageError` for an unknown name or a value that does not fit."""
    if name not in FIELDS:
        raise UsageError(f"There is no setting {name}.", f"There are: {', '.join(sorted(FIELDS))}.")
    try:
        return str(_read(name, str(value)))
    except (ValueError, UsageError) as error:
        metadata = FIELDS[name].metadata
        limits = f" From {metadata['least']:g} to {metadata['most']:g}." if math.isfinite(metadata["most"]) else ""
        raise UsageError(f"{value!r} does not fit the setting {name}.", f"{metadata['sentence']}{limits}") from error


def _read(name: str, text: str) -> Any:
    if TYPES[name] is bool:
        if text not in {"True", "False"}:
            raise ValueError(text)
        return text == "True"
    if TYPES[name] is str:
        if check := FIELDS[name].metadata["check"]:
            check(text)
        return text
    value = TYPES[name](text)
    if not FIELDS[name].metadata["least"] <= value <= FIELDS[name].metadata["most"]:
        raise ValueError(text)
    return value
