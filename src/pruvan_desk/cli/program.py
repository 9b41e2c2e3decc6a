"""How this program starts itself again. Loads nothing: the window asks before it is drawn."""

import sys
from pathlib import Path


def program() -> list[str]:
    """How this program is started again, from a checkout as from a package."""
    if getattr(
        sys, "frozen", False
    ):  # Windows has a second program beside this one, whose standard streams lead nowhere
        running = Path(sys.executable)
        return [str(running.with_name(f"pruvan-desk{running.suffix}"))]
    return [sys.executable, "-m", "pruvan_desk"]


def worker_command(data_dir: Path, secrets: str) -> list[str]:
    """The command line that starts the engine of a data folder."""
    return [*program(), "worker", "--data-dir", str(data_dir), "--secrets", secrets, "--until-stdin-closes"]
