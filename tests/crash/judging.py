"""Afterwards: is everything there that was acknowledged, at FAStrack exactly once, and was nothing sent twice without need?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from pruvan_desk.cli.balance import compare
from pruvan_desk.domain.statuses import CloseReason, ItemState, ProjectStatus
from pruvan_desk.operations.doctor import examine
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.models import Item, Project

from .field import Field
from .killing import Kill
from .office import CrashOffice

SAME = ("sha256", "work_order", "task", "evidence_type")
"""Two deliveries of a uuid that agree in these are one thing, delivered twice."""
OVER = {"Closed", "Cancelled"}


@dataclass
class Doubled:
    """Deliveries of what had been delivered, by the reason that allows them."""

    never_reached: Counter[str] = field(default_factory=Counter)
    """The sandbox's record: the answer before it never reached the engine; by what became of it."""
    not_written: list[float] = field(default_factory=list)
    """It did, and the engine was killed before it had written it down: its job was still claimed. Seconds from delivery to kill."""
    without_reason: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All of them."""
        return self.never_reached.total() + len(self.not_written) + len(self.without_reason)


@dataclass(frozen=True)
class Verdict:
    """What was found. Good when there are no ``faults``."""

    acknowledged: int
    published: int
    deliveries: int
    projects: int
    doubled: Doubled
    faults: list[str]


def judge(office: CrashOffice, field_: Field, kills: Sequence[Kill]) -> Verdict:
    """Compares what the field was told, what the store holds, what FAStrack has, and what the client ordered."""
    received, deliveries = office.sandbox.control("items"), office.sandbox.control("deliveries")
    answers = {answer["delivery"]: answer for answer in office.sandbox.control("answers")}
    doubled = judge_doubled(deliveries, answers, kills)
    faults = [f"delivered again without reason: {words}" for words in doubled.without_reason]
    faults += [f"refused by the gateway: {item.uuid} {item.trouble}" for item in field_.sent.refused]
    with office.database.read() as session:
        items = {item.uuid: item for item in session.scalars(select(Item))}
        projects = list(session.scalars(select(Project)))
        faults += compare(session, received).differences
        left = total_accounting(session).by_state
    faults += _field_differences(office, field_, items)
    faults += _project_differences(office, projects)
    for state in (ItemState.HELD, ItemState.PENDING_QA, ItemState.QUEUED, ItemState.RELAYING, ItemState.FAILED):
        if left.get(state):
            faults.append(f"{left[state]} items are {state} at the end")
    for check in examine(office.folder, office.database, office.secrets):
        faults += [f"doctor, {check.name}: {finding}" for finding in check.findings]
    faults += _logged(office)
    published = left.get(ItemState.PUBLISHED, 0)
    return Verdict(len(field_.sent.acknowledged()), published, len(deliveries), len(projects), doubled, faults)


def judge_doubled(
    deliveries: Sequence[dict[str, Any]], answers: dict[int, dict[str, Any]], kills: Sequence[Kill]
) -> Doubled:
    """Why each delivery came again that had come before."""
    doubled = Doubled()
    by_uuid: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for delivery in deliveries:
        by_uuid[delivery["uuid"]].append(delivery)
    for uuid, mine in by_uuid.items():
        for first, again in pairwise(mine):
            if any(first[name] != again[name] for name in SAME):
                continue  # a newer revision
            killed = next(
                (kill.at for kill in kills if first["at"] <= kill.at <= again["at"] and uuid in kill.leased), None
            )
            answer = answers[first["id"]]
            if answer["lost"]:
                doubled.never_reached[answer["answer"]] += 1
            elif killed is not None:
                doubled.not_written.append(killed - first["at"])
            else:
                doubled.without_reason.append(f"{uuid}, whose answer was {answer['answer']}")
    return doubled


def _field_differences(office: CrashOffice, field_: Field, items: dict[str, Item]) -> Iterator[str]:
    """Everything acknowledged must be in the store as it was sent, its bytes on the disk; and nothing else may be."""
    for sent in field_.sent.acknowledged():
        item = items.get(sent.uuid)
        if item is None:
            yield f"{sent.uuid} was acknowledged and is lost"
        elif item.sha256 is not None and item.sha256 != sent.sha256:
            yield f"{sent.uuid} was acknowledged and is another"
        elif item.sha256 is not None and not office_file(office, item):
            yield f"the bytes of {sent.uuid} were acknowledged and are lost"
    for uuid in items.keys() - field_.sent.latest.keys():
        yield f"{uuid} is in the store, and nobody sent it"


def office_file(office: CrashOffice, item: Item) -> bool:
    """Whether an item's original is on the disk."""
    sha256 = item.sha256 or ""
    return (office.folder.photos / sha256[:2] / sha256[2:4] / f"{sha256}.{item.extension}").exists()


def _project_differences(office: CrashOffice, projects: Sequence[Project]) -> Iterator[str]:
    """Each order is one project, as the client last sent it."""
    by_number = Counter(project.number for project in projects)
    for number in office.orders.keys() - by_number.keys():
        yield f"order {number} has no project"
    for project in projects:
        order = office.orders.get(project.number)
        if order is None or by_number[project.number] != 1:
            yield f"project {project.number} is there {by_number[project.number]} times, and should not be"
        elif project.client_instructions != order.get("clientInstructions"):
            yield f"project {project.number} does not say what the client last said"
        elif (project.status == ProjectStatus.CLOSED) != (order.get("clientStatus") in OVER):
            reason = CloseReason(project.close_reason).value if project.close_reason else "no reason"
            yield f"project {project.number} is {project.status} ({reason}), and the client says {order.get('clientStatus')}"


def _logged(office: CrashOffice) -> Iterator[str]:
    """Bugs that the engine told its log, and secrets that it should not have."""
    secrets = [*office.secrets.all().values(), *(token for _, token in office.crews)]
    for path in sorted(office.folder.logs.iterdir()):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from (f"a secret is in {path.name}" for secret in secrets if secret in text)
        for line in text.splitlines():
            if '"level": "error"' in line or line.startswith("Traceback"):
                yield f"{path.name}: {line[:120]} … {line[-400:]}"
