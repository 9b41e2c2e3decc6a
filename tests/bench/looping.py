"""What the benches within a window have in common: they wait as a person does, while its loop goes round."""

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, QTimer


def pause(milliseconds: int) -> None:
    """Lets the window work."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Looping(QObject):
    """Somebody before a window, who looks again after ``look_again`` milliseconds."""

    look_again = 10

    def pause(self, milliseconds: int) -> None:
        """Lets the window work."""
        pause(milliseconds)

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Until something is so."""
        while not ready():
            pause(self.look_again)
