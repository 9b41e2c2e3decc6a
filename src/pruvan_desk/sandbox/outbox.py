"""How a phone sends: again with the same uuid when the answer is lost, for a while, and then later again."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache

import httpx

from pruvan_desk.core.errors import ItemError, PruvanDeskError, TransientError
from pruvan_desk.wire.answers import HttpAnswer, judge_upload
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.values import JsonObject

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often a phone tries at once, and how long it waits in between: ``first`` seconds, then twice that, up to ``most``."""

    tries: int = 5
    first: float = 0.05
    most: float = 1.0
    sleep: Sleep = asyncio.sleep

    async def wait(self, tried: int) -> None:
        """Waits after that many tries."""
        await self.sleep(min(self.most, self.first * 2 ** (tried - 1)))


@dataclass(slots=True)
class SentItem:
    """One item a phone made, and how it fared. ``sha256`` is of the file, or of the answer set where there is no file."""

    uuid: str
    sha256: str
    work_order: str
    task: str
    evidence_type: str
    file_type: str
    payload: JsonObject = field(repr=False)
    data: bytes | None = field(default=None, repr=False)
    file_name: str = ""
    acknowledged: bool = False
    refused: bool = False
    trouble: str = ""
    tries: int = 0

    def released(self) -> "SentItem":
        """The same without its bytes, once they are safe on the other side."""
        if self.acknowledged:
            self.data = None
        return self


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """Made once: it reads hundreds of certificates, and every client would make its own."""
    return ssl.create_default_context()


def new_client() -> httpx.AsyncClient:
    """A client for the gateway: no proxy, no redirects, ten seconds to connect and a minute to answer."""
    return httpx.AsyncClient(trust_env=False, verify=tls_context(), timeout=httpx.Timeout(60, connect=10))


class Line:
    """A phone's line to the gateway."""

    def __init__(self, gateway: str, credentials: Credentials, client: httpx.AsyncClient, backoff: Backoff) -> None:
        self._gateway = gateway.rstrip("/")
        self._credentials = credentials
        self._client = client
        self._backoff = backoff

    async def ask(self, call: str, payload: JsonObject) -> HttpAnswer:
        """Makes a call with a form. Raises :class:`TransientError` when nobody answers, however often it tries."""
        return await self._try(lambda: self._post(call, payload, None))

    async def send(self, item: SentItem) -> bool:
        """Uploads an item; true when it was acknowledged. Tries again on a lost or useless answer only.

        ``item.refused`` says that the other side does not want it, ``item.trouble`` holds the last words either way: of a check-in
        that was taken, why its number is not good.
        """
        for tried in range(1, self._backoff.tries + 1):
            item.tries += 1
            try:
                remark = judge_upload(await self._post("uploadPictures", item.payload, item))
            except (httpx.TransportError, TransientError) as error:
                item.trouble = str(error) or type(error).__name__
            except PruvanDeskError as error:  # a refused item, or a refused phone, which may be let in again later
                item.refused, item.trouble = isinstance(error, ItemError), error.title
                return False
            else:
                item.acknowledged, item.refused, item.trouble = True, False, remark
                return True
            if tried < self._backoff.tries:
                await self._backoff.wait(tried)
        return False

    async def _try(self, post: Callable[[], Awaitable[HttpAnswer]]) -> HttpAnswer:
        tried = 0
        while True:
            tried += 1
            try:
                return await post()
            except httpx.TransportError as error:
                if tried >= self._backoff.tries:
                    raise TransientError("The gateway does not answer.", str(error)) from error
            await self._backoff.wait(tried)

    async def _post(self, call: str, payload: JsonObject, item: SentItem | None) -> HttpAnswer:
        form = {"payload": json.dumps({**self._credentials.payload(), **payload}, ensure_ascii=False)}
        url = f"{self._gateway}/{call}"
        if item is None:
            answer = await self._client.post(url, data=form)
        elif item.data is None:
            answer = await self._client.post(url, files={"payload": (None, form["payload"].encode())})
        else:
            answer = await self._client.post(url, data=form, files={"file": (item.file_name, item.data)})
        return HttpAnswer(answer.status_code, answer.content, {k.lower(): v for k, v in answer.headers.items()})
