"""Answers of the four calls, and what they mean. The body is judged first: implementations use HTTP status codes as they like."""

import email.utils
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pruvan_desk.core.errors import IntegrationError, ItemError, PruvanDeskError, TransientError, WrongAnswerError
from pruvan_desk.wire.values import JsonObject, read_json

TRANSIENT_STATUS = frozenset({408, 425, 429})
REFUSED_STATUS = frozenset({401, 403})
NOT_THERE_STATUS = frozenset({404, 405, 410})
"""Without words of this API they say that there is none at this address: nothing about what was sent."""
LOGIN_WORDS = re.compile(
    r"\b(?:password|credentials?|log ?in|user ?name|unauthori[sz]ed|authenticate|not authenticated|authentication|"
    r"(?:invalid|security) token)\b",
    re.IGNORECASE,
)
LONGEST_WORDS = 300
REFUSED = "The receiver refused it: "


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer as it came over the wire."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON, without a BOM; ``None`` when it is none. An empty body is ``True``: a push-only system's *nothing*."""
        text = self.body.decode("utf-8-sig", errors="replace").strip()
        if not text:
            return True
        try:
            return read_json(text)
        except ValueError:
            return None


def judge_validate(answer: HttpAnswer) -> None:
    """Returns when the credentials are good. Raises :class:`IntegrationError` with the server's words when they are not."""
    value = answer.json()
    if isinstance(value, dict) and _is_true(value.get("validated")) and not _words(value):
        return
    if isinstance(value, dict) and ("validated" in value or (_words(value) and not _in_trouble(answer))):
        words = _words(value) or "it did not say why"
        raise IntegrationError(
            f"The login was refused: {words}.".replace("..", "."), "Check user name, password and token."
        )
    raise _failure(answer, value)


def judge_order_list(answer: HttpAnswer) -> Any:
    """The ``workOrders`` value of a good answer, or the bare ``True`` of a push-only system, which holds no list."""
    value = answer.json()
    if isinstance(value, dict) and "workOrders" in value and not _words(value):
        return value["workOrders"]
    if 200 <= answer.status < 300 and value in (True, "1"):
        return True
    raise _failure(answer, value)


def judge_upload(answer: HttpAnswer) -> str:
    """Returns when the item was taken, which only ``"status": true`` says. Raises what the failure means otherwise.

    Answers what was said of it all the same: that a check-in is not good, say, though it is kept.
    """
    value = answer.json()
    if isinstance(value, dict) and value.get("status") is True:
        return _words(value)
    failure = _failure(answer, value)
    if answer.status == 200 and isinstance(value, dict) and not isinstance(failure, IntegrationError):
        raise ItemError(f"{REFUSED}{_words(value) or 'it did not say why'}")
    raise failure


def judge_item_list(answer: HttpAnswer) -> list[JsonObject]:
    """The items of a good answer to ``getItems``, which is ours and which a system need not know.

    Raises :class:`ItemError` where the order source cannot be asked, and what a failure means otherwise.
    """
    value = answer.json()
    if isinstance(value, dict) and isinstance(value.get("items"), list) and not _words(value):
        return [item for item in value["items"] if isinstance(item, dict)]
    failure = _failure(answer, value)
    if _in_trouble(answer) or answer.status in REFUSED_STATUS:
        raise failure
    raise ItemError("This order source cannot be asked what it has.", "Compare in its own portal instead.")


def judge_status(answer: HttpAnswer) -> str:
    """The receiver's objection to a ``status`` call, empty when it had none. An error there says nothing about anything else."""
    value = answer.json()
    if isinstance(value, dict):
        words = _words(value)
        if value.get("status") is True and not words:
            return ""
        if not _in_trouble(answer):  # a server that is, says what it says about everything: it is asked again
            return words or "The status was not accepted."
    failure = _failure(answer, value)
    if isinstance(failure, (TransientError, IntegrationError)):
        raise failure
    return failure.title


def _failure(answer: HttpAnswer, value: Any) -> PruvanDeskError:
    """The error that an answer without success stands for."""
    words = _words(value) if isinstance(value, dict) else ""
    if answer.status in REFUSED_STATUS or (LOGIN_WORDS.search(words) and not _in_trouble(answer)):
        return IntegrationError(
            f"The login was refused: {words or f'HTTP {answer.status}'}",
            "Check user name, password and token, then Validate.",
        )
    if 300 <= answer.status < 400:
        return IntegrationError(
            f"The server redirects to {_host(answer.headers.get('location', ''))}.",
            "Credentials go only to the configured host. Put the right address into the service URL.",
        )
    if _in_trouble(answer):
        return TransientError(
            f"The server is busy or in trouble: {words or f'HTTP {answer.status}'}", "", _retry_after(answer)
        )
    if words:
        return ItemError(f"The server answered: {words}")
    if answer.status >= 400 and answer.status not in NOT_THERE_STATUS:
        return ItemError(f"The server answered HTTP {answer.status}.")
    status = f"HTTP {answer.status}, " if answer.status >= 400 else ""
    return WrongAnswerError(
        f"The server's answer is not of this API: {status}{_excerpt(answer.body)}",
        "Check the service URL and extension.",
    )


def _in_trouble(answer: HttpAnswer) -> bool:
    return answer.status in TRANSIENT_STATUS or answer.status >= 500


def _is_true(value: Any) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"1", "true", "yes"})


def _words(value: JsonObject) -> str:
    """The text of ``error`` in any of its shapes, shortened; empty when there is none."""
    return _error_text(value.get("error"))[:LONGEST_WORDS]


def _error_text(error: Any) -> str:
    if not error:
        return ""
    if isinstance(error, dict):
        error = error.get("message") or json.dumps(error, ensure_ascii=False)
    if isinstance(error, list):
        error = "; ".join(str(part) if isinstance(part, list) else _error_text(part) for part in error)
    return str(error).strip()


def _excerpt(body: bytes) -> str:
    text = re.sub(r"(?:<[^>]*>|\s)+", " ", body[:2000].decode("utf-8", errors="replace")).strip()
    return f"“{text[:80]}”" if text else "an empty page"


def _host(location: str) -> str:
    match = re.match(r"https?://(?:[^/?#]*@)?([^/?#@]+)", location)
    return match.group(1) if match else "another address"


def _retry_after(answer: HttpAnswer) -> float | None:
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    wanted = _http_date(value)
    if wanted is None:
        return None
    sent_at = server_time(answer) or datetime.now(UTC)
    return max(0.0, (wanted - sent_at).total_seconds())


def server_time(answer: HttpAnswer) -> datetime | None:
    """The server's own clock, from its ``Date`` header."""
    return _http_date(answer.headers.get("date", ""))


def _http_date(text: str) -> datetime | None:
    """A date of an HTTP header; ``-0000`` says that it is UTC and nothing more."""
    try:
        at = email.utils.parsedate_to_datetime(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
