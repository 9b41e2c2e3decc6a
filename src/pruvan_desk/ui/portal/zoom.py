"""How large pages are shown: one factor for each site, kept across restarts."""

from PySide6.QtCore import QObject, Signal

from pruvan_desk.ui.state import WindowState

STEPS = (0.5, 0.67, 0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


class Zoom(QObject):
    """``changed`` names the host whose pages are another size now."""

    changed = Signal(str)

    def __init__(self, state: WindowState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state

    def of(self, host: str) -> float:
        """The factor of a site; 1 where nobody chose one."""
        try:
            kept = float(self._state.get(_name(host), "1"))
        except ValueError:
            return 1.0
        return min(max(kept, STEPS[0]), STEPS[-1])

    def step(self, host: str, by: int) -> None:
        """One step larger (1) or smaller (-1); 0 goes back to the size the page was made for."""
        now = self.of(host)
        nearest = min(range(len(STEPS)), key=lambda place: abs(STEPS[place] - now))
        wanted = STEPS[min(max(nearest + by, 0), len(STEPS) - 1)] if by else 1.0
        self._state.put(_name(host), str(wanted))
        self.changed.emit(host)


def _name(host: str) -> str:
    return f"portal/zoom/{host}"
