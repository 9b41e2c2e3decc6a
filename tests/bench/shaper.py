"""A slow line between two programs: ``python -m tests.bench.shaper PORT`` passes connections on to a port of this machine.

Every byte takes 100 ms each way, and all connections together get 100 Mbit/s each way, as on a line that offices have.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

DELAY_SECONDS = 0.1
BYTES_PER_SECOND = 100_000_000 / 8
CHUNK = 16 * 1024
UNDER_WAY = 256
"""Chunks of a connection that are on the line: 4 MB, more than the line holds."""


class Line:
    """One direction, shared by all connections: a byte follows the one before it at the line's rate."""

    def __init__(self) -> None:
        self._free_at = 0.0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the end of what comes."""
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(UNDER_WAY)
        deliver = asyncio.create_task(_deliver(chunks, writer))
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                now = time.monotonic()
                self._free_at = max(self._free_at, now) + len(data) / BYTES_PER_SECOND
                if (ahead := self._free_at - now) > 0.002:
                    await asyncio.sleep(ahead)
                await chunks.put((self._free_at + DELAY_SECONDS, data))
        await chunks.put((time.monotonic() + DELAY_SECONDS, b""))
        await deliver


async def _deliver(chunks: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    while True:
        at, data = await chunks.get()
        if (early := at - time.monotonic()) > 0:
            await asyncio.sleep(early)
        if not data:
            writer.close()
            return
        with contextlib.suppress(OSError):
            writer.write(data)
            await writer.drain()


async def _serve(port: int) -> None:
    there, back = Line(), Line()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(there.pass_on(reader, far_writer), back.pass_on(far_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def slow_line(url: str) -> Iterator[str]:
    """The same service at the other end of the slow line; yields its address."""
    parts = urlsplit(url)
    command = [sys.executable, "-m", "tests.bench.shaper", str(parts.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield url.replace(f":{parts.port}", f":{port}", 1)
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
