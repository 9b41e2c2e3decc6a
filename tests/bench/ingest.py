"""``ingest``: 500 photos of 1 MB through the field gateway until durable, against a bare sink that writes, fsyncs, renames.

Both get the same bytes from curl, eight at a time. The gateway's photos are real pictures, and their thumbnails are made
meanwhile, as on any day.
"""

import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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
        with _sink(Path(folder)) as sink_url:
            for round_number in range(ROUNDS):
                sent = posts(pictures(Path(folder), count, round_number), number, token)
                rates["ours"].append(count / seconds_by_curl(f"{gateway}/uploadPictures", sent))
                with desk.database.read() as session:
                    assert session.scalar(select(func.count()).select_from(Item)) == count * (round_number + 1)
                _wait_for_thumbnails(desk)
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


def _wait_for_thumbnails(desk: Office) -> None:
    def inspected() -> bool:
        with desk.database.read() as session:
            return not session.scalar(select(func.count()).select_from(Item).where(Item.inspected.is_(False)))

    wait_until(inspected, "the thumbnails")


def pictures(folder: Path, count: int, seed: int) -> list[Path]:
    """Different JPEGs of 2400 x 1800 pixels, filled up to 1 MB behind their end, as phones' motion photos are."""
    rng = random.Random(seed)
    noise = (
        Image.frombytes("L", (SIZE[0] // 8, SIZE[1] // 8), rng.randbytes(SIZE[0] * SIZE[1] // 64))
        .resize(SIZE)
        .convert("RGB")
    )
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=80)
    picture = buffer.getvalue()
    assert len(picture) < BYTES, "what is cut off at the same place would be the same file again and again"
    paths = []
    for number in range(count):
        path = folder / f"picture-{seed}-{number:04}.jpg"
        path.write_bytes(picture + rng.randbytes(BYTES - len(picture)))
        paths.append(path)
    return paths


def posts(taken: list[Path], number: str, token: str) -> list[Post]:
    return [
        Post(
            json.dumps({
                "username": "bench", "password": "", "token": token, "uuid": str(uuid.uuid4()), "key2": number,
                "key4": "Grass Cut", "evidenceType": "before", "fileType": "picture", "fileName": picture.name,
            }),
            str(picture),
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
