"""What the client's order says of the portal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.portal import portal_lines, survey_done_in_portal


def test_what_was_done_is_said_line_by_line() -> None:
    said = {
        "promised": "2026-12-01", "invoices": ["INV-1"], "discretionary": ["2 x Branch"], "comments": 3, "support": 0,
        "submissions": 1,
    }  # fmt: skip
    assert portal_lines({"portal": said}) == (
        "Promised for 2026-12-01", "Invoice: INV-1", "Discretionary: 2 x Branch", "Submitted to QC: 1", "Comments: 3",
    )  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = st.sampled_from(["promised", "invoices", "discretionary", "comments", "support", "submissions"])


@given(st.dictionaries(NAMES, JSON) | JSON)
def test_nonsense_says_nothing_and_breaks_nothing(said: Any) -> None:
    assert all(isinstance(line, str) for line in portal_lines({"portal": said}))


@pytest.mark.parametrize(
    ("options", "done"), [({"survey_submitted": True}, True), ({"survey_submitted": "0"}, False), ({}, False)]
)
def test_a_survey_may_be_done_in_the_portal(options: dict[str, Any], done: bool) -> None:
    assert survey_done_in_portal(options) is done
