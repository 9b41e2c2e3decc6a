"""What tests of every layer share: an empty data folder, a migrated database, a clock that stands still."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything loads Qt

import hypothesis
import pytest

import expected_logs
from builders import Office
from fakes import FakeClock
from fault_table import pytest_terminal_summary
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.opening import open_database

__all__ = ["pytest_terminal_summary"]  # a hook of pytest, by its name
hypothesis.settings.register_profile("desk", deadline=None, max_examples=60)  # a busy machine is no failure
hypothesis.settings.load_profile("desk")
expected_logs.configure()


def pytest_configure(config: pytest.Config) -> None:
    """Names our marker."""
    config.addinivalue_line("markers", expected_logs.MARKER)


@pytest.fixture(autouse=True)
def nothing_unexpected_in_the_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever the test's own fixtures still do at its end counts as well: they are set up later, and so end sooner."""
    with expected_logs.nothing_unexpected(request.node):
        yield


@pytest.fixture
def clock() -> FakeClock:
    """Stands at one instant until a test moves it."""
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An empty data folder, with its folders made."""
    return DataFolder(tmp_path / "data", tmp_path / "cache").create()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of today's schema, migrated once; tests copy it."""
    root = tmp_path_factory.mktemp("migrated")
    folder = DataFolder(root / "data", root / "cache")
    open_database(folder).close()
    return folder.database


@pytest.fixture
def database(folder: DataFolder, migrated: Path, clock: FakeClock) -> Iterator[Database]:
    """The open, empty database of ``folder``, which tells the time by ``clock``."""
    shutil.copyfile(migrated, folder.database)
    database = open_database(folder, clock)
    yield database
    database.close()


@pytest.fixture
def files(folder: DataFolder) -> PhotoFiles:
    """The originals of ``folder``."""
    return PhotoFiles(folder.photos)


@pytest.fixture
def secrets() -> MemorySecrets:
    """Secrets that go with the test."""
    return MemorySecrets()


@pytest.fixture
def office(database: Database, files: PhotoFiles) -> Office:
    """Makes rows in ``database``, and reads them back."""
    return Office(database, files)
