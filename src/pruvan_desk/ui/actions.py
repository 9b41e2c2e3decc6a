"""The one action map: every key of the program, its words, its menu, and where it works. Menus and the ``?`` page are made from it.

The keys here are those that the program comes with; :mod:`pruvan_desk.ui.key_map` knows those that somebody has chosen instead.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a key does. ``keys`` as Qt writes them, the first one being shown in the menu.

    ``hint`` is its short word in the line under the gallery, empty for none; ``native``: the widget itself knows the keys.
    """

    name: str
    words: str
    keys: tuple[str, ...]
    menu: str
    hint: str = ""
    native: bool = False


VIEW, PHOTO, HELP, FILE, MOVING, PORTAL = "View", "Photo", "Help", "File", "Moving about", "myFAStrack"
EDIT, PROJECT, LOOKING, SURVEY, ANNOTATING = "Edit", "Project", "Looking", "Survey", "Annotating"

DEEDS: tuple[Deed, ...] = (
    Deed("preferences", "Preferences…", ("Ctrl+Shift+,",), FILE),
    Deed("validator", "Validate a photo or uuid…", ("Ctrl+Shift+V",), FILE),
    Deed("quit", "Quit", ("Ctrl+Q",), FILE),
    Deed("projects", "Projects", ("Alt+1",), VIEW),
    Deed("gallery", "QA gallery", ("Alt+2",), VIEW),
    Deed("integrations", "Integrations", ("Alt+3",), VIEW),
    Deed("activity", "Activity", ("Alt+4",), VIEW),
    Deed("portal", "myFAStrack", ("Alt+5",), VIEW),
    Deed("surveys", "Surveys", ("Alt+6",), VIEW),
    Deed("refresh", "Refresh orders", ("F5",), VIEW),
    Deed("search", "Search in this view", ("Ctrl+F",), VIEW),
    Deed("undo", "Undo", ("Ctrl+Z",), EDIT, "undo"),
    Deed("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), EDIT),
    Deed("project_new", "New project…", ("Ctrl+N",), PROJECT),
    Deed("project_edit", "Edit…", ("F2",), PROJECT),
    Deed("project_change", "Change status, crew, due date…", ("Ctrl+E",), PROJECT),
    Deed("project_duplicate", "Duplicate", ("Ctrl+D",), PROJECT),
    Deed("project_close", "Close or reopen…", ("Ctrl+Shift+W",), PROJECT),
    Deed("project_delete", "Delete…", ("Del",), PROJECT),
    Deed("project_trash", "Trash…", ("Ctrl+Shift+T",), PROJECT),
    Deed("project_print", "Work order…", ("Ctrl+P",), PROJECT),
    Deed("project_report", "Report", ("Ctrl+Shift+R",), PROJECT),
    Deed("project_zip", "Save all files as a ZIP…", ("Ctrl+S",), PROJECT),
    Deed("project_import", "Import…", ("Ctrl+I",), PROJECT),
    Deed("project_export", "Export what is shown…", ("Ctrl+Shift+E",), PROJECT),
    Deed("project_note", "Add a note", ("Ctrl+Shift+N",), PROJECT),
    Deed("move", "Move in the grid, or to the next photo", ("Left", "Right", "Up", "Down"), MOVING, native=True),
    Deed("ends", "First, last", ("Home", "End"), MOVING, native=True),
    Deed("select", "Select more (zoomed: look further), select all", ("Shift+Right", "Ctrl+A"), MOVING, native=True),
    Deed("single", "Single view, and back", ("Return", "Enter", "Space"), MOVING, native=True),
    Deed("grid", "Grid", ("G", "Escape"), MOVING),
    Deed("next_project", "Next project of the QA queue", ("Ctrl+PgDown",), MOVING),
    Deed("zoom", "100 % at the pointer, and back", ("Z",), LOOKING, "100 %"),
    Deed("zoom_in", "Larger", ("Ctrl++", "Ctrl+="), LOOKING),
    Deed("zoom_out", "Smaller", ("Ctrl+-",), LOOKING),
    Deed("full_screen", "Full screen, and back", ("F11",), LOOKING),
    Deed("compare", "Compare before and after, or what is selected", ("C",), LOOKING, "compare"),
    Deed("positions", "Where the photos were taken", ("L",), LOOKING),
    Deed("four_up", "Compare two or four", ("Shift+C",), LOOKING),
    Deed("other_side", "The other photo of the pair", ("Tab",), LOOKING, native=True),
    Deed("show_before", "Show Before only", ("1",), LOOKING),
    Deed("show_during", "Show During only", ("2",), LOOKING),
    Deed("show_after", "Show After only", ("3",), LOOKING),
    Deed("show_all", "Show all evidence types", ("0",), LOOKING),
    Deed("pass", "Pass", ("P",), PHOTO, "pass"),
    Deed("reject", "Reject…", ("X",), PHOTO, "reject"),
    Deed("clear", "Clear the mark; take out of the queue", ("U",), PHOTO, "clear"),
    Deed("pass_next", "Pass, and next", ("Shift+P",), PHOTO, "and next"),
    Deed("reject_next", "Reject…, and next", ("Shift+X",), PHOTO),
    Deed("clear_next", "Clear the mark, and next", ("Shift+U",), PHOTO),
    Deed("pass_all", "Pass all shown", ("Ctrl+Shift+P",), PHOTO),
    Deed("rotate_left", "Rotate left", ("Ctrl+,",), PHOTO, "rotate left"),
    Deed("rotate_right", "Rotate right", ("Ctrl+.",), PHOTO, "right"),
    Deed("move_to", "Move to…", ("M",), PHOTO, "move"),
    Deed("take_guess", "Take the guess for which order it is", ("T",), PHOTO),
    Deed("make_before", "Make it Before", ("Ctrl+1",), PHOTO),
    Deed("make_during", "Make it During", ("Ctrl+2",), PHOTO),
    Deed("make_after", "Make it After", ("Ctrl+3",), PHOTO),
    Deed("note", "Note…", ("N",), PHOTO, "note"),
    Deed("annotate", "Annotate…", ("A",), PHOTO, "annotate"),
    Deed("upload", "Add files from disk…", ("Ctrl+O",), PHOTO),
    Deed("open_file", "Open in the system's program…", ("O",), PHOTO),
    Deed("save_zip", "Save the files as a ZIP…", ("Ctrl+S",), PHOTO),
    Deed("delete", "Delete; restore what is deleted", ("Del",), PHOTO),
    Deed("publish", "Publish passed…", ("Ctrl+Return", "Ctrl+Enter"), PHOTO, "publish"),
    Deed("publish_copy", "Publish the annotated copy…", ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), PHOTO),
    Deed("mark_select", "Select, move, size", ("V",), ANNOTATING),
    Deed("mark_arrow", "Arrow", ("A",), ANNOTATING),
    Deed("mark_box", "Box", ("B",), ANNOTATING),
    Deed("mark_circle", "Circle", ("C",), ANNOTATING),
    Deed("mark_text", "Text", ("T",), ANNOTATING),
    Deed("mark_blur", "Blur a face or plate", ("F",), ANNOTATING),
    Deed("mark_put", "One in the middle; change a text", ("Return", "Insert"), ANNOTATING, native=True),
    Deed("mark_next", "Next mark, the one before", ("PgDown", "PgUp"), ANNOTATING, native=True),
    Deed("mark_move", "Move it; with Ctrl a little", ("Left", "Right", "Up", "Down"), ANNOTATING, native=True),
    Deed("mark_size", "Size it", ("Shift+Right", "Shift+Down"), ANNOTATING, native=True),
    Deed("mark_colour", "Next colour", ("K",), ANNOTATING),
    Deed("mark_width", "Thin, medium, thick", ("W",), ANNOTATING),
    Deed("mark_delete", "Delete it", ("Del",), ANNOTATING),
    Deed("mark_zoom", "100 %, and back", ("Z",), ANNOTATING),
    Deed("survey_next", "Next unanswered question", ("Ctrl+J",), SURVEY),
    Deed("survey_pdf", "Save as PDF…", ("Ctrl+P",), SURVEY),
    Deed("survey_import", "Import a form…", ("Ctrl+I",), SURVEY),
    Deed("survey_submit", "Submit the form…", ("Ctrl+Return", "Ctrl+Enter"), SURVEY),
    Deed("web_back", "Page before", ("Alt+Left",), PORTAL),
    Deed("web_forward", "Page after", ("Alt+Right",), PORTAL),
    Deed("web_reload", "Reload the page", ("Ctrl+R",), PORTAL),
    Deed("web_home", "The order's page", ("Alt+Home",), PORTAL),
    Deed("web_larger", "Larger", ("Ctrl++", "Ctrl+="), PORTAL),
    Deed("web_smaller", "Smaller", ("Ctrl+-",), PORTAL),
    Deed("web_size", "As large as it was made", ("Ctrl+0",), PORTAL),
    Deed("web_pdf", "Save the page as PDF into the project's files", ("Ctrl+P",), PORTAL),
    Deed("web_beside", "The project beside the page", ("Ctrl+B",), PORTAL),
    Deed("web_close", "Close the tab", ("Ctrl+W",), PORTAL),
    Deed("help", "Help", ("F1",), HELP),
    Deed("keys", "All keys", ("?",), HELP),
)

BY_NAME: Mapping[str, Deed] = {deed.name: deed for deed in DEEDS}

OF_VIEWS = (
    frozenset({PHOTO, LOOKING, MOVING}),
    frozenset({PROJECT}),
    frozenset({PORTAL}),
    frozenset({SURVEY}),
    frozenset({ANNOTATING}),
)
"""Menus whose keys work in one view only; all others work in the whole window."""

PREFIX = "action-"
KEY_OF, KEY_WORDS = "key_of", "key_words"
"""Properties of a button that does what a key does: the deed's name, and the hint without the key."""


def rivals(deed: Deed) -> Iterator[Deed]:
    """All other deeds whose keys work where this one's do: it can have none of theirs."""
    mine = next((menus for menus in OF_VIEWS if deed.menu in menus), None)
    elsewhere = {menu for menus in OF_VIEWS if mine is not None and menus is not mine for menu in menus}
    return (other for other in DEEDS if other is not deed and other.menu not in elsewhere)


def install(owner: QWidget, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Makes the actions named in ``handlers`` work while the focus is in ``owner``.

    Single letters do nothing in a text field: the field takes the key before any action does.
    """
    made: dict[str, QAction] = {}
    for name, handler in handlers.items():
        deed = BY_NAME[name]
        action = QAction(deed.words, owner)
        action.setObjectName(f"{PREFIX}{name}")
        action.setShortcuts([QKeySequence(key) for key in deed.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _checked=False, call=handler: call())
        owner.addAction(action)
        made[name] = action
    return made


def fill_menu(menu: QMenu, actions: Iterable[QAction]) -> None:
    """Puts actions into a menu, with their keys beside them."""
    for action in actions:
        action.setShortcutVisibleInContextMenu(True)
        menu.addAction(action)


def name_key(widget: QWidget, name: str) -> None:
    """Has the key of a deed named in the hint of the button that does the same."""
    widget.setProperty(KEY_OF, name)
    widget.setProperty(KEY_WORDS, widget.toolTip())


def key_words(keys: Iterable[str]) -> str:
    """Keys as the keyboard of this system names them."""
    native = QKeySequence.SequenceFormat.NativeText
    names = {QKeySequence(key).toString(native).replace("Return", "Enter"): None for key in keys}
    return "  ".join(names)
