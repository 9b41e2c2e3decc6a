"""The window. The only place, beside app.py, that knows Qt."""

import builtins

import PySide6.QtCore  # noqa: F401 - puts an import of its own in the place of Python's, which what follows takes away again


def import_plainly() -> None:
    """Modules are imported without PySide's looking for ``__feature__``, which nobody uses here: it reads the source of each and
    keeps it, 18 MB and a third of the time that imports take.
    """
    before: object = getattr(builtins, "__orig_import__", builtins.__import__)
    setattr(builtins, "__import__", before)  # noqa: B010 - a function of Python's own, as far as mypy knows


import_plainly()
