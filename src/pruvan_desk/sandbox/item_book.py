"""What FAStrack received: items (the latest by uuid), every delivery, check-ins, status calls."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from pruvan_desk.wire.values import JsonObject

ATTRIBUTES = tuple(f"attribute{n}" for n in range(7, 31))
"""The free ones, that must come back as they were sent out."""
SECRETS = frozenset({"username", "password", "token", "pushkey"})


@dataclass(frozen=True, slots=True)
class KeptItem:
    """One delivery, as it is kept. ``sha256`` is of the file or, without one, of the answer set; ``size`` is in bytes."""

    uuid: str
    work_order: str
    task: str
    evidence_type: str
    file_type: str
    file_name: str
    sha256: str
    size: int
    has_file: bool
    payload: JsonObject


@dataclass(frozen=True, slots=True)
class KeptCheckIn:
    """A check-in as it was sent; ``refusal`` holds the provider's words, empty when the number is good."""

    uuid: str
    work_order: str
    abc_number: str
    who: str
    happened: str
    refusal: str


def without_secrets(payload: JsonObject) -> JsonObject:
    """A payload that can be kept and shown."""
    return {name: value for name, value in payload.items() if name not in SECRETS}


def keep_item(connection: sqlite3.Connection, item: KeptItem, now: float) -> int:
    """Counts the delivery and keeps the item in place of an earlier one of the same uuid. Answers the delivery's id."""
    row = connection.execute("SELECT deliveries FROM items WHERE uuid = ?", (item.uuid,)).fetchone()
    n = 1 if row is None else int(row["deliveries"]) + 1
    connection.execute(
        "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            item.uuid, item.work_order, item.task, item.evidence_type, item.file_type, item.file_name, item.sha256,
            item.size, int(item.has_file), json.dumps(item.payload), n, now,
        ),
    )  # fmt: skip
    delivery = connection.execute(
        "INSERT INTO deliveries (uuid, n, sha256, work_order, task, evidence_type, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (item.uuid, n, item.sha256, item.work_order, item.task, item.evidence_type, now),
    )
    return int(delivery.lastrowid or 0)


def keep_check_in(connection: sqlite3.Connection, check_in: KeptCheckIn, now: float) -> None:
    """Records a check-in, good or refused."""
    connection.execute(
        "INSERT INTO check_ins (uuid, work_order, abc_number, who, happened, accepted, refusal, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            check_in.uuid, check_in.work_order, check_in.abc_number, check_in.who, check_in.happened,
            int(not check_in.refusal), check_in.refusal, now,
        ),
    )  # fmt: skip


def keep_status(connection: sqlite3.Connection, work_order: str, status: str, entry: JsonObject, now: float) -> None:
    """Records one work order of a ``status`` call."""
    connection.execute(
        "INSERT INTO status_calls (work_order, status, payload, at) VALUES (?, ?, ?, ?)",
        (work_order, status, json.dumps(entry), now),
    )


def keep_refusal(connection: sqlite3.Connection, call: str, words: str, now: float) -> None:
    """Records that a call was answered with an error."""
    connection.execute("INSERT INTO refusals (call, words, at) VALUES (?, ?, ?)", (call, words, now))


def read_items(connection: sqlite3.Connection) -> list[JsonObject]:
    """Every item, in the order of its latest delivery, with its free attributes as received."""
    return [_item(row) for row in connection.execute("SELECT * FROM items ORDER BY at, uuid")]


def read_items_of(connection: sqlite3.Connection, work_order: str) -> list[JsonObject]:
    """The items of one order, in the order of their latest delivery."""
    rows = connection.execute("SELECT * FROM items WHERE work_order = ? ORDER BY at, uuid", (work_order,))
    return [_item(row) for row in rows]


def find_item(connection: sqlite3.Connection, uuid: str) -> JsonObject | None:
    """One item; ``None`` when nothing of that uuid came."""
    row = connection.execute("SELECT * FROM items WHERE uuid = ?", (uuid,)).fetchone()
    return None if row is None else _item(row)


def read_surveys(connection: sqlite3.Connection) -> list[JsonObject]:
    """Every survey with its answer set."""
    rows = connection.execute("SELECT * FROM items WHERE file_type = 'survey' ORDER BY at, uuid")
    surveys = []
    for row in rows:
        payload = json.loads(row["payload"])
        named = {"template": payload.get("template"), "survey_id": payload.get("surveyId")}
        surveys.append({**_item(row), **named, "answers": payload.get("survey")})
    return surveys


def read_check_ins(connection: sqlite3.Connection) -> list[JsonObject]:
    """Every check-in, in the order they came."""
    return [
        {
            "uuid": row["uuid"], "work_order": row["work_order"], "abc_number": row["abc_number"], "who": row["who"],
            "when": row["happened"], "accepted": bool(row["accepted"]), "refusal": row["refusal"], "at": row["at"],
        }
        for row in connection.execute("SELECT * FROM check_ins ORDER BY id")
    ]  # fmt: skip


def read_deliveries(connection: sqlite3.Connection) -> list[JsonObject]:
    """Every delivery, in the order they came."""
    return [dict(row) for row in connection.execute("SELECT * FROM deliveries ORDER BY id")]


def read_status_calls(connection: sqlite3.Connection) -> dict[str, list[JsonObject]]:
    """The status calls by work order, in the order they came."""
    calls: dict[str, list[JsonObject]] = {}
    for row in connection.execute("SELECT work_order, status, at FROM status_calls ORDER BY id"):
        calls.setdefault(row["work_order"], []).append({"status": row["status"], "at": row["at"]})
    return calls


def read_counts(connection: sqlite3.Connection) -> JsonObject:
    """How many there are of everything, and how the items are flagged: task → evidence type → count."""
    counts: JsonObject = {}
    for table in ("items", "deliveries", "check_ins", "status_calls", "refusals"):
        counts[table] = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608 - names above
    by_flag: dict[str, dict[str, int]] = {}
    query = "SELECT task, evidence_type, COUNT(*) FROM items GROUP BY task, evidence_type ORDER BY task, evidence_type"
    for task, evidence_type, count in connection.execute(query):
        by_flag.setdefault(task, {})[evidence_type] = count
    types = connection.execute("SELECT file_type, COUNT(*) FROM items GROUP BY file_type ORDER BY file_type")
    return {**counts, "by_flag": by_flag, "by_file_type": {file_type: count for file_type, count in types}}  # noqa: C416 - rows are no pairs


def _item(row: sqlite3.Row) -> JsonObject:
    payload: dict[str, Any] = json.loads(row["payload"])
    return {
        "uuid": row["uuid"], "sha256": row["sha256"], "work_order": row["work_order"], "task": row["task"],
        "evidence_type": row["evidence_type"], "file_type": row["file_type"], "file_name": row["file_name"],
        "parent_uuid": payload.get("parentUuid") or "", "size": row["size"], "has_file": bool(row["has_file"]),
        "deliveries": row["deliveries"], "at": row["at"],
        "attributes": {name: payload[name] for name in ATTRIBUTES if name in payload},
    }  # fmt: skip
