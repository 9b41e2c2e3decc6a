"""Check-ins: their row, their relay, and which of the three steps is missing."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from builders import item_json, receive_item
from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.check_in import CheckInSteps
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.operations.serving import orders_for
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.store.check_ins import required_check_ins
from pruvan_desk.store.models import Alert, CheckIn, Item, Project, RelayJob
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.store.views.check_ins import check_in_rows
from pruvan_desk.sync.outcomes import Outcome, record_outcomes
from pruvan_desk.sync.packing import pack_item
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


EVENTS = ("check in", "checklist", "complete")
SEQUENCES = [order for count in range(4) for order in permutations(EVENTS, count)]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=", ".join)
@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
def test_it_succeeds_exactly_when_all_three_have_happened_in_any_order_and_however_often(
    office, check_in, project, sequence, again
):
    for event in sequence * 2 if again else sequence:
        if event == "check in":
            check_in()
        elif event == "checklist":
            office.photo(project, file_type=FileType.SURVEY, task="AGS Checklist")
        else:
            set_field_status(office.database, project, FieldStatus.COMPLETED, "crew")
    found = steps(office)
    assert (found.checked_in, found.checklist_submitted, found.completed) == tuple(
        event in sequence for event in EVENTS
    )
    assert found.state == ("succeeded" if len(sequence) == 3 else "required")


def alerts(office):
    return [alert.title for alert in office.all(Alert) if alert.solved_at is None]


def test_a_wrong_number_is_told_to_the_office_and_the_crew_at_once_until_a_good_one_comes(office, check_in, project):
    check_in(survey={"abcNumber": "12"})
    assert alerts(office) == ["The check-in at AFS::4711 was refused: the number has not the form of an ABC number."]
    with office.database.read() as session:
        (order,) = orders_for(session, "crew")
    assert order["instructions"].startswith("CHECK IN refused: the number has not the form")
    check_in("item-2")
    assert alerts(office) == []
    with office.database.read() as session:
        (order,) = orders_for(session, "crew")
    assert order["instructions"] == ""


def test_the_form_of_the_numbers_is_a_setting(office, check_in, project):
    change_setting(office.database, "abc_number_form", r"X\d")
    check_in(survey={"abcNumber": "X7"})
    assert office.all(CheckIn)[0].well_formed
    with pytest.raises(UsageError, match="does not fit"):
        change_setting(office.database, "abc_number_form", "[")


@pytest.mark.parametrize("refused", [True, False])
def test_what_the_provider_says_is_told_at_once(office, check_in, project, refused):
    check_in()
    (job,) = office.all(RelayJob)
    error = ItemError("The background check has lapsed.", "") if refused else None
    with office.database.write() as writing:
        office_job = writing.session.get_one(RelayJob, job.id)
        office_job.state, office_job.owner = "leased", "engine"
        writing.session.get_one(Item, office_job.item_id).state = ItemState.RELAYING
        writing.session.flush()
        record_outcomes(writing, [Outcome(job.id, error)], 25, "engine")
    assert any("has lapsed" in title for title in alerts(office)) is refused
    assert office.all(CheckIn)[0].accepted is not refused


PLACE = {"latitude": 30.0, "longitude": -97.0}
NEAR, FAR = {"gpsLatitude": 30.004, "gpsLongitude": -97.0}, {"gpsLatitude": 30.006, "gpsLongitude": -97.0}
HOURS = timedelta(hours=12)


@pytest.mark.parametrize("where", [NEAR, FAR, {}, {"gpsLatitude": 0, "gpsLongitude": 0}])
@pytest.mark.parametrize("ago", [timedelta(), HOURS - timedelta(minutes=1), HOURS + timedelta(minutes=1), -HOURS, None])
@pytest.mark.parametrize("property_known", [True, False])
def test_position_and_time_of_a_check_in_are_certified_as_those_of_a_photo(
    office, check_in, project, clock, *, where, ago, property_known
):
    if property_known:
        office.change(Project, project, **PLACE)
    fields = dict(where) if ago is None else where | {"timestamp": (clock.now() - ago).timestamp()}
    check_in("c", {"abcNumber": "ABC-123456"}, **fields)
    receive_item(office.database, read_item(item_json("p", **fields)), office.keep(b"p"), "crew")
    sent = []
    for uuid in ("c", "p"):
        (item,) = office.all(Item, uuid=uuid)
        parcel = pack_item(office.files, ClaimedJob(RelayJob(), item, office.get(Project, project)), "AFS")
        sent.append({name: parcel.payload.get(name) for name in CERTIFIED})
    assert sent[0] == sent[1]
    near = where is NEAR and property_known
    assert (sent[0]["csrCertifiedTime"], sent[0]["csrCertifiedLocation"]) == (
        int(ago is not None and abs(ago) <= HOURS), int(near),
    )  # fmt: skip
    with office.database.read() as session:
        (row,) = check_in_rows(session, project)
    assert (int(row.certification.time), int(row.certification.location)) == (
        sent[0]["csrCertifiedTime"], sent[0]["csrCertifiedLocation"],
    )  # fmt: skip


CERTIFIED = ("csrCertifiedTime", "csrCertifiedLocation", "authenticated", "locationDifference", "timestamp")


@pytest.mark.parametrize(
    ("when", "certified"),
    [("2026-06-15T09:30:00-05:00", True), ("2026-06-15T09:30:00", False), ("2026-06-01T09:30:00Z", False), ("soon", False)],
)  # fmt: skip
def test_without_another_time_the_one_that_a_check_in_states_certifies_if_it_names_its_zone(
    office, check_in, project, when, certified
):
    check_in("c", {"abcNumber": "ABC-123456", "when": when})
    with office.database.read() as session:
        (row,) = check_in_rows(session, project)
    assert row.certification.time is certified
