"""``ingest``: 500 photos of 1 MB through the field gateway until durable, against a bare sink that writes, fsyncs, renames.

Both get the same bytes from curl, eight at a time. The gateway's photos are real pictures, and their thumbnails are made
meanwhile, as on any day.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from sqlalchemy import func, select
from tests.bench.office import Office, office, sandbox, wait_until
from tests.bench.peers import Post, seconds_by_curl
from tests.bench.report import Row, against, rounds

from pruvan_desk.operations.integrations import add_crew, ask_refresh
from pruvan_desk.store.models import Item, Project

PHOTOS = 500
ROUNDS = 3
TARGET = 0.6
SIZE = (2400, 1800)
BYTES = 1_000_000


def run(scale: float = 1.0) -> list[Row]:
    """Photos per second until acknowledged, the median of three rounds that take turns."""
    count = max(8, int(PHOTOS * scale))
    rates: dict[str, list[float]] = {"ours": [], "sink": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox(orders=1) as url,
        office(url) as desk,
        desk.engine() as gateway,
    ):
        _, token = add_crew(desk.database, "Bench", "bench", "bench")
        number = _import(desk)
        taken = pictures(Path(folder), count)
        with _sink(Path(folder)) as sink_url:
            for round_number in range(ROUNDS):
                fill_up(taken, round_number)
                sent = posts(taken, number, token)
                os.sync()  # phones have their photos: neither of the two is to wait until these are on the disk
                rates["ours"].append(count / seconds_by_curl(f"{gateway}/uploadPictures", sent))
                with desk.database.read() as session:
                    assert session.scalar(select(func.count()).select_from(Item)) == count * (round_number + 1)
                _wait_until_looked_into(desk)
                rates["sink"].append(count / seconds_by_curl(sink_url, sent))
    ours, sink = statistics.median(rates["ours"]), statistics.median(rates["sink"])
    return [
        against(
            "ingest",
            f"{count} photos of 1 MB through the gateway until durable; bare Starlette sink",
            value=ours,
            unit="photos/s",
            reference=sink,
            at_least=TARGET,
            full_size=count >= PHOTOS,
            note="thumbnails made meanwhile; " + rounds(rates),
        )
    ]


def _import(desk: Office) -> str:
    ask_refresh(desk.database, desk.integration_id, "bench", full=True)

    def imported() -> bool:
        with desk.database.read() as session:
            return session.scalar(select(func.count()).select_from(Project)) == 1

    wait_until(imported, "the import")
    with desk.database.read() as session:
        return f"AFS::{session.scalars(select(Project.number)).one()}"


def _wait_until_looked_into(desk: Office) -> None:
    """Each round is to pay for its own thumbnails and hints only."""

    def looked_into() -> bool:
        with desk.database.read() as session:
            left = select(func.count()).select_from(Item).where(Item.inspected.is_(False) | Item.hinted.is_(False))
            return session.scalar(left) == 0

    wait_until(looked_into, "thumbnails and hints")


@dataclass(frozen=True)
class Picture:
    """A JPEG in a file; ``size``: its bytes without what stands behind its end."""

    path: Path
    size: int


def pictures(folder: Path, count: int) -> list[Picture]:
    """JPEGs of 2400 x 1800 pixels, each of which looks different: photos that are alike would be compared with one another."""
    rng = random.Random(1)
    width, height = SIZE[0] // 16, SIZE[1] // 16
    made = []
    for number in range(count):
        path = folder / f"picture-{number:04}.jpg"
        noise = Image.frombytes("L", (width, height), rng.randbytes(width * height)).resize(SIZE)
        noise.convert("RGB").save(path, "JPEG", quality=80)
        made.append(Picture(path, path.stat().st_size))
    return made


def fill_up(taken: list[Picture], seed: int) -> None:
    """Makes files of 1 MB of them that nobody has seen yet, by bytes behind their end, as phones' motion photos have."""
    rng = random.Random(seed)
    for picture in taken:
        with picture.path.open("r+b") as file:
            file.seek(picture.size)
            file.write(rng.randbytes(BYTES - picture.size))


def posts(taken: list[Picture], number: str, token: str) -> list[Post]:
    return [
        Post(
            json.dumps({
                "username": "bench", "password": "", "token": token, "uuid": str(uuid.uuid4()), "key2": number,
                "key4": "Grass Cut", "evidenceType": "before", "fileType": "picture", "fileName": picture.path.name,
            }),
            str(picture.path),
        )
        for picture in taken
    ]  # fmt: skip


@contextmanager
def _sink(folder: Path) -> Iterator[str]:
    kept = folder / "sink"
    kept.mkdir()
    command = [sys.executable, "-m", "tests.bench.peers", "sink", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/upload"
        finally:
            process.terminate()
