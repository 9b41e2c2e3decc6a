"""The one way out for Chromium: what no policy of a page holds back is stopped here, and what is the portal's gets through."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.portal import chromium, gate
from pruvan_desk.ui.portal.gate import Gate, Trouble
from pruvan_desk.ui.window import MainWindow
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice
from ui.websites import Answer, Asked, Website

AWAY = "fetch('/redirect', {mode: 'no-cors'}).catch(() => 0)"
SCRIPTS = {
    "/calls.js": AWAY,
    "/imports.js": "importScripts('/redirect')",
    "/module.js": "import '/redirect'",
    "/listens.js": "new EventSource('/redirect')",
    "/nested.js": "new Worker('/calls.js')",
    "/service.js": f"oninstall = () => {{ skipWaiting(); {AWAY} }}",
}
FROM_TEXT = "URL.createObjectURL(new Blob([`new Worker('${location.origin}/calls.js')`], {type: 'text/javascript'}))"
PAST_THE_POLICY = {
    "a worker that calls": "<script>new Worker('/calls.js')</script>",
    "a module worker": "<script>new Worker('/module.js', {type: 'module'})</script>",
    "a worker that imports": "<script>new Worker('/imports.js')</script>",
    "a worker that listens": "<script>new Worker('/listens.js')</script>",
    "a worker of a worker": "<script>new Worker('/nested.js')</script>",
    "a worker of a worker made of text": f"<script>new Worker({FROM_TEXT})</script>",
    "a shared worker": "<script>new SharedWorker('/calls.js')</script>",
    "a service worker": "<script>navigator.serviceWorker.register('/service.js')</script>",
    "a connection opened ahead": "<link rel=preconnect href='ELSEWHERE'>",
    "pages fetched ahead by rules": """<script type=speculationrules>
        {"prefetch": [{"urls": ["/redirect"], "eagerness": "immediate"}]}</script>""",
    "a relay of calls": """<script>const call = new RTCPeerConnection({iceServers:
        [{urls: 'turn:HOST?transport=tcp', username: 'a', credential: 'b'}]});
        call.createDataChannel('a'); call.createOffer().then(offer => call.setLocalDescription(offer))</script>""",
}
"""Each of these reached the other site before there was the gate."""


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that Chromium asked the gate for."""
    wanted: list[int] = []
    decide = Gate.lets_through

    def ask(self: Gate, site: gate.Site) -> bool:
        wanted.append(site[1])
        return decide(self, site)

    monkeypatch.setattr(Gate, "lets_through", ask)
    return wanted


@pytest.mark.parametrize("body", PAST_THE_POLICY.values(), ids=PAST_THE_POLICY.keys())
def test_what_no_policy_holds_reaches_no_other_site(
    at_site: Callable[..., Person], site: Website, other: Website, wanted: list[int], body: str
) -> None:
    site.pages["/redirect"] = Answer(status=302, headers={"location": f"{other.origin}/x"})
    for path, script in SCRIPTS.items():
        site.pages[path] = Answer(script, headers={"content-type": "text/javascript"})
    host = other.origin.removeprefix("http://")
    person = at_site(f"the order {body.replace('ELSEWHERE', other.origin).replace('HOST', host)}")
    person.sees("the order")
    if "preconnect" not in body:
        person.until(lambda: "GET /redirect" in site.heard or other.port in wanted)
    person.tab.load_again()
    person.until(lambda: site.heard.count("GET /orders/88123") == 2)
    person.sees("the order")
    assert (other.heard, other.connections) == ([], 0)


def test_workers_of_the_portal_work(at_site: Callable[..., Person], site: Website) -> None:
    script = "fetch('/words').then(answer => answer.text()).then(postMessage)"
    site.pages["/worker.js"] = Answer(script, headers={"content-type": "text/javascript"})
    site.pages["/words"] = Answer("told by a worker")
    page = "the order <script>new Worker('/worker.js').onmessage = said => { document.title = said.data }</script>"
    person = at_site(page)
    person.until(lambda: person.tab.page.title() == "told by a worker")


CALLED = """the order <script>
const call = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}]});
call.createDataChannel('a');
call.onicegatheringstatechange = () => { if (call.iceGatheringState == 'complete') document.title = 'nobody called' };
call.createOffer().then(offer => call.setLocalDescription(offer)).then(() => call.setRemoteDescription(
    {type: 'answer', sdp: call.localDescription.sdp.replace('actpass', 'active')})).then(() => call.addIceCandidate(
    {candidate: 'candidate:1 1 udp 2122260223 127.0.0.1 PORT typ host', sdpMid: '0', sdpMLineIndex: 0}));
</script>"""


def test_a_call_reaches_nobody(at_site: Callable[..., Person]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        person = at_site(CALLED.replace("PORT", str(listener.getsockname()[1])))
        person.sees("the order")
        person.until(lambda: person.tab.page.title() == "nobody called")
        with pytest.raises(BlockingIOError):
            listener.recv(1)


class TestTheGateItself:
    """Without a browser: what comes to its port, and what goes out."""

    @pytest.fixture
    def the_gate(self) -> Iterator[Gate]:
        made = Gate()
        yield made
        made.shut()

    @pytest.fixture
    def client(self, the_gate: Gate) -> Iterator[http.client.HTTPConnection]:
        connection = http.client.HTTPConnection("127.0.0.1", the_gate.port, timeout=20)
        yield connection
        connection.close()

    def test_there_is_one_for_the_program(self) -> None:
        assert chromium.prepare() is chromium.prepare()

    def test_a_site_that_was_not_admitted_is_refused(self, client: http.client.HTTPConnection, other: Website) -> None:
        client.request("GET", f"{other.origin}/x")
        assert client.getresponse().status == 403
        assert other.connections == 0

    def test_a_tunnel_to_another_site_is_refused(self, the_gate: Gate, other: Website) -> None:
        with socket.create_connection(("127.0.0.1", the_gate.port), 20) as line:
            line.sendall(f"CONNECT 127.0.0.1:{other.port} HTTP/1.1\r\n\r\n".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 403")
        assert other.connections == 0

    @pytest.mark.parametrize(
        "head", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"x" * 70_000, b"CONNECT [::1 HTTP/1.1\r\n\r\n"]
    )
    def test_nonsense_is_refused(self, the_gate: Gate, head: bytes) -> None:
        with socket.create_connection(("127.0.0.1", the_gate.port), 20) as line:
            line.sendall(head)
            assert line.recv(100).startswith(b"HTTP/1.1 403")

    def test_a_request_comes_as_the_site_wants_it(
        self, the_gate: Gate, client: http.client.HTTPConnection, site: Website
    ) -> None:
        heard: list[Asked] = []
        site.pages["/x"] = lambda asked: heard.append(asked) or Answer("y" * 3_000_000)  # type: ignore[func-returns-value]  # None, or else
        the_gate.admit("me", [("http", "127.0.0.1", site.port)])
        client.request(
            "POST",
            f"{site.origin}/x",
            "z" * 2_000_000,
            {"Proxy-Authorization": "secret", "Proxy-Connection": "keep-alive"},
        )
        answer = client.getresponse()
        assert (answer.status, len(answer.read())) == (200, 3_000_000)
        (asked,) = heard
        assert (asked.method, asked.path, len(asked.body)) == ("POST", "/x", 2_000_000)
        assert {name.lower(): value for name, value in asked.headers.items()}["connection"] == "close"
        assert not any(name.lower().startswith("proxy") for name in asked.headers)

    def test_a_tunnel_carries_much_both_ways_at_once(self, the_gate: Gate) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            the_gate.admit("me", [("https", "127.0.0.1", port)])
            threading.Thread(target=echo, args=(server,), daemon=True).start()
            with socket.create_connection(("127.0.0.1", the_gate.port), 20) as line:
                line.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
                assert line.recv(100) == gate.CONNECTED
                sent = bytes(range(256)) * 20_000
                threading.Thread(target=line.sendall, args=(sent,), daemon=True).start()
                got = b""
                while len(got) < len(sent):
                    got += line.recv(1 << 20)
                assert got == sent

    def test_who_is_forgotten_reaches_nothing(self, the_gate: Gate) -> None:
        the_gate.admit("me", [("https", "my.example", 443)])
        the_gate.admit("you", [("https", "your.example", 443)])
        the_gate.forget("me")
        assert the_gate.lets_through(("your.example", 443))
        assert not the_gate.lets_through(("my.example", 443))

    def test_a_site_that_does_not_answer_is_told_of_until_it_does(
        self, the_gate: Gate, client: http.client.HTTPConnection
    ) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
            the_gate.admit("me", [("https", "127.0.0.1", port)])
            client.set_tunnel("127.0.0.1", port)
            with pytest.raises(OSError, match="502"):
                client.connect()
            assert the_gate.trouble_with(("127.0.0.1", port)) is Trouble.REFUSED
            client.close()
            nobody.listen()
            client.connect()
            assert the_gate.trouble_with(("127.0.0.1", port)) is None

    def test_the_networks_own_proxy_is_used(
        self, monkeypatch: pytest.MonkeyPatch, the_gate: Gate, client: http.client.HTTPConnection
    ) -> None:
        with network_proxy(monkeypatch) as proxy:
            the_gate.admit("me", [("https", "my.example", 443)])
            client.set_tunnel("my.example", 443)
            with ThreadPoolExecutor(1) as pool:
                connecting = pool.submit(client.connect)
                line, _ = proxy.accept()
                with line:
                    assert line.recv(1000).startswith(b"CONNECT my.example:443 HTTP/1.1")
                    line.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                    connecting.result()


def test_a_network_whose_proxy_asks_for_a_password_is_told_of(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]
) -> None:
    integration = elsewhere.integration(portal_url="https://my.example/orders/{number}")
    project = elsewhere.project(integration, "88123")
    with network_proxy(monkeypatch) as proxy:
        threading.Thread(target=ask_for_a_password, args=(proxy,), daemon=True).start()
        person = open_tab(qtbot, open_window(), project)
        person.until(person.tab.failure.isVisible)
        told = person.tab.failure._advice.text()
    assert told.startswith("The network's proxy asks for a password, and cannot be given one here.")
    assert "let my.example through" in told


ASKS_FOR_A_PASSWORD = (
    b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=office\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


@contextmanager
def network_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The network's own, as the system's settings name it."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        yield proxy
        with suppress(OSError):
            proxy.shutdown(socket.SHUT_RDWR)  # whoever waits for a call does so no longer


def ask_for_a_password(proxy: socket.socket) -> None:
    with suppress(OSError):
        while True:
            line, _ = proxy.accept()
            with line:
                line.recv(1000)
                line.sendall(ASKS_FOR_A_PASSWORD)


def echo(server: socket.socket) -> None:
    line, _ = server.accept()
    with line:
        while data := line.recv(1 << 16):
            line.sendall(data)
