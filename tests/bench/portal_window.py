"""The window that ``portal-first`` measures: reads its work as JSON from standard input, prints its figures as JSON."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.looping import pause

from pruvan_desk.app import make_application
from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.store.models import Integration, Project
from pruvan_desk.store.opening import open_database
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.portal.view import PortalPage
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow

REST = 2_000
"""Milliseconds until processes that come or go have done so."""
OWN = ("Pss_Anon", "Pss_Shmem")


def fill(folder: DataFolder, work: dict[str, Any]) -> None:
    """One integration, and its orders."""
    with closing(open_database(folder)) as database, database.write() as writing:
        writing.session.add(
            Integration(
                id=1, name="FAStrack", code="AFS", service_url="https://example.com", username=work["username"],
                portal_url=work["portal_url"], portal_sign_in="form", portal_login_url=work["login_url"],
            )
        )  # fmt: skip
        writing.session.flush()
        for place, number in enumerate(work["numbers"], start=1):
            writing.session.add(
                Project(id=place, integration_id=1, number=number, qa_in_field=True, created_at=datetime.now(UTC))
            )


def until(done: Callable[[], bool]) -> None:
    """Waits for what the window does."""
    patience = time.monotonic() + 30
    while not done():
        if time.monotonic() > patience:
            raise TimeoutError
        pause(5)


def processes() -> Iterator[int]:
    """This one, and what it has started."""
    found = [os.getpid()]
    for process in found:
        yield process
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            found += map(int, children.read_text().split())


def megabytes() -> dict[str, float]:
    """Of all processes, what is shared by several divided among them: altogether, and without files that are mapped."""
    total = own = count = 0
    for process in processes():
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
        sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        total, own, count = total + sizes["Pss"], own + sum(sizes[name] for name in OWN), count + 1
    return {"all": total / 1024, "own": own / 1024, "processes": count}


class Bench:
    """A person who opens one order after the other."""

    def __init__(self, work: dict[str, Any]) -> None:
        folder = data_folder(Path(work["folder"])).create()
        fill(folder, work)
        secrets = MemorySecrets()
        secrets.set("integration/1/password", work["password"])
        self.numbers: list[str] = work["numbers"]
        self.desk = Desk(folder, secrets, "bench")
        state = WindowState(folder.root / "window.ini", self.desk.aside)
        self.window = MainWindow(self.desk, Theme(make_application()), state)

    def run(self) -> dict[str, Any]:
        """All figures."""
        self.window.show()
        self.desk.open(lambda fault: sys.exit(str(fault)))
        until(lambda: self.window.status is not None)
        pause(REST)
        memory = {"before": megabytes()}
        seconds = [self.open(1)]
        pause(REST)
        memory["one"] = megabytes()
        seconds += [self.open(project_id) for project_id in range(2, len(self.numbers) + 1)]
        pause(REST)
        memory["many"] = megabytes()
        pane = self.pane()
        while pane.tabs.count():
            pane.close_tab(0)
        pause(2 * REST)
        memory["closed"] = megabytes()
        return {"seconds": seconds, "megabytes": memory}

    def open(self, project_id: int) -> float:
        """Seconds until the page of an order is there."""
        began = time.monotonic()
        self.window.open_portal(project_id)
        number = self.numbers[project_id - 1]
        until(lambda: any(number in tab.page.title() for tab in self.pane().open_tabs()))
        return time.monotonic() - began

    def pane(self) -> PortalPage:
        """myFAStrack."""
        pane = self.window.pages["portal"]
        assert isinstance(pane, PortalPage)
        return pane


if __name__ == "__main__":
    make_application()
    print(json.dumps(Bench(json.load(sys.stdin)).run()), flush=True)
    os._exit(0)  # what follows is not measured
