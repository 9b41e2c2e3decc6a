"""The orders FAStrack has given out: ready to send as bytes, and safe in the ledger."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pruvan_desk.sandbox.ledger import Ledger
from pruvan_desk.wire.values import JsonObject

OPEN = "Open"
ACCEPTED = "Accepted"
NO_ORDERS = b'{"workOrders":null,"error":""}'


@dataclass(slots=True)
class BookedOrder:
    """One order. ``changed_at`` is Unix seconds; an order that is not ``listed`` is no longer sent."""

    number: str
    position: int
    kind: str
    payload: JsonObject
    client_status: str
    listed: bool
    accepted: bool
    changed_at: float
    encoded: bytes
    tasks: frozenset[str]

    def row(self) -> tuple[Any, ...]:
        """As kept in the ledger."""
        return (
            self.number, self.position, self.kind, self.encoded.decode(), self.client_status,
            int(self.listed), int(self.accepted), self.changed_at,
        )  # fmt: skip


class OrderBook:
    """All orders by number, in the order they were made. Methods belong to the event loop's thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._orders: dict[str, BookedOrder] = {}
        self._full_list: bytes | None = None
        for order in ledger.run_now(_read_all):
            self._orders[order.number] = order

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[BookedOrder]:
        return iter(self._orders.values())

    def find(self, number: str) -> BookedOrder | None:
        """The order of that number, listed or not."""
        return self._orders.get(number)

    def encoded_list(self, since: float | None) -> bytes:
        """The answer to ``getWorkOrders``: all listed orders, or those changed at or after ``since`` (Unix seconds)."""
        if since is None:
            if self._full_list is None:
                self._full_list = _encode_list(order.encoded for order in self._orders.values() if order.listed)
            return self._full_list
        return _encode_list(
            order.encoded for order in self._orders.values() if order.listed and order.changed_at >= since
        )

    async def add(self, payloads: list[JsonObject], now: float) -> None:
        """Takes new orders in, or new versions of those it has."""
        await self._keep([self._book(payload, now) for payload in payloads])

    def add_now(self, payloads: list[JsonObject], now: float) -> None:
        """As :meth:`add`, before the server runs."""
        orders = [self._book(payload, now) for payload in payloads]
        self._ledger.run_now(lambda connection: _write(connection, orders))

    async def update(self, number: str, fields: JsonObject, now: float) -> BookedOrder:
        """Changes fields of an order. Raises ``KeyError`` for an unknown number."""
        order = self._orders[number]
        order.payload = {**order.payload, **fields, "workOrderNumber": number}
        order.client_status = str(order.payload.get("clientStatus") or OPEN)
        return await self._changed(order, now)

    async def set_client_status(self, number: str, client_status: str, listed: bool, now: float) -> BookedOrder:
        """Closes, declines, cancels or reopens an order. Raises ``KeyError`` for an unknown number."""
        order = self._orders[number]
        order.client_status, order.listed = client_status, listed
        order.payload = {**order.payload, "clientStatus": client_status}
        return await self._changed(order, now)

    async def accept(self, number: str, now: float) -> BookedOrder:
        """Marks an order as accepted by the vendor; one that is open says so. Raises ``KeyError`` for an unknown number."""
        order = self._orders[number]
        order.accepted = True
        if order.client_status == OPEN:
            order.client_status = ACCEPTED
            order.payload = {**order.payload, "clientStatus": ACCEPTED}
        return await self._changed(order, now)

    def _book(self, payload: JsonObject, now: float) -> BookedOrder:
        number = str(payload.get("workOrderNumber") or f"without-number-{len(self._orders) + 1}")
        known = self._orders.get(number)
        position = known.position if known else len(self._orders)
        order = _booked(number, position, payload, listed=True, accepted=bool(known and known.accepted), changed_at=now)
        self._orders[number] = order
        self._full_list = None
        return order

    async def _changed(self, order: BookedOrder, now: float) -> BookedOrder:
        order.changed_at = now
        order.encoded, order.tasks = _encode(order.payload), _tasks(order.payload)
        await self._keep([order])
        return order

    async def _keep(self, orders: list[BookedOrder]) -> None:
        self._full_list = None
        rows = [order.row() for order in orders]
        await self._ledger.run(lambda connection: _write_rows(connection, rows))


def _booked(
    number: str, position: int, payload: JsonObject, *, listed: bool, accepted: bool, changed_at: float
) -> BookedOrder:
    return BookedOrder(
        number=number,
        position=position,
        kind=str(payload.get("workType") or ""),
        payload=payload,
        client_status=str(payload.get("clientStatus") or OPEN),
        listed=listed,
        accepted=accepted,
        changed_at=changed_at,
        encoded=_encode(payload),
        tasks=_tasks(payload),
    )


def _read_all(connection: sqlite3.Connection) -> list[BookedOrder]:
    rows = connection.execute("SELECT * FROM orders ORDER BY position").fetchall()
    orders = []
    for row in rows:
        order = _booked(
            row["number"],
            row["position"],
            json.loads(row["payload"]),
            listed=bool(row["listed"]),
            accepted=bool(row["accepted"]),
            changed_at=row["changed_at"],
        )
        order.client_status = row["client_status"]
        orders.append(order)
    return orders


def _write(connection: sqlite3.Connection, orders: list[BookedOrder]) -> None:
    _write_rows(connection, [order.row() for order in orders])


def _write_rows(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> None:
    connection.executemany("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _encode(payload: JsonObject) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _encode_list(encoded: Iterable[bytes]) -> bytes:
    joined = b",".join(encoded)
    return b'{"workOrders":[' + joined + b'],"error":""}' if joined else NO_ORDERS


def _tasks(payload: JsonObject) -> frozenset[str]:
    services = payload.get("services")
    if not isinstance(services, list):
        return frozenset()
    return frozenset(str(service.get("serviceName", "")).strip() for service in services if isinstance(service, dict))
