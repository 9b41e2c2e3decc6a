"""Check-ins: their row, their relay, and which of the three steps is missing."""

from datetime import UTC, datetime

import pytest

from builders import item_json
from pruvan_desk.domain.check_in import CheckInSteps
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.operations.intake import receive_item
from pruvan_desk.store.check_ins import required_check_ins
from pruvan_desk.store.models import CheckIn, Item, Project, RelayJob
from pruvan_desk.wire.items import read_item

STATED = {"abcNumber": "ABC-123456", "who": "Ana", "when": "2026-06-15T09:30:00-05:00"}
HALF_PAST_NINE = datetime(2026, 6, 15, 14, 30, tzinfo=UTC)


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration(), options={"check_in_required": "1"}, qa_in_field=True)


@pytest.fixture
def check_in(database):
    def send(uuid: str = "item-1", survey: object = None, **fields) -> None:
        said = STATED if survey is None else survey
        receive_item(database, read_item(item_json(uuid, fileType="checkin", survey=said, **fields)), None, "crew")

    return send


def steps(office) -> CheckInSteps:
    with office.database.read() as session:
        (found,) = required_check_ins(session).values()
    return found


def test_a_check_in_is_recorded_and_goes_on_at_once_though_photos_are_held(office, check_in, project):
    check_in()
    (row,), (item,) = office.all(CheckIn), office.all(Item)
    assert (row.project_id, row.item_id, row.abc_number, row.who) == (project, item.id, "ABC-123456", "Ana")
    assert (row.well_formed, row.accepted, row.at) == (True, None, HALF_PAST_NINE)
    assert (item.state, len(office.all(RelayJob)), item.problem) == (ItemState.QUEUED, 1, "")


@pytest.mark.parametrize(
    ("survey", "number", "well_formed"),
    [
        ({"abcNumber": 123456}, "123456", True),
        ({"abcNumber": 123456.0}, "123456", True),
        ({"abcNumber": " ABC-123456 "}, "ABC-123456", True),
        ({"abcNumber": "12"}, "12", False),
        ({"abcNumber": ["x"]}, "", False),
        ({}, "", False),
        ("not an object", "", False),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_number_is_read_however_it_was_written_and_a_typing_error_is_caught(
    office, check_in, survey, number, well_formed
):
    check_in(survey=survey)
    (row,) = office.all(CheckIn)
    assert (row.abc_number, row.well_formed) == (number, well_formed)


@pytest.mark.parametrize(
    ("when", "timestamp", "at"),
    [
        ("2026-06-15T14:30:00Z", 1, HALF_PAST_NINE),
        (HALF_PAST_NINE.timestamp(), None, HALF_PAST_NINE),
        (None, HALF_PAST_NINE.timestamp(), HALF_PAST_NINE),
        ("this morning", HALF_PAST_NINE.timestamp(), HALF_PAST_NINE),
    ],
)
@pytest.mark.usefixtures("project")
def test_the_time_of_a_check_in_is_the_one_it_states_else_the_items(office, check_in, when, timestamp, at):
    check_in(survey=STATED | {"when": when}, timestamp=timestamp)
    assert office.all(CheckIn)[0].at == at


def test_without_any_time_it_is_when_it_arrived(office, check_in, project, clock):
    check_in(survey={"abcNumber": "123456"}, createdBy="Ben")
    assert (office.all(CheckIn)[0].at, office.all(CheckIn)[0].who) == (clock.now(), "Ben")


def test_one_that_the_order_source_does_not_want_stays_here(office, check_in, project):
    office.change(Project, project, options={"check_in_required": True, "check_in_relay": False})
    check_in()
    assert (office.all(Item)[0].state, office.all(RelayJob)) == (ItemState.PASSED, [])
    assert steps(office).checked_in


def test_a_check_in_said_again_with_another_number_replaces_the_row(office, check_in, project):
    check_in(survey=STATED | {"abcNumber": "999"})
    office.change(CheckIn, 1, accepted=False, words="unknown number")
    check_in()
    (row,) = office.all(CheckIn)
    assert (row.abc_number, row.accepted, row.words) == ("ABC-123456", None, "")


def test_a_check_in_for_an_unknown_project_is_kept(office, check_in, project):
    check_in(key2="AFS::nowhere")
    assert office.all(CheckIn)[0].project_id is None
    assert office.all(Item)[0].state == ItemState.UNASSIGNED


def test_only_orders_that_demand_it_have_steps(office, project):
    office.project(1, "other")
    with office.database.read() as session:
        assert set(required_check_ins(session)) == {project}


def test_at_first_all_three_are_missing(office, project):
    assert (steps(office).state, len(steps(office).missing)) == ("required", 3)


def test_it_succeeds_once_checked_in_submitted_and_completed(office, check_in, project):
    check_in()
    assert len(steps(office).missing) == 2
    office.photo(project, ItemState.PENDING_QA, file_type=FileType.SURVEY, task="AGS Checklist")
    assert steps(office).missing == ["Complete pressed"]
    office.change(Project, project, field_status=FieldStatus.COMPLETED)
    assert steps(office).state == "succeeded"


@pytest.mark.parametrize(
    "other",
    [
        {"file_type": FileType.PICTURE, "task": "AGS Checklist"},
        {"file_type": FileType.SURVEY, "task": "Inspection"},
        {"file_type": FileType.SURVEY, "task": "AGS Checklist", "state": ItemState.REJECTED},
        {"file_type": FileType.SURVEY, "task": "AGS Checklist", "state": ItemState.DELETED},
    ],
)
def test_only_the_checklist_itself_counts_as_submitted(office, project, other):
    office.photo(project, **other)
    assert not steps(office).checklist_submitted


def test_a_refused_number_fails_it_with_the_providers_words_until_a_good_one_comes(office, check_in, project):
    check_in()
    office.change(CheckIn, 1, accepted=False, words="the background check has lapsed")
    assert (steps(office).state, "lapsed" in steps(office).missing[0]) == ("failed", True)
    check_in("item-2")
    assert (steps(office).state, steps(office).refused) == ("required", "")


def test_a_number_of_a_wrong_form_fails_it_at_once(office, check_in, project):
    check_in(survey={"abcNumber": "12"})
    assert (steps(office).state, "form" in steps(office).missing[0]) == ("failed", True)
