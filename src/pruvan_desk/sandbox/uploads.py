"""Reading of forms as they stream in: small fields into memory, the file to disk, hashed on its way."""

import hashlib
import urllib.parse
import uuid
from pathlib import Path

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

LARGEST_FIELD = 32 * 1024 * 1024
"""Bytes of a form field; order lists and answer sets are far below."""
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes of an uploaded file."""


class FormError(ValueError):
    """The body is not a form that can be read."""


class IncomingFile:
    """A file on its way in. ``flip`` damages one byte of it, as a bad disk would."""

    def __init__(self, folder: Path, name: str, *, flip: bool) -> None:
        self.name = name
        self.size = 0
        self._flip = flip
        self._digest = hashlib.sha256()
        self._folder = folder
        self._path = folder / f"incoming-{uuid.uuid4().hex}"
        self._file = self._path.open("xb")

    @property
    def sha256(self) -> str:
        """Of what was kept, in hex."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Keeps a piece. Raises :class:`FormError` when the file grows too large."""
        if self._flip and chunk:
            chunk, self._flip = chunk[:-1] + bytes([chunk[-1] ^ 1]), False
        self.size += len(chunk)
        if self.size > LARGEST_FILE:
            raise FormError("the file is too large")
        self._digest.update(chunk)
        self._file.write(chunk)

    def keep(self) -> Path:
        """Files it under its SHA-256."""
        self._file.close()
        target = kept_file(self._folder, self.sha256)
        target.parent.mkdir(exist_ok=True)
        if not target.exists():  # the same bytes may come again, and Windows replaces no file that is being read
            self._path.replace(target)
        return target

    def discard(self) -> None:
        """Leaves no trace of it, unless it was kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def kept_file(folder: Path, sha256: str) -> Path:
    """Where the file of that SHA-256 lies."""
    return folder / sha256[:2] / sha256


class UploadedForm:
    """Fields by name, and the first file part if there was one. ``kept_as``: the delivery it was kept as, once it was."""

    def __init__(self, folder: Path, *, flip: bool = False) -> None:
        self.fields: dict[str, bytearray] = {}
        self.file: IncomingFile | None = None
        self.kept_as: int | None = None
        self._folder = folder
        self._flip = flip
        self._headers: dict[str, bytes] = {}
        self._header_name = self._header_value = b""
        self._part: IncomingFile | bytearray = bytearray()

    def discard(self) -> None:
        """Forgets the file, unless it was kept."""
        if self.file is not None:
            self.file.discard()

    async def read(self, request: Request) -> None:
        """Takes the body in. Raises :class:`FormError` for what is no form."""
        content_type, options = parse_options_header(request.headers.get("content-type", ""))
        if content_type == b"multipart/form-data":
            await self._read_multipart(request, options.get(b"boundary", b""))
            return
        body = bytearray()
        async for chunk in request.stream():
            _append(body, chunk)
        for name, value in urllib.parse.parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True):
            self.fields[name] = bytearray(value.encode())

    async def _read_multipart(self, request: Request, boundary: bytes) -> None:
        if not boundary:
            raise FormError("the form names no boundary")
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value_part,
                "on_header_end": self._end_header,
                "on_headers_finished": self._open_part,
                "on_part_data": self._part_data,
            },
        )
        try:
            async for chunk in request.stream():
                parser.write(chunk)
            parser.finalize()
        except MultipartParseError as error:
            raise FormError("the form is broken") from error

    def _begin_part(self) -> None:
        self._headers = {}

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_value_part(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header_name.decode("latin-1").lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _open_part(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", errors="replace")
        if b"filename" in options or name == "file":
            if self.file is not None:
                raise FormError("more than one file")
            file_name = options.get(b"filename", b"").decode("utf-8", errors="replace")
            self.file = self._part = IncomingFile(self._folder, file_name, flip=self._flip)
        else:
            self._part = self.fields[name] = bytearray()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if isinstance(self._part, IncomingFile):
            self._part.write(data[start:end])
        else:
            _append(self._part, data[start:end])


def _append(field: bytearray, chunk: bytes) -> None:
    if len(field) + len(chunk) > LARGEST_FIELD:
        raise FormError("a field is too large")
    field += chunk
