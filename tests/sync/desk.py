"""An office in a data folder of its own: what tests ask of it, and what they find there."""

import hashlib
import io
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import pytest
from PIL import ExifTags, Image
from sqlalchemy import func, select

from builders import Office
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.integrations import IntegrationForm, add_crew, ask_refresh, save_integration
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.outbox import Backoff
from pruvan_desk.sandbox.photos import Photo, Shot
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Alert, ImportNote, ImportRun, Integration, Item, Project, RelayJob, Request
from pruvan_desk.store.opening import open_database
from pruvan_desk.wire.credentials import Credentials

WHO = "the office"
PATIENCE_SECONDS = 30.0
QUIET_SETTINGS = {"gateway_port": 0, "first_retry_seconds": 0.05}
"""Any free port, second tries at once."""
MULTIPART = "multipart/form-data; boundary=line"
Answer = TypeVar("Answer")


def wait_until(what: str, found: Callable[[], Answer], seconds: float = PATIENCE_SECONDS) -> Answer:
    """What ``found`` answers once it is true; fails the test when that takes too long."""
    patience = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > patience:
            pytest.fail(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.02)
    return answer


class Desk(Office):
    """A data folder with everything that a person, the crews and the order source do to it."""

    def __init__(self, folder: DataFolder) -> None:
        super().__init__(open_database(folder), PhotoFiles(folder.photos))
        self.folder = folder
        self.secrets = PipedSecrets()
        for name, value in QUIET_SETTINGS.items():
            self.set(name, value)

    def set(self, name: str, value: Any) -> None:
        """Changes a setting, as Preferences does."""
        change_setting(self.database, name, value)

    def integrate(
        self, sandbox: FastrackSandbox, code: str = "AFS", *, integration_id: int | None = None, **form: Any
    ) -> int:
        """An integration with a sandbox, or a change of one; answers its id."""
        login = sandbox.credentials
        given = {"username": login.username, "password": login.password, "token": login.token, "extension": "json"}
        given["refresh_minutes"] = 0
        whole = IntegrationForm(name=code, code=code, service_url=sandbox.url, **{**given, **form})
        return save_integration(self.database, self.secrets, whole, WHO, integration_id)[1]

    def field_office(self, code: str = "AFS", **values: Any) -> int:
        """An integration that asks nobody for anything: for tests of the field's side alone."""
        return self.integration(code, paused=True, **values)

    def crew(self, username: str = "crew1") -> Credentials:
        """A new crew's user name and token."""
        return Credentials(username, "", add_crew(self.database, username.title(), username, WHO)[1])

    def ask(self, integration_id: int, *, full: bool = False) -> Request:
        """Asks for a refresh and waits for the answer."""
        (request_id,) = ask_refresh(self.database, integration_id, WHO, full=full).requests
        wait_until("an answer to the refresh", lambda: self.get(Request, request_id).done_at)
        return self.get(Request, request_id)

    def refresh(self, integration_id: int, *, full: bool = False) -> ImportRun:
        """A refresh that has to succeed; answers its record."""
        request = self.ask(integration_id, full=full)
        assert request.answer == "done"
        return self.last_run(integration_id)

    def imported(self, integration_id: int) -> ImportRun:
        """Waits for the refresh that the engine makes by itself at the start."""
        wait_until(
            "the first refresh",
            lambda: [run for run in self.all(ImportRun, integration_id=integration_id) if run.finished_at],
        )
        wait_until("the integration at rest", lambda: self.get(Integration, integration_id).status != "running")
        return self.last_run(integration_id)

    def last_run(self, integration_id: int) -> ImportRun:
        """The latest import run."""
        return self.all(ImportRun, integration_id=integration_id)[-1]

    def notes(self, run: ImportRun, kind: str) -> dict[str, str]:
        """What a run noted, by order number."""
        return {note.number: note.text for note in self.noted(run, kind)}

    def noted(self, run: ImportRun, kind: str) -> list[ImportNote]:
        """The notes of one kind that a run made."""
        return [note for note in self.all(ImportNote, run_id=run.id) if note.kind == kind]

    def source(self, number: str) -> Any:
        """The order that a project was last made from, as it came."""
        with self.database.read() as session:
            return json.loads(session.scalars(select(Project.source).where(Project.number == number)).one())

    def numbered(self, number: str) -> Project:
        """The project of that number."""
        (project,) = self.all(Project, number=number)
        return project

    def item(self, uuid: str) -> Item:
        """The item of that uuid."""
        (item,) = self.all(Item, uuid=uuid)
        return item

    def alerts(self) -> dict[str, Alert]:
        """The alerts that are not solved, by the first word of their key."""
        return {alert.key.partition("/")[0]: alert for alert in self.all(Alert) if alert.solved_at is None}

    def states(self) -> dict[str, int]:
        """How many items are in each state."""
        with self.database.read() as session:
            return dict(Counter(session.scalars(select(Item.state))))

    def wait_for(self, **states: int) -> None:
        """Waits until the items are in these states, all of them."""
        patience = time.monotonic() + PATIENCE_SECONDS
        while (now := self.states()) != states:
            if time.monotonic() > patience:
                pytest.fail(f"the items are {now}, not {states}")
            time.sleep(0.02)

    def settled(self) -> bool:
        """Whether nothing waits to be sent or looked into."""
        waiting = RelayJob.state.in_((JobState.QUEUED, JobState.LEASED))
        with self.database.read() as session:
            jobs = session.scalar(select(func.count()).select_from(RelayJob).where(waiting))
            unseen = session.scalar(select(func.count()).select_from(Item).where(Item.inspected.is_(False)))
        return not jobs and not unseen

    def settle(self) -> None:
        """Waits until nothing waits to be sent or looked into."""
        wait_until("an empty outbox", self.settled)

    def inspected(self, uuid: str) -> Item:
        """The item, once its file was looked into."""
        wait_until(f"the inspection of {uuid}", lambda: self.item(uuid).inspected)
        return self.item(uuid)

    def files_on_disk(self) -> list[str]:
        """The names of all files below ``photos``, half-arrived ones too."""
        return sorted(path.name for path in self.folder.photos.rglob("*") if path.is_file())

    def ids(self, state: ItemState) -> list[int]:
        """The ids of the items in a state, oldest first."""
        return [item.id for item in self.all(Item, state=state)]


class SmallPhotos:
    """Photos that take no time: small, all different, with their orientation."""

    def take(self, shot: Shot) -> Photo:
        data = small_jpeg(shot.seed, orientation=shot.seed % 8 + 1)
        return Photo(data, "jpg", shot.position, hashlib.sha256(data).hexdigest())


def small_jpeg(seed: int, orientation: int = 1) -> bytes:
    """A JPEG of 64 by 48 stored pixels, the same for the same seed."""
    rng = random.Random(seed)
    image = Image.frombytes("RGB", (8, 6), rng.randbytes(8 * 6 * 3)).resize((64, 48))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def phone(gateway: str, crew: Credentials, seed: int = 1) -> Phone:
    """A crew's phone with small photos and little patience."""
    return Phone(gateway, crew, seed=seed, photos=SmallPhotos(), backoff=Backoff(tries=2, first=0.02))


class FieldCaller:
    """Calls the gateway as a crew, by hand, so that everything can be wrong."""

    def __init__(self, gateway: str, crew: Credentials) -> None:
        self.gateway = gateway
        self.crew = crew
        self._client = httpx.Client(trust_env=False, timeout=20, verify=False)

    def __enter__(self) -> "FieldCaller":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def payload(self, **fields: Any) -> str:
        """The payload, with the crew's login unless another is named."""
        return json.dumps({**self.crew.payload(), **fields})

    def call(self, name: str, **fields: Any) -> httpx.Response:
        """A call as a form."""
        return self.post_form(name, data={"payload": self.payload(**fields)})

    def post_form(self, name: str, **form: Any) -> httpx.Response:
        """A call with this very form, ``data`` or ``files``."""
        return self._client.post(f"{self.gateway}/{name}", **form)

    def post_raw(self, name: str, body: bytes, content_type: str = MULTIPART) -> httpx.Response:
        """A call with this very body."""
        return self._client.post(f"{self.gateway}/{name}", content=body, headers={"content-type": content_type})

    def send(self, uuid: str, data: bytes | None, file_name: str = "front.jpg", **fields: Any) -> httpx.Response:
        """An item for the order 4711, as a phone sends it."""
        photo = {
            "uuid": uuid, "key2": "AFS::4711", "key4": "Grass Cut", "evidenceType": "Before", "fileType": "picture",
            "fileName": file_name,
        }  # fmt: skip
        payload = self.payload(**{**photo, **fields})
        if data is None:
            return self.post_form("uploadPictures", files={"payload": (None, payload)})
        return self.post_form("uploadPictures", data={"payload": payload}, files={"file": (file_name, data)})


def change_login(sandbox: FastrackSandbox) -> Credentials:
    """Gives FAStrack a login whose words stand nowhere else; answers it."""
    login = Credentials("vendor", "correct-horse-battery", "tok-5f2e77c1-aa31")
    sandbox.control("credentials", {"password": login.password, "token": login.token})
    return login


def secrets_of(*logins: Credentials) -> set[str]:
    """What nobody may find anywhere: passwords, what is sent in their place, tokens."""
    said = [(login.password, login.token, login.payload()["password"] if login.password else "") for login in logins]
    return {secret for secrets in said for secret in secrets if secret}


def part(name: str, content: bytes | str, file_name: str | None = None, *, boundary: str = "line") -> bytes:
    """One part of a multipart body."""
    label = f'; filename="{file_name}"' if file_name is not None else ""
    head = f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"{label}\r\n\r\n'
    return head.encode() + (content.encode() if isinstance(content, str) else content) + b"\r\n"
