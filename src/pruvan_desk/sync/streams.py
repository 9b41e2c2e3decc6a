"""The stream to a server: by whichever of its addresses answers, through the system's proxy, encrypted where that is wanted."""

import asyncio
import socket
import ssl

from pruvan_desk.core.errors import IntegrationError, TransientError
from pruvan_desk.sync.ways import Way, proxy_login

READ_AHEAD = 1 << 16
NEXT_ADDRESS_SECONDS = 3.0
"""A host with several addresses is tried at the next one when the one before has not answered for so long."""
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def open_stream(way: Way, tls: ssl.SSLContext) -> Stream:
    """Connects. Raises ``OSError``; :class:`TransientError` and :class:`IntegrationError` for a proxy that does not let through."""
    if way.proxy and not way.proxy.startswith(("http://", "https://")):
        raise IntegrationError("The proxy's address is not one that is known here.", "Mend it in the system.")
    reader, writer = await connect(*way.first)
    try:
        if way.proxy:
            if way.proxy.startswith("https://"):
                await writer.start_tls(tls, server_hostname=way.first[0])
            await _pass_proxy(reader, writer, way)
        if way.encrypted:
            await writer.start_tls(tls, server_hostname=way.host)
    except BaseException:
        writer.transport.abort()
        raise
    return reader, writer


async def connect(host: str, port: int) -> Stream:
    """One address after the other. asyncio's own race between them loses a socket when it is cancelled at the wrong moment."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failures: list[OSError] = []
    for family, _, _, _, address in found:
        patience = NEXT_ADDRESS_SECONDS if len(failures) + 1 < len(found) else None
        try:
            async with asyncio.timeout(patience):
                return await asyncio.open_connection(str(address[0]), port, limit=READ_AHEAD, family=family)
        except OSError as error:  # a TimeoutError too
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    raise OSError(f"Multiple exceptions: {', '.join(str(failure) for failure in failures)}")


async def _pass_proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
    """Asks the proxy for a tunnel to the server (RFC 9110, 9.3.6)."""
    server = f"[{way.host}]:{way.port}" if ":" in way.host else f"{way.host}:{way.port}"
    writer.write(f"CONNECT {server} HTTP/1.1\r\nhost: {server}\r\n{proxy_login(way.proxy)}\r\n".encode())
    try:
        answer = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ConnectionError("the proxy says nothing that can be understood") from error
    _, _, words = answer.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    if not words.startswith("2"):
        raise TransientError(f"The proxy does not let us through: {words}.", "It is tried again by itself.")
