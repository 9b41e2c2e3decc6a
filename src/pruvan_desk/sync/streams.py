"""What httpcore sends and reads through: plain asyncio streams, which cost half of what a layer for every event loop does."""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

READ_AHEAD = 1 << 16
NEXT_ADDRESS_SECONDS = 3.0
"""A host with several addresses is tried at the next one when the one before has not answered for so long."""


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's own words
        """What has come, empty at the end."""
        try:
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        """Returns when so much of it has gone out that more may be written."""
        if not buffer:
            return
        try:
            self._writer.write(buffer)
            async with asyncio.timeout(timeout):
                await self._writer.drain()
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """At once: what was not sent is not wanted any more."""
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted from now on."""
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, ssl.SSLError) as error:
            raise httpcore.ConnectError(str(error)) from error
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks: whether the other side has closed it, mostly."""
        if info == "is_readable":
            return self._reader.at_eof() or self._writer.transport.is_closing()
        names = {"ssl_object": "ssl_object", "client_addr": "sockname", "server_addr": "peername", "socket": "socket"}
        return self._writer.get_extra_info(names[info]) if info in names else None


class Streams(httpcore.AsyncNetworkBackend):
    """Makes connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first address of a host that answers."""
        try:
            async with asyncio.timeout(timeout):
                reader, writer = await _connect(host, port, local_address)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        for option in socket_options or ():
            writer.get_extra_info("socket").setsockopt(*option)
        return Stream(reader, writer)

    async def sleep(self, seconds: float) -> None:
        """Between two tries to connect, if there are any."""
        await asyncio.sleep(seconds)


async def _connect(
    host: str, port: int, local_address: str | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One address after the other. asyncio's own race between them loses a socket when it is cancelled at the wrong moment."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    local = (local_address, 0) if local_address else None
    failures: list[OSError] = []
    for family, _, _, _, address in found:
        patience = NEXT_ADDRESS_SECONDS if len(failures) + 1 < len(found) else None
        try:
            async with asyncio.timeout(patience):
                return await asyncio.open_connection(
                    str(address[0]), port, limit=READ_AHEAD, family=family, local_addr=local
                )
        except OSError as error:  # a TimeoutError too
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    raise OSError(f"Multiple exceptions: {', '.join(str(failure) for failure in failures)}")
