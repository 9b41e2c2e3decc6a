"""Forms that a manager brings in from a file, for orders that only name them."""

from dataclasses import dataclass
from pathlib import Path

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.surveys.reading import read_form
from pruvan_desk.store.database import Database
from pruvan_desk.store.history import record_event
from pruvan_desk.store.imports import keep_template, settle_missing_forms
from pruvan_desk.wire.surveys import read_template
from pruvan_desk.wire.values import read_json

LARGEST = 4 << 20


@dataclass(frozen=True, slots=True)
class ImportedForm:
    """What was brought in: the name and version of the form, whether it was ``new``, and how many waiting tasks got it.

    ``faults`` names, in words, all that is wrong with it.
    """

    changes: Changes
    name: str
    new: bool
    given: int
    faults: tuple[str, ...]


def import_template_file(database: Database, integration_id: int, path: Path, who: str) -> ImportedForm:
    """The same from a file. Raises :class:`UsageError` also for one that cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}.", "Choose another file.") from error
    return import_template(database, integration_id, content, who)


def import_template(database: Database, integration_id: int, content: bytes, who: str) -> ImportedForm:
    """Keeps a form, and gives it to the tasks that wait for it; one with faults as well, for what is sound in it works.

    Raises :class:`UsageError` for what is no form.
    """
    if len(content) > LARGEST:
        raise UsageError("The file is too large for a form.", "Choose another file.")
    try:
        body = read_json(content)
    except ValueError as error:
        raise UsageError("The file holds no JSON.", "Choose the form as the client's system exports it.") from error
    template = read_template(body) if isinstance(body, dict) else None
    if template is None:
        raise UsageError("The file holds no form: it has no questions.", "Choose another file.")
    with database.write() as writing:
        _, new = keep_template(writing, integration_id, template)
        given = settle_missing_forms(writing, integration_id)
        name = f"{template.name} {template.version}".strip()
        record_event(writing, who, "form imported", integration_id=integration_id, after=name)
        writing.changed(integrations=integration_id)
    return ImportedForm(writing.changes, name, new, given, read_form(body).faults)
