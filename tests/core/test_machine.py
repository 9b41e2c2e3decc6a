"""The data folder, the engine's lock, the settings' values."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.core.errors import DeskFault, EngineRunningError, UsageError
from pruvan_desk.core.lock import EngineLock
from pruvan_desk.core.paths import DataFolder, data_folder, refuse_network_path
from pruvan_desk.core.settings import Settings, setting_text, settings_from

HOLD = """
import sys
from pathlib import Path
from pruvan_desk.core.lock import EngineLock
lock = EngineLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_engine_is_refused_and_told_why(folder):
    first, second = EngineLock(folder.engine_lock), EngineLock(folder.engine_lock)
    first.acquire()
    with pytest.raises(EngineRunningError, match="at work") as caught:
        second.acquire()
    assert str(folder.root) in caught.value.title
    first.release()
    second.acquire()
    second.release()


def test_a_lock_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeskFault, match=r"engine\.lock cannot be used"):
        EngineLock(tmp_path / "file" / "engine.lock").acquire()


def test_the_lock_of_an_engine_that_was_killed_is_free(folder):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.engine_lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as engine:
        assert engine.stdout.readline() == "held\n"
        mine = EngineLock(folder.engine_lock)
        with pytest.raises(EngineRunningError):
            mine.acquire()
        engine.kill()
        engine.wait()
    mine.acquire()
    mine.release()


def test_a_chosen_folder_holds_everything(tmp_path):
    folder = data_folder(tmp_path / "office").create()
    for path in (folder.database, folder.photos, folder.backups, folder.logs, folder.engine_lock, folder.thumbnails):
        assert path.is_relative_to(tmp_path / "office")
    assert folder.photos.is_dir()


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeskFault, match="cannot be made") as caught:
        DataFolder(tmp_path / "file" / "data", tmp_path / "cache").create()
    assert "--data-dir" in caught.value.advice


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"])
def test_a_network_drive_is_refused(tmp_path, kind):
    (share := tmp_path / "my share").mkdir()
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nserver:/x {str(share).replace(' ', chr(92) + '040')} {kind} rw 0 0\n\nodd\n"
    )
    with pytest.raises(DeskFault, match="network drive") as caught:
        refuse_network_path(share / "data", mounts)
    assert "--data-dir" in caught.value.advice
    refuse_network_path(tmp_path / "my other", mounts)


@pytest.mark.parametrize("path", [r"\\server\share\desk", "//server/share/desk"])
def test_a_share_by_its_address_is_refused(path, tmp_path):
    with pytest.raises(DeskFault, match="network drive"):
        refuse_network_path(path, tmp_path / "no mounts here")


@given(st.floats(0.1, 100), st.integers(1, 16), st.booleans())
def test_settings_come_back_from_their_texts(hours, at_once, paused):
    chosen = {
        "full_list_hours": hours,
        "relay_at_once": at_once,
        "relay_paused": paused,
        "office_zone": "America/Denver",
    }
    kept = {name: setting_text(name, value) for name, value in chosen.items()}
    read = settings_from(kept)
    assert {name: getattr(read, name) for name in chosen} == chosen
    assert read.zone.key == "America/Denver"


def test_an_unknown_setting_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match="no setting gateway_prt") as caught:
        setting_text("gateway_prt", 1)
    assert "gateway_port" in caught.value.advice


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gateway_port", "many"), ("gateway_port", 70_000), ("gateway_port", -1), ("relay_at_once", 0), ("relay_at_once", "8.5"),
        ("full_list_hours", "nan"), ("full_list_hours", 0), ("full_list_hours", -1), ("full_list_hours", "inf"),
        ("first_retry_seconds", 0), ("relay_paused", "maybe"), ("office_zone", "Mars/Olympus"),
        ("office_zone", "../etc/passwd"), ("office_zone", "America"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(name, value):
    with pytest.raises(UsageError, match=name) as caught:
        setting_text(name, value)
    assert caught.value.advice
    assert settings_from({name: str(value)}) == Settings()


@given(st.dictionaries(st.sampled_from([*Settings.__dataclass_fields__, "stranger"]), st.text(max_size=8)))
def test_no_kept_text_breaks_the_settings(values):
    assert settings_from(values).zone is not None
