"""The gateway's HTTP side: Starlette on uvicorn, on this machine only."""

import asyncio
import contextlib
import functools
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pruvan_desk.core.errors import DeskFault, ItemError, PruvanDeskError, UsageError
from pruvan_desk.core.logs import logger
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.gateway.arrivals import Arrivals
from pruvan_desk.sync.gateway.calls import Answer, FieldCalls, read_payload
from pruvan_desk.sync.gateway.uploads import Upload, read_form, read_multipart
from pruvan_desk.wire.values import JsonObject

log = logger(__name__)
LOOPBACK = "127.0.0.1"
RETRY_SECONDS = 10.0
FINISH_SECONDS = 1.5
ALERT = "gateway"


class GatewayServer(uvicorn.Server):
    """Uvicorn without its signal handling: the process that runs the engine has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to the worker."""
        yield


class FieldGateway:
    """Listens on loopback and answers the four calls."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._calls = FieldCalls(context)
        self._arrivals = Arrivals(context)
        self._in_hand: set[asyncio.Task[JSONResponse]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Serves until cancelled. A taken port is an alert, tried again; the rest of the engine goes on."""
        listener = await self._listen()
        await self._context.run(functools.partial(self._report, None))
        self._context.gateway_url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        self._context.bells.heartbeat.set()
        config = uvicorn.Config(
            self.application(), access_log=False, log_config=None, lifespan="off", timeout_keep_alive=30
        )
        server = GatewayServer(config)
        try:
            await server.serve(sockets=[listener])
        finally:
            self._stopping = True
            listener.close()
            await self._finish(server)

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

    async def _listen(self) -> socket.socket:
        while True:
            try:
                return listening_socket(LOOPBACK, self._context.settings.gateway_port)
            except DeskFault as fault:
                await self._context.run(functools.partial(self._report, fault))
            await asyncio.sleep(RETRY_SECONDS)

    def _report(self, problem: DeskFault | None) -> None:
        with self._context.database.write() as writing:
            if problem is None:
                solve_alert(writing, ALERT)
            else:
                raise_alert(writing, ALERT, problem)

    def application(self) -> Starlette:
        """The four calls, with or without an extension, as ``{url}/{call}.{extension}``."""
        simple: dict[str, Callable[[JsonObject], Answer]] = {
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

        return Starlette(routes=[Route("/{call}", answer, methods=["POST"])])

    async def _simple(self, request: Request, call: Callable[[JsonObject], Answer]) -> Answer:
        payload = await _form_payload(request, self._context)
        return await self._context.run(lambda: call(read_payload(payload)))

    async def _upload(self, request: Request) -> Answer:
        content_type = request.headers.get("content-type", "")
        self._context.uploads += 1
        try:
            if content_type.startswith("multipart/"):
                upload = await read_multipart(content_type, request.stream(), self._context.files)
            else:
                upload = Upload(await _form_payload(request, self._context))
            await self._arrivals.take(await self._context.run(lambda: self._calls.accept(upload)))
        finally:
            self._context.uploads -= 1
        return {"error": "", "status": True}

    async def _guarded(self, work: Callable[[], Awaitable[Answer]], call: str) -> JSONResponse:
        """The answer, or the refusal in the documented shape; the work is a task of its own, so that a stop can wait for it."""
        if self._stopping:
            return _stopped()
        task = asyncio.create_task(self._answered(work, call))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        await asyncio.wait([task])
        return _stopped() if task.cancelled() else task.result()

    async def _answered(self, work: Callable[[], Awaitable[Answer]], call: str) -> JSONResponse:
        try:
            return JSONResponse(await work())
        except (ItemError, UsageError) as error:
            return _refusal(error, 200)
        except DeskFault as fault:
            log.warning("a call must wait", call=call, problem=str(fault))
            return _refusal(fault, 503)
        except ClientDisconnect:
            return _refusal(ItemError("The call broke off."), 400)


async def _form_payload(request: Request, context: EngineContext) -> bytes:
    """The ``payload`` field of a form, urlencoded or multipart."""
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/"):
        upload = await read_multipart(content_type, request.stream(), context.files)
        upload.discard()
        return upload.payload
    body = await read_form(request.stream())
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
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
