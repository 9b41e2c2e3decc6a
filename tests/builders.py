"""Makes what tests start from: rows through the store, and payloads as the two other sides write them."""

import hashlib
import itertools
from typing import Any, TypeVar

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState, ProjectStatus
from pruvan_desk.operations.intake import Arrival, StoredBytes, receive_items
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Base, Integration, Item, Project, StoredFile, Task
from pruvan_desk.store.outbox import enqueue_items
from pruvan_desk.wire.items import ReceivedItem

Row = TypeVar("Row", bound=Base)


def order_json(number: Any = "4711", **changes: Any) -> dict[str, Any]:
    """A whole order with one service, as the order source writes it; a change to ``None`` takes a field away."""
    order = {
        "workOrderNumber": number, "address1": "12 Elm St", "city": "Austin", "state": "TX", "zip": "78701",
        "services": [{"serviceName": "Grass Cut"}],
    } | changes  # fmt: skip
    return {name: value for name, value in order.items() if value is not None}


def item_json(uuid: str = "item-1", **changes: Any) -> dict[str, Any]:
    """A photo's ``uploadPictures`` payload as a phone writes it, for ``AFS::4711``."""
    return {
        "username": "crew", "password": "crew's digest", "token": "crew's token", "uuid": uuid,
        "key2": "AFS::4711", "key4": "Grass Cut", "evidenceType": "Before", "fileType": "picture", "fileName": "front.jpg",
    } | changes  # fmt: skip


def receive_item(database: Database, received: ReceivedItem, stored: StoredBytes | None, who: str) -> Changes:
    """One item comes, as a crew sends it."""
    return receive_items(database, [Arrival(received, stored, who)])


class Office:
    """Makes rows in a database, with what a test does not care about filled in, and reads them back."""

    def __init__(self, database: Database, files: PhotoFiles) -> None:
        self.database = database
        self.files = files
        self._numbers = itertools.count(1)

    def integration(self, code: str = "AFS", **values: Any) -> int:
        """An integration; answers its id."""
        given = {"name": code, "service_url": "https://fastrack.example/api", "username": "office"} | values
        return self._add(Integration(code=code, **given)).id

    def project(
        self, integration_id: int, number: str = "4711", tasks: tuple[str, ...] = ("Grass Cut",), **values: Any
    ) -> int:
        """An assigned project with tasks, QA in Office unless told otherwise; answers its id."""
        given = {
            "address1": "12 Elm St", "city": "Austin", "state": "TX", "zip": "78701", "status": ProjectStatus.ASSIGNED,
            "field_status": FieldStatus.NEW, "assigned_to": "~all~", "qa_in_field": False,
        } | values  # fmt: skip
        with self.database.write() as writing:
            project = Project(integration_id=integration_id, number=number, created_at=writing.now, **given)
            writing.session.add(project)
            writing.session.flush()
            writing.session.add_all(
                Task(project_id=project.id, position=position, name=name) for position, name in enumerate(tasks)
            )
        return project.id

    def photo(
        self, project_id: int | None, state: ItemState = ItemState.PENDING_QA, data: bytes | None = None, **values: Any
    ) -> int:
        """A photo in ``state`` with its bytes on disk; one to be sent gets its job too. Answers its id."""
        number = next(self._numbers)
        stored = self.keep(data if data is not None else b"photo %d" % number)
        given = {
            "uuid": f"photo-{number}", "task": "Grass Cut", "evidence_type": "before", "file_type": FileType.PICTURE,
            "file_name": f"{number}.jpg", "image_format": "JPEG",
        } | values  # fmt: skip
        with self.database.write() as writing:
            if writing.session.get(StoredFile, stored.sha256) is None:
                row = StoredFile(sha256=stored.sha256, extension="jpg", size=stored.size, stored_at=writing.now)
                writing.session.add(row)
                writing.session.flush()
            item = Item(
                project_id=project_id,
                state=state,
                sha256=stored.sha256,
                extension="jpg",
                arrived_at=writing.now,
                **given,
            )
            writing.session.add(item)
            writing.session.flush()
            if state is ItemState.QUEUED:
                enqueue_items(writing, [item])
        return item.id

    def keep(self, data: bytes, extension: str = "jpg") -> StoredBytes:
        """Bytes among the originals."""
        incoming = self.files.incoming()
        incoming.write(data)
        self.files.keep(incoming, extension)
        return StoredBytes(hashlib.sha256(data).hexdigest(), extension, len(data))

    def get(self, kind: type[Row], key: Any) -> Row:
        """One row, as it is now."""
        with self.database.read() as session:
            return session.get_one(kind, key)

    def all(self, kind: type[Row], **values: Any) -> list[Row]:
        """The rows with these values, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(kind).filter_by(**values).order_by(*kind.__table__.primary_key)))

    def change(self, kind: type[Row], key: Any, **values: Any) -> None:
        """Writes values into a row, past every rule."""
        with self.database.write() as writing:
            row = writing.session.get_one(kind, key)
            for name, value in values.items():
                setattr(row, name, value)

    def _add(self, row: Row) -> Row:
        with self.database.write() as writing:
            writing.session.add(row)
        return row
