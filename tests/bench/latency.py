"""``relay-latency``: the relay over a line of 100 ms each way and 100 Mbit/s, against curl over the same line."""

import tempfile
from pathlib import Path

from tests.bench.office import megabytes, office, sandbox
from tests.bench.peers import seconds_by_curl
from tests.bench.relay import PHOTOS, first_order, posts, relay
from tests.bench.report import Row, against
from tests.bench.shaper import slow_line

TARGET = 0.95


def run(scale: float = 1.0) -> list[Row]:
    """Photos per second, ours and curl's, one after the other: the line, not chance, decides how long it takes."""
    count = max(8, int(PHOTOS * scale))
    with (
        tempfile.TemporaryDirectory() as folder, sandbox(orders=1) as url, slow_line(url) as far,
        office(far) as desk, desk.engine(),
    ):  # fmt: skip
        photos = megabytes(Path(folder), count, seed=2)
        project, task = first_order(desk)
        ours = count / relay(desk, photos, project, task)
        curl = count / seconds_by_curl(f"{far}/uploadPictures.json", posts(photos, project, task))
    return [
        against(
            "relay-latency", f"{count} photos of 1 MB, 100 ms each way, 100 Mbit/s; curl --parallel", value=ours,
            unit="photos/s", reference=curl, at_least=TARGET, full_size=count >= PHOTOS,
        )
    ]  # fmt: skip
