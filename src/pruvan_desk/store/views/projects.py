"""The projects, as the table of the window shows them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from sys import intern

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import Lacking, check_in_required
from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.store.check_ins import check_in_steps
from pruvan_desk.store.models import OWN_KIND, Integration, Item, Project, Task
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.submitted import NOT_SUBMITTED, SURVEY_FACTS, Submitted, Wanted, is_one_of

NO_ITEMS: Mapping[ItemState, int] = Counter()
NO_SURVEYS: Mapping[str, bool] = {}
GONE = NOT_SUBMITTED
"""States of items that prove nothing."""
KNOWN_STATES = frozenset(ItemState)
SLICE = 2000
"""Projects read at a time, so that the first of many are on the screen while the rest are still coming."""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project of the table. ``search`` holds number, address, tasks and crew, case-folded."""

    id: int
    key: str
    number: str
    integration: str
    status: str
    client_status: str
    due: str
    address: str
    city: str
    state: str
    assigned_to: str
    tasks: int
    items: Mapping[ItemState, int]
    check_in: str
    """``required``, ``failed``, ``succeeded``, or empty where the order asks for none."""
    zip: str
    client_due: str
    field_status: str
    surveys: int
    """Survey tasks; ``surveys_submitted`` of them have an answer set that nobody has sent back."""
    surveys_submitted: int
    closed_at: str
    """ISO text of the instant in UTC; empty for an open one."""
    own: bool
    """Whether it is an order of the office's own."""
    search: str = field(compare=False)
    check_in_lacks: tuple[Lacking, ...] = ()
    """The steps of the check-in that are wrong or missing."""

    @property
    def closed(self) -> bool:
        """Whether it is done with."""
        return self.status == ProjectStatus.CLOSED

    @property
    def item_count(self) -> int:
        """Items of every state but deleted."""
        return sum(count for state, count in self.items.items() if state is not ItemState.DELETED)


def project_slice(session: Session, after: int) -> list[ProjectRow]:
    """The next projects by id, at most :data:`SLICE`; none are left when it is empty."""
    wanted = select(Project.id).where(Project.id > after, Project.deleted_at.is_(None))
    ids = session.scalars(wanted.order_by(Project.id).limit(SLICE)).all()
    return _rows(session, lambda column: column.between(ids[0], ids[-1])) if ids else []


def project_rows(session: Session, ids: Sequence[int]) -> list[ProjectRow]:
    """Some projects; those that do not exist, or are in the trash, are left out."""
    return [row for some in chunks(ids) for row in _rows(session, partial(is_one_of, ids=some))]


def _rows(session: Session, wanted: Wanted) -> list[ProjectRow]:
    columns = select(
        Project.id, Integration.code, Project.number, Integration.name, Project.status, Project.client_status,
        Project.due, Project.address1, Project.city, Project.state, Project.assigned_to, Project.options,
        Project.field_status, Project.zip, Project.client_due, Project.closed_at, Integration.kind,
    )  # fmt: skip
    found = (
        session.connection()
        .execute(  # past the ORM, as all that is read of thousands
            columns.join(Integration, Integration.id == Project.integration_id)
            .where(wanted(Project.id.expression), Project.deleted_at.is_(None))
            .order_by(Project.id)
        )
        .all()
    )
    tasks, surveys = _tasks(session, wanted)
    items = _items_by_state(session, wanted)
    steps = check_in_steps(session, {row.id: row.field_status for row in found if check_in_required(row.options or {})})
    rows = []
    for (
        id_, code, number, name, status, client_status, due, address, city, state, crew, _options, field_status, zip_,
        client_due, closed_at, kind,
    ) in found:  # fmt: skip
        key = f"{code}::{number}"
        wanted_surveys = surveys.get(id_, NO_SURVEYS)
        rows.append(
            ProjectRow(
                id=id_, key=key, number=number, integration=name, status=intern(status), client_status=intern(client_status),
                due=due, address=address, city=intern(city), state=intern(state), assigned_to=intern(crew),
                tasks=len(tasks.get(id_, ())), items=items.get(id_, NO_ITEMS),
                check_in=steps[id_].state if id_ in steps else "", zip=zip_, client_due=client_due,
                field_status=intern(field_status), surveys=len(wanted_surveys),
                surveys_submitted=sum(wanted_surveys.values()),
                closed_at=closed_at.isoformat() if closed_at else "", own=kind == OWN_KIND,
                check_in_lacks=steps[id_].lacking if id_ in steps else (),
                search="\n".join((key, address, city, crew, *tasks.get(id_, ()))).casefold().replace("\0", " "),
            )
        )  # fmt: skip
    return rows


def _tasks(session: Session, wanted: Wanted) -> tuple[dict[int, list[str]], dict[int, dict[str, bool]]]:
    """The names of all tasks by project, and of the survey tasks among them whether they are submitted."""
    names: dict[int, list[str]] = defaultdict(list)
    here = (wanted(Task.project_id.expression), Task.removed.is_(False))
    for project_id, name in session.connection().execute(select(Task.project_id, Task.name).where(*here)):
        names[project_id].append(name)
    is_survey = (Task.survey_id != "") | Task.survey_template_id.is_not(None)
    surveys = session.execute(select(Task.project_id, Task.name, *SURVEY_FACTS).where(*here, is_survey)).all()
    judged: dict[int, dict[str, bool]] = defaultdict(dict)
    if surveys:
        submitted = Submitted(session, wanted)
        for row in surveys:
            judged[row.project_id][row.name] = submitted.holds(row)
    return names, judged


def _items_by_state(session: Session, wanted: Wanted) -> dict[int, Counter[ItemState]]:
    counts: dict[int, Counter[ItemState]] = defaultdict(Counter)
    grouped = (
        select(Item.project_id, Item.state, func.count())
        .where(wanted(Item.project_id.expression))
        .group_by(Item.project_id, Item.state)
    )
    for project_id, state, count in session.connection().execute(grouped):
        if state in KNOWN_STATES:  # the accounts tell of others; nobody is kept from the table by them
            counts[project_id or 0][ItemState(state)] = count
    return counts
