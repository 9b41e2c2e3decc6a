"""Where data lives on this machine."""

import os
from dataclasses import dataclass
from pathlib import Path

from pruvan_desk.core.errors import DeskFault

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
if not RESOURCES.is_dir():  # a checkout, where resources/ stands beside src/
    RESOURCES = Path(__file__).resolve().parents[3] / "resources"

NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afpfs", "webdav", "fuse.davfs2", "9p"}


@dataclass(frozen=True)
class DataFolder:
    """The folder that holds everything Desk keeps, and the cache that can be thrown away."""

    root: Path
    cache: Path

    @property
    def database(self) -> Path:
        """The SQLite database."""
        return self.root / "desk.db"

    @property
    def photos(self) -> Path:
        """The folder of originals, by their SHA-256."""
        return self.root / "photos"

    @property
    def backups(self) -> Path:
        """Verified copies of the database, one before each migration."""
        return self.root / "backups"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def engine_lock(self) -> Path:
        """Held by the one engine process of this folder."""
        return self.root / "engine.lock"

    def downloader_root(self, chosen: str) -> Path:
        """The root of the Downloader's tree: the folder that the setting names, or one inside the data folder."""
        return Path(chosen) if chosen else self.root / "Downloader"

    @property
    def thumbnails(self) -> Path:
        """The thumbnail cache, a SQLite file of JPEG blobs."""
        return self.cache / "thumbnails.db"

    def create(self) -> "DataFolder":
        """Makes the folders. Raises :class:`DeskFault` where that is impossible or unsafe."""
        refuse_network_path(self.root)
        try:
            for folder in (self.root, self.cache, self.photos, self.backups, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeskFault(
                f"The data folder {self.root} cannot be made: {error.strerror}.",
                "Choose another with --data-dir, or give yourself the right to write there.",
            ) from error
        return self


def data_folder(chosen: Path | None = None) -> DataFolder:
    """The folder given by the user, or the platform's place for application data."""
    if chosen is not None:
        root = chosen.expanduser().resolve()
        return DataFolder(root, root / "cache")
    import platformdirs  # noqa: PLC0415 - not needed when a folder was chosen

    return DataFolder(
        Path(platformdirs.user_data_dir("Pruvan Desk", appauthor=False)),
        Path(platformdirs.user_cache_dir("Pruvan Desk", appauthor=False)),
    )


def refuse_network_path(path: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Raises :class:`DeskFault` for a folder on a network share: SQLite's WAL loses data there."""
    if (
        str(path).startswith(("\\\\", "//"))
        or _windows_drive_is_remote(path)
        or _mount_type(path, mounts) in NETWORK_FILE_SYSTEMS
    ):
        raise DeskFault(
            f"The data folder {path} is on a network drive, where the database is not safe.",
            "Choose a folder on a disk of this computer with --data-dir.",
        )


def _mount_type(path: Path, mounts: Path) -> str:
    """The file system type below ``path`` on Linux; empty elsewhere."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        fields = line.split()
        point = fields[1].replace("\\040", " ") if len(fields) > 2 else ""
        if len(point) > len(best) and path.is_relative_to(point):
            best, kind = point, fields[2]
    return kind


def _windows_drive_is_remote(path: Path) -> bool:
    if os.name != "nt":
        return False
    import ctypes  # noqa: PLC0415 - Windows only

    drive_remote = 4  # DRIVE_REMOTE of GetDriveTypeW
    windll = getattr(ctypes, "windll")  # noqa: B009 - the attribute exists on Windows only
    return bool(windll.kernel32.GetDriveTypeW(path.drive + "\\") == drive_remote)
