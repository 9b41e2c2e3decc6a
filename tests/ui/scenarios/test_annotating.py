"""A face in a photo: blurred by mouse and keys, published as a copy that FAStrack files with its parent."""

import hashlib
import io

from PIL import Image
from PySide6.QtCore import Qt

from ui.scenarios.conftest import Town
from ui.scenarios.person import CTRL, Deed, Person


def test_a_face_is_blurred_and_the_copy_published(town: Town) -> None:
    town.connect(qa_in_field=False)
    crew = town.hire()
    town.order("88123", "Grass Cut")

    def day(mary: Person) -> Deed:
        yield from mary.goes_to("Projects")
        gateway = yield from mary.until("the gateway", town.gateway)
        yield from mary.clicks_row("Projects", "AFS::88123")
        yield from mary.clicks("QA photos")
        work = town.crew_works(gateway, crew)
        yield from mary.sees_tiles(3, "Grass Cut", "Pending")
        yield from mary.until("the crew to finish", work.done)

        yield from mary.clicks_tile(0)
        yield from mary.presses(Qt.Key.Key_A)
        yield from mary.presses(Qt.Key.Key_F)
        yield from mary.drags_over_photo((0.0, 0.0), (1.0, 1.0))
        yield from mary.sees("1 blur")
        yield from mary.presses(Qt.Key.Key_C)
        yield from mary.presses(Qt.Key.Key_Return)
        yield from mary.sees("1 circle, 1 blur")
        yield from mary.presses(Qt.Key.Key_Z, CTRL)
        yield from mary.no_longer_sees("1 circle, 1 blur")
        yield from mary.clicks("Done")
        yield from mary.sees_tiles(1, "Annotated: 1 blur")
        yield from mary.presses(Qt.Key.Key_P)
        yield from mary.sees_tiles(1, "Passed", "Annotated: 1 blur")
        yield from mary.presses(Qt.Key.Key_Return, CTRL)
        yield from mary.sees("1 photo annotated")
        yield from mary.clicks("Publish 1")
        yield from mary.sees_tiles(1, "Published", "Annotated copy: 1 blur")
        yield from mary.sees_tiles(1, "Passed", "its copy is published in its place")

    town.perform(day)
    kept = originals(town)
    (received,) = town.fastrack.control("items")
    assert (received["task"], received["evidence_type"]) == ("Grass Cut", "before")
    assert received["parent_uuid"]
    assert received["parent_uuid"] != received["uuid"]
    assert received["sha256"] not in kept
    sent = (
        Image.open(io.BytesIO(town.fastrack.kept_file(received["sha256"]).read_bytes())).convert("L").resize((64, 48))
    )
    steps = [abs(sent.getpixel((x, y)) - sent.getpixel((x - 1, y))) for x in range(1, 64) for y in range(48)]
    assert max(steps) < 32, "nothing of the photo is recognised"
    assert len(kept) == 3, "the originals, each under the hash of what the crew sent, and nothing else"


def originals(town: Town) -> set[str]:
    """The SHA-256 of every original that Desk keeps; each file is named by it."""
    files = [path for path in town.folder.photos.rglob("*") if path.is_file()]
    hashes = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert set(hashes) == set(hashes.values()), "byte for byte as they came"
    return set(hashes.values())
