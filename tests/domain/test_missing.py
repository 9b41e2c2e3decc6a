"""What a project still lacks: the rule behind the details and behind *ready to submit*."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.check_in import CheckInSteps
from pruvan_desk.domain.missing import Lack, Mending, lacks
from pruvan_desk.domain.statuses import EVIDENCE_TYPES, ItemState


@dataclass(frozen=True)
class FakeTask:
    name: str = "Grass Cut"
    survey: bool = False
    survey_submitted: bool = False
    removed: bool = False
    evidence: Counter[str] = field(default_factory=Counter)


def words_of(*tasks: FakeTask, items=None, unfiled=0, check_in=None) -> list[str]:
    return [lack.words for lack in lacks(tasks, items or {}, unfiled, check_in)]


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ({}, ["Grass Cut: no photos"]),
        ({"before": 2}, ["Grass Cut: no After"]),
        ({"after": 1}, ["Grass Cut: no Before"]),
        ({"during": 1}, ["Grass Cut: no Before", "Grass Cut: no After"]),
        ({"before": 1, "after": 1}, []),
        ({"bid": 1}, []),
        ({"bid": 1, "before": 1}, ["Grass Cut: no After"]),
        ({"before": 0, "after": 0}, ["Grass Cut: no photos"]),
    ],
)
def test_photo_tasks_want_before_and_after(evidence, words):
    assert words_of(FakeTask(evidence=Counter(evidence))) == words


def test_a_survey_wants_to_be_submitted_and_no_photos():
    assert words_of(FakeTask("Form", survey=True)) == ["Form: survey not submitted"]
    assert words_of(FakeTask("Form", survey=True, survey_submitted=True)) == []


def test_what_the_client_took_away_lacks_nothing():
    assert words_of(FakeTask(removed=True), FakeTask(survey=True, removed=True)) == []


def test_each_missing_step_of_a_check_in_is_named():
    steps = CheckInSteps(checked_in=True, checklist_submitted=False, completed=False)
    assert words_of(check_in=steps) == ["Check in: checklist submitted", "Check in: Complete pressed"]


def test_each_lack_leads_to_where_it_is_mended():
    items = {ItemState.PENDING_QA: 2, ItemState.FAILED: 1}
    found = lacks([FakeTask(evidence=Counter(before=1)), FakeTask("Form", survey=True)], items, 1, None)
    assert found == (
        Lack(Mending.PHOTOS, "Grass Cut: no After", "Grass Cut", "after"),
        Lack(Mending.SURVEY, "Form: survey not submitted", "Form"),
        Lack(Mending.PHOTOS, "1 item on no task of this project"),
        Lack(Mending.PHOTOS, "2 items waiting for QA", state=ItemState.PENDING_QA),
        Lack(Mending.PHOTOS, "1 item failed to reach the client", state=ItemState.FAILED),
    )


def test_queued_and_relaying_are_one_line():
    assert words_of(items={ItemState.QUEUED: 2, ItemState.RELAYING: 3}) == ["5 items on the way to the client"]


@given(st.dictionaries(st.sampled_from(list(ItemState)), st.integers(1, 9)))
def test_nothing_lacks_exactly_when_every_item_that_will_go_has_gone(items):
    settled = {ItemState.PUBLISHED, ItemState.REJECTED, ItemState.DELETED, ItemState.UNASSIGNED}
    assert (words_of(items=items) == []) == (items.keys() <= settled)


@given(st.dictionaries(st.sampled_from(EVIDENCE_TYPES), st.integers(0, 3)))
def test_more_before_and_after_never_lack_more(evidence):
    before = len(words_of(FakeTask(evidence=Counter(evidence))))
    assert len(words_of(FakeTask(evidence=Counter(evidence) + Counter(before=1, after=1)))) <= before
