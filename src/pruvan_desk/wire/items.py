"""The ``uploadPictures`` payload: strict writing of what is relayed, lenient reading of what the field sends."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from pruvan_desk.domain.statuses import FileType
from pruvan_desk.wire.dates import read_date
from pruvan_desk.wire.values import JsonObject, read_number, read_object, read_text

UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST_UUID = 100
EARTH = (90.0, 180.0)


@dataclass(slots=True)
class ReceivedItem:
    """An item as a phone or a peer sends it. Empty text and ``None`` mean: not sent. ``payload`` holds all of it, less the secrets."""

    uuid: str
    work_order: str
    task: str
    evidence_type: str
    file_type: FileType
    file_name: str = ""
    parent_uuid: str = ""
    notes: str = ""
    created_by: str = ""
    device_id: str = ""
    taken_at: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    survey: JsonObject | None = None
    template: str = ""
    payload: JsonObject = field(default_factory=dict)


HOUR_AHEAD = timezone(timedelta(hours=1))
SECRETS = ("username", "password", "token")


def read_item(payload: Any) -> ReceivedItem:
    """Reads an item. Raises ``ValueError`` only for what makes it impossible to keep: no object, no ``uuid``."""
    if not isinstance(payload, dict):
        raise ValueError("payload is not an object")
    uuid = _text(payload, "uuid") or _text(payload, "uuId")
    if not uuid or len(uuid) > LONGEST_UUID:
        raise ValueError("uuid is missing or too long")
    latitude, longitude = _position(payload)
    return ReceivedItem(
        uuid=uuid,
        work_order=_text(payload, "key2"),
        task=_text(payload, "key4"),
        evidence_type=_text(payload, "evidenceType").lower(),
        file_type=_file_type(_text(payload, "fileType")),
        file_name=_text(payload, "fileName"),
        parent_uuid=_text(payload, "parentUuid"),
        notes=_text(payload, "notes"),
        created_by=_text(payload, "createdBySubUser") or _text(payload, "createdBy"),
        device_id=_text(payload, "deviceId"),
        taken_at=_number(payload, "timestamp"),
        latitude=latitude,
        longitude=longitude,
        accuracy=_number(payload, "gpsAccuracy"),
        survey=_object(payload, "survey"),
        template=_text(payload, "template") or _text(payload, "surveyId"),
        payload={name: value for name, value in payload.items() if name not in SECRETS},
    )


@dataclass(frozen=True, slots=True)
class CheckInStatement:
    """What a check-in says: the background-check number, who is there, and since when.

    ``zone_assumed``: it names no zone, so that its time is read in the office's.
    """

    abc_number: str
    who: str
    at: datetime | None
    zone_assumed: bool = False


def read_check_in(survey: JsonObject, zone: tzinfo) -> CheckInStatement:
    """Reads the ``survey`` of a check-in; a time without a zone is the office's (``zone``)."""
    at = _instant(survey, zone)
    assumed = _instant(survey, UTC) != _instant(
        survey, HOUR_AHEAD
    )  # another instant in another zone: it names none itself
    return CheckInStatement(_text(survey, "abcNumber"), _text(survey, "who"), at, assumed)


def _instant(survey: JsonObject, zone: tzinfo) -> datetime | None:
    try:
        at = read_date(survey.get("when"), zone)
    except ValueError:
        return None
    return at if isinstance(at, datetime) else None


def _file_type(text: str) -> FileType:
    try:
        return FileType(text.lower() or "picture")
    except ValueError:
        return FileType.FILE


def _text(payload: JsonObject, name: str) -> str:
    try:
        return read_text(payload.get(name)) or ""
    except ValueError:
        return ""


def _number(payload: JsonObject, name: str) -> float | None:
    try:
        return read_number(payload.get(name))
    except ValueError:
        return None


def _object(payload: JsonObject, name: str) -> JsonObject | None:
    try:
        return read_object(payload.get(name))
    except ValueError:
        return None


def _position(payload: JsonObject) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees; both ``None`` unless both are on this planet and not the null island of a dead GPS."""
    place = _number(payload, "gpsLatitude"), _number(payload, "gpsLongitude")
    if place[0] is None or place[1] is None or place == (0.0, 0.0):
        return None, None
    return place if abs(place[0]) <= EARTH[0] and abs(place[1]) <= EARTH[1] else (None, None)


@dataclass(slots=True)
class OutgoingItem:
    """An item as it is relayed. ``attributes`` are the order's free ones, returned untouched. Times are Unix seconds."""

    uuid: str
    work_order: str
    task: str
    evidence_type: str
    file_type: FileType
    file_name: str
    file_ext: str
    client_code: str
    address: tuple[str, str, str, str, str, str]
    attributes: JsonObject
    parent_uuid: str = ""
    notes: str = ""
    created_by: str = ""
    device_id: str = ""
    taken_at: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    distance: float | None = None
    certified_time: bool = False
    certified_location: bool = False
    authenticated: bool = False
    survey: JsonObject | None = None
    template: str = ""
    uploader_version: str = ""

    def payload(self) -> JsonObject:
        """The payload without credentials. What is not known is left out rather than sent empty."""
        fields: JsonObject = {
            "uuid": self.uuid, "uuId": self.uuid, "parentUuid": self.parent_uuid,
            "key1": self.client_code, "key2": self.work_order, "key3": "", "key4": self.task, "key5": "",
            "evidenceType": self.evidence_type, "fileType": self.file_type.value,
            "fileName": self.file_name, "fileExt": self.file_ext, "notes": self.notes,
            "createdBy": self.created_by, "createdBySubUser": self.created_by, "deviceId": self.device_id,
            "timestamp": self.taken_at, "gpsLatitude": self.latitude, "gpsLongitude": self.longitude,
            "gpsAccuracy": self.accuracy, "locationDifference": self.distance,
            "csrCertifiedTime": int(self.certified_time), "csrCertifiedLocation": int(self.certified_location),
            "authenticated": int(self.authenticated), "survey": self.survey, "template": self.template,
            "clientCode": self.client_code, "uploaderVersion": self.uploader_version,
        }  # fmt: skip
        fields = {name: value for name, value in fields.items() if value is not None}
        fields |= {f"attribute{n}": value for n, value in enumerate(self.address, start=1)}
        return fields | self.attributes


def outgoing_file_name(number: str, task: str, evidence_type: str, uuid: str, extension: str) -> str:
    """A plain ASCII name without path characters, of this ``uuid`` alone: receivers use it as it stands."""
    words = [_plain(part)[:40] for part in (number, task, evidence_type)]
    words.append(hashlib.sha256(uuid.encode()).hexdigest()[:16])  # a uuid is foreign text, and its end may be another's
    return f"{'_'.join(word for word in words if word)}.{_plain(extension) or 'bin'}"


def _plain(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return UNSAFE.sub("-", ascii_text).strip("-")
