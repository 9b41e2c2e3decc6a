"""What the engine's benchmarks share: a sandbox and an engine as processes of their own, and an office between them."""

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from pruvan_desk.cli.engine_process import EngineProcess
from pruvan_desk.cli.program import program
from pruvan_desk.cli.sandbox_office import make_office
from pruvan_desk.core.paths import data_folder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.store.database import Database
from pruvan_desk.store.opening import open_database

PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Office:
    """A data folder with one integration, ready for an engine."""

    root: Path
    database: Database
    secrets: PipedSecrets
    integration_id: int
    service_url: str

    @contextmanager
    def engine(self) -> Iterator[str]:
        """A running engine; yields the address of its gateway."""
        with EngineProcess(self.root, self.database, self.secrets) as engine:
            yield engine.gateway_url()

    def control(self, path: str, body: dict[str, object] | None = None) -> object:
        """The sandbox's control API."""
        parts = urlsplit(self.service_url)
        url = f"{parts.scheme}://{parts.netloc}/_sandbox/{path}"
        with httpx.Client(trust_env=False, timeout=60) as client:
            answer = client.get(url) if body is None else client.post(url, json=body)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def sandbox(orders: int) -> Iterator[str]:
    """A sandbox process; yields its service URL."""
    with tempfile.TemporaryDirectory(prefix="bench-sandbox-") as folder:
        command = [*program(), "sandbox", "--data-dir", folder, "--orders", str(orders), "--until-stdin-closes"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                yield str(json.loads(process.stdout.readline())["service_url"])
            finally:
                process.stdin.close()


@contextmanager
def office(service_url: str, *, qa_in_field: bool = False) -> Iterator[Office]:
    """An office in a temporary folder whose integration is the sandbox; nothing runs by the clock."""
    with tempfile.TemporaryDirectory(prefix="bench-office-") as temporary:
        folder = data_folder(Path(temporary)).create()
        database = open_database(folder)
        secrets = PipedSecrets()
        change_setting(database, "gateway_port", 0)
        integration_id = make_office(database, secrets, service_url, qa_in_field=qa_in_field, refresh_minutes=0)
        try:
            yield Office(folder.root, database, secrets, integration_id, service_url)
        finally:
            database.close()


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Polls every 20 ms, which is little beside what is measured."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > patience:
            raise TimeoutError(what)
        time.sleep(0.02)


def megabytes(folder: Path, count: int, seed: int) -> list[Path]:
    """``count`` different files of 1,000,000 bytes each that begin like a JPEG."""
    rng = random.Random(seed)
    paths = []
    for number in range(count):
        path = folder / f"photo-{number:04}.jpg"
        path.write_bytes(b"\xff\xd8\xff\xe0" + rng.randbytes(999_996))
        paths.append(path)
    return paths
