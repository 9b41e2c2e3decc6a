"""A person in front of a tab of the portal: real mouse and keys, sent to the widget that Chromium draws in."""

import contextlib
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.portal.tab import PortalTab
from pruvan_desk.ui.portal.view import PortalPage
from pruvan_desk.ui.window import MainWindow

PATIENCE = 20_000
"""Milliseconds: Chromium starts three processes."""
PAINTED = "window.painted || requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = true }))"
"""Chromium drops clicks on a page that was never drawn."""


SCROLLED = (
    "window.scrolled = false; requestAnimationFrame(() => requestAnimationFrame(() => { window.scrolled = true }))"
)
"""It also looks for what is clicked where it was drawn last."""


class Person:
    """Looks at one tab, and works in it."""

    def __init__(self, qtbot: QtBot, tab: PortalTab) -> None:
        self.qtbot, self.tab = qtbot, tab

    def until(self, ready: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=PATIENCE)

    def read(self, script: str) -> Any:
        """What a script of the page's own language answers; for looking, not for doing."""
        answers: list[Any] = []
        self.tab.page.runJavaScript(script, answers.append)
        self.until(lambda: answers)
        return answers[0]

    def sees(self, words: str) -> None:
        """Waits until the page shows these words and can be worked in."""

        def shown() -> bool:
            if self.tab.stack.currentWidget() is not self.tab.view:
                return False
            text = self.read("document.body ? document.body.innerText : ''")
            return words in (text or "") and self.read(f"{PAINTED}") is True

        self.until(shown)

    def reads(self, words: str) -> None:
        """Waits until the page says these words, in front or not."""
        self.until(lambda: words in (self.read("document.body ? document.body.innerText : ''") or ""))

    def click(self, selector: str) -> None:
        """Clicks in the middle of an element."""
        self.read(f"document.querySelector({selector!r}).scrollIntoView({{block: 'nearest'}}); {SCROLLED}; 1")
        self.until(lambda: self.read("window.scrolled") is True)
        middle = self.read(
            f"(() => {{ const found = document.querySelector({selector!r});"
            " const box = found.getBoundingClientRect();"
            " return `${Math.round(box.x + box.width / 2)} ${Math.round(box.y + box.height / 2)}` })()"
        )
        point = QPoint(*(int(part) for part in middle.split()))
        self.qtbot.mouseClick(self.surface(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)

    def leave_by(self, selector: str) -> None:
        """Clicks what leads to another page, once more where the first click met nothing: Desk moves its parts as news come in."""
        before = self.read("performance.timeOrigin")
        for _ in range(3):
            self.click(selector)
            with contextlib.suppress(self.qtbot.TimeoutError):
                self.qtbot.waitUntil(lambda: self.read("performance.timeOrigin") != before, timeout=4_000)
                return

    def follow(self, words: str) -> None:
        """Clicks the link that says this."""
        mark = "for (const a of document.links) a.classList.toggle('wanted', a.innerText.trim() === %r)"
        self.read(f"{mark % words}; 1")
        self.leave_by("a.wanted")

    def type_into(self, selector: str, words: str) -> None:
        self.click(selector)
        self.until(lambda: self.read(f"document.activeElement === document.querySelector({selector!r})"))
        self.qtbot.keyClicks(self.surface(), words)
        self.until(lambda: self.read(f"document.querySelector({selector!r}).value") == words)

    def when(self, done: Callable[[], bool]) -> None:
        """Tries again and again, beside whatever the page waits for, until it answers that it is done."""
        timer = QTimer(self.tab.window(), interval=20)
        timer.timeout.connect(lambda: timer.stop() if done() else None)
        timer.start()

    def surface(self) -> QWidget:
        """What Chromium draws in."""
        surface = self.tab.view.focusProxy()
        assert surface is not None
        return surface


def open_tab(qtbot: QtBot, window: MainWindow, project_id: int) -> Person:
    """Opens an order, and answers the person who looks at it."""
    window.open_portal(project_id)
    pane = window.pages["portal"]
    assert isinstance(pane, PortalPage)
    qtbot.waitUntil(lambda: any(tab.order.project_id == project_id for tab in pane.open_tabs()), timeout=PATIENCE)
    return Person(qtbot, next(tab for tab in pane.open_tabs() if tab.order.project_id == project_id))
