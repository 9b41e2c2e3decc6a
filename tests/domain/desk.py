"""A desk in memory: the planner's steps applied to plain values, as the store applies them to rows."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pruvan_desk.domain.orders import Order, Service, UnreadableOrder
from pruvan_desk.domain.refresh import (
    Close,
    Create,
    ImportSettings,
    KnownProject,
    Plan,
    Recreate,
    Reopen,
    Update,
    plan_refresh,
)
from pruvan_desk.domain.statuses import CloseReason, ProjectStatus
from pruvan_desk.domain.tasks import KnownTask, TaskSteps


@dataclass
class MemoryTask:
    id: int
    name: str
    source_service_id: str
    instructions: str = ""
    removed: bool = False


@dataclass
class MemoryProject:
    id: int
    number: str
    values: dict[str, Any]
    tasks: list[MemoryTask] = field(default_factory=list)
    close_reason: CloseReason | None = None
    source: str = ""
    deleted: bool = False
    items: dict[int, str] = field(default_factory=dict)
    """The name of the task that each item is on."""

    @property
    def closed(self) -> bool:
        return self.values["status"] is ProjectStatus.CLOSED


class MemoryDesk:
    """Projects by number."""

    def __init__(self) -> None:
        self.projects: dict[str, MemoryProject] = {}
        self._ids = itertools.count(1)

    def refresh(self, received: Sequence[Order | UnreadableOrder], settings: ImportSettings) -> Plan:
        """Plans and applies one list, as a refresh does."""
        latest = {entry.number: entry for entry in received if isinstance(entry, Order)}
        known = {
            number: self._known(self.projects[number], order)
            for number, order in latest.items()
            if number in self.projects
        }
        others = [
            KnownProject(each.id, each.number)
            for each in self.projects.values()
            if not each.closed and not each.deleted
        ]
        plan = plan_refresh(known, received, settings, others if settings.full else [])
        for step in plan.steps:
            self._apply(step)
        return plan

    def close(self, number: str, reason: CloseReason) -> None:
        """Closes a project for a reason."""
        project = self.projects[number]
        project.values["status"], project.close_reason = ProjectStatus.CLOSED, reason
        if reason is CloseReason.ABSENT:
            project.source = ""

    def delete(self, number: str) -> None:
        """Puts a project into the trash."""
        self.projects[number].deleted, self.projects[number].source = True, ""

    def restore(self, number: str) -> None:
        """Takes it out again, if its order has not come meanwhile."""
        self.projects[number].deleted = False

    def photograph(self) -> None:
        """An item on every task of every project."""
        for project in self.projects.values():
            project.items |= {next(self._ids): task.name for task in project.tasks}

    def picture(self) -> list[Any]:
        """Everything, to be compared."""
        return [
            (
                each.number,
                each.values.copy(),
                each.close_reason,
                [vars(task).copy() for task in each.tasks],
                each.deleted,
                each.items.copy(),
            )
            for each in sorted(self.projects.values(), key=lambda each: each.number)
        ]

    @staticmethod
    def _known(project: MemoryProject, order: Order) -> KnownProject:
        unchanged = project.source == order.source
        tasks = (
            () if unchanged else tuple(KnownTask(t.id, t.name, t.source_service_id, t.removed) for t in project.tasks)
        )
        return KnownProject(
            project.id, project.number, project.closed, project.close_reason, unchanged, project.deleted, tasks
        )

    def _apply(self, step: object) -> None:
        by_id = {project.id: project for project in self.projects.values()}
        match step:
            case Create():
                tasks = [self._task(service) for service in step.order.services or []]
                project = MemoryProject(
                    next(self._ids), step.order.number, dict(step.values), tasks, source=step.order.source
                )
                self.projects[project.number] = project
                if step.close_reason:
                    self.close(project.number, step.close_reason)
            case Update():
                project = by_id[step.project_id]
                project.values |= step.values
                project.source = step.order.source
                self._apply_tasks(project, step.tasks, renames=step.renames_tasks)
            case Recreate():
                project = by_id[step.project_id]
                project.values, project.source = dict(step.values), step.order.source
                project.close_reason, project.deleted = None, False
                self._apply_tasks(project, step.tasks, renames=True)
            case Close():
                self.close(step.number, step.reason)
            case Reopen():
                project = by_id[step.project_id]
                project.close_reason, project.values["status"] = None, ProjectStatus.ASSIGNED

    def _apply_tasks(self, project: MemoryProject, steps: TaskSteps, *, renames: bool) -> None:
        by_id = {task.id: task for task in project.tasks}
        project.tasks += [self._task(service) for service in steps.added]
        for task_id, service in steps.updated:
            by_id[task_id].removed = False
            if renames:
                by_id[task_id].name = service.name
                by_id[task_id].instructions = service.instructions or by_id[task_id].instructions
        if renames:
            project.items = {item: steps.renamed.get(name, name) for item, name in project.items.items()}
        for task_id in steps.removed:
            by_id[task_id].removed = True

    def _task(self, service: Service) -> MemoryTask:
        return MemoryTask(next(self._ids), service.name, service.source_service_id or "", service.instructions or "")


def order(number: str, *services: str | Service, **changes: Any) -> Order:
    """A whole order with these services, one called Grass Cut if none is named. Its source is what it says."""
    given = {"address1": "12 Elm St", "city": "Austin", "state": "TX", "zip": "78701"} | changes
    lines = [service if isinstance(service, Service) else Service(service) for service in services or ("Grass Cut",)]
    made = Order(number, **{"services": lines, **given})
    made.source = repr(made)
    return made


FULL = ImportSettings(full=True)
INCREMENTAL = ImportSettings(full=False)
