"""What can be done with the project beside its order: the same commands as in Projects, for the one that is shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.projects.details import ProjectPanel

if TYPE_CHECKING:
    from pruvan_desk.ui.projects.commands import ProjectCommands


class Beside(QObject):
    """Connects the panel's buttons. The commands are loaded when one is first pressed."""

    def __init__(self, page: Page, panel: ProjectPanel) -> None:
        super().__init__(page)
        self.desk = page.desk
        self._page, self._panel = page, panel
        self._commands: ProjectCommands | None = None
        panel.edit_wanted.connect(self._edit)
        panel.close_wanted.connect(self._close_or_reopen)
        panel.report_wanted.connect(self._report)
        panel.notes.added.connect(self._add_note)
        panel.notes.removed.connect(self._remove_note)

    @property
    def commands(self) -> "ProjectCommands":
        """What can be done."""
        if self._commands is None:
            from pruvan_desk.ui.projects.commands import ProjectCommands  # noqa: PLC0415 - as said

            self._commands = ProjectCommands(self, self._page)
        return self._commands

    def stop(self) -> None:
        """The window goes away."""
        if self._commands is not None:
            self._commands.stop()

    def chosen(self) -> list[ProjectRow]:
        """The project that is shown."""
        return [self._panel.row] if self._panel.row is not None else []

    def all_shown(self) -> Sequence[ProjectRow]:
        """There is but one."""
        return self.chosen()

    def say(self, words: str, advice: str = "") -> None:
        """Tells somebody what happened."""
        self._page.said.emit(words, advice)

    def show_when_there(self, project_id: int) -> None:
        """New projects are shown in Projects, not here."""

    def focus_note(self) -> None:
        """Puts the cursor where a note is written."""
        self._panel.focus_note()

    def _edit(self) -> None:
        self.commands.edit()

    def _close_or_reopen(self) -> None:
        self.commands.close_or_reopen()

    def _report(self, project_id: int) -> None:
        self.commands.reports.make(project_id)

    def _add_note(self, project_id: int, words: str) -> None:
        self.commands.add_note(project_id, words)

    def _remove_note(self, note_id: int) -> None:
        self.commands.remove_note(note_id)
