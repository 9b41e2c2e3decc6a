"""Taking back what was done to projects, and doing it again. Both are read from the history, so they outlive a restart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.project_edits import REDONE, UNDONE, stacks
from pruvan_desk.operations.project_edits import Editor
from pruvan_desk.operations.project_trash import Deed, put_into_trash, take_out_of_trash
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.models import AuditEvent, Project, ProjectNote
from pruvan_desk.store.project_values import read_value
from pruvan_desk.store.steps import step_events, turns


@dataclass(frozen=True, slots=True)
class Outcome:
    """What undo or redo changed; ``left`` projects were changed by somebody else since, and are left so."""

    changes: Changes
    done: int
    left: int


def undo(database: Database, who: str) -> Outcome:
    """Takes back what ``who`` did last. Raises :class:`UsageError` when there is nothing."""
    return _turn(database, who, UNDONE)


def redo(database: Database, who: str) -> Outcome:
    """Does again what ``who`` undid last. Raises :class:`UsageError` when there is nothing."""
    return _turn(database, who, REDONE)


def _turn(database: Database, who: str, turn: str) -> Outcome:
    with database.write() as writing:
        undoable, redoable = stacks(turns(writing.session, who))
        steps = undoable if turn == UNDONE else redoable
        if not steps:
            raise UsageError(f"There is nothing to {'undo' if turn == UNDONE else 'redo'}.")
        editor = Editor(writing, who, steps[-1], turn)
        events = step_events(writing.session, steps[-1])
        outcomes = [_apply(writing, editor, event, turn) for event in events]
        editor.finish()
    return Outcome(writing.changes, sum(outcomes), len(outcomes) - sum(outcomes))


def _apply(writing: Writing, editor: Editor, event: AuditEvent, turn: str) -> bool:
    """Turns one event. What it did not, because somebody changed it since, is in the history too: a step turns as a whole."""
    reverse: Reverse = REVERSED.get(event.what, _values)
    if not reverse(writing, editor, event, turn):
        editor.note(event.project_id or 0, turn, {"reason": "changed by somebody else since, and left so"})
        return False
    return True


Reverse = Callable[[Writing, Editor, AuditEvent, str], bool]


def _values(writing: Writing, editor: Editor, event: AuditEvent, turn: str) -> bool:
    project = writing.session.get(Project, event.project_id)
    first, second = ("before", "after") if turn == UNDONE else ("after", "before")
    wanted: Mapping[str, Any] = event.details[first]
    now: Mapping[str, Any] = event.details[second]
    if (
        project is None
        or project.deleted_at
        or any(read_value(writing, project, name) != value for name, value in now.items())
    ):
        return False
    return editor.change(project, wanted)


def _note(writing: Writing, editor: Editor, event: AuditEvent, turn: str) -> bool:
    note = writing.session.get(ProjectNote, event.details["note_id"])
    removed = (event.what == "noted") == (turn == UNDONE)
    if note is None or note.removed == removed:
        return False
    note.removed = removed
    editor.note(note.project_id, turn, {"reason": "note"})
    return True


def _trash(writing: Writing, editor: Editor, event: AuditEvent, turn: str) -> bool:
    """What was made or restored goes into the trash, what was deleted comes out of it; a redo the other way round."""
    into = (event.what == "deleted") != (turn == UNDONE)
    move = put_into_trash if into else take_out_of_trash
    return move(writing, [event.project_id or 0], Deed(turn, editor.who, editor.step)) > 0


REVERSED: Mapping[str, Reverse] = {
    "noted": _note, "note taken back": _note, "created": _trash, "deleted": _trash, "restored": _trash,
}  # fmt: skip
