"""A whole day, run once for all tests and all test processes; and an office with its sandbox, as the engine's tests have it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import pytest

from pruvan_desk.cli.program import program
from sync.conftest import desk, folder, sandbox
from sync.desk import small_jpeg

__all__ = ["desk", "folder", "sandbox"]
SEED = 1
DAY_SECONDS = 110


@dataclass(frozen=True)
class Day:
    """What ``demo --json`` printed, and the data folder it kept."""

    report: dict[str, Any]
    root: Path


def command(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Runs ``pruvan-desk`` to its end."""
    whole = [*program(), *map(str, arguments)]
    return subprocess.run(
        whole, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DAY_SECONDS, check=False
    )


def demo(root: Path, *arguments: str | Path) -> Day:
    """A day that has to balance."""
    said = command("demo", "--headless", "--json", "--data-dir", root, *arguments)
    assert said.returncode == 0, said.stderr + said.stdout[-2000:]
    assert said.stderr == ""
    return Day(json.loads(said.stdout), root)


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Day:
    """The day of seed 1. Nobody changes its folder."""
    alone = worker_id == "master"
    shared = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    root, report = shared / "day", shared / "day.json"
    with filelock.FileLock(shared / "day.lock"):
        if not report.exists():
            report.write_text(json.dumps(demo(root, "--seed", str(SEED)).report), encoding="utf-8")
    return Day(json.loads(report.read_text(encoding="utf-8")), root)


@pytest.fixture
def day_copy(day: Day, tmp_path: Path) -> Path:
    """The day's data folder, to be damaged: files are linked, and so have to be replaced rather than written into."""

    def link(source: str, target: str) -> str:
        if Path(source).suffix in {".db", ".db-wal", ".db-shm", ".kind"}:
            return str(shutil.copy2(source, target))
        os.link(source, target)
        return target

    root = tmp_path / "day"
    shutil.copytree(day.root, root, copy_function=link, ignore=shutil.ignore_patterns("sandbox", "logs", "*.lock"))
    return root


@pytest.fixture(scope="session")
def doctor() -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs ``doctor --json``: its exit code, and what each check found."""

    def run(root: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
        said = command("doctor", "--json", "--data-dir", root, *arguments)
        assert said.stderr == ""
        report = json.loads(said.stdout)
        assert report["ok"] is (said.returncode == 0)
        return said.returncode, {check["name"]: check["findings"] for check in report["checks"]}

    return run


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small photos."""
    root = tmp_path_factory.mktemp("pictures")
    for seed in range(12):
        (root / f"{seed}.jpg").write_bytes(small_jpeg(seed, orientation=seed % 8 + 1))
    (root / "notes.txt").write_text("not a photo", encoding="utf-8")
    return root
