"""The keys as a person has them: those of the action map, except where others were chosen. Kept on this machine."""

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from pruvan_desk.core.errors import UsageError
from pruvan_desk.ui.actions import BY_NAME, DEEDS, KEY_OF, KEY_WORDS, PREFIX, Deed, key_words, rivals
from pruvan_desk.ui.state import WindowState

NOTHING = "none"
"""Kept where somebody wants no key at all; an empty value means the key of the map."""
BETWEEN = " / "

_PLAIN = ("Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown", "Return", "Space", "Tab", "Backspace")
TAKEN = frozenset({*_PLAIN, *(f"Shift+{key}" for key in _PLAIN), "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X"})
"""Keys that lists and fields need themselves."""
MENUS = frozenset({*(f"Alt+{letter}" for letter in "FEVPSH"), "Alt+F4", "F10"})
"""Keys that open a menu or close the window."""


def fold(keys: Iterable[str]) -> tuple[str, ...]:
    """Keys as Qt writes them, each once; both Enter keys are one, ``Return``."""
    written = (QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) for key in keys)
    return tuple(dict.fromkeys(_one_enter(key) for key in written if key))


class KeyMap(QObject):
    """Which keys do what. ``changed`` after a change, which is remembered in a moment."""

    changed = Signal()

    def __init__(self, state: WindowState) -> None:
        super().__init__(state)
        self._state = state
        self._chosen = {deed.name: keys for deed in DEEDS if (keys := self._kept(deed)) is not None}
        for name, keys in list(self._chosen.items()):  # what a hand has written into the file may clash
            if self.refusal(name, keys):
                del self._chosen[name]

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a deed: its own, or those of the map that nobody has given to another."""
        if name in self._chosen:
            return self._chosen[name]
        deed = BY_NAME[name]
        taken = {key for rival in rivals(deed) for key in self._chosen.get(rival.name, ())}
        return tuple(key for key in fold(deed.keys) if key not in taken)

    def is_changed(self, name: str) -> bool:
        """Whether somebody has chosen."""
        return name in self._chosen

    def words(self, name: str) -> str:
        """Its keys as the keyboard of this system names them."""
        return key_words(self.keys(name))

    def hints(self) -> str:
        """The line under the gallery: its most used keys. What has no key is left out."""
        shown = ((self.words(deed.name).partition("  ")[0], deed.hint) for deed in DEEDS if deed.hint)
        return "   ".join(f"{key} {hint}" for key, hint in shown if key)

    def refusal(self, name: str, keys: Sequence[str]) -> str:
        """Why a deed cannot have these keys: the sentence that names what has them. Empty when it can."""
        for key in fold(keys):
            if key in TAKEN:
                return f"{key_words([key])} is what lists and fields work with."
            if key in MENUS:
                return f"{key_words([key])} opens a menu or closes the window."
            for rival in rivals(BY_NAME[name]):
                if key in (self.keys(rival.name) if not rival.native else fold(rival.keys)):
                    return f"{key_words([key])} is the key of “{rival.words}” ({rival.menu})."
        return ""

    def change(self, name: str, keys: Sequence[str]) -> None:
        """Gives a deed other keys, or none. Raises :class:`UsageError` for a key that means something already."""
        if BY_NAME[name].native:
            raise UsageError("These keys are fixed.", "The lists and photos themselves know them.")
        wanted = fold(keys)
        if why := self.refusal(name, wanted):
            raise UsageError(why, "Choose another key, or give that one another key first.")
        if wanted == fold(BY_NAME[name].keys):
            self._chosen.pop(name, None)
        else:
            self._chosen[name] = wanted
        self._keep(name)
        self.changed.emit()

    def reset(self, name: str) -> None:
        """The keys of the map again. Raises :class:`UsageError` where one of them was given to another."""
        self.change(name, BY_NAME[name].keys)

    def reset_all(self) -> None:
        """All keys as they came."""
        names, self._chosen = list(self._chosen), {}
        for name in names:
            self._keep(name)
        self.changed.emit()

    def dress(self, owner: QWidget) -> None:
        """Gives the actions in a widget their keys, and names them in the hints of its buttons."""
        for action in owner.findChildren(QAction):
            name = action.objectName().removeprefix(PREFIX)
            if name in BY_NAME and action.objectName() != name:
                wanted = [QKeySequence(key) for key in _both_enters(self.keys(name))]
                if action.shortcuts() != wanted:
                    action.setShortcuts(wanted)
        for widget in owner.findChildren(QWidget):
            name = widget.property(KEY_OF)
            if name:
                keys = self.words(name).replace("  ", " or ")
                widget.setToolTip(f"{widget.property(KEY_WORDS)} ({keys})" if keys else widget.property(KEY_WORDS))

    def _kept(self, deed: Deed) -> tuple[str, ...] | None:
        value = self._state.get(f"keys/{deed.name}")
        if not value or deed.native:
            return None
        keys = fold(value.split(BETWEEN))
        return keys if keys or value == NOTHING else None

    def _keep(self, name: str) -> None:
        value = BETWEEN.join(self._chosen[name]) or NOTHING if name in self._chosen else ""
        self._state.put(f"keys/{name}", value)


def _one_enter(key: str) -> str:
    return f"{key.removesuffix('Enter')}Return" if key.endswith("Enter") else key


def _both_enters(keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        yield key
        if key.endswith("Return"):
            yield f"{key.removesuffix('Return')}Enter"
