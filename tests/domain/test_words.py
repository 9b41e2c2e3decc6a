"""The words for where things stand, and the accounting over them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.accounting import Accounting
from pruvan_desk.domain.statuses import (
    CloseReason,
    FieldStatus,
    ItemState,
    ProjectStatus,
    evidence_label,
    evidence_rank,
)

COUNTS = st.dictionaries(st.sampled_from(list(ItemState)), st.integers(0, 1000))


@given(COUNTS, st.integers(-5, 5))
def test_the_accounting_closes_when_the_states_add_up_to_what_was_received(by_state, off):
    books = Accounting(sum(by_state.values()) + off, by_state)
    assert books.closes is (off == 0)


@given(COUNTS)
def test_the_accounting_names_every_state_even_an_empty_one(by_state):
    written = Accounting(sum(by_state.values()), by_state).as_dict()
    assert set(written) == {"received", *ItemState}
    assert written["received"] == sum(count for name, count in written.items() if name != "received")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("complete", FieldStatus.COMPLETED),
        ("Completed", FieldStatus.COMPLETED),
        ("IN_PROCESS", FieldStatus.IN_PROCESS),
        (" in process ", FieldStatus.IN_PROCESS),
        ("rework", FieldStatus.REWORK),
        ("done", None),
        ("", None),
    ],
)
def test_a_phones_word_is_read_in_any_case(word, status):
    assert FieldStatus.read(word) is status


@pytest.mark.parametrize("status", ProjectStatus)
def test_a_clients_word_for_a_status_is_read_in_any_case(status):
    assert ProjectStatus.read(f" {status.value.upper()} ") is status
    assert ProjectStatus.read("somewhere") is None


@pytest.mark.parametrize("reason", CloseReason)
def test_every_reason_of_a_closure_reads_as_words(reason):
    assert reason.label
    assert "_" not in reason.label


def test_items_that_wait_for_qa_are_called_as_the_field_calls_them():
    assert [state.label for state in ItemState][:4] == ["Unassigned", "Held", "Pending QA", "Passed"]


def test_evidence_comes_in_the_order_of_the_work_and_the_unknown_after_it_by_name():
    mixed = ["zebra", "after", "", "before", "apple", "during"]
    assert sorted(mixed, key=evidence_rank) == ["before", "during", "after", "", "apple", "zebra"]
    assert (evidence_label("check in"), evidence_label("")) == ("Check In", "No evidence type")
