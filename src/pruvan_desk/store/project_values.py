"""Fields of a project as plain values, as the history keeps them: text, and the names of its tasks."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Project, Task


def read_value(writing: Writing, project: Project, name: str) -> Any:
    """A field; ``tasks`` are the names of those that stand, in their order; an instant is its ISO text."""
    if name == "tasks":
        return [task.name for task in _tasks(writing, project) if not task.removed]
    value = getattr(project, name)
    return value.isoformat() if isinstance(value, datetime) else value


def write_value(writing: Writing, project: Project, name: str, value: Any) -> None:
    """Writes a field back as :func:`read_value` gives it. A task that is not named any more is marked, and keeps its items."""
    if name == "tasks":
        _write_tasks(writing, project, value)
    elif name == "closed_at":
        project.closed_at = datetime.fromisoformat(value) if value else None
    else:
        setattr(project, name, value)


def _tasks(writing: Writing, project: Project) -> list[Task]:
    wanted = select(Task).where(Task.project_id == project.id).order_by(Task.position, Task.id)
    return list(writing.session.scalars(wanted))


def _write_tasks(writing: Writing, project: Project, names: list[str]) -> None:
    known = {task.name: task for task in reversed(_tasks(writing, project))}
    for name in names:
        if name not in known:
            known[name] = Task(project_id=project.id, name=name)
            writing.session.add(known[name])
    for name, task in known.items():
        task.removed = name not in names
        task.position = names.index(name) if name in names else len(names)
    writing.session.flush()
