"""A data folder as an office would have it in the middle of a day, for the pictures that ``shots.py`` takes."""

import random
from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from builders import Office
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.domain.statuses import CloseReason, FieldStatus, FileType, ItemState, ProjectStatus
from pruvan_desk.operations import qa
from pruvan_desk.operations.integrations import add_crew
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.sandbox.forms import checklist_form, inspection_form
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import (
    Alert,
    CheckIn,
    EngineState,
    ImportNote,
    ImportRun,
    Item,
    Project,
    RelayJob,
    SurveyTemplateRow,
    Task,
    WatchedFile,
    WatchFolder,
)
from pruvan_desk.store.opening import open_database
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.traffic import LaneTraffic, Traffic

STREETS = ("Elm St", "Cedar Ln", "Old Mill Rd", "Bluebonnet Dr", "Pecan Ave", "Ridge Ct", "Shoal Creek Blvd", "2nd St")
TOWNS = (("Round Rock", "TX"), ("Austin", "TX"), ("San Marcos", "TX"), ("Tulsa", "OK"), ("Baton Rouge", "LA"))
WORK = (
    ("Grass Cut", "Trim Shrubs"),
    ("Lock Change", "Lockbox"),
    ("Winterization", "Inspection Form"),
    ("Debris Removal",),
    ("Bid - Roof",),
    ("Grass Cut", "AGS Checklist"),
)
INSTRUCTIONS = (
    "<p><b>Cut all grass to 2 inches</b>, edge walks and drive.</p><ul><li>Bag clippings that are longer than 6 inches</li>"
    "<li>Before and After from the same four corners</li></ul><p>Questions: <a href='https://example.com'>portal</a></p>"
)
PLACE = (30.5083, -97.6789)


class DemoFolder:
    """Makes the rows, one kind after the other."""

    def __init__(self, folder: DataFolder) -> None:
        self.chance = random.Random(7)
        self.database: Database = open_database(folder)
        self.files = PhotoFiles(folder.photos)
        self.thumbnails = ThumbnailCache(folder.thumbnails)
        self.office = Office(self.database, self.files)
        self.now = datetime.now(UTC)

    def fill(self) -> None:
        afs = self.office.integration("AFS", name="FAStrack", last_refreshed_at=self.now - timedelta(minutes=2))
        self.office.integration(
            "MCS", name="FAStrack North", paused=True, status="error", last_error="The password is not accepted.",
            last_refreshed_at=self.now - timedelta(hours=7),
        )  # fmt: skip
        self._forms(afs)
        self._projects(afs)
        self._lost_item()
        self._watched()
        self._runs(afs)
        self._alerts(afs)
        self._crews()
        self._traffic(self.office.all(Project, number="88108")[0].id)
        self.database.close()
        self.thumbnails.close()

    def _projects(self, integration_id: int) -> None:
        for number in range(88101, 88131):
            tasks = WORK[number % len(WORK)]
            town, state = self.chance.choice(TOWNS)
            due = (self.now + timedelta(days=self.chance.randint(-3, 9))).date().isoformat()
            status = self.chance.choice(list(ProjectStatus)[1:4])
            closed = number % 9 == 0
            project = self.office.project(
                integration_id, str(number), tasks, address1=f"{self.chance.randint(2, 990)} {self.chance.choice(STREETS)}",
                city=town, state=state, zip="78664", due=due, client_due=due, info="Lockbox 4471, gate on the left",
                instructions=INSTRUCTIONS, status=ProjectStatus.CLOSED if closed else status,
                close_reason=CloseReason.ABSENT if closed else "", client_status="Open" if not closed else "QC declined",
                assigned_to=self.chance.choice(("~all~", "crew7", "crew2", "")), latitude=PLACE[0], longitude=PLACE[1],
                options={"check_in_required": "true"} if "AGS Checklist" in tasks else {},
                qa_in_field=number % 7 == 3,
            )  # fmt: skip
            self._mark_surveys(project)
            if number >= 88125:
                self._busy_project(project, tasks)
            elif number % 4:
                self._quiet_project(project, tasks)

    def _forms(self, integration_id: int) -> None:
        self.forms: dict[str, tuple[str, int]] = {}
        for word, body in (("Form", inspection_form()), ("Checklist", checklist_form())):
            meta = body["meta"]
            with self.database.write() as writing:
                row = SurveyTemplateRow(
                    integration_id=integration_id, template_id=meta["surveyTemplateId"], version=meta["version"],
                    name=meta["name"], body=body, received_at=writing.now,
                )  # fmt: skip
                writing.session.add(row)
            self.forms[word] = (row.template_id, row.id)

    def _mark_surveys(self, project_id: int) -> None:
        for task in self.office.all(Task, project_id=project_id):
            for word, (template_id, row_id) in self.forms.items():
                if word in task.name:
                    self.office.change(Task, task.id, survey_id=template_id, survey_template_id=row_id)

    def _busy_project(self, project_id: int, tasks: tuple[str, ...]) -> None:
        states = (ItemState.PENDING_QA, ItemState.PENDING_QA, ItemState.PASSED, ItemState.PUBLISHED, ItemState.QUEUED)
        made = [
            self._photo(project_id, task, kind, self.chance.choice(states))
            for task in tasks
            for kind, count in (("before", 4), ("during", 1), ("after", 3))
            for _ in range(count)
        ]
        self.office.change(Item, made[1], state=ItemState.REJECTED, reject_reason="Blurred")
        self.office.change(Item, made[2], rotation=90)
        self.office.change(Item, made[-1], state=ItemState.FAILED, relay_words="Flag unknown: Grass Cutt")
        self._job(made[-1], project_id)
        self._hints(made, project_id)
        self._broken(project_id, tasks[0])
        self._film_and_paper(project_id, tasks[0])
        self._survey(project_id, tasks[-1])
        self.database.write()
        pending = [i.id for i in self.office.all(Item, project_id=project_id, state=ItemState.PENDING_QA)]
        if pending:
            qa.rotate_items(self.database, pending[:1], 180, "mary")
            qa.rotate_items(self.database, pending[:1], 180, "mary")
        if "AGS Checklist" in tasks:
            self._check_in(project_id)

    def _quiet_project(self, project_id: int, tasks: tuple[str, ...]) -> None:
        state = self.chance.choice((ItemState.PUBLISHED, ItemState.PENDING_QA, ItemState.HELD))
        for task in tasks:
            for kind in ("before", "after"):
                for _ in range(self.chance.randint(0, 2)):
                    self._photo(project_id, task, kind, state, small=True)
        set_field_status(self.database, project_id, FieldStatus.IN_PROCESS, "crew7")

    def _photo(self, project_id: int | None, task: str, kind: str, state: ItemState, *, small: bool = False) -> int:
        size = (480, 360) if small else self.chance.choice(((1600, 1200), (1600, 1200), (1200, 1600)))
        data = house(self.chance, size, mown=kind == "after")
        item_id = self.office.photo(
            project_id, state, data, task=task, evidence_type=kind, created_by="crew7",
            taken_at=self.now - timedelta(minutes=self.chance.randint(20, 600)), width=size[0], height=size[1],
            latitude=PLACE[0] + 0.0003, longitude=PLACE[1], notes="Rear fence is open" if self.chance.random() < 0.2 else "",
        )  # fmt: skip
        sha256 = self.office.keep(data).sha256
        self.thumbnails.put({(sha256, 256): thumbnail(data, 256), (sha256, 512): thumbnail(data, 512)})
        return item_id

    def _hints(self, made: list[int], project_id: int) -> None:
        self.office.change(Item, made[0], hints={"blurred": 0.2, "dark": 40.0})
        self.office.change(
            Item, made[3], hints={"duplicate": made[0] if project_id < 5 else 1, "screen": 0.5}, latitude=30.6
        )
        self.office.change(Item, made[5], hints={"overexposed": 0.6}, taken_at=self.now + timedelta(days=40))

    def _film_and_paper(self, project_id: int, task: str) -> None:
        for name, extension, data in (("walk-through.mp4", "mp4", b"film"), ("invoice.pdf", "pdf", b"%PDF-1.7")):
            stored = self.office.photo(
                project_id, ItemState.PENDING_QA, data + b"%d" % project_id, task=task, evidence_type="after", file_name=name,
                created_by="mary", from_app=False,
            )  # fmt: skip
            self.office.change(Item, stored, file_type=FileType.FILE, extension=extension)

    def _broken(self, project_id: int, task: str) -> None:
        self.office.photo(
            project_id, ItemState.PENDING_QA, b"\xff\xd8 broken %d" % project_id, task=task, evidence_type="before",
            problem="The file is cut off: 12 % of the picture is missing.",
        )  # fmt: skip

    def _survey(self, project_id: int, task: str) -> None:
        item_id = self.office.photo(project_id, ItemState.PENDING_QA, task=task, evidence_type="survey", file_name="")
        self.office.change(Item, item_id, file_type=FileType.SURVEY, sha256=None, survey={"answers": []})

    def _check_in(self, project_id: int) -> None:
        item_id = self.office.photo(project_id, ItemState.PUBLISHED, task="", evidence_type="check in", file_name="")
        self.office.change(Item, item_id, file_type=FileType.CHECK_IN, sha256=None)
        with self.database.write() as writing:
            writing.session.add(
                CheckIn(project_id=project_id, item_id=item_id, abc_number="ABC123456", well_formed=True, at=self.now)
            )

    def _job(self, item_id: int, project_id: int) -> None:
        with self.database.write() as writing:
            writing.session.add(
                RelayJob(
                    integration_id=1,
                    project_id=project_id,
                    item_id=item_id,
                    state="failed",
                    attempts=3,
                    words="Flag unknown: Grass Cutt",
                    not_before=self.now,
                    created_at=self.now,
                )
            )

    def _traffic(self, project_id: int) -> None:
        """What the engine said a moment ago: three on their way, some that wait, the Downloader behind."""
        jobs = []
        for place in range(7):
            item_id = self._photo(project_id, "Trim Shrubs", "during", ItemState.QUEUED, small=True)
            (job,) = self.office.all(RelayJob, item_id=item_id)
            jobs.append(job.id)
            if place < 3:
                self.office.change(RelayJob, job.id, state="leased", owner="engine-1")
                self.office.change(Item, item_id, state=ItemState.RELAYING)
            elif place == 3:
                later = self.now + timedelta(minutes=7)
                self.office.change(
                    RelayJob, job.id, attempts=4, not_before=later, words="The server did not answer in time."
                )
        now = self.now.timestamp()
        history = tuple((now - 100 + step, 3.2e6 + 2.4e6 * ((step * 37) % 11 - 4) / 6) for step in range(100))
        lanes = (LaneTraffic(1, "client", 3, 6), LaneTraffic(1, "downloader", 0, 2))
        sending = {jobs[0]: (2_300_000, 3_400_000), jobs[1]: (400_000, 2_900_000), jobs[2]: (0, 3_100_000)}
        traffic = Traffic(sending, 4_100_000, 1.4, history, lanes=lanes)
        with self.database.write() as writing:
            writing.session.add(
                EngineState(
                    id=1,
                    process_id=1,
                    started_at=self.now,
                    seen_at=self.now + timedelta(minutes=9),
                    gateway_url="http://127.0.0.1:8421/",
                    traffic=traffic.as_json(),
                )
            )

    def _lost_item(self) -> None:
        data = house(self.chance, (1600, 1200), mown=False)
        self.office.photo(None, ItemState.UNASSIGNED, data, wanted_project="77001", created_by="crew2")
        sha256 = self.office.keep(data).sha256
        self.thumbnails.put({(sha256, 256): thumbnail(data, 256)})

    def _watched(self) -> None:
        """A Downloader's tree is watched; one of its orders is not known, but was near one that is."""
        (order,) = self.office.all(Project, number="88111")
        self.office.change(Project, order.id, latitude=30.41, longitude=-97.71, due=self.now.date().isoformat())
        kept = [self._photo(None, "Grass Cut", kind, ItemState.UNASSIGNED) for kind in ("before", "before", "after")]
        with self.database.write() as writing:
            given = {"active": True, "problem": "", "waiting": 0, "looked_at": self.now}
            writing.session.add(WatchFolder(id=1, path="/srv/office/Pruvan", levels="project,task,photo_type", **given))
            gone = "It cannot be reached: No such file or directory."
            writing.session.add(
                WatchFolder(
                    id=2,
                    path="/srv/north/photos",
                    levels="date,sub_user",
                    integration_id=2,
                    **given | {"problem": gone},
                )
            )
            writing.session.flush()
            for place, item_id in enumerate(kept):
                item = writing.session.get_one(Item, item_id)
                item.wanted_project, item.latitude, item.longitude = "AFS-70031", 30.4102, -97.71 + place * 0.0004
                item.from_app, item.file_name = False, f"IMG_20{place}.jpg"
                self._note(writing, item.file_name, "taken", "There is no order AFS-70031 here.", item_id)
            self._note(writing, "invoice.docx", "refused", "It is a ZIP archive, no photo, PDF or video.", None)
            for number in range(400):
                self._note(writing, f"{number}.jpg", "known" if number % 9 == 0 else "taken", "", None)

    def _note(self, writing: Writing, name: str, outcome: str, words: str, item_id: int | None) -> None:
        given = {"watch_id": 1, "folder": "AFS-70031/Grass Cut/Before", "seen": "1/1", "at": writing.now}
        writing.session.add(WatchedFile(name=name, outcome=outcome, words=words, item_id=item_id, **given))

    def _runs(self, integration_id: int) -> None:
        with self.database.write() as writing:
            for place in range(8):
                at = self.now - timedelta(minutes=10 * (8 - place))
                run = ImportRun(
                    integration_id=integration_id, started_by="clock" if place else "mary", full=place in (0, 7),
                    started_at=at, finished_at=at + timedelta(seconds=2), created=3 * (place % 3), updated=place,
                    unchanged=21, skipped=2 if place == 7 else 0, error="The server is not there." if place == 4 else "",
                )  # fmt: skip
                writing.session.add(run)
                writing.session.flush()
            writing.session.add(
                ImportNote(run_id=run.id, number="88140", kind="skipped", text="The order lacks city, services.")
            )
            writing.session.add(
                ImportNote(run_id=run.id, number="88127", kind="remark", text="Ignoring duplicate service Grass Cut")
            )

    def _alerts(self, integration_id: int) -> None:
        words = (
            ("FAStrack North is paused: the password is not accepted.", "Enter the new one in Integrations.", 1),
            ("6 items could not be delivered.", "See the receiver's words in Activity, mend them, and retry.", 6),
        )
        with self.database.write() as writing:
            for place, (title, advice, times) in enumerate(words):
                writing.session.add(
                    Alert(
                        key=f"k{place}",
                        title=title,
                        advice=advice,
                        times=times,
                        integration_id=integration_id,
                        raised_at=self.now - timedelta(minutes=40 - place),
                    )
                )

    def _crews(self) -> None:
        for name, username in (("Crew 7 - North", "crew7"), ("Crew 2 - South", "crew2"), ("Pruvan Online", "online")):
            add_crew(self.database, name, username, "mary")


def house(chance: random.Random, size: tuple[int, int], *, mown: bool) -> bytes:
    """A house on a lawn, long grass or short, in the light of some hour."""
    width, height = size
    sky = chance.choice(((146, 186, 222), (178, 196, 210), (120, 164, 210)))
    image = Image.new("RGB", size, sky)
    draw = ImageDraw.Draw(image)
    ground = int(height * chance.uniform(0.55, 0.65))
    for y in range(0, ground, 4):
        fade = int(30 * y / ground)
        draw.rectangle((0, y, width, y + 4), fill=tuple(min(255, part + fade) for part in sky))
    draw.rectangle((0, ground, width, height), fill=(96, 132, 62) if mown else (112, 124, 52))
    left, right = int(width * chance.uniform(0.12, 0.3)), int(width * chance.uniform(0.65, 0.88))
    top = int(ground - height * chance.uniform(0.18, 0.28))
    wall = chance.choice(((206, 190, 166), (182, 120, 96), (198, 204, 206), (150, 160, 150)))
    draw.rectangle((left, top, right, ground + 8), fill=wall)
    roof = chance.choice(((92, 70, 62), (70, 74, 82), (110, 60, 52)))
    draw.polygon(((left - 30, top), ((left + right) // 2, top - height // 7), (right + 30, top)), fill=roof)
    door = (left + right) // 2
    draw.rectangle((door - 34, ground - 120, door + 34, ground + 8), fill=(70, 52, 44))
    for x in (left + 60, right - 150):
        draw.rectangle((x, top + 40, x + 90, top + 110), fill=(228, 236, 240), outline=(90, 90, 90), width=5)
    for _ in range(900 if mown else 2600):
        x, y = chance.randint(0, width), chance.randint(ground, height)
        blade = chance.randint(3, 8) if mown else chance.randint(12, 46)
        green = chance.randint(80, 160)
        draw.line((x, y, x + chance.randint(-6, 6), y - blade), fill=(green - 40, green, 40), width=3)
    buffer = BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def thumbnail(data: bytes, edge: int) -> bytes:
    """As the engine makes it."""
    image = Image.open(BytesIO(data))
    image.thumbnail((edge, edge))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
