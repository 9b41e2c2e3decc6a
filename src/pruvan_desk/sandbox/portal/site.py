"""The portal's requests and answers."""

import asyncio
import urllib.parse
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from pruvan_desk.sandbox.item_book import find_item, read_items_of
from pruvan_desk.sandbox.order_book import ACCEPTED, BookedOrder
from pruvan_desk.sandbox.portal.html import Markup
from pruvan_desk.sandbox.portal.pages import index_page, login_page, may_accept, order_page, order_path, words_page
from pruvan_desk.sandbox.portal.sessions import Session, Sessions
from pruvan_desk.sandbox.portal.style import CSS, NO_PREVIEW
from pruvan_desk.sandbox.portal.thumbnails import thumbnail
from pruvan_desk.sandbox.uploads import kept_file
from pruvan_desk.sandbox.world import World

COOKIE = "myfastrack"
LARGEST_FORM = 64 * 1024
"""Bytes."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
Signed = Callable[[Request, Session], Awaitable[Response]]


class Portal:
    """The pages, over one :class:`World`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions = Sessions()

    def routes(self) -> list[Route]:
        """All of them, to be mounted at ``/portal``."""
        return [
            Route("/style.css", _style, methods=["GET"]),
            Route("/login", self._ask_login, methods=["GET"]),
            Route("/login", self._login, methods=["POST"]),
            Route("/logout", self._behind_login(self._logout), methods=["POST"]),
            Route("/", self._behind_login(self._index), methods=["GET"]),
            Route("/photos/{uuid:path}", self._behind_login(self._photo), methods=["GET"]),
            Route("/orders/{number:path}/accept", self._behind_login(self._accept), methods=["POST"]),
            Route("/orders/{number:path}", self._behind_login(self._order), methods=["GET"]),
        ]

    def _behind_login(self, page: Signed) -> Callable[[Request], Awaitable[Response]]:
        """Only for who is signed in; others get the form, and come back to where they wanted to go."""

        async def endpoint(request: Request) -> Response:
            session = self._sessions.find(request.cookies.get(COOKIE), self._world.login, self._world.now())
            if session is not None:
                return await page(request, session)
            wanted = request.url.path if request.method == "GET" else "/portal/"
            return _moved(f"/portal/login?next={urllib.parse.quote(wanted)}")

        return endpoint

    async def _ask_login(self, request: Request) -> Response:
        return _page(login_page(_next(request.query_params.get("next", ""))))

    async def _login(self, request: Request) -> Response:
        form = await _form(request)
        wanted, username = _next(form.get("next", "")), form.get("username", "")
        if not _is_own(request):
            return _page(login_page(wanted, "The form came from elsewhere. Sign in here."), 403)
        now = self._world.now()
        cookie = self._sessions.sign_in(self._world.login, username, form.get("password", ""), now)
        if cookie is None:
            return _page(login_page(wanted, "User name or password is wrong.", username), 403)
        answer = _moved(wanted)
        answer.set_cookie(COOKIE, cookie, path="/portal", httponly=True, samesite="strict")
        return answer

    async def _logout(self, request: Request, session: Session) -> Response:
        form = await _form(request)
        if not _may_write(request, session, form):
            return _foreign_form(session)
        self._sessions.sign_out(request.cookies.get(COOKIE))
        answer = _moved("/portal/login")
        answer.delete_cookie(COOKIE, path="/portal", httponly=True, samesite="strict")
        return answer

    async def _index(self, _request: Request, session: Session) -> Response:
        return _page(index_page(session, self._world.orders))

    async def _order(self, request: Request, session: Session) -> Response:
        order = self._world.orders.find(request.path_params["number"])
        if order is None:
            return _page(words_page(session, "No such order", "There is no order of that number."), 404)
        accepted = "said" in request.query_params and order.client_status == ACCEPTED
        return await self._show(session, order, "You accepted this order." if accepted else "")

    async def _accept(self, request: Request, session: Session) -> Response:
        if not _may_write(request, session, await _form(request)):
            return _foreign_form(session)
        order = self._world.orders.find(request.path_params["number"])
        if order is None:
            return _page(words_page(session, "No such order", "There is no order of that number."), 404)
        if not may_accept(order):
            words = f"Order {order.number} is {order.client_status}: it can no longer be accepted."
            return _page(words_page(session, "Not accepted", words), 409)
        await self._world.orders.accept(order.number, self._world.now())
        return _moved(f"{order_path(order.number)}?said=accepted")

    async def _show(self, session: Session, order: BookedOrder, notice: str) -> Response:
        items = await self._world.ledger.run(lambda connection: read_items_of(connection, order.number))
        return _page(order_page(session, order, items, notice))

    async def _photo(self, request: Request, _session: Session) -> Response:
        uuid = request.path_params["uuid"]
        item = await self._world.ledger.run(lambda connection: find_item(connection, uuid))
        if item is None or not item["has_file"]:
            return Response("There is no such photo.", 404, HEADERS, "text/plain")
        made = await asyncio.to_thread(thumbnail, kept_file(self._world.files, item["sha256"]))
        cached = {**HEADERS, "cache-control": "private, max-age=3600"}
        if made is None:
            return Response(NO_PREVIEW, 200, cached, "image/svg+xml")
        return Response(made, 200, cached, "image/jpeg")


async def _style(_request: Request) -> Response:
    return Response(CSS, 200, {"x-content-type-options": "nosniff"}, "text/css")


def _page(page: Markup, status: int = 200) -> Response:
    return HTMLResponse(str(page), status, HEADERS)


def _moved(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303, HEADERS)


def _foreign_form(session: Session) -> Response:
    words = "The form did not come from this page, or is too old. Open the order again and try once more."
    return _page(words_page(session, "Nothing was done", words), 403)


def _may_write(request: Request, session: Session, form: dict[str, str]) -> bool:
    return _is_own(request) and session.wrote(form.get("csrf", ""))


def _is_own(request: Request) -> bool:
    """Whether the browser names this site, or no site at all, as where the form was."""
    origin = request.headers.get("origin")
    return origin is None or urllib.parse.urlsplit(origin).netloc == request.headers.get("host")


def _next(path: str) -> str:
    """Where to go after the login: a page of the portal, whatever was asked for."""
    plain = path.startswith("/portal/") and "\\" not in path and path.isprintable()
    return path if plain and ".." not in path else "/portal/"


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none where the body is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    return dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
