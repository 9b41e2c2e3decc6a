"""For which order, task and evidence type a file of a folder tree is: by the details beside it, else by its folders.

Where both name an order and they are not the same one, or where a task is none of the order's, a person has to look: nothing is
filed by half a guess.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.domain.trash import TRASH_TIME
from pruvan_desk.domain.tree_reading import TreeWords, bare, chosen_by, evidence_type_of
from pruvan_desk.operations.intake import SEPARATOR, find_project
from pruvan_desk.store.models import Integration, Project, Task
from pruvan_desk.store.views.tree_facts import place_words
from pruvan_desk.wire.items import ReceivedItem

ADDRESS = (Level.PROPERTY, Level.ADDRESS_1, Level.ADDRESS_2, Level.CITY, Level.STATE, Level.ZIP)
MOST = 50
"""Orders that are looked at more closely for one folder."""


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a file belongs. ``key`` as ``CODE::number``, or what names an unknown order; ``problem``: why a person has to look."""

    key: str
    task: str
    evidence_type: str
    problem: str = ""


class Filing:
    """Files what comes from one watch folder. Made for one transaction: what a folder means is looked up once."""

    def __init__(self, session: Session, now: datetime, integration_id: int | None) -> None:
        self._session, self._now, self._integration_id = session, now, integration_id
        self._orders: dict[tuple[str, ...], list[Project]] = {}
        self._tasks: dict[int, list[str]] = {}
        self._codes = {row.id: row.code for row in session.execute(select(Integration.id, Integration.code))}

    def file(self, tree: TreeWords, said: ReceivedItem | None) -> Filed:
        """``said`` is what the details beside the file say, if there are any."""
        told = self._told(said) if said is not None else []
        seen = self._seen(tree)
        task = (said.task if said is not None else "") or tree.get(Level.TASK)
        evidence_type = (said.evidence_type if said is not None else "") or evidence_type_of(tree.get(Level.PHOTO_TYPE))
        wanted = (said.work_order if said is not None else "") or tree.get(Level.PROJECT) or _address(tree)
        if len(told) == 1 and len(seen) == 1 and told[0].id != seen[0].id:
            problem = f"Its folder says {self._key(seen[0])}, the details beside it say {self._key(told[0])}."
            return Filed(self._key(told[0]), task, evidence_type, problem)
        if said is not None and said.work_order and not told:
            seen = [project for project in seen if _is_number(said.work_order, project.number)]
        found = told or seen
        if len(found) != 1:
            return Filed(wanted, task, evidence_type, self._why_none(found, wanted, tree))
        return self._with_task(found[0], task, evidence_type)

    def _with_task(self, project: Project, task: str, evidence_type: str) -> Filed:
        """The order's task of that name."""
        key = self._key(project)
        if not task:
            return Filed(key, "", evidence_type)
        if project.id not in self._tasks:
            self._tasks[project.id] = _tasks(self._session, project.id)
        meant = chosen_by(task, self._tasks[project.id])
        if len(meant) == 1:
            return Filed(key, meant[0], evidence_type)
        problem = f"{task} is the name of {len(meant)} tasks of {key}." if meant else f"{key} has no task {task}."
        return Filed(key, task, evidence_type, problem)

    def _told(self, said: ReceivedItem) -> list[Project]:
        """The order that the details name: with the code of its integration, or the number alone."""
        if not said.work_order:
            return []
        codes = [str(said.payload.get(name) or "") for name in ("clientCode", "key1")]
        names = [f"{code}{SEPARATOR}{said.work_order}" for code in codes if code in self._codes.values()]
        if self._integration_id is not None:
            names.append(f"{self._codes.get(self._integration_id, '')}{SEPARATOR}{said.work_order}")
        for name in (*names, said.work_order):
            project = find_project(self._session, name, self._now)
            if project is not None and self._integration_id in (None, project.integration_id):
                return [project]
        return []

    def _seen(self, tree: TreeWords) -> list[Project]:
        """The orders that the folders can mean: by number, else the open ones at that address."""
        name, client = tree.get(Level.PROJECT), tree.get(Level.CLIENT)
        asked = (name, client) if name else tuple(tree.get(level) for level in ADDRESS)
        if not any(asked):
            return []
        if asked not in self._orders:
            self._orders[asked] = self._by_number(name, client) if name else self._by_address(tree)
        return self._orders[asked]

    def _by_number(self, name: str, client: str) -> list[Project]:
        whole = self._wanted(or_(*(Project.number == number for number in _numbers(name, self._codes.values()))))
        found = self._meant(name, whole)
        if not found:  # a number with characters that no folder can have, or one that was cut
            alike = or_(*(Project.number.ilike(_pattern(number)) for number in _numbers(name, self._codes.values())))
            found = self._meant(name, self._wanted(alike).limit(MOST))
        if len(found) > 1 and client:
            integrations = self._session.execute(select(Integration.id, Integration.name))
            named = {row.id for row in integrations if chosen_by(client, [row.name])}
            found = [project for project in found if project.integration_id in named] or found
        return found

    def _meant(self, name: str, wanted: Select[Project]) -> list[Project]:
        """Those whose key, or whose bare number, a folder of that name can mean; one in the trash only where no other is."""
        rows = list(self._session.scalars(wanted))
        for label in (self._key, lambda project: project.number):
            labels = {label(project): project for project in rows}
            meant = [labels[found] for found in chosen_by(name, labels)]
            alive = [project for project in meant if project.deleted_at is None]
            if meant:
                return alive or meant
        return []

    def _by_address(self, tree: TreeWords) -> list[Project]:
        street = tree.get(Level.ADDRESS_1) or tree.get(Level.PROPERTY).partition(",")[0]
        if not street:
            return []
        nearby = self._wanted(Project.address1.ilike(_pattern(street)), Project.deleted_at.is_(None))
        rows = self._session.scalars(nearby.where(Project.status != ProjectStatus.CLOSED).limit(MOST))
        return [project for project in rows if _is_at(project, tree)]

    def _wanted(self, *which: ColumnElement[bool]) -> Select[Project]:
        there = or_(Project.deleted_at.is_(None), Project.deleted_at > self._now - TRASH_TIME)
        mine = select(Project).where(*which, there).order_by(Project.id)
        return mine if self._integration_id is None else mine.where(Project.integration_id == self._integration_id)

    def _key(self, project: Project) -> str:
        return f"{self._codes.get(project.integration_id, '')}{SEPARATOR}{project.number}"

    def _why_none(self, found: Sequence[Project], wanted: str, tree: TreeWords) -> str:
        if len(found) > 1:
            keys = ", ".join(self._key(project) for project in found[:3])
            return f"{wanted} can mean {len(found)} orders: {keys}{' …' if len(found) > 3 else ''}."
        unknown = f"There is no order {wanted} here." if wanted else "Nothing says for which order it is."
        return f"{unknown} {tree.misfit}".strip()


def _is_at(project: Project, tree: TreeWords) -> bool:
    words = place_words(project)
    return all(chosen_by(name, [words[level]]) for level in ADDRESS if (name := tree.get(level)))


def _address(tree: TreeWords) -> str:
    return ", ".join(name for level in ADDRESS if (name := tree.get(level)))


def _tasks(session: Session, project_id: int) -> list[str]:
    wanted = select(Task.name).where(Task.project_id == project_id, Task.removed.is_(False))
    return list(session.scalars(wanted.order_by(Task.position, Task.id)))


def _is_number(work_order: str, number: str) -> bool:
    return bare(work_order.rpartition(SEPARATOR)[2]) == bare(number)


def _numbers(name: str, codes: Iterable[str]) -> set[str]:
    """The numbers that a folder can mean: all of its name, or what follows the code of an integration."""
    after = {name[len(code) :].lstrip("-_ :") for code in codes if code and name.lower().startswith(code.lower())}
    return (after | {name}) - {""}


def _pattern(name: str) -> str:
    """For ``LIKE``: the runs of plain letters and digits in their order, anything between them; what was cut off may follow."""
    kept = name.rpartition("~")[0] or name
    plain = (character if character.isascii() and character.isalnum() else " " for character in kept)
    return "%".join(["", *"".join(plain).split(), ""])
