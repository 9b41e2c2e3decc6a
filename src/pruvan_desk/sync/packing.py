"""Packs an item for the order source: its payload, and the bytes that go out for it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pruvan_desk import __version__
from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.annotations import read_annotations
from pruvan_desk.domain.certification import Certification, Position, certify
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.imaging.annotated import Capture, annotated
from pruvan_desk.imaging.formats import sniff
from pruvan_desk.imaging.rendition import Rendition, rendition
from pruvan_desk.store.files import PhotoFiles, disk_fault, file_sha256, missing_file
from pruvan_desk.store.models import Item, Project
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.sync.buffers import Buffers
from pruvan_desk.sync.transfer import FileToSend, check_hash
from pruvan_desk.wire.items import OutgoingItem, outgoing_file_name
from pruvan_desk.wire.surveys import survey_digest, with_other_uuids

HEADER_BYTES = 64
NO_OTHERS: Mapping[str, str] = {}
READ_WHOLE = 4 << 20
"""Bytes: smaller files are read and hashed in one go; larger ones stream, so that memory does not grow with them."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent for one job. ``sha256`` is that of the file, or of the answer set where there is no file."""

    payload: dict[str, Any]
    file: FileToSend | None
    sha256: str


def pack_item(
    files: PhotoFiles,
    job: ClaimedJob,
    code: str,
    *,
    marked: bool = False,
    others: Mapping[str, str] = NO_OTHERS,
    buffers: Buffers | None = None,
) -> Parcel:
    """The parcel for a claimed item. ``marked``: of an original that is annotated, as its copy would be. Blocking.

    ``others``: by the ``uuid`` of photos that never go out, those of the copies by which an answer set names them instead.
    ``buffers``: where its bytes are read to; they may go back there when the parcel has been sent.

    Raises :class:`ItemError` when its file is gone or cannot be turned.
    """
    item, project = job.item, job.project
    if item is None:
        raise AssertionError("a status job has no item to pack")
    if item.sha256 is None:
        if item.survey is None:
            raise ItemError("There is neither a file nor an answer set to send.", "Ask the crew to send it again.")
        outgoing = replace(_outgoing(item, project, code, "", ""), survey=with_other_uuids(item.survey, others))
        return Parcel(outgoing.payload(), None, survey_digest(outgoing.survey))
    drawn = item.copy_of is not None or (marked and bool(item.annotations))
    file = _file(files, item, project, buffers or Buffers(), drawn=drawn)
    extension = file.name.rpartition(".")[2]
    return Parcel(_outgoing(item, project, code, file.name, extension, drawn=drawn).payload(), file, file.sha256)


def _file(files: PhotoFiles, item: Item, project: Project, buffers: Buffers, *, drawn: bool) -> FileToSend:
    """The original itself, unless the office turned it, or it is HEIC, which receivers cannot read, or its marks are ``drawn``."""
    sha256, extension = item.sha256 or "", item.extension
    path = files.path(sha256, extension)
    try:
        size = path.stat().st_size
        image_format = item.image_format if item.inspected else _format(path)
    except FileNotFoundError as error:
        raise missing_file(path) from error
    except OSError as error:
        raise disk_fault(error, path) from error
    if item.rotation or image_format == "HEIC" or drawn:
        _check_original(path, sha256)
        made = _annotated(item, path, image_format) if drawn else rendition(path, image_format, item.rotation)
        name = outgoing_file_name(project.number, item.task, item.evidence_type, item.uuid, made.extension)
        return FileToSend(name, made.sha256, made.size, path=made.path, content=made.content)
    name = outgoing_file_name(project.number, item.task, item.evidence_type, item.uuid, extension)
    if size > READ_WHOLE:
        return FileToSend(name, sha256, size, path=path)
    place = buffers.take(size)
    content = place[: files.read_into(place, sha256, extension)]
    check_hash(path, sha256, hashlib.sha256(content).hexdigest())
    return FileToSend(name, sha256, size, content=content)


def _annotated(item: Item, path: Path, image_format: str | None) -> Rendition:
    """An annotated copy, drawn anew from the original whenever it is sent: the same bytes each time."""
    capture = Capture(item.taken_at, item.latitude, item.longitude)
    return annotated(path, image_format, item.rotation, read_annotations(item.annotations), capture)


def _check_original(path: Path, sha256: str) -> None:
    """Nothing is made of a damaged original: a copy of it would have a hash of its own, and look whole."""
    try:
        found = file_sha256(path)
    except FileNotFoundError as error:
        raise missing_file(path) from error
    except OSError as error:
        raise disk_fault(error, path) from error
    check_hash(path, sha256, found)


def _format(path: Path) -> str | None:
    """The format by the first bytes, for a file that nobody has looked into yet."""
    with path.open("rb") as file:
        return sniff(file.read(HEADER_BYTES))


def certification_of(item: Item, project: Project, *, drawn: bool) -> Certification:
    """The certification of an item of a project; ``drawn``: with pixels that are not the app's."""
    return certify(
        from_app=item.from_app,
        taken_at=item.taken_at,
        zone_assumed=item.zone_assumed,
        arrived_at=item.arrived_at,
        taken=_position(item.latitude, item.longitude),
        place=_position(project.latitude, project.longitude),
        is_copy=drawn,
    )


def _outgoing(
    item: Item, project: Project, code: str, file_name: str, extension: str, *, drawn: bool = False
) -> OutgoingItem:
    certified = certification_of(item, project, drawn=drawn)
    return OutgoingItem(
        uuid=item.uuid,
        work_order=project.number,
        task=item.task,
        evidence_type=item.evidence_type,
        file_type=FileType(item.file_type),
        file_name=file_name,
        file_ext=extension,
        client_code=code,
        address=(project.address1, project.address2, project.city, project.state, project.zip, project.country),
        attributes=project.attributes,
        parent_uuid=item.parent_uuid,
        notes=item.notes,
        created_by=item.created_by,
        device_id=item.device_id,
        taken_at=int(item.taken_at.timestamp()) if item.taken_at else None,
        latitude=item.latitude,
        longitude=item.longitude,
        accuracy=item.accuracy,
        distance=round(certified.distance, 1) if certified.distance is not None else None,
        certified_time=certified.time,
        certified_location=certified.location,
        authenticated=certified.item,
        survey=item.survey,
        template=item.template,
        uploader_version=f"Pruvan Desk {__version__}",
    )


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    return Position(latitude, longitude) if latitude is not None and longitude is not None else None
