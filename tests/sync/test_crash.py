"""A few kills, as `make crash` does them by the hundred: the proof itself is proved to work."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.field import Field
from crash.judging import judge_doubled
from crash.killing import Kill, Killer
from crash.office import CrashOffice
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.lock import EngineLock

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="run by hand elsewhere")


@posix
def test_six_kills_lose_nothing_and_send_nothing_twice_without_reason() -> None:
    command = [sys.executable, "-m", "tests.crash", "--kills", "6", "--seed", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert ran.stdout.splitlines()[-1:] == ["nothing lost, nothing doubled at FAStrack, doctor clean"], (
        ran.stdout + ran.stderr
    )
    assert ran.returncode == 0


@pytest.fixture
def crash_office(tmp_path: Path) -> Iterator[CrashOffice]:
    office = CrashOffice(tmp_path, seed=1)
    yield office
    office.close()


def killer_of(office: CrashOffice) -> Killer:
    return Killer(office, Field(office.gateway, office.crews, 1), random.Random(1))


@posix
def test_an_engine_that_ended_while_it_waited_for_its_turn_is_not_used(crash_office: CrashOffice) -> None:
    killer = killer_of(crash_office)
    killer.make_ready()
    assert killer._next is not None
    killer._next.process.kill()
    killer._next.process.wait()
    with killer.whole_life():
        assert killer._next is None


@posix
def test_an_engine_that_ends_by_itself_is_quoted(crash_office: CrashOffice) -> None:
    lock = EngineLock(crash_office.folder.engine_lock)
    lock.acquire()
    try:
        with pytest.raises(DeskFault, match=r"with code 3\..*An engine is at work on"):
            killer_of(crash_office).start()
    finally:
        lock.release()


def delivery(number: int, at: float, uuid: str = "item-1", sha256: str = "a") -> dict[str, object]:
    return {
        "id": number,
        "uuid": uuid,
        "sha256": sha256,
        "work_order": "1",
        "task": "T",
        "evidence_type": "e",
        "at": at,
    }


def answer(fate: str, *, lost: bool = False) -> dict[str, object]:
    return {"answer": fate, "lost": lost}


def kill(at: float, *leased: str) -> Kill:
    return Kill("relay", at, 0, 0, frozenset(leased))


def test_a_second_delivery_is_allowed_after_a_lost_answer_only() -> None:
    twice = [delivery(1, 10.0), delivery(2, 20.0)]
    lost = judge_doubled(twice, {1: answer("unread", lost=True)}, [])
    heard = judge_doubled(twice, {1: answer("out")}, [])
    assert (lost.total, dict(lost.never_reached), lost.without_reason) == (1, {"unread": 1}, [])
    assert (heard.total, heard.without_reason) == (1, ["item-1, whose answer was out"])


@pytest.mark.parametrize(
    ("died", "reason"),
    [
        (kill(15.0, "item-1"), 1),
        (kill(15.0, "item-2"), 0),
        (kill(9.0, "item-1"), 0),
        (kill(21.0, "item-1"), 0),
    ],
    ids=["in between, with it in hand", "with another in hand", "before", "after"],
)
def test_or_when_the_engine_died_before_it_had_written_the_answer_down(died: Kill, reason: int) -> None:
    judged = judge_doubled([delivery(1, 10.0), delivery(2, 20.0)], {1: answer("out")}, [died])
    assert (judged.not_written, len(judged.without_reason)) == ([5.0] * reason, 1 - reason)


def test_a_newer_revision_is_no_second_delivery() -> None:
    assert judge_doubled([delivery(1, 1.0), delivery(2, 2.0, sha256="b")], {}, []).total == 0
    assert judge_doubled([delivery(1, 1.0), delivery(2, 2.0, uuid="item-2")], {}, []).total == 0
