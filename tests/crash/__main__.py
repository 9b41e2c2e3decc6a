"""``python -m tests.crash [--kills N] [--seed S] [--points]``: kills, judges, prints the report, writes build/crash.json.

Exit 1 when anything was lost, doubled without reason, or off; 2 when too few kills hit work in flight.
"""

import argparse
import json
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pruvan_desk.core.logs import configure_logging

from .field import Field
from .judging import Verdict, judge
from .killing import PHASES, Kill, Killer
from .office import CrashOffice, wait

CRASH_JSON = Path("build/crash.json")
EVIDENCE = Path("build/crash-logs")
LEAST_SHARE = 0.25
END_SECONDS = 240.0
FIRST_ITEMS = 40
"""Before the first kill, so that there is something to relay."""


def main(arguments: Sequence[str]) -> int:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills at random moments")
    parser.add_argument("--points", action="store_true", help="also one kill at every commit point")
    parser.add_argument("--seed", type=int, help="of everything that chance decides; drawn when not given")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else secrets.randbelow(10**6)
    say(f"seed {seed}")
    started = time.monotonic()
    configure_logging(None, "crash")
    with tempfile.TemporaryDirectory(prefix="pruvan-desk-crash-") as root:
        office = CrashOffice(Path(root), seed)
        good = False
        try:
            killer, points = run(office, seed, options.kills, points=options.points)
            verdict = judge(office, killer.crews, killer.kills)
            good = not verdict.faults
        finally:
            office.close()
            if not good:
                say(f"the logs of the desk and of every engine are in {keep_evidence(office)}")
    seconds = time.monotonic() - started
    report = report_of(seed, killer.kills, points, verdict, seconds)
    CRASH_JSON.parent.mkdir(exist_ok=True)
    CRASH_JSON.write_text(json.dumps(report, indent=1), encoding="utf-8")
    say("\n".join(words_of(report)))
    if verdict.faults or not all(points.values()):
        return 1
    shares = [phase["share"] for phase in report["phases"].values()]
    return 2 if options.kills and min(shares) < LEAST_SHARE else 0


def run(office: CrashOffice, seed: int, kills: int, *, points: bool) -> tuple[Killer, dict[str, bool]]:
    """The whole story of an office: lives that end by a kill, and a last one that does not. Answers the points, and if reached."""
    rng = random.Random(f"kills {seed}")
    killer = Killer(office, Field(office.gateway, office.crews, seed), rng)
    with killer.whole_life():
        office.import_all()
        killer.crews.start()
        killer.crews.allow(2 * FIRST_ITEMS)  # a crew's turn is not always an item
        wait("the first items", lambda: len(killer.crews.sent.latest) >= FIRST_ITEMS, END_SECONDS)
    aims = [PHASES[n % len(PHASES)] for n in range(kills)]
    rng.shuffle(aims)
    for n, aim in enumerate(aims, start=1):
        killer.at_random(aim)
        assert killer.crews.at_work
        if n % 20 == 0:
            say(f"{n} kills")
    reached: dict[str, bool] = {}
    if points:
        for name, count in killer.recorded(office.folder.root / "points.json").items():
            nth = rng.randint(1, min(count, 3))
            reached[name] = killer.at_point(name, nth) or killer.at_point(name, 1)  # a slow life may pass it once only
            say(f"{'killed' if reached[name] else 'NOT REACHED'} {name} ({count})")
    killer.crews.call_back()
    with killer.whole_life():
        wait("the field", lambda: not killer.crews.at_work, END_SECONDS)
        settle(office)
    killer.give_up()
    return killer, reached


def keep_evidence(office: CrashOffice) -> Path:
    """Copies the logs, what each engine said, and the database to where they outlive the run. Answers where."""
    shutil.rmtree(EVIDENCE, ignore_errors=True)
    shutil.copytree(office.folder.logs, EVIDENCE)
    for path in office.folder.database.parent.glob(f"{office.folder.database.name}*"):
        shutil.copy2(path, EVIDENCE)
    return EVIDENCE


def settle(office: CrashOffice) -> None:
    """The office finishes its work: everything is checked, published and sent, and the orders come in once more."""
    office.sandbox.control("faults/clear", {})
    office.check()
    wait("the first outbox", office.settled, END_SECONDS)
    office.check()
    office.ask_refresh()
    wait("an empty outbox", office.settled, END_SECONDS)


def report_of(
    seed: int, kills: Sequence[Kill], points: dict[str, bool], verdict: Verdict, seconds: float
) -> dict[str, Any]:
    """Everything in figures."""
    random_kills = [kill for kill in kills if kill.aim in PHASES]
    phases = {
        phase: {
            "aimed": sum(kill.aim == phase for kill in random_kills),
            "in_flight": sum(kill.aim == phase and kill.in_flight(phase) for kill in random_kills),
            "in_flight_of_any_aim": sum(kill.in_flight(phase) for kill in random_kills),
            "share": sum(kill.aim == phase and kill.in_flight(phase) for kill in random_kills)
            / max(1, len(random_kills)),
        }
        for phase in PHASES
    }
    doubled = verdict.doubled
    return {
        "seed": seed, "seconds": round(seconds, 1), "kills": len(random_kills), "phases": phases,
        "points": points, "acknowledged": verdict.acknowledged, "published": verdict.published,
        "projects": verdict.projects, "deliveries": verdict.deliveries,
        "doubled": {
            "total": doubled.total,
            "never_reached": {"total": doubled.never_reached.total(), "by_fate": dict(doubled.never_reached)},
            "not_written": {
                "total": len(doubled.not_written),
                "median_seconds": round(statistics.median(doubled.not_written or [0.0]), 3),
                "longest_seconds": round(max(doubled.not_written, default=0.0), 3),
            },
            "without_reason": doubled.without_reason,
        },
        "faults": verdict.faults,
    }  # fmt: skip


def words_of(report: dict[str, Any]) -> Iterator[str]:
    """The report for people."""
    yield f"{report['kills']} kills at random moments in {report['seconds']:g} s, seed {report['seed']}"
    for name, phase in report["phases"].items():
        yield (
            f"  {name:8} {phase['in_flight']:4} kills aimed at it hit it in flight ({phase['share']:.0%} of all), "
            f"{phase['in_flight_of_any_aim']} of any aim"
        )
    if report["points"]:
        reached = sum(report["points"].values())
        yield f"{reached} of {len(report['points'])} commit points: killed at each, in turn"
        yield from (f"  NOT REACHED {name}" for name, was in report["points"].items() if not was)
    doubled = report["doubled"]
    yield f"{report['acknowledged']} items acknowledged to the field, {report['published']} published, {report['projects']} projects"
    yield (
        f"{report['deliveries']} deliveries, {doubled['total']} of them doubled: "
        f"the answer never reached the engine {doubled['never_reached']['total']} {doubled['never_reached']['by_fate']}; "
        f"it came, and was not written down yet when the engine was killed {doubled['not_written']['total']} "
        f"(median {doubled['not_written']['median_seconds']:g} s before, "
        f"longest {doubled['not_written']['longest_seconds']:g} s); "
        f"without reason {len(doubled['without_reason'])}"
    )
    yield from report["faults"][:50]
    yield "NOT GOOD" if report["faults"] else "nothing lost, nothing doubled at FAStrack, doctor clean"


def say(words: str) -> None:
    """Prints at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
