"""What the client's order says was done to it in myFAStrack: under the option ``portal`` (*ours*, as the sandbox sends it)."""

from collections.abc import Mapping
from typing import Any

from pruvan_desk.domain.check_in import truthy_option

OPTION = "portal"
SURVEY_OPTION = "survey_submitted"
"""Of a service: its form was filled in in the portal."""
LISTS = (("invoices", "Invoice"), ("discretionary", "Discretionary"))
COUNTS = (("submissions", "Submitted to QC"), ("comments", "Comments"), ("support", "Requests for support"))


def portal_lines(options: Mapping[str, Any]) -> tuple[str, ...]:
    """What was done, a line each; none where the client says nothing of it, or nonsense."""
    said = options.get(OPTION)
    if not isinstance(said, Mapping):
        return ()
    lines = [f"Promised for {said['promised']}"] if isinstance(said.get("promised"), str) and said["promised"] else []
    for name, words in LISTS:
        entries = said.get(name)
        if isinstance(entries, list):
            lines += [f"{words}: {entry}" for entry in entries if isinstance(entry, str)]
    for name, words in COUNTS:
        count = said.get(name)
        if isinstance(count, int) and count > 0:
            lines.append(f"{words}: {count}")
    return tuple(lines)


def survey_done_in_portal(options: Mapping[str, Any]) -> bool:
    """Whether the form of a task was submitted in the portal, so that nothing of it comes through Desk."""
    return truthy_option(options.get(SURVEY_OPTION))
