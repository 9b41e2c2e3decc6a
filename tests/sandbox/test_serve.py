"""The sandbox on its own, as a process."""

import signal
import subprocess
import sys

import httpx
import pytest

PROGRAM = """
import sys
from pathlib import Path
from pruvan_desk.sandbox.server import serve
serve(0, Path(sys.argv[1]), 1, 5, lambda url: print(url, flush=True), until_stdin_closes=True)
"""


@pytest.fixture
def process(tmp_path):
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path / "data")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        yield process
        process.kill()


def is_serving(process) -> bool:
    url = process.stdout.readline().decode().strip()
    return httpx.get(url.replace("/fastrack", "/_sandbox/state"), trust_env=False).json()["orders"] == 5


def test_it_stops_when_standard_input_closes(process):
    assert is_serving(process)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send SIGTERM to be caught")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_on_a_signal(process, number):
    assert is_serving(process)
    process.send_signal(number)
    assert process.wait(timeout=20) == 0
    assert process.stderr.read() == b""
