"""The engine as a process that is killed: when, and what it was doing at that moment."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pruvan_desk.cli.engine_process import worker_command
from pruvan_desk.cli.worker import SECRETS_SECONDS
from pruvan_desk.core.errors import DeskFault

from .field import Field
from .office import CrashOffice, wait

PHASES = ("refresh", "ingest", "relay")
START_SECONDS = 60.0
STOP_SECONDS = 10.0
HEARTBEAT = 35.0
"""Seconds in which everything is done that the engine does now and then by itself, such as keeping its leases."""
LONGEST = {"refresh": 0.25, "ingest": 0.12, "relay": 0.12}
"""The moment is drawn from so many seconds after the work was seen to begin."""
TRIES = 8
"""So often work that was over too soon is begun anew."""
SPARE_SECONDS = SECRETS_SECONDS / 2
"""An engine that has to begin only waits for its secrets so long, and ends by itself when nobody hands it any."""
LAST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill. What was in flight was looked at after it: what the dead engine left unfinished."""

    aim: str
    at: float
    """Unix seconds."""
    refreshes: int
    """Import runs begun and not ended."""
    uploads: int
    """Uploads of the field that broke off."""
    leased: frozenset[str]
    """Items claimed for sending, whose outcome was never written down."""

    def in_flight(self, phase: str) -> bool:
        """Whether that phase was in flight."""
        return bool({"refresh": self.refreshes, "ingest": self.uploads, "relay": len(self.leased)}[phase])


class Worker:
    """An engine process. It loads while another still works, and begins when it is handed the secrets."""

    def __init__(self, office: CrashOffice, plan: dict[str, object] | None = None) -> None:
        self._office = office
        command = worker_command(office.folder.root, office.secrets.kind)
        if plan is not None:
            command = [sys.executable, "-m", "tests.crash.failpoints", json.dumps(plan), *command[3:]]
        self._born = time.monotonic()
        self._said = office.folder.logs / f"engine-{next(office.births)}.stderr"
        with self._said.open("w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors, text=True)

    def begin(self, *, listening: bool = True) -> "Worker":
        """Lets it begin; returns once its gateway listens, or at once."""
        self._office.secrets.hand_to(self.process.stdin)
        if listening:
            wait("the engine", self._up, START_SECONDS, pause=0.02)
        return self

    def _up(self) -> bool:
        if self.process.poll() is not None:
            self.forget()
            raise DeskFault(f"The engine stopped by itself, with code {self.process.returncode}.", self.last_words())
        return self._office.listens(self.process.pid)

    def last_words(self) -> str:
        """The end of what it said on standard error."""
        return self._said.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:].strip()

    def can_begin(self) -> bool:
        """Whether it is alive, and will wait for its secrets a while longer."""
        return self.process.poll() is None and time.monotonic() - self._born < SPARE_SECONDS

    def kill(self) -> float:
        """SIGKILL (on Windows its like). Answers the moment, in Unix seconds."""
        moment = time.time()
        self.process.kill()
        self.process.wait()
        self.forget()
        return moment

    def end(self) -> int:
        """Asks it to stop, as the window does. Answers its exit code."""
        self.forget()
        return self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """As :meth:`end`; raises :class:`DeskFault` when it does not end well."""
        if self.end() != 0:
            raise DeskFault(f"The engine stopped with code {self.process.returncode}.", self.last_words())

    def forget(self) -> None:
        """Closes our end of the pipe."""
        self._office.secrets.hand_to(None)
        if self.process.stdin is not None:
            self.process.stdin.close()


@dataclass
class Killer:
    """Kills the engine of an office at its work, and starts it again."""

    office: CrashOffice
    crews: Field
    rng: random.Random
    kills: list[Kill] = field(default_factory=list)
    _next: Worker | None = None

    def start(self, plan: dict[str, object] | None = None, *, listening: bool = True) -> Worker:
        """The next engine; one that only has to begin is ready already, unless it has waited for its turn for too long."""
        spare, self._next = self._next, None
        if spare is not None and (plan is not None or not spare.can_begin()):
            spare.kill()
            spare = None
        return (spare or Worker(self.office, plan)).begin(listening=listening)

    def make_ready(self) -> None:
        """Lets the next engine load while this one works."""
        self._next = Worker(self.office)

    def at_random(self, aim: str) -> None:
        """One life: the engine works, and dies at a moment drawn from while the phase it is aimed at is in flight."""
        worker = self.start()
        self.make_ready()
        before = self.office.unfinished_runs()
        self._life_goes_on()
        for _ in range(TRIES):
            self._begin(aim)
            if not self._seen(aim, before, worker):
                continue
            time.sleep(self.rng.uniform(0, LONGEST[aim]))
            if self._now(aim, before):
                break
        self._buried(aim, worker.kill(), before)

    def at_point(self, name: str, nth: int) -> bool:
        """One life with everything at once, which ends at a commit point. Answers whether it did."""
        before = self.office.unfinished_runs()
        worker = self.start({"point": name, "nth": nth}, listening=False)
        for n in range(TRIES):
            self._everything(trouble=n % 2 == 1)
            if self._within(2.0, lambda: worker.process.poll() is not None):
                break
        else:  # a point that only a heartbeat passes, or a good end
            if "_stop" in name or not self._within(HEARTBEAT, lambda: worker.process.poll() is not None):
                worker.end()
        worker.forget()
        self._buried(f"point {name}", time.time(), before)
        return worker.process.returncode not in (0, None)

    def recorded(self, file: Path) -> dict[str, int]:
        """One life with everything at once, and a good end. Answers which commit points it passed, and how often."""
        worker = self.start({"record": str(file)})
        for trouble in (False, True, False):
            self._everything(trouble=trouble)
            wait("a settled office", self._at_rest)
        worker.stop()
        counts: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))
        return counts

    @contextmanager
    def whole_life(self) -> Iterator[None]:
        """An engine that is not killed: it does everything it is asked for."""
        worker = self.start()
        yield
        worker.stop()

    def give_up(self) -> None:
        """Nobody needs the engine that only had to begin."""
        if self._next is not None:
            self._next.kill()

    def _at_rest(self) -> bool:
        assert self.crews.at_work
        return not self.crews.network.uploads() and self.office.settled()

    def _everything(self, *, trouble: bool) -> None:
        """All phases at once, with a failed refresh if that is wanted."""
        self.office.check()
        if trouble:
            self.office.sandbox.control("faults", {"call": "getWorkOrders", "mode": "html"})
        for aim in PHASES:
            self._begin(aim)

    def _life_goes_on(self) -> None:
        self.office.check()
        self.crews.allow(self.rng.randrange(2, 8))
        if self.rng.random() < 0.3:
            self.office.trouble()

    def _begin(self, aim: str) -> None:
        if aim == "refresh":
            self.office.change_orders()
            self.office.ask_refresh()
        elif aim == "ingest":
            self.crews.allow(self.rng.randrange(6, 18))
        else:
            self.office.change_published()
            self.crews.allow(self.rng.randrange(3, 9))

    def _seen(self, aim: str, before: frozenset[int], worker: Worker) -> bool:
        """Whether the phase has begun, soon enough."""
        return self._within(1.0, lambda: worker.process.poll() is not None or self._now(aim, before))

    def _now(self, aim: str, before: frozenset[int]) -> bool:
        if aim == "refresh":
            return bool(self.office.unfinished_runs() - before)
        return bool(self.crews.network.uploads() if aim == "ingest" else self.office.leased())

    def _buried(self, aim: str, moment: float, before: frozenset[int]) -> None:
        """Looks at what the dead left behind, before another takes over."""
        network = self.crews.network
        self._within(1.0, lambda: not any(f.ended is None and f.started <= moment for f in network.flights))
        refreshes = len(self.office.unfinished_runs() - before)
        kill = Kill(aim, moment, refreshes, network.broken_by(moment), self.office.leased())
        network.forget()
        self.kills.append(kill)

    def _within(self, seconds: float, done: Callable[[], object]) -> bool:
        patience = time.monotonic() + seconds
        while not done():
            if time.monotonic() > patience:
                return False
            time.sleep(0.003)
        return True
