"""An office that keeps the Pruvan Downloader: its folder is watched, what cannot be matched is filed by hand, and all of it goes out."""

import hashlib
from pathlib import Path

from PySide6.QtCore import Qt

from sync.desk import small_jpeg
from ui.scenarios.conftest import Town
from ui.scenarios.person import CTRL, Deed, Person

SHIFT = Qt.KeyboardModifier.ShiftModifier


def fill(tree: Path) -> dict[str, str]:
    """What the Downloader wrote: two photos of a known order, two of one that nobody knows. Their hashes by name."""
    places = {
        "AFS-88123/Grass Cut/Before/1.jpg": 1,
        "AFS-88123/Grass Cut/After/2.jpg": 2,
        "AFS-99999/Grass Cut/Before/3.jpg": 3,
        "AFS-99999/Grass Cut/Before/4.jpg": 4,
    }
    for name, seed in places.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(small_jpeg(seed))
    return tree_now(tree)


def tree_now(tree: Path) -> dict[str, str]:
    files = (path for path in tree.rglob("*") if path.is_file())
    return {
        f"{path.relative_to(tree)} {path.stat().st_mtime_ns}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_from_the_downloaders_folder_to_the_client(town: Town, tmp_path: Path) -> None:
    town.order("88123", "Grass Cut")
    town.connect(qa_in_field=False)
    tree = tmp_path / "Pruvan"
    written = fill(tree)

    def day(mary: Person) -> Deed:
        yield from mary.goes_to("Projects")
        yield from mary.sees_row("Projects", "AFS::88123")
        yield from mary.presses(Qt.Key.Key_Comma, CTRL | SHIFT)
        yield from mary.opens_tab("Watch folders")
        yield from mary.clicks("Add…")
        yield from mary.fills(Folder=str(tree))
        yield from mary.clicks("Save")
        yield from mary.sees("Project / Task / Photo Type: 4 files taken.")
        yield from mary.sees_row("Watch folders", str(tree), "Watched")
        yield from mary.clicks("Close")

        yield from mary.clicks_row("Projects", "AFS::88123")
        yield from mary.clicks("QA photos")
        yield from mary.sees_tiles(2, "Grass Cut", "Pending")

        yield from mary.chooses("What is shown", "Unassigned")
        yield from mary.sees_tiles(2, "Grass Cut", "Unassigned")
        yield from mary.sees("There is no order AFS-99999 here.")
        yield from mary.clicks_tile(0)
        yield from mary.presses(Qt.Key.Key_A, CTRL)
        yield from mary.presses(Qt.Key.Key_M)
        yield from mary.fills(Project="88123")
        yield from mary.clicks("Move")
        yield from mary.sees("Every item has its project")

        yield from mary.chooses("What is shown", "AFS::88123")
        yield from mary.sees_tiles(4, "Pending")
        yield from mary.clicks_tile(0)
        yield from mary.presses(Qt.Key.Key_A, CTRL)
        yield from mary.presses(Qt.Key.Key_P)
        yield from mary.sees_tiles(4, "Passed")
        yield from mary.presses(Qt.Key.Key_Return, CTRL)
        yield from mary.clicks("Publish 4")
        yield from mary.sees_tiles(4, "Published")

    town.perform(day)
    assert town.flags() == {("Grass Cut", "before"): 3, ("Grass Cut", "after"): 1}
    assert {item["sha256"] for item in town.fastrack.control("items")} == set(written.values())
    assert tree_now(tree) == written, "the folder is only read"
