"""The gateway's HTTP side: Starlette on uvicorn, on this machine only unless it has a certificate."""

import asyncio
import contextlib
import functools
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pruvan_desk.core.certificates import file_times, server_tls
from pruvan_desk.core.errors import DeskFault, ItemError, PruvanDeskError, UsageError
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.operations.gateway import GatewayForm, GatewayMode
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.sync.context import EngineContext, first_of
from pruvan_desk.sync.gateway.arrivals import Arrivals
from pruvan_desk.sync.gateway.calls import WRONG_PER_SECOND, Answer, FieldCalls, TooManyWrongError, read_payload
from pruvan_desk.sync.gateway.crowds import AGAIN_SECONDS, CROWDED_WORDS, MOST_CALLS, CrowdProtocol
from pruvan_desk.sync.gateway.push import PushDoor, push_refusal
from pruvan_desk.sync.gateway.uploads import LONGEST_BODY, LONGEST_PAYLOAD, Upload, read_form, read_multipart
from pruvan_desk.wire.values import JsonObject

log = logger(__name__)
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - only ever with a certificate
RETRY_SECONDS = 10.0
LOOK_SECONDS = 600.0
"""How often a certificate is looked at that may have been renewed."""
FINISH_SECONDS = 1.5
SILENCE_SECONDS = 60.0
"""A call of which nothing more comes is broken off: it holds a place, and a file."""
VERDICT_SECONDS = 5.0
"""A phone that checks in waits so long for the provider's word."""
VERDICT_LOOK_SECONDS = 0.5
"""How often it is looked for in any case: an outcome may be written down between a look and the waiting."""
ALERT = "gateway"
Refusal = Callable[[PruvanDeskError, int], JSONResponse]


class GatewayServer(uvicorn.Server):
    """Uvicorn without its signal handling: the process that runs the engine has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to the worker."""
        yield


class FieldGateway:
    """Listens as the office has decided it, and answers the four calls and the push keys."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._calls = FieldCalls(context)
        self._arrivals = Arrivals(context)
        self._push = PushDoor(context)
        self._in_hand: set[asyncio.Task[JSONResponse]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Serves, as the office has decided it, until cancelled. A port that is taken or a certificate that cannot be used
        is an alert, tried again; the rest of the engine goes on.
        """
        with contextlib.closing(self._arrivals):
            while True:
                self._context.bells.gateway.clear()
                form = GatewayForm.of(self._context.settings)
                try:
                    await (self._bell() if form.mode is GatewayMode.OFF else self._serve(form))
                except (DeskFault, UsageError) as problem:
                    await self._context.insist(functools.partial(self._report, problem))
                    await first_of(self._context.bells.gateway, seconds=RETRY_SECONDS)
                finally:
                    self._tell("")

    async def _bell(self) -> None:
        """Until a setting changes."""
        await self._context.insist(functools.partial(self._report, None))
        await self._context.bells.gateway.wait()

    async def _serve(self, form: GatewayForm) -> None:
        """Until the office decides otherwise. Raises :class:`DeskFault` or :class:`UsageError` when it cannot listen."""
        network = form.mode is GatewayMode.NETWORK
        times = await self._context.run(lambda: file_times(form.certificate, form.key))
        tls = await self._context.run(lambda: server_tls(form.certificate, form.key)) if network else None
        with contextlib.closing(listening_socket(EVERYWHERE if network else LOOPBACK, form.port)) as listener:
            await self._context.insist(functools.partial(self._report, None))
            config = uvicorn.Config(
                self.application(),
                http=CrowdProtocol,
                access_log=False,
                log_config=None,
                lifespan="off",
                timeout_keep_alive=30,
                proxy_headers=form.mode is GatewayMode.PROXY,
                forwarded_allow_ips=LOOPBACK,
            )
            config.load()
            config.ssl = tls
            own = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
            self._tell(own if form.mode is GatewayMode.MACHINE else form.address)
            await self._until_changed(GatewayServer(config), listener, form, times)

    async def _until_changed(
        self, server: GatewayServer, listener: socket.socket, form: GatewayForm, times: tuple[int, ...]
    ) -> None:
        """Serves until the office decides otherwise, or its certificate was renewed."""
        self._stopping = False
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        serving.add_done_callback(lambda _task: self._context.bells.gateway.set())
        try:
            while not serving.done():
                self._context.bells.gateway.clear()
                renewed = await self._context.run(lambda: file_times(form.certificate, form.key)) != times
                if renewed or GatewayForm.of(self._context.settings) != form:
                    break
                await first_of(self._context.bells.gateway, seconds=LOOK_SECONDS)
        finally:
            self._stopping = server.should_exit = True
            for each in getattr(server, "servers", []):  # else the loop goes on listening at a closed socket
                each.close()
            listener.close()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await self._finish(server)

    def _tell(self, url: str) -> None:
        if self._context.gateway_url != url:
            self._context.gateway_url = url
            self._context.bells.heartbeat.set()

    async def _finish(self, server: uvicorn.Server) -> None:
        """Calls in hand get a moment: what is durable should be acknowledged. Those that take longer are broken off."""
        calls = server.server_state.tasks
        if calls:
            _, late = await asyncio.wait(calls, timeout=FINISH_SECONDS)
            for task in self._in_hand:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=FINISH_SECONDS)
        for connection in list(server.server_state.connections):
            connection.transport.close()
        await asyncio.sleep(0)

    def _report(self, problem: PruvanDeskError | None) -> None:
        with self._context.database.write() as writing:
            if problem is None:
                solve_alert(writing, ALERT)
            else:
                raise_alert(writing, ALERT, problem)

    def application(self) -> Starlette:
        """The four calls, with or without an extension, as ``{url}/{call}.{extension}``."""
        simple: dict[str, Callable[[JsonObject, str], Answer]] = {
            "validate": self._calls.validate,
            "getWorkOrders": self._calls.get_work_orders,
            "status": self._calls.status,
        }

        async def answer(request: Request) -> JSONResponse:
            name = request.path_params["call"].partition(".")[0]
            if name == "uploadPictures":
                return await self._guarded(lambda: self._upload(request), name)
            if name in simple:
                return await self._guarded(lambda: self._simple(request, simple[name]), name)
            return JSONResponse({"error": "There is no such call.", "status": False}, 404)

        async def push(request: Request) -> JSONResponse:
            return await self._guarded(lambda: self._push.answer(request), "push", push_refusal)

        routes = [Route("/{call}", answer, methods=["POST"]), Route("/push/{key}", push, methods=["GET", "POST"])]
        return Starlette(routes=routes)

    async def _simple(self, request: Request, call: Callable[[JsonObject, str], Answer]) -> Answer:
        async with asyncio.timeout(SILENCE_SECONDS) as limit:
            payload = await _form_payload(request, _heard(request, limit, LONGEST_PAYLOAD))
        return await self._context.run(lambda: call(read_payload(payload), _caller(request)))

    async def _upload(self, request: Request) -> Answer:
        content_type = request.headers.get("content-type", "")
        with self._context.uploading():
            async with asyncio.timeout(SILENCE_SECONDS) as limit:
                body = _heard(request, limit, LONGEST_BODY)
                if content_type.startswith("multipart/"):
                    upload = await read_multipart(content_type, body, spill=self._arrivals.spill)
                else:
                    upload = Upload(await _form_payload(request, body))
            arrival = await self._arrivals.take(lambda: self._calls.accept(upload, _caller(request)))
        received = arrival.received
        words = await self._verdict(received.uuid) if received.file_type is FileType.CHECK_IN else ""
        return {"error": words, "status": True}

    async def _verdict(self, uuid: str) -> str:
        """What is wrong with a check-in: here, or, if that comes soon, by the provider's word. Later words stand in the order."""
        until = asyncio.get_running_loop().time() + VERDICT_SECONDS
        while (words := await self._context.run(lambda: self._calls.verdict(uuid))) is None:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                return ""
            await self._context.recorded.wait(min(left, VERDICT_LOOK_SECONDS))
        return words

    async def _guarded(
        self, work: Callable[[], Awaitable[Answer | JSONResponse]], call: str, refusal: Refusal | None = None
    ) -> JSONResponse:
        """The answer, or the refusal in the documented shape; the work is a task of its own, so that a stop can wait for it."""
        if self._stopping:
            return _stopped()
        if len(self._in_hand) >= MOST_CALLS:
            return _later((refusal or _refusal)(DeskFault(CROWDED_WORDS), 503), AGAIN_SECONDS)
        task = asyncio.create_task(self._answered(work, call, refusal or _refusal))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        await asyncio.wait([task])
        return _stopped() if task.cancelled() else task.result()

    async def _answered(
        self, work: Callable[[], Awaitable[Answer | JSONResponse]], call: str, refusal: Refusal
    ) -> JSONResponse:
        try:
            answer = await work()
        except TooManyWrongError as error:
            return _later(refusal(error, 429), round(1 / WRONG_PER_SECOND))
        except (ItemError, UsageError) as error:
            return refusal(error, 200)
        except DeskFault as fault:
            log.warning("a call must wait", call=call, problem=str(fault))
            return refusal(fault, 503)
        except ClientDisconnect:
            return refusal(ItemError("The call broke off."), 400)
        except TimeoutError:
            return refusal(ItemError("The call does not go on.", "Send it again."), 408)
        return answer if isinstance(answer, JSONResponse) else JSONResponse(answer)


async def _heard(request: Request, limit: asyncio.Timeout, longest: int) -> AsyncIterator[bytes]:
    """The body as it comes, each piece of which gives the next its time. Raises :class:`ItemError` when it says it is too long."""
    if int(request.headers.get("content-length", "0")) > longest:
        raise ItemError(f"The upload is larger than {longest >> 20} MB.", "Send less at once.")
    clock = asyncio.get_running_loop().time
    heard = clock()
    async for piece in request.stream():
        if (now := clock()) > heard + SILENCE_SECONDS / 60:  # to the second will do
            heard = now
            limit.reschedule(now + SILENCE_SECONDS)
        yield piece


def _caller(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _later(answer: JSONResponse, seconds: int) -> JSONResponse:
    answer.headers["retry-after"] = str(seconds)
    return answer


async def _form_payload(request: Request, body: AsyncIterator[bytes]) -> bytes:
    """The ``payload`` field of a form, urlencoded or multipart."""
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/"):
        return (await read_multipart(content_type, body)).payload
    fields = parse_qs((await read_form(body)).decode("utf-8", "replace"), keep_blank_values=True)
    return fields.get("payload", [""])[0].encode()


def _refusal(error: PruvanDeskError, status: int) -> JSONResponse:
    return JSONResponse({"error": str(error), "status": False, "validated": False}, status)


def _stopped() -> JSONResponse:
    return _refusal(DeskFault("The engine is being stopped.", "Send it again in a moment."), 503)


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens. ``IPPROTO_TCP`` is named, or asyncio leaves Nagle on and every answer waits 44 ms."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # else a port stays taken for a minute after a crash; on Windows it would let two share one
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise DeskFault(
            f"Port {port} for the field gateway is taken.", "Choose another in Preferences, or stop what uses it."
        ) from error
    listener.listen(128)
    return listener
