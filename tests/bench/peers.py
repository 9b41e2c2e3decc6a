"""The peers of the relay and ingest benchmarks: a bare httpx loop, curl, and a bare Starlette sink, each in its own process.

``python -m tests.bench.peers httpx URL LIST`` sends the files of a list; ``python -m tests.bench.peers sink FOLDER`` serves.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

AT_ONCE = 8


@dataclass(frozen=True)
class Post:
    """One upload: the form field ``payload`` and the file."""

    payload: str
    path: str


def seconds_by_httpx(url: str, posts: Sequence[Post]) -> float:
    """How long a bare httpx loop takes for the uploads, eight at a time, in a process that does nothing else."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listing:
        json.dump([asdict(post) for post in posts], listing)
        listing.flush()
        command = [sys.executable, "-m", "tests.bench.peers", "httpx", url, listing.name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def seconds_by_curl(url: str, posts: Sequence[Post]) -> float:
    """How long ``curl --parallel --parallel-max 8`` takes for the uploads. Raises :class:`RuntimeError` with what curl says."""
    lines: list[str] = []
    for post in posts:
        payload = post.payload.replace("\\", "\\\\").replace('"', '\\"')
        lines += ["next"] if lines else []
        lines += [f'url = "{url}"', f'form-string = "payload={payload}"', f'form = "file=@{post.path}"']
        lines += ['output = "/dev/null"', "silent", "show-error", "fail"]
    options = [
        "--parallel",
        "--parallel-immediate",
        "--no-progress-meter",
        "--parallel-max",
        str(AT_ONCE),
        "--config",
        "-",
    ]
    config = "\n".join(lines).encode()
    started = time.perf_counter()
    done = subprocess.run(["curl", *options], check=False, capture_output=True, input=config)
    if done.returncode:
        raise RuntimeError(f"curl ended with {done.returncode}: {done.stderr.decode().strip()}")
    return time.perf_counter() - started


async def _send_all(url: str, posts: list[dict[str, str]]) -> float:
    waiting = iter(posts)
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:

        async def worker() -> None:
            for post in waiting:
                with Path(post["path"]).open("rb") as file:  # noqa: ASYNC230 - the bare loop of the budget reads like this
                    answer = await client.post(
                        url, data={"payload": post["payload"]}, files={"file": ("photo.jpg", file)}
                    )
                assert answer.status_code == 200, answer.text

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return time.perf_counter() - started


def _serve_sink(folder: Path) -> None:
    """Writes, fsyncs and renames each file, and does nothing else."""
    import uvicorn  # noqa: PLC0415 - the other peers do not need it
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.requests import Request  # noqa: PLC0415
    from starlette.responses import JSONResponse  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    def keep(data: bytes, number: int) -> None:
        temporary = folder / f"{number}.tmp"
        with temporary.open("wb") as file:
            file.write(data)
            os.fsync(file.fileno())
        temporary.rename(folder / f"{number}.jpg")

    count = 0

    async def take(request: Request) -> JSONResponse:
        nonlocal count
        count += 1
        number = count
        async with request.form() as form:
            upload: Any = form["file"]
            data = await upload.read()
        await asyncio.to_thread(keep, data, number)
        return JSONResponse({"error": "", "status": True})

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(
        Starlette(routes=[Route("/upload", take, methods=["POST"])]), access_log=False, log_config=None
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    if sys.argv[1] == "httpx":
        print(asyncio.run(_send_all(sys.argv[2], json.loads(Path(sys.argv[3]).read_text()))))
    else:
        _serve_sink(Path(sys.argv[2]))
