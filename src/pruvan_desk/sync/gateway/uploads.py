"""Takes a multipart body apart while it arrives: the payload into memory, the file to disk, hashed on the way.

A file is gathered in memory first, and written and hashed away from the loop, which has all the other phones to listen to.
"""

import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from pruvan_desk.core.errors import ItemError
from pruvan_desk.store.files import IncomingFile, PhotoFiles

LONGEST_PAYLOAD = 4 << 20
LONGEST_BODY = 512 << 20
FILE_NAME = re.compile(rb";\s*filename\*?\s*=", re.IGNORECASE)
"""In a part's disposition; the extended spelling is one that the parser leaves out."""


class Upload:
    """An ``uploadPictures`` call as it came: its payload text, and its file if there was one."""

    def __init__(self, payload: bytes = b"") -> None:
        self.payload = payload
        self.file_name: str | None = None
        """As the sender names the file; ``None`` when none came."""
        self.held = 0
        """Bytes of the file that are in memory only."""
        self._pieces: list[memoryview] = []
        self._file: IncomingFile | None = None
        self._turn = threading.Lock()

    def hold(self, piece: memoryview) -> None:
        """Takes the next bytes of the file, into memory."""
        self._pieces.append(piece)
        self.held += len(piece)

    def write(self, files: PhotoFiles) -> IncomingFile | None:
        """Writes what is held of the file to the disk; ``None`` when none came. Blocking. Raises :class:`DeskFault`."""
        with self._turn:
            if self.file_name is None:
                return None
            if self._file is None:
                self._file = files.incoming()
            pieces, self._pieces, self.held = self._pieces, [], 0
            for piece in pieces:
                self._file.write(piece)
            return self._file

    def discard(self) -> None:
        """Throws the file away, unless it was kept. Whoever writes it at this moment ends first."""
        with self._turn:
            self._pieces.clear()
            self.file_name = None  # a thread that comes to write it finds nothing to do
            if self._file is not None:
                self._file.discard()


@dataclass
class _Part:
    name: str = ""
    file_name: str = ""
    is_file: bool = False
    header: bytes = b""
    value: bytes = b""
    headers: dict[str, bytes] = field(default_factory=dict)


class UploadReader:
    """Fed with the chunks of a body; holds what it found in ``upload``. Raises :class:`ItemError` for a body it cannot read."""

    def __init__(self, boundary: bytes, field: str = "payload") -> None:
        self.upload = Upload()
        self._field = field
        self._part = _Part()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )
        self._size = 0
        self._has_file = self._ended = False

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes of the body."""
        self._size += len(chunk)
        if self._size > LONGEST_BODY:
            raise ItemError(f"The upload is larger than {LONGEST_BODY >> 20} MB.", "Send a smaller file.")
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise ItemError("The upload is not a form that can be read.", "Send it again.") from error

    def finish(self) -> Upload:
        """The whole upload. Raises :class:`ItemError` when the body ended early."""
        self._parser.finalize()
        if not self._ended:  # the parser itself does not mind
            raise ItemError("The upload ended early.", "Send it again.")
        return self.upload

    def _end(self) -> None:
        self._ended = True

    def _begin(self) -> None:
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        self._part.headers[self._part.header.decode("latin-1").lower()] = self._part.value
        self._part.header = self._part.value = b""

    def _headers_finished(self) -> None:
        disposition = self._part.headers.get("content-disposition", b"")
        _, options = parse_options_header(disposition)
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        self._part.file_name = options.get(b"filename", b"").decode("utf-8", "replace")
        self._part.is_file = self._part.name != self._field and (
            FILE_NAME.search(disposition) is not None or self._part.name == "file"
        )
        if not self._part.is_file:
            return
        if self._has_file:
            raise ItemError("The upload holds more than one file.", "Send one file with each item.")
        self._has_file, self.upload.file_name = True, self._part.file_name

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.name == self._field:
            self.upload.payload += data[start:end]
            if len(self.upload.payload) > LONGEST_PAYLOAD:
                raise ItemError("The payload is too long.", "Send less with one item.")
        elif self._part.is_file:
            self.upload.hold(memoryview(data)[start:end])


async def read_multipart(
    content_type: str,
    body: AsyncIterator[bytes],
    field: str = "payload",
    spill: Callable[[Upload], Awaitable[None]] | None = None,
) -> Upload:
    """Reads a whole multipart body, whose text is in ``field``. After each piece ``spill`` may write what is held of the file;
    without it only the text is wanted, and no file is kept.

    Raises :class:`ItemError` when it cannot be read; nothing is left on the disk then.
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise ItemError("The upload names no boundary.", "Send it as multipart/form-data.")
    try:
        reader = UploadReader(boundary, field)
    except FormParserError as error:
        raise ItemError("The upload's boundary cannot be used.", "Send it as multipart/form-data.") from error
    complete = False
    try:
        async for chunk in body:
            reader.feed(chunk)
            if spill is None:
                reader.upload.discard()
            else:
                await spill(reader.upload)
        upload = reader.finish()
        complete = True
    finally:
        if not complete:
            reader.upload.discard()
    return upload


async def read_form(body: AsyncIterator[bytes]) -> bytes:
    """A short body, whole. Raises :class:`ItemError` when it is too long."""
    parts: list[bytes] = []
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > LONGEST_PAYLOAD:
            raise ItemError("The payload is too long.", "Send less at once.")
        parts.append(chunk)
    return b"".join(parts)
