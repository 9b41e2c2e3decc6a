"""An upload on its way: the bytes of its body, how many are gone, and the limit they keep to."""

import asyncio
import hashlib
import mimetypes
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from pruvan_desk.core.clock import Clock
from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.bandwidth import TokenBucket
from pruvan_desk.store.files import disk_fault, missing_file
from pruvan_desk.sync.exchange import Body

CHUNK = 1 << 20
SMALLEST_PIECE, LARGEST_PIECE = 1 << 16, 1 << 20
"""Bytes that go out in one go: few enough to show progress on a slow line, many enough to cost nothing on a fast one."""
AT_ONCE_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file to upload. ``sha256`` is that of its bytes: nothing else is sent under it. ``content`` where it is not on disk."""

    name: str
    sha256: str
    size: int
    path: Path | None = None
    content: bytes | memoryview | None = None


@dataclass
class Meter:
    """What all uploads share: the limit, and the count of what has gone out."""

    clock: Clock
    bucket: TokenBucket = field(default_factory=TokenBucket)
    sent: int = 0
    rate: float = 0.0
    """Bytes a second of late, as the reporter sees it."""

    def piece(self) -> int:
        """Bytes to hand out in one go: about a fifth of a second's worth of one upload among several."""
        return self.bucket.piece(int(min(LARGEST_PIECE, max(SMALLEST_PIECE, self.rate / 20))))

    async def pass_on(self, size: int) -> None:
        """Returns when ``size`` bytes may go out."""
        self.sent += size
        if (seconds := self.bucket.take(size, self.clock.monotonic())) > 0:
            await asyncio.sleep(seconds)


@dataclass
class Transfer:
    """One upload. ``said``: the whole body has gone out, and the receiver's answer is awaited."""

    meter: Meter
    sent: int = 0
    total: int = 0
    said: bool = False

    async def pieces(self, data: bytes | memoryview) -> AsyncIterator[memoryview]:
        """``data`` in pieces, each as soon as the limit lets it go; larger ones where the line takes them at once."""
        piece, clock = self.meter.piece(), self.meter.clock
        rest = memoryview(data)
        while rest:
            part, rest = rest[:piece], rest[piece:]
            await self.meter.pass_on(len(part))
            handed_out = clock.monotonic()
            yield part
            self.sent += len(part)
            at_once = clock.monotonic() < handed_out + AT_ONCE_SECONDS
            piece = self.meter.bucket.piece(min(LARGEST_PIECE, piece * 2)) if at_once else self.meter.piece()


def multipart_frame(boundary: str, payload: str, file_name: str) -> tuple[bytes, bytes]:
    """What stands before and after the file's bytes."""
    kind = mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    head = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="payload"\r\n\r\n{payload}\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{file_name}"\r\n'
        f"content-type: {kind}\r\n\r\n"
    )
    return head.encode(), f"\r\n--{boundary}--\r\n".encode()


async def multipart_body(head: bytes, file: FileToSend, tail: bytes, transfer: Transfer) -> Body:
    """Head, file, tail. The last bytes go out only when the file's hash is right: a damaged file never counts as sent."""
    transfer.total = file.size
    yield head
    if file.content is not None:
        async for piece in transfer.pieces(file.content):
            yield piece
    elif file.path is not None:
        digest = hashlib.sha256()
        for start in range(0, max(file.size, 1), CHUNK):
            chunk = await asyncio.to_thread(_read_chunk, file.path, start, digest)
            if start + CHUNK >= file.size:
                check_hash(file.path, file.sha256, digest.hexdigest())
            async for piece in transfer.pieces(chunk):
                yield piece
    transfer.said = True
    yield tail


def check_hash(path: Path, wanted: str, found: str) -> None:
    """Raises :class:`ItemError` when a file's bytes are not those that arrived."""
    if found != wanted:
        raise ItemError(
            f"The file {path.name} is damaged on the disk.", "Bring it back from a backup of the data folder."
        )


def _read_chunk(path: Path, start: int, digest: "hashlib._Hash") -> bytes:
    try:
        with path.open("rb", buffering=0) as source:
            source.seek(start)
            chunk = source.read(CHUNK)
    except FileNotFoundError as error:
        raise missing_file(path) from error
    except OSError as error:
        raise disk_fault(error, path) from error
    digest.update(chunk)
    return chunk
