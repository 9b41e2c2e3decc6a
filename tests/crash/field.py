"""The crews: phones that photograph, fill in forms and send until everything is acknowledged, whatever happens to the engine."""

import asyncio
import hashlib
import io
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from PIL import ExifTags, Image

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.field_items import is_on, renamed, services_of
from pruvan_desk.sandbox.outbox import Backoff, SentItem
from pruvan_desk.sandbox.photos import Photo, Shot
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.values import JsonObject

PHONES_EACH = 3
WORKED_ORDERS = 40
PAUSE = 0.02
"""Seconds before a phone tries again."""
SIZES = (*[(64, 48)] * 80, *[(640, 480)] * 20, (1500, 1100))
STREAMED = 5 << 20
"""Most photos are small, so that many are on their way; some take a while, and the largest are too large for one go."""


@dataclass(eq=False, slots=True)
class Flight:
    """A call under way."""

    call: str
    started: float
    ended: float | None = None
    broken: bool = False


class Watched(httpx.AsyncHTTPTransport):
    """The network, with every call known that is under way, and every one that broke off."""

    def __init__(self) -> None:
        super().__init__()
        self.flights: list[Flight] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        flight = Flight(request.url.path.strip("/"), time.time())
        self.flights.append(flight)
        try:
            return await super().handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            self.flights.remove(flight)  # nobody took it
            raise
        except httpx.TransportError:
            flight.broken = True
            raise
        finally:
            flight.ended = time.time()

    def uploads(self) -> int:
        """Uploads under way now."""
        return sum(flight.ended is None and flight.call == "uploadPictures" for flight in self.flights)

    def broken_by(self, moment: float) -> int:
        """Uploads that were under way at that moment and broke off."""
        return sum(
            flight.broken and flight.call == "uploadPictures" and flight.started <= moment <= (flight.ended or moment)
            for flight in self.flights
        )

    def forget(self) -> None:
        """Lets go of what is over."""
        self.flights[:] = [flight for flight in self.flights if flight.ended is None]


class SeededPhotos:
    """Photos of several sizes that take no time to make; each is another."""

    def take(self, shot: Shot) -> Photo:
        rng = random.Random(shot.seed)
        image = Image.frombytes("RGB", (8, 6), rng.randbytes(8 * 6 * 3))
        image = image.resize(rng.choice(SIZES), Image.Resampling.NEAREST)
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = shot.seed % 8 + 1
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=95, exif=exif)
        data = buffer.getvalue() + rng.randbytes(STREAMED) if image.width > 1000 else buffer.getvalue()
        return Photo(data, "jpg", shot.position, hashlib.sha256(data).hexdigest())


@dataclass
class Sent:
    """What the field has sent: the latest of each uuid, and what was refused."""

    latest: dict[str, SentItem] = field(default_factory=dict)
    refused: list[SentItem] = field(default_factory=list)

    def acknowledged(self) -> list[SentItem]:
        """What the gateway said it has."""
        return [item for item in self.latest.values() if item.acknowledged]


class Field:
    """All crews, on a loop in a thread of their own. They make something only when they are allowed to."""

    def __init__(self, gateway: str, crews: Sequence[tuple[str, str]], seed: int) -> None:
        self.network = Watched()
        self.sent = Sent()
        self._gateway, self._crews, self._seed = gateway, crews, seed
        self._loop: asyncio.AbstractEventLoop
        self._allowed = asyncio.Semaphore(0)
        self._over = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="field", daemon=True)

    def start(self) -> None:
        """Sends everybody out."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def allow(self, count: int) -> None:
        """Lets the phones make about so many more items, and send them at once."""
        self._loop.call_soon_threadsafe(lambda: [self._allowed.release() for _ in range(count)])

    def call_back(self) -> None:
        """Nobody makes anything new; what is not acknowledged is still being sent."""
        self._over = True
        self.allow(10_000)

    @property
    def at_work(self) -> bool:
        """Whether a phone still has something to send. Raises what went wrong in the field."""
        if self._failure is not None:
            raise self._failure
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._all())
        except BaseException as failure:  # noqa: BLE001 - handed to whoever asks next
            self._failure = failure

    async def _all(self) -> None:
        async with httpx.AsyncClient(transport=self.network, timeout=httpx.Timeout(30, connect=5)) as client:
            jobs = []
            for n, (name, token) in enumerate(self._crews * PHONES_EACH):
                phone = Phone(
                    self._gateway,
                    Credentials(name, "", token),
                    seed=self._seed * 100 + n,
                    photos=SeededPhotos(),
                    backoff=Backoff(tries=1),
                    client=client,
                )
                jobs.append(self._work(phone, random.Random(f"field {self._seed} {n}"), n))
            await asyncio.gather(*jobs)

    async def _work(self, phone: Phone, rng: random.Random, n: int) -> None:
        orders = (await self._orders(phone))[:WORKED_ORDERS]
        mine = orders[n :: len(self._crews) * PHONES_EACH]
        for order in mine:
            await self._say(phone, order, "Completed")
        while not self._over:
            await self._allowed.acquire()
            if not self._over:
                await self._turn(phone, rng.choice(mine), rng)

    async def _turn(self, phone: Phone, order: JsonObject, rng: random.Random) -> None:
        """One thing that a crew does: mostly photos, at times a form, a check-in, a status, or a photo once more."""
        chance = rng.random()
        service = rng.choice(services_of(order))
        if chance < 0.06:
            await self._say(phone, order, "In Process")
            await self._say(phone, order, "Completed")
        elif chance < 0.1 and is_on((order.get("options") or {}).get("check_in_required")):
            await self._send(phone, phone.make_check_in(order, rng))
        elif chance < 0.2:
            for item in await phone.make_items(order, service, rng, 1):
                await self._send(phone, item)
        else:
            task = str(service["serviceName"]).strip()
            photo = await phone.make_photo(order, task, rng.choice(("before", "after")), rng)
            await self._send(phone, photo)
            if chance < 0.25:  # the same uuid with other bytes: a new revision
                await self._send(phone, renamed(await phone.make_photo(order, task, "during", rng), photo.uuid))
            elif chance < 0.3:  # the same again, as after an answer that got lost
                await phone.upload(photo)
            photo.data = None  # durable on the other side, as it said

    async def _send(self, phone: Phone, item: SentItem) -> None:
        before = self.sent.latest.get(item.uuid)
        if before is not None and not before.acknowledged:
            raise AssertionError("a phone sends one thing after the other")
        while not await phone.upload(item):
            if item.refused:
                self.sent.refused.append(item)
                return
            await asyncio.sleep(PAUSE)
        self.sent.latest[item.uuid] = item

    async def _say(self, phone: Phone, order: JsonObject, status: str) -> None:
        while True:
            try:
                objection = await phone.send_status(order, status)
            except PruvanDeskError:
                await asyncio.sleep(PAUSE)
            else:
                if objection:
                    raise AssertionError(f"the gateway does not take {status}: {objection}")
                return

    async def _orders(self, phone: Phone) -> list[JsonObject]:
        while True:
            try:
                return await phone.fetch_orders()
            except PruvanDeskError:
                await asyncio.sleep(PAUSE)
