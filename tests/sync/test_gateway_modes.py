"""Where the field gateway listens, as the office decides it while the engine runs."""

import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.core.settings import Settings
from pruvan_desk.operations.gateway import GatewayForm, GatewayMode, push_url, save_gateway
from pruvan_desk.store.models import EngineState
from pruvan_desk.store.settings import read_settings
from pruvan_desk.sync.gateway import server
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, wait_until

CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBqjCCAU+gAwIBAgIUeP9P/hqa+9h0MmfOeA1kRG+uB+kwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQZGVzay5vZmZpY2UudGVzdDAgFw0yNjExMjUxOTU4NDJaGA8y
MTI2MTEwMTE5NTg0MlowGzEZMBcGA1UEAwwQZGVzay5vZmZpY2UudGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABJRYWGAp09J/5lcZD1LmQk1lnd4DzmX8xh7h
F/LzjWiOKLnrVLWb+bZq8YzN4YUwDiZEiF1H/A+DrYfRijMF4+ijbzBtMB0GA1Ud
DgQWBBStRKpJXmDWBT2sUkO4G+a9p/2Y9zAfBgNVHSMEGDAWgBStRKpJXmDWBT2s
UkO4G+a9p/2Y9zAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9z
dIcEfwAAATAKBggqhkjOPQQDAgNJADBGAiEAw6PC0VspWcusKnmfySmO8/rxERCU
Rs+hkK3m38oPhL4CIQCgsMTgUo4Ljj3Ru0QSyx6irPa85/6pyBok/4qucF5QBg==
-----END CERTIFICATE-----
"""
KEY = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfvteFx4tygLty7Kf
D8lHI44qHwcWsRzsU4MCblswVs2hRANCAASUWFhgKdPSf+ZXGQ9S5kJNZZ3eA85l
/MYe4Rfy841ojii561S1m/m2avGMzeGFMA4mRIhdR/wPg62H0YozBePo
-----END PRIVATE KEY-----
"""
LOCKED_KEY = """-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,B92FB3ACDE13D43B7110C2C5B8A2974B

/Pj6co+j456CMlRjos1tu687NtkWBwE6GuCh5rfpTLItnaxMBkpSp9kspBmOo42x
5/Z+UZLSNIcVT1TX/gsyuvG+nBLiwqH1xMlfIt8IpqL6m5wPfEnX+AvE2pbXyAwm
Zz9KsdtrL2N7Ba2WwLlNZSNDik8VZsQdE9IckEQR19g=
-----END EC PRIVATE KEY-----
"""


@pytest.fixture
def pem(tmp_path: Path) -> dict[str, str]:
    """A certificate for this machine, made for a hundred years, and its key."""
    files = {"certificate": CERTIFICATE, "key": KEY, "locked": LOCKED_KEY}
    for name, text in files.items():
        (tmp_path / f"{name}.pem").write_text(text)
    return {name: str(tmp_path / f"{name}.pem") for name in files}


def decide(desk: Desk, mode: GatewayMode, port: int = 0, **form: Any) -> None:
    save_gateway(desk.database, GatewayForm(mode, port, **form), WHO)


def told(desk: Desk) -> str:
    return "".join(row.gateway_url for row in desk.all(EngineState))


def answers(url: str) -> bool:
    """Whether a field gateway is there; whatever its certificate says of its name."""
    try:
        with httpx.Client(trust_env=False, verify=False) as http:
            return http.post(f"{url}/nothing").json()["error"] == "There is no such call."
    except httpx.HTTPError:
        return False


def test_it_is_switched_off_and_on_while_the_engine_runs(desk: Desk) -> None:
    with RunningEngine(desk) as engine:
        before = engine.gateway
        assert answers(before)
        decide(desk, GatewayMode.OFF)
        wait_until("silence", lambda: told(desk) == "" and not answers(before))
        decide(desk, GatewayMode.MACHINE)
        wait_until("the gateway", lambda: answers(told(desk)))


def test_on_the_local_network_it_speaks_tls_only(desk: Desk, pem: dict[str, str]) -> None:
    with RunningEngine(desk) as engine:
        port = int(engine.gateway.rpartition(":")[2])
        address = f"https://localhost:{port}"
        decide(desk, GatewayMode.NETWORK, port, address=address, certificate=pem["certificate"], key=pem["key"])
        wait_until("the gateway", lambda: told(desk) == address and answers(address))
        assert not answers(f"http://localhost:{port}")


def test_a_renewed_certificate_is_taken(desk: Desk, pem: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LOOK_SECONDS", 0.05)
    used: list[str] = []
    tls = server.server_tls
    monkeypatch.setattr(server, "server_tls", lambda *files: used.append(files[0]) or tls(*files))
    decide(desk, GatewayMode.NETWORK, address="https://localhost:1", certificate=pem["certificate"], key=pem["key"])
    with RunningEngine(desk):
        wait_until("the gateway", lambda: len(used) == 1 and told(desk))
        os.utime(pem["certificate"], ns=(1, 1))
        wait_until("the new certificate", lambda: len(used) == 2)


def test_behind_a_proxy_it_stays_on_this_machine_and_tells_the_outer_address(desk: Desk) -> None:
    with RunningEngine(desk) as engine:
        port = int(engine.gateway.rpartition(":")[2])
        decide(desk, GatewayMode.PROXY, port, address="https://field.vendor.example/desk/")
        wait_until("the address", lambda: told(desk) == "https://field.vendor.example/desk")
        wait_until("the gateway", lambda: answers(f"http://127.0.0.1:{port}"))


def test_a_certificate_that_is_gone_is_an_alert_until_it_is_back(desk: Desk, pem: dict[str, str]) -> None:
    decide(desk, GatewayMode.NETWORK, address="https://localhost:1", certificate=pem["certificate"], key=pem["key"])
    Path(pem["key"]).unlink()
    with RunningEngine(desk):
        wait_until("the alert", lambda: "gateway" in desk.alerts())
        assert "cannot be read" in desk.alerts()["gateway"].title
        decide(desk, GatewayMode.MACHINE)
        wait_until("no alert", lambda: "gateway" not in desk.alerts())


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"address": "http://desk.office.example"}, "begins with https"),
        ({"address": ""}, "begins with https"),
        ({"address": "https://user:secret@desk.example"}, "user name or password"),
        ({"address": "https://desk.example"}, "needs a certificate"),
        ({"address": "https://desk.example", "certificate": "certificate", "key": "nowhere"}, "cannot be read"),
        ({"address": "https://desk.example", "certificate": "key", "key": "key"}, "cannot be used"),
        ({"address": "https://desk.example", "certificate": "certificate", "key": "locked"}, "cannot be"),
    ],
)
def test_what_cannot_work_is_refused(desk: Desk, pem: dict[str, str], form: dict[str, str], words: str) -> None:
    given = {name: pem.get(value, value) for name, value in form.items()}
    with pytest.raises(UsageError, match=words):
        decide(desk, GatewayMode.NETWORK, **given)
    with desk.database.read() as session:
        assert read_settings(session).gateway_mode == "machine"


def test_a_push_address_is_told_only_where_the_client_could_reach_it() -> None:
    address = "https://field.vendor.example"
    modes = {mode: push_url(Settings(gateway_mode=mode, gateway_address=address), "key-1") for mode in GatewayMode}
    whole = f"{address}/push/key-1"
    assert modes == {"off": "", "machine": "", "network": whole, "proxy": whole}
