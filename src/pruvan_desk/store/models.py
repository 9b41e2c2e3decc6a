"""The tables. One schema for SQLite here and PostgreSQL in an office; nothing here knows which.

States and reasons are kept as their text; the words are those of :mod:`pruvan_desk.domain.statuses`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from pruvan_desk.store.types import UtcDateTime

JsonObject = dict[str, Any]
OWN_KIND = "Office"
"""Kind of the one integration that stands for the office's own orders: it has no order source, and nobody to send to."""


class Base(DeclarativeBase):
    """What all tables share: how Python types become columns."""

    type_annotation_map = {  # noqa: RUF012 - as SQLAlchemy reads it
        datetime: UtcDateTime,
        JsonObject: JSON(none_as_null=True),  # no value is NULL, which queries find, and not JSON's null
        str: Text,
    }


class Integration(Base):
    """The link to one order source. Its password, token and push key are in the keyring, under ``secret_reference``."""

    __tablename__ = "integrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="FAStrack")
    service_url: Mapped[str]
    extension: Mapped[str] = mapped_column(default="")
    username: Mapped[str]
    qa_in_field: Mapped[bool] = mapped_column(default=True)
    released_to: Mapped[str] = mapped_column(default="client")
    """Where items go that are released with no office step (QA in Field): see :func:`read_destinations`."""
    auto_admin: Mapped[bool] = mapped_column(default=True)
    assign_to: Mapped[str] = mapped_column(default="~all~")
    portal_url: Mapped[str] = mapped_column(default="")
    """The address of an order in the client's portal, ``{number}`` standing for its number; empty where there is none."""
    portal_sign_in: Mapped[str] = mapped_column(default="")
    """How the portal is signed in to, and the columns that say with what: see :class:`pruvan_desk.wire.portal.PortalAccess`."""
    portal_login_url: Mapped[str] = mapped_column(default="")
    portal_username_field: Mapped[str] = mapped_column(default="username")
    portal_password_field: Mapped[str] = mapped_column(default="password")
    portal_header: Mapped[str] = mapped_column(default="")
    portal_origins: Mapped[str] = mapped_column(default="")
    portal_subresources: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="idle")
    paused: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str] = mapped_column(default="")
    last_refreshed_at: Mapped[datetime | None]
    last_full_at: Mapped[datetime | None]
    next_timestamp: Mapped[int | None]
    """Unix seconds to send with the next incremental request, on the server's clock; ``None`` asks for a full list."""
    refresh_minutes: Mapped[int] = mapped_column(default=10)
    """How often it is refreshed by itself; 0 switches that off (its full list is asked for all the same)."""
    push_key_sha256: Mapped[str] = mapped_column(default="")
    """Of the push key, which is long and random; empty where there is none."""

    def secret_reference(self, name: str) -> str:
        """Where the keyring keeps ``password``, ``token`` or ``push key`` of this integration."""
        return f"integration/{self.id}/{name}"


class Reimport(Base):
    """All orders of an integration are being deleted and imported again, so that they get its settings of today.

    ``state`` is ``running`` or ``stopped``; the row goes when the full list that follows has been applied.
    """

    __tablename__ = "reimports"

    integration_id: Mapped[int] = mapped_column(ForeignKey("integrations.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(default="running")
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    closed_too: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int]
    deleted: Mapped[int] = mapped_column(default=0)


class Project(Base):
    """A work order. Shown as ``CODE::number``."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("integration_id", "number"),
        Index("ix_projects_open", "integration_id", "status"),
        Index("ix_projects_number", "number"),
        Index("ix_projects_deleted", "deleted_at"),
        Index("ix_projects_due", "status", "due", "deleted_at"),
        Index("ix_projects_closed", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    integration_id: Mapped[int] = mapped_column(ForeignKey("integrations.id"))
    number: Mapped[str]
    address1: Mapped[str] = mapped_column(default="")
    address2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zip: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    status: Mapped[str] = mapped_column(default="Unassigned")
    field_status: Mapped[str] = mapped_column(default="New")
    assigned_to: Mapped[str] = mapped_column(default="")
    due: Mapped[str] = mapped_column(default="")
    start: Mapped[str] = mapped_column(default="")
    info: Mapped[str] = mapped_column(default="")
    instructions: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    options: Mapped[JsonObject] = mapped_column(default=dict)
    client_status: Mapped[str] = mapped_column(default="")
    client_due: Mapped[str] = mapped_column(default="")
    client_instructions: Mapped[str] = mapped_column(default="")
    source_id: Mapped[str] = mapped_column(default="")
    source_number: Mapped[str] = mapped_column(default="")
    source_provider: Mapped[str] = mapped_column(default="")
    attributes: Mapped[JsonObject] = mapped_column(default=dict)
    """``attribute7`` to ``attribute30`` as they came; they return untouched with every item."""
    qa_in_field: Mapped[bool]
    """Copied from the integration when the project was made; never follows its later changes."""
    close_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    rework_client_status: Mapped[str | None]
    """The client's status when the office set *Rework*: until it changes, no import takes the Rework away. Empty: not set here."""
    source: Mapped[str] = mapped_column(default="", deferred=True)
    """The last order received, as JSON text, unknown fields and all."""
    source_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of ``source`` as applied to this row; cleared by an edit in the office, so that the next import applies it again."""
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """When it was put into the trash. Should its order come again, the new project takes this row, and all that names it."""


class Task(Base):
    """A service line. One that the client took away is marked ``removed`` and keeps its items."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_project", "project_id"),
        Index(
            "ix_tasks_without_form",
            "project_id",
            sqlite_where=text("survey_template_id IS NULL AND survey_id != ''"),
            postgresql_where=text("survey_template_id IS NULL AND survey_id != ''"),
        ),
        Index(
            "ix_tasks_surveys",
            "project_id",
            sqlite_where=text("survey_id != ''"),
            postgresql_where=text("survey_id != ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str]
    instructions: Mapped[str] = mapped_column(default="")
    options: Mapped[JsonObject] = mapped_column(default=dict)
    source_service: Mapped[str] = mapped_column(default="")
    source_service_id: Mapped[str] = mapped_column(default="")
    survey_id: Mapped[str] = mapped_column(default="")
    """Id of the form, for a survey task; its template is in ``survey_template_id`` once it is known."""
    survey_template_id: Mapped[int | None] = mapped_column(ForeignKey("survey_templates.id"))
    survey_rework: Mapped[JsonObject | None]
    """An earlier answer set that the client sent back."""
    rework_answered: Mapped[str] = mapped_column(default="")
    """Digest of the one that has been answered: it asks for nothing any more."""
    removed: Mapped[bool] = mapped_column(default=False)
    added_here: Mapped[bool] = mapped_column(default=False)
    """The checklist that a demanded Check In brought: no service line of the client's, so no order takes it away."""


class SurveyTemplateRow(Base):
    """A form of an integration, by id and version, whole and as it came."""

    __tablename__ = "survey_templates"
    __table_args__ = (UniqueConstraint("integration_id", "template_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    integration_id: Mapped[int] = mapped_column(ForeignKey("integrations.id"))
    template_id: Mapped[str]
    version: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    body: Mapped[JsonObject]
    received_at: Mapped[datetime]


class SurveyDraft(Base):
    """Answers that somebody in the office is giving to a survey task, saved as they are typed; gone once they are submitted."""

    __tablename__ = "survey_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), unique=True)
    body: Mapped[JsonObject]
    version: Mapped[int]
    """Counts the savings, so that two windows do not overwrite each other."""
    base_item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    """The submission that stood when it was begun, and its revision: a newer one is another's."""
    base_revision: Mapped[int] = mapped_column(default=0)
    who: Mapped[str]
    saved_at: Mapped[datetime]


class StoredFile(Base):
    """Bytes on disk, named by their SHA-256. Written and flushed before this row; never changed after."""

    __tablename__ = "files"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    extension: Mapped[str]
    size: Mapped[int]
    stored_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]
    """When the bytes were removed, 30 days after all that had them was deleted; the row says that they were here."""


class Item(Base):
    """Anything the field or the office produced for a project. ``state`` is one of the item states."""

    __tablename__ = "items"
    __table_args__ = (
        Index("ix_items_project", "project_id", "state"),
        Index("ix_items_state", "state"),
        Index("ix_items_uninspected", "inspected"),
        Index("ix_items_unhinted", "hinted"),
        Index("ix_items_sha256", "sha256"),
        Index("ix_items_sent_sha256", "sent_sha256"),
        Index("ix_items_copy_of", "copy_of"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)
    parent_uuid: Mapped[str] = mapped_column(default="")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    wanted_project: Mapped[str] = mapped_column(default="")
    """The work order number that the sender named."""
    task: Mapped[str] = mapped_column(default="")
    evidence_type: Mapped[str] = mapped_column(default="")
    file_type: Mapped[str]
    state: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    """Counts what the client must hear of: new bytes, another flag, a rotation, a resubmission."""
    sha256: Mapped[str | None] = mapped_column(ForeignKey("files.sha256"))
    extension: Mapped[str] = mapped_column(default="")
    """Of the stored file, as its row in ``files`` says."""
    file_name: Mapped[str] = mapped_column(default="")
    survey: Mapped[JsonObject | None]
    template: Mapped[str] = mapped_column(default="")
    rotation: Mapped[int] = mapped_column(default=0)
    """Clockwise degrees that the office turned it by, on top of what the camera recorded: 0, 90, 180 or 270."""
    reject_reason: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime | None]
    zone_assumed: Mapped[bool] = mapped_column(default=False)
    """Whether ``taken_at`` is a camera's clock without a zone, read in the office's: shown, but no proof."""
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy: Mapped[float | None]
    created_by: Mapped[str] = mapped_column(default="")
    device_id: Mapped[str] = mapped_column(default="")
    from_app: Mapped[bool] = mapped_column(default=True)
    payload: Mapped[JsonObject] = mapped_column(default=dict, deferred=True)
    """All that the sender said, less the secrets."""
    arrived_at: Mapped[datetime]
    inspected: Mapped[bool] = mapped_column(default=True)
    """Whether the file was looked into and its thumbnails made; an item without a file needs none."""
    image_format: Mapped[str] = mapped_column(default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    problem: Mapped[str] = mapped_column(default="")
    """What is wrong with the file, in words for the tile."""
    camera: Mapped[str] = mapped_column(default="")
    """Make and model, as the file says."""
    hinted: Mapped[bool] = mapped_column(default=True)
    """Whether quality hints were looked for; an item without a file has none."""
    hints: Mapped[JsonObject | None]
    """By the names of :class:`pruvan_desk.domain.hints.Hint`: the figure that says so, for a near-duplicate the id of the other item."""
    sent_sha256: Mapped[str] = mapped_column(default="")
    """SHA-256 of the rendition the client last took."""
    relay_words: Mapped[str] = mapped_column(default="")
    """What the client last said about it."""
    deleted_at: Mapped[datetime | None]
    """When it was deleted; it can be restored for 30 days."""
    destinations: Mapped[str] = mapped_column(default="")
    """Where it was published to, as :mod:`pruvan_desk.domain.destinations` writes it; empty until then."""
    annotations: Mapped[str] = mapped_column(default="")
    """The marks on it, as :mod:`pruvan_desk.domain.annotations` writes them; empty for none. Of a copy: those that go out with it."""
    copy_of: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    """The item that this is the annotated copy of. It has the same file; the marks are drawn into what is sent."""


class PhotoMeasures(Base):
    """What was measured in the pixels of a file, once for all items that have it (:class:`pruvan_desk.domain.hints.Measures`)."""

    __tablename__ = "photo_measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("files.sha256"), unique=True)
    sharpness: Mapped[float | None]
    brightest: Mapped[float]
    middle: Mapped[float]
    clipped: Mapped[float]
    flat: Mapped[float]
    moire: Mapped[float]
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """By which its like is found; none for a picture of one tone."""
    spots: Mapped[bytes | None] = mapped_column(LargeBinary)
    """By which it is found as a part of another, and another as a part of it (:mod:`pruvan_desk.imaging.landmarks`)."""


class ItemEdit(Base):
    """What was decided about an item, by whom, and what it was before: the history, and what undo reads."""

    __tablename__ = "item_edits"
    __table_args__ = (
        Index("ix_item_edits_item", "item_id"),
        Index("ix_item_edits_step", "step"),
        Index("ix_item_edits_who", "who", "undone_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[str]
    before: Mapped[JsonObject]
    after: Mapped[JsonObject]
    who: Mapped[str]
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(default="")
    """The same for all that one deed did: what is undone together."""
    undone_by: Mapped[int | None]
    """Id of the edit that took it back; a redo clears it."""


class Retake(Base):
    """A photo that the office asks for again: served to the field with the instructions, and no import can overwrite it."""

    __tablename__ = "retakes"
    __table_args__ = (Index("ix_retakes_project", "project_id"), Index("ix_retakes_item", "item_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    task: Mapped[str]
    evidence_type: Mapped[str]
    reason: Mapped[str]
    who: Mapped[str]
    asked_at: Mapped[datetime]
    step: Mapped[str]
    """That of the rejection which asked for it."""
    status_before: Mapped[str]
    """The project's status before, for when it is taken back."""
    answered_at: Mapped[datetime | None]
    """When a new photo of that task and evidence type came."""
    withdrawn_at: Mapped[datetime | None]
    """When the office thought better of it."""


class RelayJob(Base):
    """The outbox: one thing to tell one destination. An item's revision, or (``item_id`` empty) a project's status."""

    __tablename__ = "relay_jobs"
    __table_args__ = (
        Index("ix_relay_jobs_due", "state", "not_before"),
        Index("ix_relay_jobs_item", "item_id", "state"),
        Index("ix_relay_jobs_integration", "integration_id", "state"),
        Index("ix_relay_jobs_sent_sha256", "sent_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    integration_id: Mapped[int] = mapped_column(ForeignKey("integrations.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    revision: Mapped[int] = mapped_column(default=1)
    destination: Mapped[str] = mapped_column(default="client")
    status_word: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="queued")
    owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    words: Mapped[str] = mapped_column(default="")
    """Why it waits or failed, or what the receiver objected."""
    sent_sha256: Mapped[str] = mapped_column(default="")
    """SHA-256 of what this destination took."""
    place: Mapped[str] = mapped_column(default="")
    """Where the Downloader put the file: its path below the root of the tree, with ``/``."""
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class HandedOut(Base):
    """What a ZIP held of an item in another shape than its original: turned, as JPEG, or with its marks."""

    __tablename__ = "handed_out"
    __table_args__ = (UniqueConstraint("sha256", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    sha256: Mapped[str]
    at: Mapped[datetime]
    """When it was first."""


class CheckIn(Base):
    """A check-in of a crew on site. ``verdict``: empty until the provider answered, then ``accepted`` or its words."""

    __tablename__ = "check_ins"
    __table_args__ = (Index("ix_check_ins_project", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), unique=True)
    abc_number: Mapped[str]
    well_formed: Mapped[bool]
    who: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    accepted: Mapped[bool | None]
    words: Mapped[str] = mapped_column(default="")


class ImportRun(Base):
    """What one refresh did."""

    __tablename__ = "import_runs"
    __table_args__ = (Index("ix_import_runs_integration", "integration_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    integration_id: Mapped[int] = mapped_column(ForeignKey("integrations.id"))
    started_by: Mapped[str]
    full: Mapped[bool]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    withheld: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """Orders to write, once it is known; ``done`` of them are."""
    done: Mapped[int] = mapped_column(default=0)


class ImportNote(Base):
    """An order that a refresh skipped, or a remark about one. A skipped order keeps its source, to be tried again."""

    __tablename__ = "import_notes"
    __table_args__ = (Index("ix_import_notes_run", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id"))
    number: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    text: Mapped[str]
    source: Mapped[str] = mapped_column(default="")


class Alert(Base):
    """Something somebody should look at. One unsolved alert for each ``key``; it goes by itself when it is solved."""

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_key", "key", "solved_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    title: Mapped[str]
    advice: Mapped[str] = mapped_column(default="")
    integration_id: Mapped[int | None] = mapped_column(ForeignKey("integrations.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    times: Mapped[int] = mapped_column(default=1)
    body: Mapped[JsonObject] = mapped_column(default=dict)
    raised_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Who did what to a project, integration or crew, and when."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_project", "project_id"), Index("ix_audit_events_step", "step"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    integration_id: Mapped[int | None] = mapped_column(ForeignKey("integrations.id"))
    details: Mapped[JsonObject] = mapped_column(default=dict)
    step: Mapped[str] = mapped_column(default="")
    """What was done, undone or redone in one go shares a step; empty for what cannot be undone."""


class ProjectNote(Base):
    """Something the office noted about a project: a call, an agreement. One that was taken back is marked ``removed``."""

    __tablename__ = "project_notes"
    __table_args__ = (Index("ix_project_notes_project", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    at: Mapped[datetime]
    who: Mapped[str]
    text: Mapped[str]
    removed: Mapped[bool] = mapped_column(default=False)


class SavedView(Base):
    """A way to look at the projects that somebody gave a name: filters, search, order, columns."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    body: Mapped[JsonObject] = mapped_column(default=dict)
    who: Mapped[str]
    saved_at: Mapped[datetime]


class ColumnMapping(Base):
    """Which column of a spreadsheet was taken for what, remembered for the next file with the same headings."""

    __tablename__ = "column_mappings"

    header: Mapped[str] = mapped_column(primary_key=True)
    """The heading, case-folded."""
    field: Mapped[str]


class Crew(Base):
    """A crew, or a Pruvan Online account, that fetches orders here. Of its token only the SHA-256 is kept."""

    __tablename__ = "crews"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    username: Mapped[str] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    token_sha256: Mapped[str] = mapped_column(default="")
    last_seen_at: Mapped[datetime | None]


class WatchFolder(Base):
    """A folder tree that another program writes, and that is read for new files. Nothing in it is ever changed."""

    __tablename__ = "watch_folders"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    levels: Mapped[str]
    """Of its tree, outermost first, as :func:`pruvan_desk.domain.folder_trees.read_levels` reads them."""
    integration_id: Mapped[int | None] = mapped_column(ForeignKey("integrations.id"))
    """Whose orders the files are for; none: those of all integrations."""
    active: Mapped[bool] = mapped_column(default=True)
    problem: Mapped[str] = mapped_column(default="")
    """Why it, or something in it, cannot be read at the moment."""
    waiting: Mapped[int] = mapped_column(default=0)
    """Files that are seen and not taken yet."""
    looked_at: Mapped[datetime | None]
    """When the engine last had something new to say of it."""


class WatchedFile(Base):
    """A file of a watch folder that was dealt with, as it was then: one that has changed since is looked at again."""

    __tablename__ = "watched_files"
    __table_args__ = (
        UniqueConstraint("watch_id", "folder", "name"),
        Index("ix_watched_files_item", "item_id"),
        Index("ix_watched_files_outcome", "watch_id", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watch_folders.id"))
    folder: Mapped[str]
    """Below the watch folder, with ``/``."""
    name: Mapped[str]
    seen: Mapped[str]
    """Size and time of the file, and of the details beside it."""
    outcome: Mapped[str]
    """``taken``, ``known`` (it was here already) or ``refused``."""
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    words: Mapped[str] = mapped_column(default="")
    """Why it was refused, or could not be filed."""
    at: Mapped[datetime]


class Change(Base):
    """What one transaction changed, for the other process to read."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    body: Mapped[str]


class Request(Base):
    """Something the window asks of the engine. ``answer`` is filled when it is done."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_open", "done_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    body: Mapped[JsonObject] = mapped_column(default=dict)
    who: Mapped[str]
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")


class SettingRow(Base):
    """A setting that differs from its default."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class EngineState(Base):
    """What the running engine says of itself: one row, for the window to show."""

    __tablename__ = "engine_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    gateway_url: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="running")
    words: Mapped[str] = mapped_column(default="")
    traffic: Mapped[JsonObject] = mapped_column(default=dict)
    """What is on its way, as :mod:`pruvan_desk.store.views.traffic` reads it."""
