"""What is typed: options, the sandbox alone, and words instead of tracebacks."""

import json
import subprocess
from pathlib import Path

import httpx

from cli.conftest import command
from pruvan_desk import __version__
from pruvan_desk.cli.program import program


def test_the_version() -> None:
    said = command("--version")
    assert (said.returncode, said.stdout) == (0, f"Pruvan Desk {__version__}\n")


def test_an_unknown_command_and_an_unknown_option_end_with_code_2() -> None:
    for arguments in (["dance"], ["doctor", "--loudly"], ["demo"]):
        said = command(*arguments)
        assert (said.returncode, said.stdout) == (2, "")
        assert "usage: pruvan-desk" in said.stderr


def test_a_data_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    said = command("worker", "--secrets", "memory", "--data-dir", tmp_path / "file" / "data")
    assert said.returncode == 1
    assert "cannot be made" in said.stderr
    assert "Traceback" not in said.stderr


def test_the_sandbox_alone_says_where_it_is_and_stops_when_it_is_told(tmp_path: Path) -> None:
    options = ["sandbox", "--data-dir", str(tmp_path), "--orders", "3", "--until-stdin-closes"]
    with subprocess.Popen([*program(), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        said = json.loads(process.stdout.readline())
        origin = said["service_url"].rpartition("/")[0]
        with httpx.Client(trust_env=False, verify=False) as client:
            assert client.get(f"{origin}/_sandbox/state").json()["orders"] == 3
        process.stdin.close()
        assert process.wait(10) == 0
    assert said["data_dir"] == str(tmp_path)


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    options = [*program(), "sandbox", "--data-dir", str(tmp_path), "--orders", "1", "--until-stdin-closes"]
    with subprocess.Popen(options, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        port = httpx.URL(json.loads(process.stdout.readline())["service_url"]).port
        second = command("sandbox", "--port", str(port))
        process.stdin.close()
    assert (second.returncode, second.stdout) == (1, "")
    assert f"Port {port} is taken." in second.stderr
    assert "Traceback" not in second.stderr
