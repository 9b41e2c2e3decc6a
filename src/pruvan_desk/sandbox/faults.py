"""What can go wrong at FAStrack, on request."""

from dataclasses import dataclass
from enum import StrEnum

CALLS = ("validate", "getWorkOrders", "uploadPictures", "status", "getItems")
ANY_CALL = "*"
RETRY_AFTER = "2"
"""Seconds named by a busy server."""


class FaultMode(StrEnum):
    """How a call goes wrong."""

    DROP = "drop"
    FLIP = "flip"
    MISFLAG = "misflag"
    ERROR = "error"
    HTTP_500 = "http_500"
    HTTP_503_RETRY_AFTER = "http_503_retry_after"
    HTTP_401_JSON = "http_401_json"
    HTTP_406_JSON = "http_406_json"
    GARBAGE = "garbage"
    HTML = "html"
    BOM = "bom"
    TRUNCATED = "truncated"
    RESET = "reset"
    SLOW = "slow"
    NULL_LIST = "null_list"
    BARE_ONE = "bare_one"


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """An answer that is given without doing what was asked."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


CANNED = {
    FaultMode.ERROR: CannedAnswer(200, b'{"error":"The service is not able to process this request.","status":false}'),
    FaultMode.HTTP_500: CannedAnswer(500, b"Internal Server Error", "text/plain"),
    FaultMode.HTTP_503_RETRY_AFTER: CannedAnswer(
        503, b'{"error":"Down for maintenance.","status":false}', headers=(("retry-after", RETRY_AFTER),)
    ),
    FaultMode.HTTP_401_JSON: CannedAnswer(401, b'{"error":"Invalid user name or password.","validated":""}'),
    FaultMode.HTTP_406_JSON: CannedAnswer(406, b'{"error":"The request was not acceptable.","status":false}'),
    FaultMode.GARBAGE: CannedAnswer(200, bytes(range(128, 256)) * 4, "application/octet-stream"),
    FaultMode.HTML: CannedAnswer(
        200, b"<html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>", "text/html"
    ),
    FaultMode.NULL_LIST: CannedAnswer(200, b'{"workOrders":null,"error":""}'),
    FaultMode.BARE_ONE: CannedAnswer(200, b"1"),
}


ONLY_SHOWN_BY = {
    FaultMode.DROP: "uploadPictures",
    FaultMode.FLIP: "uploadPictures",
    FaultMode.MISFLAG: "uploadPictures",
    FaultMode.NULL_LIST: "getWorkOrders",
    FaultMode.BARE_ONE: "getWorkOrders",
}


@dataclass(slots=True)
class Fault:
    """A fault that waits for its call. ``count`` is how often it still happens, ``None`` for always; ``seconds`` is for slow."""

    call: str
    mode: FaultMode
    count: int | None = 1
    seconds: float = 0.0


class FaultPlan:
    """The faults that are set, oldest first; the first that fits a call is used up by it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def set(self, fault: Fault) -> None:
        """Adds a fault behind those that are set."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Lets everything work again."""
        self._faults.clear()

    def take(self, call: str) -> Fault | None:
        """The fault that strikes this call, if any. One that only some call can show waits for that call."""
        for fault in self._faults:
            if fault.call in (ANY_CALL, call) and ONLY_SHOWN_BY.get(fault.mode, call) == call:
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def waiting(self) -> list[Fault]:
        """Those that are still set."""
        return list(self._faults)
