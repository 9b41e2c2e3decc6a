"""``pruvan-desk demo``: a whole day, as the two sides account for it."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from cli.conftest import Day, command, demo


def ask(root: Path, question: str) -> list[tuple[Any, ...]]:
    """Rows of the database that the day left."""
    with closing(sqlite3.connect(f"file:{root / 'desk.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


def test_a_day_has_everything_that_an_office_meets(day: Day) -> None:
    accounting, fastrack = day.report["accounting"], day.report["fastrack"]
    ((orders,),) = ask(day.root, "SELECT count(*) FROM projects")
    ((photos,),) = ask(day.root, "SELECT count(*) FROM items WHERE file_type = 'picture'")
    assert orders >= 20
    assert photos >= 200
    assert sorted(ask(day.root, "SELECT DISTINCT qa_in_field FROM projects")) == [(0,), (1,)]
    for state in ("held", "pending_qa", "rejected", "published", "unassigned"):
        assert accounting[state] > 0, state
    for state in ("queued", "relaying", "failed"):
        assert accounting[state] == 0, state
    assert fastrack["deliveries"] > fastrack["items"]
    assert set(day.report["projects"]["closed_by_reason"]) == {"client", "cancelled", "absent", "by_hand"}
    assert day.report["surveys"]["published"] > 0
    assert day.report["surveys"]["published"] == day.report["surveys"]["at_fastrack"]
    assert day.report["check_ins"]["succeeded"] > 0
    assert day.report["check_ins"]["at_fastrack"] > 0


def test_the_books_of_a_day_close(day: Day) -> None:
    accounting, fastrack = dict(day.report["accounting"]), day.report["fastrack"]
    received = accounting.pop("received")
    ((rows,),) = ask(day.root, "SELECT count(*) FROM items")
    flagged = sum(count for evidence in fastrack["by_flag"].values() for count in evidence.values())
    assert received == rows == sum(accounting.values())
    assert accounting["published"] == fastrack["items"] == flagged
    assert sum(day.report["projects"]["by_status"].values()) == ask(day.root, "SELECT count(*) FROM projects")[0][0]
    assert (day.report["balanced"], day.report["differences"]) == (True, [])


def test_a_day_takes_less_than_a_minute(day: Day) -> None:
    assert 0 < day.report["seconds"] < 60


def test_what_fastrack_holds_is_what_the_day_says_it_sent(day: Day) -> None:
    """The files themselves, read from FAStrack's own folder."""
    sent = {row[0] for row in ask(day.root, "SELECT sent_sha256 FROM items WHERE state = 'published' AND sha256 != ''")}
    held = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (day.root / "sandbox" / "files").glob("??/*")}
    assert sent <= held
    assert len(sent) > 200


def test_originals_are_never_changed(day: Day) -> None:
    originals = [path for path in (day.root / "photos").rglob("*") if path.is_file()]
    assert len(originals) >= 200
    assert [path for path in originals if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem] == []


def test_the_same_seed_gives_the_same_day_with_the_photos_of_a_folder(
    tmp_path: Path, pictures: Path, doctor: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    first, second = (demo(tmp_path / name, "--photos", pictures, "--seed", "7") for name in ("first", "second"))
    for part in ("accounting", "fastrack", "projects", "surveys", "check_ins"):
        assert first.report[part] == second.report[part], part
    used = {row[0] for row in ask(first.root, "SELECT sha256 FROM files")}
    theirs = {hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures.glob("*.jpg")}
    assert used <= theirs
    assert len(used) == len(theirs)
    code, findings = doctor(first.root)
    assert (code, [found for check in findings.values() for found in check]) == (0, [])


def test_another_seed_is_another_day(day: Day) -> None:
    assert {row[0] for row in ask(day.root, "SELECT number FROM projects")}.isdisjoint({"1000700001"})


def test_a_folder_that_holds_data_is_refused(day: Day) -> None:
    before = (day.root / "desk.db").read_bytes()
    said = command("demo", "--headless", "--json", "--data-dir", day.root)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == f"{day.root} holds data already. Name a new folder with --data-dir.\n"
    assert (day.root / "desk.db").read_bytes() == before


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    said = command("demo", "--headless", "--photos", tmp_path)
    assert (said.returncode, said.stdout) == (1, "")
    assert f"There are no photos in {tmp_path}." in said.stderr
    assert "Traceback" not in said.stderr
