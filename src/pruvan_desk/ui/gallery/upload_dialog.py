"""Asks which files are added, and where they are filed: what is there already, or is wrong, is named before anything happens."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.domain.statuses import EVIDENCE_TYPES, FileType, evidence_label
from pruvan_desk.operations.uploading import Candidate, UploadTarget
from pruvan_desk.store.views.items import task_names
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import choice_box, form_row, label

FILE, KIND, SIZE, REMARK = range(4)
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class UploadDialog(QDialog):
    """``wanted`` carries the :class:`UploadTarget` and the files that were ticked."""

    wanted = Signal(object, object)

    def __init__(
        self,
        desk: Desk,
        theme: Theme,
        parent: QWidget,
        *,
        project_id: int,
        target: UploadTarget,
        candidates: Sequence[Candidate],
        known: Mapping[str, str],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Add files to {target.project}")
        self._target, self._theme = target, theme
        self.summary = label("", wrap=True)
        self.files = self._make_list()
        self.task = choice_box("Task")
        self.evidence_type = choice_box("Evidence type")
        for kind in EVIDENCE_TYPES:
            self.evidence_type.addItem(evidence_label(kind), kind)
        self.evidence_type.setCurrentIndex(max(0, self.evidence_type.findData(target.evidence_type)))
        form = QFormLayout()
        form_row(form, "&Task", self.task)
        form_row(form, "&Evidence type", self.evidence_type)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setDefault(True)
        box = QVBoxLayout(self)
        box.addWidget(self.summary)
        box.addLayout(form)
        box.addWidget(self.files, 1)
        box.addWidget(
            label("Added files are marked as not from the phone's app: they cannot be certified.", "muted", wrap=True)
        )
        box.addWidget(buttons)
        self._fill(candidates, known)
        self.files.itemChanged.connect(lambda *_: self._count())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(self._send)
        desk.read(lambda session: task_names(session, project_id), self._show_tasks)
        self.resize(96 * tokens.UNIT, 64 * tokens.UNIT)
        self._count()

    def chosen(self) -> list[Candidate]:
        """The files that are ticked."""
        rows = (self.files.topLevelItem(place) for place in range(self.files.topLevelItemCount()))
        return [row.data(FILE, Qt.ItemDataRole.UserRole) for row in rows if row and row.checkState(FILE) == CHECKED]

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setAccessibleName("Files")
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setHeaderLabels(["File", "Kind", "Size", "Remark"])
        header = made.header()
        header.setSectionResizeMode(REMARK, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(FILE, 30 * tokens.UNIT)
        header.resizeSection(KIND, 9 * tokens.UNIT)
        header.resizeSection(SIZE, 10 * tokens.UNIT)
        return made

    def _fill(self, candidates: Sequence[Candidate], known: Mapping[str, str]) -> None:
        """What is fine is ticked; what is there already or is wrong may be; what is no photo, PDF or video cannot be."""
        seen: dict[str, str] = {}
        for candidate in candidates:
            twice = seen.get(candidate.sha256)
            seen.setdefault(candidate.sha256, candidate.path.name)
            remark = candidate.problem
            if candidate.sha256 in known:
                remark = f"Already here: {known[candidate.sha256]}"
            elif twice is not None and candidate.sha256:
                remark = f"The same as {twice}"
            size = text.megabytes(candidate.size) if candidate.size else ""
            row = QTreeWidgetItem([candidate.path.name, _kind(candidate), size, remark])
            row.setData(FILE, Qt.ItemDataRole.UserRole, candidate)
            row.setToolTip(FILE, str(candidate.path))
            row.setToolTip(REMARK, remark)
            row.setTextAlignment(SIZE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if candidate.file_type is None:
                row.setFlags(row.flags() & ~Qt.ItemFlag.ItemIsEnabled & ~Qt.ItemFlag.ItemIsUserCheckable)
            row.setCheckState(FILE, UNCHECKED if remark or candidate.file_type is None else CHECKED)
            if remark:
                row.setIcon(REMARK, self._theme.icon("warning", "waiting" if candidate.file_type else "bad"))
            self.files.addTopLevelItem(row)

    def _count(self) -> None:
        count, total = len(self.chosen()), self.files.topLevelItemCount()
        left = f" {text.counted(total - count, 'file')} left out: see the remarks." if count < total else ""
        self.summary.setText(
            f"{text.counted(count, 'file')} of {total:,} will be added to {self._target.project}.{left}"
        )
        self.accept_button.setText(f"Add {count:,}" if count else "Add")
        self.accept_button.setAccessibleName(f"Add {text.counted(count, 'file')}")
        self.accept_button.setEnabled(count > 0)

    def _show_tasks(self, names: list[str]) -> None:
        self.task.addItems(
            [*names, *([self._target.task] if self._target.task and self._target.task not in names else [])]
        )
        self.task.setCurrentText(self._target.task)
        if not self.task.count():
            self.task.addItem("No task", "")

    def _send(self) -> None:
        task = self.task.currentText() if self.task.currentData() is None else self.task.currentData()
        target = UploadTarget(self._target.project, task, self.evidence_type.currentData())
        self.wanted.emit(target, self.chosen())


def _kind(candidate: Candidate) -> str:
    if candidate.file_type is FileType.PICTURE:
        return "Photo"
    if candidate.file_type is None:
        return "Other"
    return "PDF" if candidate.format == "PDF" else "Video"
