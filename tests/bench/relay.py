"""``relay``: 500 photos of 1 MB to the sandbox, eight at a time, against a bare httpx loop and curl on the same server."""

import json
import sqlite3
import statistics
import tempfile
import time
import uuid
from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select
from tests.bench.office import Office, megabytes, office, sandbox, wait_until
from tests.bench.peers import Post, seconds_by_curl, seconds_by_httpx
from tests.bench.report import Row, against, rounds

from pruvan_desk.core.paths import data_folder
from pruvan_desk.operations.integrations import ask_refresh
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.sandbox.world import DEFAULT_LOGIN
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Item, Project, StoredFile, Task

PHOTOS = 500
ROUNDS = 5
HTTPX_TARGET, CURL_TARGET = 0.85, 0.4
WAITING = "SELECT EXISTS (SELECT 1 FROM items WHERE state IN ('queued', 'relaying'))"
"""Asked fifty times a second beside what is measured, and so by plain SQLite: nothing of it is the engine's work."""


def run(scale: float = 1.0) -> list[Row]:
    """Photos per second, ours and theirs, the median of rounds that take turns."""
    count = max(8, int(PHOTOS * scale))
    rates: dict[str, list[float]] = {"ours": [], "httpx": [], "curl": []}
    with tempfile.TemporaryDirectory() as folder, sandbox(orders=1) as url, office(url) as desk, desk.engine():
        photos = megabytes(Path(folder), count, seed=1)
        project, task = first_order(desk)
        for _ in range(ROUNDS):
            rates["ours"].append(count / relay(desk, photos, project, task))
            rates["httpx"].append(count / seconds_by_httpx(f"{url}/uploadPictures.json", posts(photos, project, task)))
            rates["curl"].append(count / seconds_by_curl(f"{url}/uploadPictures.json", posts(photos, project, task)))
    ours, bare, curl = (statistics.median(rates[name]) for name in ("ours", "httpx", "curl"))
    what = f"{count} photos of 1 MB to the sandbox, 8 at a time"
    rest = {"value": ours, "unit": "photos/s", "full_size": count >= PHOTOS}
    return [
        against("relay", f"{what}; bare httpx", reference=bare, at_least=HTTPX_TARGET, note=rounds(rates), **rest),
        against("relay-curl", f"{what}; curl --parallel", reference=curl, at_least=CURL_TARGET, **rest),
    ]


def first_order(desk: Office) -> tuple[Project, str]:
    """The one project of the sandbox, imported, and its first task."""
    ask_refresh(desk.database, desk.integration_id, "bench", full=True)

    def imported() -> bool:
        with desk.database.read() as session:
            return session.scalar(select(func.count()).select_from(Project)) == 1

    wait_until(imported, "the import")
    with desk.database.read() as session:
        project = session.scalars(select(Project)).one()
        task = session.scalars(select(Task.name).order_by(Task.position)).first()
    return project, str(task)


def passed_items(desk: Office, photos: list[Path], project: Project, task: str) -> list[int]:
    """Photos that were checked and wait to be published; their ids."""
    files = PhotoFiles(desk.root / "photos")
    with desk.database.write() as writing:
        items = []
        for photo in photos:
            incoming = files.incoming()
            incoming.write(photo.read_bytes())
            digest, size = incoming.sha256, incoming.size
            files.keep(incoming, "jpg")
            if writing.session.get(StoredFile, digest) is None:
                writing.session.add(StoredFile(sha256=digest, extension="jpg", size=size, stored_at=writing.now))
                writing.session.flush()
            item = Item(
                uuid=str(uuid.uuid4()), project_id=project.id, task=task, evidence_type="before", file_type="picture",
                state="passed", sha256=digest, extension="jpg", image_format="JPEG", arrived_at=writing.now, inspected=True,
            )  # fmt: skip
            items.append(item)
        writing.session.add_all(items)
    return [item.id for item in items]


def relay(desk: Office, photos: list[Path], project: Project, task: str) -> float:
    """Seconds from publishing passed photos until the last one is recorded as published."""
    ids = passed_items(desk, photos, project, task)
    with closing(sqlite3.connect(data_folder(desk.root).database)) as looking:
        started = time.perf_counter()
        publish_items(desk.database, ids, "bench")
        wait_until(lambda: looking.execute(WAITING).fetchone() == (0,), "the relay")
        seconds = time.perf_counter() - started
    with desk.database.read() as session:
        states = select(func.count()).select_from(Item).where(Item.state == "published", Item.id.in_(ids))
        assert session.scalar(states) == len(ids)
    return seconds


def posts(photos: list[Path], project: Project, task: str) -> list[Post]:
    """The same photos, as the peers send them."""
    login = DEFAULT_LOGIN.payload()
    return [
        Post(
            json.dumps({
                **login, "uuid": str(uuid.uuid4()), "key2": project.number, "key4": task, "evidenceType": "before",
                "fileType": "picture", "fileName": photo.name,
            }),
            str(photo),
        )
        for photo in photos
    ]  # fmt: skip
