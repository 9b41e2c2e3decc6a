"""The order source over HTTP: the four calls, with foreign errors translated into ours at this border."""

import asyncio
import hashlib
import html
import json
import mimetypes
import secrets as random_secrets
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

import httpx
import truststore

from pruvan_desk.core.errors import IntegrationError, ItemError, PruvanDeskError, TransientError
from pruvan_desk.core.logs import REDACTED
from pruvan_desk.store.files import disk_fault, missing_file
from pruvan_desk.wire.answers import (
    HttpAnswer,
    judge_order_list,
    judge_status,
    judge_upload,
    judge_validate,
    server_time,
)
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.transport import call_url, check_service_url

TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=None)
CHUNK = 1 << 20
LONGEST_ANSWER = 1 << 20
LONGEST_LIST = 256 << 20
Judgement = TypeVar("Judgement")
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file to upload. ``sha256`` is that of its bytes: nothing else is sent under it. ``content`` where it is not on disk."""

    name: str
    sha256: str
    size: int
    path: Path | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class OrdersAnswer:
    """The ``workOrders`` value of an answer (``True`` where there was no list) and the server's clock, if it told it."""

    work_orders: Any
    server_time: datetime | None


@cache
def _tls() -> ssl.SSLContext:
    """The system's certificates, as the browser uses them."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def http_client(connections: int = 16) -> httpx.AsyncClient:
    """A client that follows no redirects, because credentials go to the configured host only, and no proxy to this machine."""
    direct = dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]"))
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(verify=_tls(), timeout=TIMEOUT, limits=limits, follow_redirects=False, mounts=direct)


class OrderSource:
    """One order source. Every call raises :class:`TransientError`, :class:`ItemError` or :class:`IntegrationError`."""

    def __init__(self, http: httpx.AsyncClient, service_url: str, extension: str, credentials: Credentials) -> None:
        check_service_url(service_url)
        self._http = http
        self._service_url = service_url
        self._extension = extension
        self._credentials = credentials.payload()
        self._secrets = _spellings(self._credentials["password"], self._credentials["token"])

    async def validate(self, pushkey: str | None = None) -> None:
        """Returns when the credentials are good. Raises :class:`IntegrationError` with the server's words when not."""
        extra = {"pushkey": pushkey} if pushkey else {}
        self._judged(judge_validate, await self._post_form("validate", extra))

    async def get_work_orders(self, timestamp: int | None) -> OrdersAnswer:
        """Orders changed since ``timestamp`` (Unix seconds, the server's clock); ``None`` asks for all current orders."""
        answer = await self._post_form("getWorkOrders", {"timestamp": timestamp}, LONGEST_LIST)
        work_orders = await asyncio.to_thread(
            self._judged, judge_order_list, answer
        )  # thousands take a while to decode
        return OrdersAnswer(work_orders, server_time(answer))

    async def upload(self, payload: dict[str, Any], file: FileToSend | None) -> None:
        """Sends one item; returns when the receiver said that it has it."""
        text = json.dumps(payload | self._credentials, ensure_ascii=False)
        if file is None:
            self._judged(judge_upload, await self._post_form("uploadPictures", payload))
            return
        boundary = f"pruvan-desk-{random_secrets.token_hex(12)}"
        head, tail = _multipart_frame(boundary, text, file.name)
        headers = {
            "content-type": f"multipart/form-data; boundary={boundary}",
            "content-length": str(len(head) + file.size + len(tail)),
        }
        body = _multipart_body(head, file, tail)
        self._judged(judge_upload, await self._post("uploadPictures", body, headers, LONGEST_ANSWER))

    async def status(self, work_orders: list[dict[str, Any]]) -> str:
        """Tells the status of orders. Answers the receiver's objection, empty when it had none."""
        answer = await self._post_form("status", {"workOrders": work_orders})
        return judge_status(self._without_secrets(answer))

    def _judged(self, judge: Callable[[HttpAnswer], Judgement], answer: HttpAnswer) -> Judgement:
        """What ``judge`` says. A failure is judged without our secrets: servers quote what they were sent, and people see it."""
        try:
            return judge(answer)
        except PruvanDeskError:
            quoted = answer
        return judge(self._without_secrets(quoted))

    def _without_secrets(self, answer: HttpAnswer) -> HttpAnswer:
        body = answer.body
        for secret in self._secrets:
            body = body.replace(secret, REDACTED.encode())
        return replace(answer, body=body)

    async def _post_form(self, call: str, payload: dict[str, Any], longest: int = LONGEST_ANSWER) -> HttpAnswer:
        form = httpx.QueryParams({"payload": json.dumps(payload | self._credentials, ensure_ascii=False)})
        return await self._post(call, str(form).encode(), FORM, longest)

    async def _post(
        self, call: str, content: bytes | AsyncIterator[bytes], headers: dict[str, str], longest: int
    ) -> HttpAnswer:
        url = call_url(self._service_url, call, self._extension)
        try:
            async with self._http.stream("POST", url, content=content, headers=headers) as response:
                return HttpAnswer(response.status_code, await _read_at_most(response, longest), response.headers)
        except httpx.HTTPError as error:
            raise _translated(error) from error
        except httpx.InvalidURL as error:
            raise IntegrationError("The service URL is not an address.", "Mend it in the integration.") from error


def _spellings(*secrets: str) -> list[bytes]:
    """The ways in which a server may write them back: plain, in JSON, in a form, in a page."""
    ways = (str, lambda secret: json.dumps(secret)[1:-1], quote, quote_plus, html.escape)
    return sorted({way(secret).encode() for secret in secrets if secret for way in ways}, key=len, reverse=True)


async def validate(service_url: str, extension: str, credentials: Credentials, pushkey: str | None = None) -> None:
    """One *Validate*, as the edit window asks for it. Raises :class:`PruvanDeskError` with the server's words."""
    check_service_url(service_url)
    async with http_client(1) as http:
        await OrderSource(http, service_url, extension, credentials).validate(pushkey)


async def _read_at_most(response: httpx.Response, longest: int) -> bytes:
    """The decoded body. Raises :class:`TransientError` when it is longer than any honest one (compressed bombs too)."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > longest:
            raise TransientError("The server's answer is far too long.", "Check the service URL and extension.")
        parts.append(part)
    return b"".join(parts)


def _multipart_frame(boundary: str, payload: str, file_name: str) -> tuple[bytes, bytes]:
    """What stands before and after the file's bytes."""
    kind = mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    head = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="payload"\r\n\r\n{payload}\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{file_name}"\r\n'
        f"content-type: {kind}\r\n\r\n"
    )
    return head.encode(), f"\r\n--{boundary}--\r\n".encode()


async def _multipart_body(head: bytes, file: FileToSend, tail: bytes) -> AsyncIterator[bytes]:
    """Head, file, tail. The last bytes go out only when the file's hash is right: a damaged file never counts as sent."""
    yield head
    if file.content is not None:
        yield file.content
    elif file.path is not None:
        digest = hashlib.sha256()
        for start in range(0, max(file.size, 1), CHUNK):
            chunk = await asyncio.to_thread(_read_chunk, file.path, start, digest)
            if start + CHUNK >= file.size and digest.hexdigest() != file.sha256:
                raise ItemError(
                    f"The file {file.path.name} is damaged on the disk.",
                    "Bring it back from a backup of the data folder.",
                )
            yield chunk
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


def _translated(error: httpx.HTTPError) -> PruvanDeskError:
    """What a failure of the network means, in words."""
    words = str(error)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return IntegrationError(
                f"The server's certificate is not trusted: {getattr(cause, 'verify_message', '') or cause.reason}.",
                "Check the service URL. If the office has its own certificates, install them on this computer.",
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return TransientError("The server did not answer in time.", "It is tried again by itself.")
    if isinstance(error, httpx.ConnectError):
        return TransientError("The server cannot be reached.", "It is tried again by itself. Check the network.")
    if isinstance(error, httpx.DecodingError):
        return TransientError("The server's answer cannot be unpacked.", "It is tried again by itself.")
    return TransientError(f"The connection broke: {words or type(error).__name__}.", "It is tried again by itself.")
