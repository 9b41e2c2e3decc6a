"""The page that writes the algorithm down, and the tests that hold the program to it, name the same sections."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "resources" / "help" / "sync.md"


def headings() -> set[str]:
    return set(re.findall(r"^##+ (\d(?:\.\d)?) ", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def sections() -> set[str]:
    """Those with text of their own: chapters that are divided speak through their parts."""
    found = headings()
    return {number for number in found if not any(other.startswith(f"{number}.") for other in found)}


def citations() -> set[str]:
    return {
        number
        for path in TESTS.rglob("test_*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "of sync.md" in line
        for number in re.findall(r"§(\d(?:\.\d)?)", line)
    }


def test_every_section_is_held_to_by_a_test_and_no_test_cites_one_that_is_not_there():
    assert sections() - citations() == set()
    assert citations() - headings() == set()
