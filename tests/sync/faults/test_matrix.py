"""Each of the four calls against each way to go wrong: how far it reaches, what becomes of it, nothing lost, nothing doubled."""

import asyncio

import pytest

from fault_table import report_row
from pruvan_desk.core.errors import IntegrationError
from pruvan_desk.sync.client import OrderSource
from pruvan_desk.sync.http import Connections
from sync.desk import Desk, secrets_of
from sync.faults import server as acts
from sync.faults.certificates import Certificates, make_certificates
from sync.faults.server import FaultServer, canned
from sync.faults.trial import LOGIN, Fault, Trial

CALLS = ("validate", "getWorkOrders", "uploadPictures", "status")
TRANSIENT = dict.fromkeys(CALLS, "transient")
INTEGRATION = dict.fromkeys(CALLS, "integration")
GOOD = dict.fromkeys(CALLS, "good")
ITEM = dict.fromkeys(CALLS, "item") | {"status": "good"}
"""A status that is refused says nothing about anything else: the words are kept, and that is all."""
REFUSAL = b'{"error": "The service cannot do that.", "status": false, "validated": ""}'
LOGIN_PAGE = b"<html><title>Sign in</title><form><input name=user><input name=password type=password></form></html>"

FAULTS: dict[Fault, dict[str, str]] = {
    Fault("refused"): TRANSIENT,
    Fault("reset before the body", acts.reset_before): TRANSIENT,
    Fault("reset during the body", acts.reset_during): TRANSIENT,
    Fault("reset after the body", acts.reset_after, done=True): TRANSIENT,
    Fault("reset during the answer", acts.reset_in_answer, done=True): TRANSIENT,
    Fault("stalled headers", acts.stalled_headers, done=True, stalls=True): TRANSIENT,
    Fault("drip-fed headers", acts.dripping_headers, done=True, stalls=True): TRANSIENT,
    Fault("stalled body", acts.stalled_body, done=True, stalls=True): TRANSIENT,
    Fault("drip-fed body without end", acts.dripping, done=True, stalls=True): TRANSIENT,
    Fault("drip-fed body that ends", acts.slow_but_whole): GOOD,
    Fault("truncated JSON", acts.truncated, done=True): TRANSIENT,
    Fault("wrong content type", acts.as_html): GOOD,
    Fault("BOM", acts.with_bom): GOOD,
    Fault("HTML login page", canned(200, LOGIN_PAGE)): TRANSIENT,
    Fault("200 with error", canned(200, REFUSAL)): ITEM | {"validate": "integration"},
    Fault("204", canned(204, b"")): TRANSIENT | {"getWorkOrders": "good"},
    **{Fault(f"{status} to elsewhere", away=status): INTEGRATION for status in (301, 302, 307)},
    Fault("400", canned(400)): ITEM,
    Fault("401", canned(401)): INTEGRATION,
    Fault("403", canned(403)): INTEGRATION,
    Fault("404", canned(404)): TRANSIENT,
    Fault("408", canned(408)): TRANSIENT,
    Fault("409", canned(409)): ITEM,
    Fault("413", canned(413)): ITEM,
    Fault("415", canned(415)): ITEM,
    Fault("422", canned(422)): ITEM,
    Fault("425", canned(425)): TRANSIENT,
    Fault("429", canned(429)): TRANSIENT,
    Fault("429 with Retry-After", canned(429, retry_after="120")): TRANSIENT,
    Fault("500", canned(500)): TRANSIENT,
    Fault("502", canned(502)): TRANSIENT,
    Fault("503", canned(503)): TRANSIENT,
    Fault("503 with words", canned(503, b'{"error": "Login service is down.", "status": false}')): TRANSIENT,
    **{Fault(f"{bad} certificate", tls=bad): INTEGRATION for bad in ("expired", "self-signed", "wrong host")},
    Fault("clock a day ahead", acts.a_day_off(1)): GOOD,
    Fault("clock a day behind", acts.a_day_off(-1)): GOOD,
    Fault("answer of 100 MB", acts.endless, done=True): TRANSIENT,
    Fault("gzip bomb", acts.bomb(1), done=True): TRANSIENT,
    Fault("gzip bomb in two layers", acts.bomb(2), done=True): TRANSIENT,
}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_nothing_is_lost_and_nothing_doubled(
    desk: Desk,
    certificates: Certificates,
    call: str,
    fault: Fault,
    record_property,
) -> None:
    row = Trial(desk, certificates, fault).run(call)
    record_property(*report_row(row.call, row.fault, row.kind, row.outcome, row.lost, row.doubled))
    assert row.kind == FAULTS[fault][call]
    assert (row.lost, row.doubled, row.strayed) == (0, 0, 0)
    shown = " ".join(row.words)
    assert [secret for secret in secrets_of(LOGIN) if secret[:9] in shown] == []
    assert "abc" not in shown


def test_the_systems_own_certificates_are_what_is_trusted(certificates: Certificates) -> None:
    """A certificate of an authority that this computer does not know is one that nobody may trust."""

    async def ask() -> str:
        server = await FaultServer().start(certificates.good)
        connections = Connections()
        try:
            await OrderSource(connections, server.url, "", LOGIN).validate()
        except IntegrationError as error:
            return error.title
        finally:
            await connections.close()
            await server.stop()
        return ""

    assert asyncio.run(ask()).startswith("The server's certificate is not trusted")
