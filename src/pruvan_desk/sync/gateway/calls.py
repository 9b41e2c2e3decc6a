"""The four calls as the field makes them: who calls, what is kept, and the documented answers. All blocking."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.check_in import NOT_A_NUMBER
from pruvan_desk.domain.statuses import FieldStatus, ItemState
from pruvan_desk.operations.intake import Arrival, StoredBytes, find_project
from pruvan_desk.operations.integrations import token_digest
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.operations.serving import orders_for
from pruvan_desk.store.files import safe_extension
from pruvan_desk.store.models import CheckIn, Crew, Integration, Item, Project
from pruvan_desk.store.settings import read_settings
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.gateway.rates import Rate
from pruvan_desk.sync.gateway.uploads import Upload
from pruvan_desk.wire.items import read_item
from pruvan_desk.wire.values import JsonObject, nested_too_deeply, read_json, read_text

log = logger(__name__)

Answer = dict[str, Any]
KnownCrew = Row[int, str, str, bool, datetime | None]
NOBODY = "0" * 64
OF_NAME = select(Crew.id, Crew.username, Crew.token_sha256, Crew.active, Crew.last_seen_at).where(
    Crew.username == bindparam("username")
)
SEEN_TIME = timedelta(minutes=1)
WRONG_BURST, WRONG_PER_SECOND = 20, 1 / 3


class TooManyWrongError(UsageError):
    """Somebody is guessing, or a phone has a token that is not good any more and does not stop."""


class FieldCalls:
    """Answers the field. What is wrong with a call is said in its answer; the crew's phone keeps it and tries again."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._wrong = Rate(context.clock, WRONG_BURST, WRONG_PER_SECOND)

    def validate(self, payload: JsonObject, caller: str) -> Answer:
        """Whether the crew's user name and token are good."""
        try:
            self._crew(payload, caller)
        except TooManyWrongError:
            raise
        except UsageError as error:
            return {"error": str(error), "validated": False}
        return {"error": "", "validated": True}

    def get_work_orders(self, payload: JsonObject, caller: str) -> Answer:
        """The crew's open orders, all of them each time: a phone that missed one answer misses nothing."""
        crew = self._crew(payload, caller)
        with self._context.database.read() as session:
            orders = orders_for(session, crew.username)
        return {"workOrders": orders, "error": ""}

    def accept(self, upload: Upload, caller: str) -> Arrival:
        """Checks who calls and what came, and makes its bytes durable. Raises :class:`ItemError` for what cannot be kept."""
        try:
            payload = read_payload(upload.payload)
            crew = self._crew(payload, caller)
            return Arrival(read_item(payload), self._keep(upload), crew.username)
        except ValueError as error:
            raise ItemError(f"The item cannot be read: {error}.", "Send it again.") from error
        finally:
            upload.discard()

    def verdict(self, uuid: str) -> str | None:
        """What is wrong with a check-in that is kept all the same, for whoever made it to read at once; empty for nothing.

        ``None``: it is on its way to the provider, who has not said yet.
        """
        columns = select(CheckIn.well_formed, CheckIn.accepted, CheckIn.words, Item.state, Integration.paused)
        wanted = columns.join(Item, Item.id == CheckIn.item_id).outerjoin(Project, Project.id == Item.project_id)
        with self._context.database.read() as session:
            of_project = wanted.outerjoin(Integration, Integration.id == Project.integration_id)
            row = session.execute(of_project.where(Item.uuid == uuid)).one_or_none()
            paused = read_settings(session).relay_paused
        if row is None or row.accepted:
            return ""
        if row.accepted is False or not row.well_formed:
            return f"Check in again: {row.words or NOT_A_NUMBER}."
        under_way = row.state in (ItemState.QUEUED, ItemState.RELAYING) and not row.paused and not paused
        return None if under_way else ""

    def _keep(self, upload: Upload) -> StoredBytes | None:
        name, file = upload.file_name, upload.write(self._context.files)
        if name is None or file is None:
            return None
        path = self._context.files.keep(file, safe_extension(name))
        return StoredBytes(file.sha256, path.suffix.lstrip("."), file.size)

    def status(self, payload: JsonObject, caller: str) -> Answer:
        """What the crew says about its orders. Each is taken by itself; an unknown one is named."""
        crew = self._crew(payload, caller)
        entries = payload.get("workOrders")
        if not isinstance(entries, list):
            raise ItemError("workOrders is missing.", "Send a list of orders and their status.")
        refused = [error for entry in entries if (error := self._take_status(entry, crew)) is not None]
        return {"error": refused[0] if refused else None, "status": not refused}

    def _take_status(self, entry: Any, crew: KnownCrew) -> JsonObject | None:
        """Takes the status of one order. Answers why not, as the API says it, when that is impossible."""
        number = _text(entry, "workOrderNumber")
        word = _text(entry, "fieldStatus") or _text(entry, "status")
        status = FieldStatus.read(word)
        with self._context.database.read() as session:
            project = find_project(session, number, self._context.clock.now())
        if project is None or status is None:
            message = f"There is no order {number}." if project is None else f"{word} is not a field status."
            return {"workOrderNumber": number, "message": message}
        set_field_status(self._context.database, project.id, status, crew.username)
        return None

    def _crew(self, payload: JsonObject, caller: str) -> KnownCrew:
        """The active crew that calls. Raises :class:`UsageError`, which does not say what was wrong.

        After some wrong tokens for a user name from one address, the next are not even compared: guessing is slow.
        """
        username, token = _text(payload, "username"), _text(payload, "token")
        guesser = f"{caller} {username[:100]}"
        if self._wrong.exhausted(guesser):
            raise TooManyWrongError("Too many wrong tokens.", "Wait a minute, and ask the office for the right one.")
        with self._context.database.connection() as connection:
            crew = connection.execute(OF_NAME, {"username": username}).one_or_none()
        known = crew.token_sha256 if crew is not None and crew.active else NOBODY
        if not hmac.compare_digest(known, token_digest(token)) or crew is None:
            self._wrong.allows(guesser)
            log.warning("a call was refused", username=username[:100], caller=caller)
            raise UsageError("User name or token is wrong.", "Ask the office for a new token.")
        self._note_seen(crew)
        return crew

    def _note_seen(self, crew: KnownCrew) -> None:
        """When it was last heard of, to the minute."""
        if crew.last_seen_at is not None and self._context.clock.now() - crew.last_seen_at < SEEN_TIME:
            return
        with self._context.database.write() as writing:
            writing.session.get_one(Crew, crew.id).last_seen_at = writing.now
            writing.changed(crews=crew.id)


def read_payload(text: bytes) -> JsonObject:
    """The payload as an object. Raises :class:`ItemError`."""
    try:
        payload = read_json(text)
    except ValueError as error:
        raise ItemError("The payload is not JSON.", "Send it again.") from error
    if not isinstance(payload, dict):
        raise ItemError("The payload is not an object.", "Send it again.")
    if nested_too_deeply(payload):
        raise ItemError("The payload is nested too deeply.", "Send less with one item.")
    return payload


def _text(entry: Any, name: str) -> str:
    try:
        return read_text(entry.get(name)) or "" if isinstance(entry, dict) else ""
    except ValueError:
        return ""
