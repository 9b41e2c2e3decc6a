"""What is said about the Downloader's folder before anything is published to it."""

import errno
import os
import tempfile

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.operations.downloader_folder import check_downloader_folder


def test_a_folder_that_can_be_written_to_is_fine_and_stays_empty(tmp_path):
    check_downloader_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_one_that_the_downloader_will_make_itself_is_fine_and_not_made_yet(tmp_path):
    check_downloader_folder(tmp_path / "Downloader")
    assert list(tmp_path.iterdir()) == []


def test_one_whose_drive_is_gone_is_named(tmp_path):
    root = tmp_path / "drive" / "Photos"
    with pytest.raises(UsageError, match=r"is not there\. Plug its drive in") as refused:
        check_downloader_folder(root)
    assert str(root) in refused.value.title


REFUSALS = {
    errno.EACCES: "cannot be written to. Get the right",
    errno.EROFS: "cannot be written to. Choose another",
    errno.ENOSPC: "on a disk that is full. Make room",
    errno.EIO: "cannot be used: ",
}


@pytest.mark.parametrize("number", REFUSALS)
def test_what_the_disk_refuses_is_said_with_what_to_do(tmp_path, monkeypatch, number):
    def refuse(**_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(UsageError, match=REFUSALS[number]):
        check_downloader_folder(tmp_path)
