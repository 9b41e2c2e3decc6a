"""Where items arrive, what may be decided about them, and what a change sets off.

Holds to §2.1, §3.1 of sync.md.
"""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import Decision, RelayRule, after_change, arrival_state, decide
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState

DECIDABLE = {ItemState.PENDING_QA, ItemState.PASSED, ItemState.REJECTED}
OUTCOMES = {
    Decision.PASS: ItemState.PASSED,
    Decision.REJECT: ItemState.REJECTED,
    Decision.CLEAR: ItemState.PENDING_QA,
}
GONE_OUT = {ItemState.QUEUED, ItemState.RELAYING, ItemState.PUBLISHED, ItemState.FAILED}
EVIDENCE = sorted(set(FileType) - {FileType.CHECK_IN})


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("state", sorted(DECIDABLE))
def test_what_waits_in_the_office_takes_any_decision(state, decision):
    assert decide(state, decision) is OUTCOMES[decision]


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("state", sorted(set(ItemState) - DECIDABLE))
def test_in_any_other_state_a_decision_is_refused_with_the_reason_and_what_to_do(state, decision):
    with pytest.raises(UsageError) as caught:
        decide(state, decision)
    assert state.label.lower() in caught.value.title
    assert caught.value.advice


@pytest.mark.parametrize("file_type", FileType)
def test_what_comes_for_no_known_project_is_unassigned(file_type):
    assert arrival_state(None, file_type) is ItemState.UNASSIGNED


@pytest.mark.parametrize("field_status", FieldStatus)
@pytest.mark.parametrize("file_type", EVIDENCE)
def test_with_qa_in_the_office_everything_waits_there_whatever_the_field_says(file_type, field_status):
    assert arrival_state(RelayRule(False, field_status), file_type) is ItemState.PENDING_QA


@pytest.mark.parametrize("file_type", EVIDENCE)
@pytest.mark.parametrize("field_status", FieldStatus)
def test_with_qa_in_the_field_everything_is_held_until_the_crew_is_done(file_type, field_status):
    expected = ItemState.QUEUED if field_status is FieldStatus.COMPLETED else ItemState.HELD
    assert arrival_state(RelayRule(True, field_status), file_type) is expected


@pytest.mark.parametrize("qa_in_field", [True, False])
@pytest.mark.parametrize("field_status", FieldStatus)
def test_a_check_in_goes_on_at_once_unless_the_order_source_does_not_want_it(qa_in_field, field_status):
    rule = RelayRule(qa_in_field, field_status)
    assert arrival_state(rule, FileType.CHECK_IN) is ItemState.QUEUED
    assert arrival_state(rule, FileType.CHECK_IN, relay_check_in=False) is ItemState.PASSED


@pytest.mark.parametrize("state", sorted(set(ItemState) - {ItemState.DELETED}))
def test_a_change_queues_again_what_the_client_has_or_was_to_get_and_nothing_else(state):
    assert after_change(state) is (ItemState.QUEUED if state in GONE_OUT else state)


def test_what_is_deleted_cannot_be_changed():
    with pytest.raises(UsageError, match="deleted"):
        after_change(ItemState.DELETED)
