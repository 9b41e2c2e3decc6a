"""Small web sites on loopback ports: one to be held to, and one that nobody may be led to."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HTML = "text/html; charset=utf-8"


@dataclass
class Answer:
    """What a path answers. ``elsewhere`` in a body or in a header's value stands for the other site."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": HTML})


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass
class Website:
    """Pages by path, or what makes them of a request, the requests that came, and how often anybody connected."""

    pages: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    scheme: str = "http"
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextmanager
def serving(site: Website, certificate: Path | None = None) -> Iterator[Website]:
    """Serves the site while the block runs; encrypted where there is a certificate (a file with its key)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.heard.append(f"{self.command} {self.path}")
            sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode("utf-8", "replace")
            asked = Asked(self.command, self.path, dict(self.headers.items()), sent)
            site.asked.append(asked)
            page = site.pages.get(self.path.partition("?")[0], Answer("nothing here", 404))
            answer = page if isinstance(page, Answer) else page(asked)
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if "x-half" in answer.headers:  # the rest comes when the site is closed
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                site.closing.wait(30)
            else:
                self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - as the standard library names them

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def process_request(self, request: Any, client_address: Any) -> None:
            site.connections += 1
            super().process_request(request, client_address)

    site.closing.clear()
    server = Server(("127.0.0.1", site.port), Handler)
    site.port = server.server_port
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        site.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield site
    site.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()
