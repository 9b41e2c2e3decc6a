"""What an order's service lines do to the tasks of its project."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pruvan_desk.domain.orders import Service


@dataclass(frozen=True, slots=True)
class KnownTask:
    """A task we have."""

    id: int
    name: str
    source_service_id: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class TaskSteps:
    """What an order does to the tasks of its project. Removed tasks keep their items and are marked.

    ``renamed``: old and new names; where names follow the client, the items of a task go with its name.
    """

    added: list[Service] = field(default_factory=list)
    updated: list[tuple[int, Service]] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)


def plan_tasks(known: Sequence[KnownTask], services: Sequence[Service] | None) -> TaskSteps:
    """Matches tasks with service lines: by the client's own id, else by name. Not sent: nothing changes."""
    steps = TaskSteps()
    if services is None:
        return steps
    matches = _match(known, services)
    for position, service in enumerate(services):
        if position in matches:
            steps.updated.append((matches[position].id, service))
        else:
            steps.added.append(service)
    kept = {task.id for task in matches.values()}
    steps.removed.extend(task.id for task in known if task.id not in kept and not task.removed)
    steps.renamed.update(_renamed(known, matches, services))
    return steps


def _renamed(known: Sequence[KnownTask], matches: dict[int, KnownTask], services: Sequence[Service]) -> dict[str, str]:
    """Where two tasks have one name, nobody can say whose the items are: they go with the one in force, if it is renamed."""
    staying = {task.name for position, task in matches.items() if services[position].name == task.name}
    changed = sorted(matches.items(), key=lambda match: not match[1].removed)
    renamed = {task.name: services[position].name for position, task in changed}
    return {old: new for old, new in renamed.items() if old not in staying}


def _match(known: Sequence[KnownTask], services: Sequence[Service]) -> dict[int, KnownTask]:
    """The task of each service, by its position. Some clients give several lines one id, so the closest match comes first."""
    free = sorted(known, key=lambda task: (task.removed, task.id))
    matches: dict[int, KnownTask] = {}
    for alike in (_same_line, _same_id, _same_name):
        for position, service in enumerate(services):
            task = next((task for task in free if position not in matches and alike(task, service)), None)
            if task is not None:
                matches[position] = task
                free.remove(task)
    return matches


def _same_line(task: KnownTask, service: Service) -> bool:
    return task.name == service.name and task.source_service_id == (service.source_service_id or "")


def _same_id(task: KnownTask, service: Service) -> bool:
    return task.source_service_id != "" and task.source_service_id == service.source_service_id


def _same_name(task: KnownTask, service: Service) -> bool:
    return task.name == service.name
