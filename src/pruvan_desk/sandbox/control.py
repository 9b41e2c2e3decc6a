"""The sandbox's own API under ``/_sandbox/``: look into FAStrack, and make things happen there."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pruvan_desk.sandbox import item_book
from pruvan_desk.sandbox.connections import Connections
from pruvan_desk.sandbox.crew_runner import CrewRunner
from pruvan_desk.sandbox.faults import ANY_CALL, CALLS, Fault, FaultMode
from pruvan_desk.sandbox.ledger import read_fact
from pruvan_desk.sandbox.order_book import OPEN, BookedOrder
from pruvan_desk.sandbox.orders import make_bad_orders, make_orders
from pruvan_desk.sandbox.portal.deeds import Deeds
from pruvan_desk.sandbox.portal.rules import Refused, missing
from pruvan_desk.sandbox.portal.site import Portal
from pruvan_desk.sandbox.world import World
from pruvan_desk.wire.values import JsonObject

CLIENT_STATUS = {"close": "Closed", "decline": "QC Declined", "cancel": "Cancelled", "reopen": OPEN}
Handler = Callable[[Request], Awaitable[Any]]


class ControlError(ValueError):
    """A request to the control API that makes no sense; the text says why."""


class Control:
    """The endpoints, over one :class:`World`."""

    def __init__(self, world: World, crews: CrewRunner, portal: Portal, connections: Connections) -> None:
        self._world = world
        self._crews = crews
        self._portal = portal
        self._connections = connections
        self._deeds = Deeds(world)

    def routes(self) -> list[Route]:
        """All of them."""
        get: dict[str, Handler] = {
            "state": self._state, "items": self._items, "deliveries": self._deliveries, "answers": self._answers, "orders": self._orders,
            "check_ins": self._check_ins, "surveys": self._surveys, "faults": self._faults,
            "orders/{number:path}/case": self._case,
        }  # fmt: skip
        post: dict[str, Handler] = {
            "orders": self._add_orders, "orders/{number:path}/update": self._update, "credentials": self._credentials,
            "faults": self._set_fault, "faults/clear": self._clear_faults, "clock": self._set_clock,
            "crews/start": self._start_crews, "crews/stop": self._stop_crews, "portal/sign_out": self._sign_out,
            "orders/{number:path}/qc": self._qc,
            "orders/{number:path}/{action:str}": self._act,
        }  # fmt: skip
        return [
            *(Route(f"/{path}", _answering(handler), methods=["GET"]) for path, handler in get.items()),
            *(Route(f"/{path}", _answering(handler), methods=["POST"]) for path, handler in post.items()),
        ]

    async def _state(self, _request: Request) -> JsonObject:
        counts = await self._world.ledger.run(item_book.read_counts)
        pushkey = await self._world.ledger.run(lambda connection: read_fact(connection, "pushkey"))
        orders = list(self._world.orders)
        statuses = [order.client_status for order in orders]
        return {
            **counts,
            "orders": len(orders),
            "orders_listed": sum(order.listed for order in orders),
            "by_client_status": {status: statuses.count(status) for status in sorted(set(statuses))},
            "push_key_known": bool(pushkey),
            "crews": self._crews.report(),
            "now": self._world.now(),
        }

    async def _items(self, _request: Request) -> list[JsonObject]:
        return await self._world.ledger.run(item_book.read_items)

    async def _deliveries(self, _request: Request) -> list[JsonObject]:
        return await self._world.ledger.run(item_book.read_deliveries)

    async def _answers(self, _request: Request) -> list[JsonObject]:
        """What became of the answer to each delivery, since this server was started."""
        return [
            {"delivery": delivery, "answer": answer.fate.value, "lost": answer.lost, "hung_up_at": answer.hung_up_at}
            for delivery, answer in self._connections.answers.items()
        ]

    async def _surveys(self, _request: Request) -> list[JsonObject]:
        return await self._world.ledger.run(item_book.read_surveys)

    async def _check_ins(self, _request: Request) -> list[JsonObject]:
        return await self._world.ledger.run(item_book.read_check_ins)

    async def _orders(self, _request: Request) -> list[JsonObject]:
        calls = await self._world.ledger.run(item_book.read_status_calls)
        return [_order(order, calls.get(order.number, [])) for order in self._world.orders]

    async def _add_orders(self, request: Request) -> JsonObject:
        """``{count, seed, bad}`` makes orders (``bad`` of them unreadable); ``{orders: […]}`` takes them as they are."""
        body = await _body(request)
        payloads = body.get("orders")
        if payloads is None:
            seed = int(body.get("seed", 1))
            payloads = make_orders(int(body.get("count", 1)), seed) + make_bad_orders(int(body.get("bad", 0)), seed)
        if not isinstance(payloads, list) or not all(isinstance(payload, dict) for payload in payloads):
            raise ControlError("orders must be a list of objects")
        await self._world.orders.add(payloads, self._world.now())
        return {"numbers": [str(payload.get("workOrderNumber") or "") for payload in payloads]}

    async def _act(self, request: Request) -> JsonObject:
        action, number = request.path_params["action"], request.path_params["number"]
        body = await _body(request)
        if action == "accept":
            order = await self._world.orders.accept(number, self._world.now())
        elif action in CLIENT_STATUS:
            listed = action == "reopen" or bool(body.get("listed", False))
            status = CLIENT_STATUS[action]
            order = await self._world.orders.set_client_status(number, status, listed, self._world.now())
        else:
            raise ControlError(f"{action} is not an action on an order")
        return _order(order, [])

    async def _case(self, request: Request) -> JsonObject:
        """What was done to an order in the portal."""
        number = request.path_params["number"]
        order = self._world.orders.find(number)
        if order is None:
            raise KeyError(number)
        case, received = self._world.cases.of(number), await self._deeds.received(number)
        return {**asdict(case), "missing": missing(order, case, received)}

    async def _qc(self, request: Request) -> JsonObject:
        """``{answer, words}``: AFS approves, declines, wants rework, asks, comments, or (``auto``) looks for itself."""
        number, body = request.path_params["number"], await _body(request)
        order = self._world.orders.find(number)
        if order is None:
            raise KeyError(number)
        try:
            said = await self._deeds.answer(order, str(body.get("answer", "")), str(body.get("words", "")))
        except Refused as refusal:
            raise ControlError(str(refusal)) from refusal
        return {"said": said, "client_status": order.client_status}

    async def _sign_out(self, _request: Request) -> JsonObject:
        """All sessions of the portal end."""
        self._portal.sign_everybody_out()
        return {}

    async def _update(self, request: Request) -> JsonObject:
        fields = await _body(request)
        return _order(await self._world.orders.update(request.path_params["number"], fields, self._world.now()), [])

    async def _credentials(self, request: Request) -> JsonObject:
        """``{username, password, token, refusal_status}``: what is not named stays."""
        body = await _body(request)
        new = self._world.login.changed(
            username=body.get("username"),
            password=body.get("password"),
            token=body.get("token"),
            refusal_status=body.get("refusal_status"),
        )
        await self._world.change_login(new)
        return {"username": new.username, "refusal_status": new.refusal_status}

    async def _faults(self, _request: Request) -> list[JsonObject]:
        return [asdict(fault) for fault in self._world.faults.waiting()]

    async def _set_fault(self, request: Request) -> JsonObject:
        """``{call, mode, count, seconds}``: ``count`` null for always."""
        body = await _body(request)
        call, count = str(body.get("call", ANY_CALL)), body.get("count", 1)
        if call not in (*CALLS, ANY_CALL):
            raise ControlError(f"{call} is not a call")
        mode, seconds = FaultMode(str(body.get("mode"))), float(body.get("seconds", 0))
        fault = Fault(call, mode, None if count is None else int(count), seconds)
        self._world.faults.set(fault)
        return asdict(fault)

    async def _clear_faults(self, _request: Request) -> JsonObject:
        self._world.faults.clear()
        return {}

    async def _set_clock(self, request: Request) -> JsonObject:
        """``{error}``: seconds by which the server's clock is ahead."""
        self._world.clock_error = float((await _body(request)).get("error", 0))
        return {"now": self._world.now()}

    async def _start_crews(self, request: Request) -> JsonObject:
        """``{gateway, crews: [{username, token}], pace_seconds, seed}``."""
        body = await _body(request)
        crews = [(str(crew["username"]), str(crew["token"])) for crew in body["crews"]]
        pace, seed = float(body.get("pace_seconds", 5)), int(body.get("seed", 1))
        await self._crews.start(str(body["gateway"]), crews, pace, seed)
        return self._crews.report()

    async def _stop_crews(self, _request: Request) -> JsonObject:
        await self._crews.stop()
        return self._crews.report()


def _order(order: BookedOrder, status_calls: list[JsonObject]) -> JsonObject:
    return {
        "number": order.number, "kind": order.kind, "client_status": order.client_status, "listed": order.listed,
        "accepted": order.accepted, "changed_at": order.changed_at, "status_calls": status_calls,
    }  # fmt: skip


async def _body(request: Request) -> JsonObject:
    raw = await request.body()
    value = json.loads(raw) if raw else {}
    if not isinstance(value, dict):
        raise ControlError("the body must be a JSON object")
    return value


def _answering(handler: Handler) -> Callable[[Request], Awaitable[JSONResponse]]:
    """The handler's answer as JSON; 404 for an unknown order or missing field, 400 for what makes no sense."""

    async def endpoint(request: Request) -> JSONResponse:
        try:
            return JSONResponse(await handler(request))
        except KeyError as error:
            return JSONResponse({"error": f"there is no {error.args[0]}"}, 404)
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint
