"""Files that the office adds to a project itself."""

import pytest

from builders import Office
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.operations.office_files import LONGEST_NAME, keep_office_file, plain_file_name
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.store.views.project_details import project_details, project_lacks


def keep(office: Office, project: int, name: str = "invoice.pdf", content: bytes = b"%PDF of the portal") -> Item:
    changes = keep_office_file(office.database, office.files, project, name, [content[:4], content[4:]], who="mary")
    (item_id,) = changes.items
    assert changes.projects == {project}
    return office.get(Item, item_id)


def test_a_file_is_an_item_with_its_bytes_on_disk(office: Office) -> None:
    item = keep(office, office.project(office.integration()))
    assert (item.file_type, item.state, item.file_name) == (FileType.FILE, ItemState.PENDING_QA, "invoice.pdf")
    assert (item.from_app, item.created_by) == (False, "mary")
    assert office.files.path(item.sha256, item.extension).read_bytes() == b"%PDF of the portal"


def test_it_is_not_sent_to_the_client_by_itself_even_with_qa_in_field(office: Office) -> None:
    project = office.project(office.integration(), qa_in_field=True, field_status=FieldStatus.COMPLETED)
    assert keep(office, project).state == ItemState.PENDING_QA
    assert office.all(RelayJob) == []


def test_it_does_not_keep_an_order_from_being_ready(office: Office) -> None:
    project = office.project(office.integration())
    for kind in ("before", "after"):
        office.photo(project, ItemState.PUBLISHED, evidence_type=kind)
    keep(office, project)
    with office.database.read() as session:
        assert project_lacks(session, project) == ()
        details = project_details(session, project)
    assert details is not None
    assert details.lacks == ()


def test_an_empty_file_is_not_added_and_leaves_nothing(office: Office) -> None:
    project = office.project(office.integration())
    with pytest.raises(UsageError, match="is empty"):
        keep(office, project, content=b"")
    assert office.all(Item) == []
    assert not [path for path in office.files.root.rglob("*") if path.is_file()]


def test_a_project_that_is_gone_gets_no_file(office: Office) -> None:
    with pytest.raises(UsageError, match="not there any more"):
        keep(office, 4711)


@pytest.mark.parametrize(
    ("foreign", "plain"),
    [
        ("invoice.pdf", "invoice.pdf"), ("../../etc/passwd", "passwd"), ("C:\\Windows\\evil.exe", "evil.exe"),
        ("..", "file"), ("", "file"), ("a\nb.pdf", "ab.pdf"), ("/", "file"),
    ],
)  # fmt: skip
def test_a_foreign_name_never_is_a_path(foreign: str, plain: str) -> None:
    assert plain_file_name(foreign) == plain


def test_a_long_name_keeps_its_extension() -> None:
    name = plain_file_name(f"{'x' * 300}.pdf")
    assert len(name) == LONGEST_NAME
    assert name.endswith("x.pdf")
