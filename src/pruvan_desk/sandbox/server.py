"""The sandbox as a server on a loopback port: in a thread for tests, or on its own for ``pruvan-desk sandbox``."""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from pruvan_desk.core.errors import PruvanDeskError, UsageError
from pruvan_desk.sandbox.connections import Connections
from pruvan_desk.sandbox.control import Control
from pruvan_desk.sandbox.crew_runner import CrewRunner
from pruvan_desk.sandbox.fastrack_calls import FastrackCalls
from pruvan_desk.sandbox.orders import make_orders
from pruvan_desk.sandbox.outbox import tls_context
from pruvan_desk.sandbox.photos import PhotoSource
from pruvan_desk.sandbox.portal import LOGIN_PAGE, ORDER_PAGE
from pruvan_desk.sandbox.portal.site import Portal
from pruvan_desk.sandbox.uploads import kept_file
from pruvan_desk.sandbox.world import DEFAULT_LOGIN, World
from pruvan_desk.wire.credentials import Credentials

LOOPBACK = "127.0.0.1"
START_WITHIN = 20.0
"""Seconds."""


class SandboxError(PruvanDeskError):
    """The sandbox did not do what was asked through its control API."""


class FastrackSandbox:
    """A FAStrack on a free loopback port, in a thread of this process. A context manager.

    ``folder`` keeps its state; without one it lives in a temporary folder. A folder without orders gets ``orders`` of
    them, made from ``seed``. After :meth:`stop`, :meth:`start` brings it back on the same port, as after a restart.
    Raises :class:`UsageError` when ``port`` is taken.
    """

    credentials: Credentials = DEFAULT_LOGIN
    """The login of a new sandbox."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        seed: int = 1,
        orders: int = 0,
        port: int = 0,
        photos: PhotoSource | None = None,
    ) -> None:
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._seed, self._orders, self._photos = seed, orders, photos
        self._client = httpx.Client(trust_env=False, timeout=60, verify=tls_context())
        self._thread: _ServerThread | None = None
        self.port = port

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def url(self) -> str:
        """The web service URL, to be configured in an integration."""
        return f"{self.origin}/fastrack"

    @property
    def portal_url(self) -> str:
        """The myFAStrack page of an order, to be configured in an integration."""
        return f"{self.origin}{ORDER_PAGE}"

    @property
    def portal_login_url(self) -> str:
        """The address of myFAStrack's login form."""
        return f"{self.origin}{LOGIN_PAGE}"

    @property
    def folder(self) -> Path:
        """Where the state is kept."""
        if self._folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="fastrack-")
            self._folder = Path(self._temporary.name)
        return self._folder

    def start(self) -> "FastrackSandbox":
        """Starts serving."""
        listener = _listen(self.port)
        self.port = listener.getsockname()[1]
        self._thread = _ServerThread(listener, self.folder, self._seed, self._orders, self._photos)
        self._thread.begin()
        return self

    def stop(self) -> None:
        """Stops serving; the state stays."""
        if self._thread is not None:
            self._thread.end()
            self._thread = None

    def close(self) -> None:
        """Stops, and forgets a temporary folder."""
        self.stop()
        self._client.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> "FastrackSandbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """GETs ``/_sandbox/{path}``, or POSTs when there is a body. Raises :class:`SandboxError` for a refusal."""
        url = f"{self.origin}/_sandbox/{path}"
        answer = self._client.get(url) if body is None else self._client.post(url, content=json.dumps(body))
        value = answer.json()
        if answer.status_code != 200:
            raise SandboxError(f"The sandbox refused {path}: {value.get('error')}")
        return value

    def kept_file(self, sha256: str) -> Path:
        """Where a received file lies."""
        return kept_file(self.folder / "files", sha256)


def serve(
    port: int,
    data_dir: Path,
    seed: int,
    orders: int,
    ready: Callable[[str], None],
    *,
    until_stdin_closes: bool = False,
    photos: PhotoSource | None = None,
) -> None:
    """Serves until SIGINT, SIGTERM or, if asked, the end of standard input; to be called on the main thread.

    ``ready`` gets the service URL once it answers. Raises :class:`UsageError` when the port is taken.
    """
    stop = threading.Event()
    sandbox = FastrackSandbox(data_dir, seed=seed, orders=orders, port=port, photos=photos)
    with _stopping_by_signal(stop), sandbox:
        if until_stdin_closes:
            threading.Thread(target=_watch_stdin, args=(stop,), name="sandbox-stdin", daemon=True).start()
        ready(sandbox.url)
        while not stop.wait(0.5):  # an unlimited wait would keep Windows from seeing Ctrl+C
            pass


class _Server(uvicorn.Server):
    """uvicorn, but told to end by an event rather than by looking ten times a second."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event) -> None:
        super().__init__(config)
        self._closing = closing

    async def main_loop(self) -> None:
        await self._closing.wait()


class _ServerThread:
    """uvicorn in a thread, with the world it serves."""

    def __init__(
        self, listener: socket.socket, folder: Path, seed: int, orders: int, photos: PhotoSource | None
    ) -> None:
        self._listener = listener
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._world = World(folder)
        if not len(self._world.orders) and orders:
            self._world.orders.add_now(make_orders(orders, seed), self._world.now())
        self._crews = CrewRunner(self._world.ledger, photos)
        connections = Connections(self._world.now)
        app = _app(self._world, self._crews, connections, self._started)
        config = uvicorn.Config(
            app, http=_protocol(connections), ws="none", lifespan="on", log_config=None, log_level="warning",
            access_log=False, date_header=False, server_header=False, timeout_keep_alive=60,
        )  # fmt: skip
        self._server = _Server(config, self._world.closing)
        self._thread = threading.Thread(target=self._run, name="fastrack-sandbox", daemon=True)

    def begin(self) -> None:
        """Returns once it answers."""
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they log request lines by themselves
        self._thread.start()
        if not self._ready.wait(START_WITHIN):
            raise SandboxError("The sandbox did not start.")

    def end(self) -> None:
        """Stops and closes everything."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._world.closing.set)
        self._thread.join()
        self._listener.close()
        self._world.close()

    def _started(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready.set()

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])


def _app(world: World, crews: CrewRunner, connections: Connections, started: Callable[[], None]) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        started()
        yield
        await crews.stop()

    calls = FastrackCalls(world, connections)
    portal = Portal(world)
    routes = [
        Route("/fastrack/{call}", calls.endpoint, methods=["POST"]),
        Mount("/_sandbox", routes=Control(world, crews, portal, connections).routes()),
        Mount("/portal", routes=portal.routes()),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _protocol(connections: Connections) -> type[H11Protocol]:
    class Protocol(H11Protocol):
        """HTTP as uvicorn speaks it, with the connections known, so that a fault can cut one."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
            super().connection_made(transport)
            connections.opened(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self.transport, exc)
            super().connection_lost(exc)

    return Protocol


def _listen(port: int) -> socket.socket:
    """A listening socket on loopback. The protocol is named, or each answer would wait 44 ms."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere it would let two servers share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise UsageError(f"Port {port} is taken.", "Choose another with --port.") from error
    listener.listen(512)
    return listener


@contextmanager
def _stopping_by_signal(stop: threading.Event) -> Iterator[None]:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch_stdin(stop: threading.Event) -> None:
    """Reads the raw descriptor: a buffered reader would hold a lock when the interpreter ends."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()
