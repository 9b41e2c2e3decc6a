"""The portal's requests and answers."""

import asyncio
import urllib.parse
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from pruvan_desk.sandbox.item_book import find_item
from pruvan_desk.sandbox.order_book import BookedOrder
from pruvan_desk.sandbox.portal import pages, surveys, work_pages
from pruvan_desk.sandbox.portal.cases import Case
from pruvan_desk.sandbox.portal.deeds import Deeds, Sent
from pruvan_desk.sandbox.portal.html import Markup
from pruvan_desk.sandbox.portal.invoice_pdf import invoice_pdf
from pruvan_desk.sandbox.portal.parts import fastrack_path, joined_text, order_path
from pruvan_desk.sandbox.portal.rules import Received, Refused
from pruvan_desk.sandbox.portal.sessions import Session, Sessions
from pruvan_desk.sandbox.portal.style import CSS, NO_PREVIEW
from pruvan_desk.sandbox.portal.thumbnails import thumbnail
from pruvan_desk.sandbox.uploads import FormError, UploadedForm, kept_file
from pruvan_desk.sandbox.world import World

COOKIE = "myfastrack"
LARGEST_FORM = 64 * 1024
"""Bytes of a form without a file."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
Signed = Callable[[Request, Session], Awaitable[Response]]
OfOrder = Callable[[Request, Session, BookedOrder], Awaitable[Response]]


class Portal:
    """The pages, over one :class:`World`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions = Sessions()
        self._deeds = Deeds(world)

    def routes(self) -> list[Route]:
        """All of them, to be mounted at ``/portal``."""
        order = "/orders/{number:path}"
        shown = ("instructions", "surveys", "survey", "extras", "services", "invoices", "comments", "qc", "support")
        return [
            Route("/style.css", _style, methods=["GET"]),
            Route("/login", self._ask_login, methods=["GET"]),
            Route("/login", self._login, methods=["POST"]),
            Route("/logout", self._behind_login(self._logout), methods=["POST"]),
            Route("/", self._behind_login(self._index), methods=["GET"]),
            Route("/photos/{uuid:path}", self._behind_login(self._photo), methods=["GET"]),
            Route("/fastrack/{number:path}/answer", self._on_order(self._client_answers), methods=["POST"]),
            Route("/fastrack/{number:path}", self._on_order(self._fastrack), methods=["GET"]),
            *(
                Route(f"{order}/{deed}", self._on_order(self._do(deed)), methods=["POST"])
                for deed in self._deeds.of_vendor
            ),
            Route(f"{order}/invoices/{{invoice}}.pdf", self._on_order(self._invoice), methods=["GET"]),
            *(Route(f"{order}/{name}", self._on_order(self._show(name)), methods=["GET"]) for name in shown),
            Route(order, self._on_order(self._show("")), methods=["GET"]),
        ]

    def sign_everybody_out(self) -> None:
        """As when sessions run out: the next request of everybody leads to the login."""
        self._sessions.forget()

    def _behind_login(self, page: Signed) -> Callable[[Request], Awaitable[Response]]:
        """Only for who is signed in; others get the form, and come back to where they wanted to go."""

        async def endpoint(request: Request) -> Response:
            session = self._sessions.find(request.cookies.get(COOKIE), self._world.login, self._world.now())
            if session is not None:
                return await page(request, session)
            wanted = request.url.path if request.method == "GET" else "/portal/"
            return _moved(f"/portal/login?next={urllib.parse.quote(wanted)}")

        return endpoint

    def _on_order(self, page: OfOrder) -> Callable[[Request], Awaitable[Response]]:
        """Only for who is signed in, and for an order that there is."""

        async def endpoint(request: Request, session: Session) -> Response:
            order = self._world.orders.find(request.path_params["number"])
            if order is None:
                return _page(pages.words_page(session, "No such order", "There is no order of that number."), 404)
            return await page(request, session, order)

        return self._behind_login(endpoint)

    async def _ask_login(self, request: Request) -> Response:
        return _page(pages.login_page(_next(request.query_params.get("next", ""))))

    async def _login(self, request: Request) -> Response:
        form = await _form(request)
        wanted, username = _next(form.get("next")), form.get("username")
        if not _is_own(request):
            return _page(pages.login_page(wanted, "The form came from elsewhere. Sign in here."), 403)
        now = self._world.now()
        cookie = self._sessions.sign_in(self._world.login, username, form.get("password"), now)
        if cookie is None:
            return _page(pages.login_page(wanted, "User name or password is wrong.", username), 403)
        answer = _moved(wanted)
        answer.set_cookie(COOKIE, cookie, path="/portal", httponly=True, samesite="strict")
        return answer

    async def _logout(self, request: Request, session: Session) -> Response:
        if not _may_write(request, session, await _form(request)):
            return _foreign_form(session)
        self._sessions.sign_out(request.cookies.get(COOKIE))
        answer = _moved("/portal/login")
        answer.delete_cookie(COOKIE, path="/portal", httponly=True, samesite="strict")
        return answer

    async def _index(self, _request: Request, session: Session) -> Response:
        return _page(pages.index_page(session, self._world.orders))

    def _show(self, name: str) -> OfOrder:
        async def show(request: Request, session: Session, order: BookedOrder) -> Response:
            service = request.query_params.get("service", "")
            return _page(await self._draw(name, session, order, service))

        return show

    def _do(self, name: str) -> OfOrder:
        deed, belongs_to = self._deeds.of_vendor[name]

        async def do(request: Request, session: Session, order: BookedOrder) -> Response:
            form = UploadedForm(self._world.files)
            try:
                sent = await _sent(request, form)
                if not _may_write(request, session, sent):
                    return _foreign_form(session)
                session.notice = await deed(order, self._world.cases.of(order.number), sent)
            except (Refused, FormError) as refusal:
                drawn = await self._draw(belongs_to, session, order, sent.get("service"), str(refusal))
                return _page(drawn, 409)
            finally:
                form.discard()
            after = "surveys" if belongs_to == "survey" and sent.get("deed") == "submit" else belongs_to
            query = f"?service={urllib.parse.quote(sent.get('service'))}" if after == "survey" else ""
            return _moved(f"{order_path(order.number, after)}{query}")

        return do

    async def _draw(self, name: str, session: Session, order: BookedOrder, service: str, refused: str = "") -> Markup:
        case: Case = self._world.cases.of(order.number)
        received: Received = await self._deeds.received(order.number)
        simple = {
            "invoices": work_pages.invoices_page,
            "comments": work_pages.comments_page,
            "support": work_pages.support_page,
        }
        judged = {"extras": work_pages.extras_page, "services": work_pages.services_page, "qc": work_pages.qc_page}
        if name in simple:
            return simple[name](session, order, case, refused)
        if name in judged:
            return judged[name](session, order, case, received, refused)
        if name == "instructions":
            return pages.instructions_page(session, order)
        if name == "surveys":
            return surveys.surveys_page(session, order, case, received)
        if name == "survey":
            return surveys.survey_page(session, order, case, received, service, refused=refused)
        return pages.order_page(session, order, case, received, self._deeds.today(), refused=refused)

    async def _invoice(self, request: Request, session: Session, order: BookedOrder) -> Response:
        case = self._world.cases.of(order.number)
        number = request.path_params["invoice"]
        invoice = next((one for one in case.invoices if one.number == number), None)
        if invoice is None:
            return _page(pages.words_page(session, "No such invoice", "There is no invoice of that number."), 404)
        headers = {**HEADERS, "content-disposition": f"inline; filename*=UTF-8''{urllib.parse.quote(number)}.pdf"}
        if invoice.sha256:
            return FileResponse(kept_file(self._world.files, invoice.sha256), 200, headers, "application/pdf")
        address = joined_text(order.payload, ("address1", "city", "state", "zip"))
        made = invoice_pdf(invoice, order.number, address)
        return Response(made, 200, headers, "application/pdf")

    async def _fastrack(self, _request: Request, session: Session, order: BookedOrder) -> Response:
        return await self._draw_fastrack(session, order)

    async def _draw_fastrack(self, session: Session, order: BookedOrder, refused: str = "") -> Response:
        case, received = self._world.cases.of(order.number), await self._deeds.received(order.number)
        return _page(pages.fastrack_page(session, order, case, received, refused), 409 if refused else 200)

    async def _client_answers(self, request: Request, session: Session, order: BookedOrder) -> Response:
        form = await _form(request)
        if not _may_write(request, session, form):
            return _foreign_form(session)
        try:
            await self._deeds.answer(order, form.get("answer"), form.get("words"))
        except Refused as refusal:
            return await self._draw_fastrack(session, order, str(refusal))
        return _moved(fastrack_path(order.number))

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
    return _page(pages.words_page(session, "Nothing was done", words), 403)


def _may_write(request: Request, session: Session, form: Sent) -> bool:
    return _is_own(request) and session.wrote(form.get("csrf"))


def _is_own(request: Request) -> bool:
    """Whether the browser names this site, or no site at all, as where the form was."""
    origin = request.headers.get("origin")
    return origin is None or urllib.parse.urlsplit(origin).netloc == request.headers.get("host")


def _next(path: str) -> str:
    """Where to go after the login: a page of the portal, whatever was asked for."""
    plain = path.startswith("/portal/") and "\\" not in path and path.isprintable()
    return path if plain and ".." not in path else "/portal/"


async def _sent(request: Request, form: UploadedForm) -> Sent:
    """A form, with the file it may carry. Raises :class:`FormError`."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await _form(request)
    await form.read(request)
    fields = {name: [bytes(value).decode("utf-8", "replace")] for name, value in form.fields.items()}
    return Sent(fields, form.file)


async def _form(request: Request) -> Sent:
    """The fields of a form; none where the body is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return Sent({})
    return Sent(urllib.parse.parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True))
