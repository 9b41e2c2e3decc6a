"""What a manager does with integrations and crews."""

import hashlib
from dataclasses import replace

import pytest

from pruvan_desk.core.errors import DeskFault, IntegrationError, UsageError
from pruvan_desk.domain.destinations import BOTH
from pruvan_desk.operations.integrations import (
    IntegrationForm,
    add_crew,
    ask_refresh,
    ask_refresh_all,
    change_crew,
    renew_push_key,
    renew_token,
    resume_integration,
    revoke_token,
    save_integration,
    token_digest,
)
from pruvan_desk.store.models import Alert, AuditEvent, Crew, Integration, Request
from pruvan_desk.store.pausing import pause_integration

FORM = IntegrationForm(
    "FAStrack", "AFS", "https://fastrack.example/api", "office", password="Pässwörd-1", token="token-1"
)


@pytest.fixture
def save(database, secrets):
    def save_form(integration_id: int | None = None, **changes) -> int:
        return save_integration(database, secrets, replace(FORM, **changes), "ana", integration_id)[1]

    return save_form


def test_a_new_integration_is_kept_with_its_secrets_elsewhere(save, office, secrets, folder):
    row = office.get(Integration, save(name=" FAStrack ", extension="php", qa_in_field=False))
    assert (row.name, row.code, row.extension, row.qa_in_field, row.auto_admin) == (
        "FAStrack",
        "AFS",
        "php",
        False,
        True,
    )
    kept = secrets.all()
    push_key = kept.pop("integration/1/push key")
    assert kept == {"integration/1/password": "Pässwörd-1", "integration/1/token": "token-1"}
    assert row.push_key_sha256 == token_digest(push_key)
    everything = b"".join(path.read_bytes() for path in folder.root.rglob("desk.db*"))
    for secret in ("Pässwörd-1", "token-1", push_key, hashlib.sha1("Pässwörd-1".encode()).hexdigest()):
        assert secret.encode() not in everything


def test_an_empty_password_keeps_the_one_that_is_there(save, office, secrets):
    integration = save()
    save(integration, name="Renamed", password="", token="")
    assert office.get(Integration, integration).name == "Renamed"
    assert secrets.get("integration/1/password") == "Pässwörd-1"
    assert secrets.get("integration/1/token") == "token-1"


def test_a_new_integration_needs_its_password(save, office):
    with pytest.raises(UsageError, match="password is needed"):
        save(password="")
    assert office.all(Integration) == []


@pytest.mark.parametrize(
    "url", ["https://other.example/api", "https://fastrack.example:8443/api", "http://localhost/api"]
)
def test_another_host_asks_for_the_password_again_and_forgets_the_token(save, office, secrets, url):
    integration = save()
    told = secrets.get("integration/1/push key")
    with pytest.raises(UsageError, match="password is needed"):
        save(integration, service_url=url, password="", token="")
    assert office.get(Integration, integration).service_url == FORM.service_url
    save(integration, service_url=url, password="new", token="")
    kept = secrets.all()
    assert kept.pop("integration/1/push key") != told
    assert kept == {"integration/1/password": "new"}


def test_another_path_of_the_same_host_asks_for_nothing(save, secrets):
    save(save(), service_url="https://FASTRACK.example/v2", password="", token="")
    assert secrets.get("integration/1/password") == "Pässwörd-1"


def test_a_code_belongs_to_one_integration(save, office):
    first = save()
    with pytest.raises(UsageError, match="has the code AFS"):
        save(code=" AFS ")
    second = save(code="BFS")
    with pytest.raises(UsageError, match="has the code AFS"):
        save(second, code="AFS")
    save(first, name="Renamed")
    assert [row.code for row in office.all(Integration)] == ["AFS", "BFS"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"code": ""},
        {"username": ""},
        {"code": "A::B"},
        {"code": "A:"},
        {"code": "A B"},
        {"code": "Ä"},
        {"code": "x" * 40},
    ],
)
def test_what_cannot_be_an_integration_is_refused(save, office, changes):
    with pytest.raises(UsageError):
        save(**changes)
    assert office.all(Integration) == []


@pytest.mark.parametrize("url", ["http://fastrack.example", "https://user:pass@fastrack.example", "fastrack"])
def test_an_address_that_would_give_secrets_away_is_refused(save, secrets, url):
    with pytest.raises(UsageError):
        save(service_url=url)
    assert secrets.all() == {}


def test_when_the_keyring_refuses_nothing_is_saved(database, office, secrets, monkeypatch):
    def locked(reference: str, secret: str) -> None:
        raise DeskFault("The keyring is locked.")

    monkeypatch.setattr(secrets, "set", locked)
    with pytest.raises(DeskFault):
        save_integration(database, secrets, FORM, "ana")
    assert office.all(Integration) == []


def test_an_integration_that_is_gone_cannot_be_saved(save):
    with pytest.raises(UsageError, match="not there any more"):
        save(99)


def test_a_good_validate_lets_a_paused_integration_go_on(database, office, save):
    integration = save()
    with database.write() as writing:
        pause_integration(
            writing, writing.session.get_one(Integration, integration), IntegrationError("Wrong password.")
        )
    resume_integration(database, integration, "ana")
    assert not office.get(Integration, integration).paused
    assert office.all(Alert, solved_at=None) == []
    assert [event.what for event in office.all(AuditEvent)] == ["saved", "resumed"]
    resume_integration(database, integration, "ana")
    assert len(office.all(AuditEvent)) == 2


def test_a_refresh_is_asked_of_the_engine(database, office, save):
    changes = ask_refresh(database, save(), "ana", full=True)
    (row,) = office.all(Request)
    assert (row.kind, row.body, row.who) == ("refresh", {"integration_id": 1, "full": True}, "ana")
    assert changes.requests == {row.id}


def test_a_refresh_of_all_leaves_out_what_is_paused(database, office, save):
    save()
    office.change(Integration, save(code="BFS"), paused=True)
    save(code="CFS")
    ask_refresh_all(database, "ana")
    assert [row.body["integration_id"] for row in office.all(Request)] == [1, 3]


def test_of_a_crews_token_only_its_digest_is_kept(database, office, folder):
    changes, token = add_crew(database, " Crew One ", " one ", "ana")
    (crew,) = office.all(Crew)
    assert (crew.name, crew.username, crew.active) == ("Crew One", "one", True)
    assert crew.token_sha256 == hashlib.sha256(token.encode()).hexdigest() == token_digest(token)
    assert len(token) >= 32
    assert changes.crews == {crew.id}
    assert token.encode() not in b"".join(path.read_bytes() for path in folder.root.rglob("desk.db*"))


def test_a_new_token_makes_the_old_one_worthless(database, office):
    _, old = add_crew(database, "One", "one", "ana")
    _, new = renew_token(database, 1, "ana")
    assert old != new
    assert office.get(Crew, 1).token_sha256 == token_digest(new)
    assert [event.what for event in office.all(AuditEvent)] == ["crew added", "token renewed"]
    with pytest.raises(UsageError, match="not there any more"):
        renew_token(database, 99, "ana")


@pytest.mark.parametrize(("name", "username"), [("", "two"), ("Two", " "), ("Two", "one")])
def test_a_crew_needs_a_name_and_a_user_name_of_its_own(database, office, name, username):
    add_crew(database, "One", "one", "ana")
    with pytest.raises(UsageError):
        add_crew(database, name, username, "ana")
    assert len(office.all(Crew)) == 1


def test_a_renewed_push_key_is_another_one_and_only_its_digest_is_kept(database, office, secrets, save):
    integration = save()
    old = secrets.get("integration/1/push key")
    _, key = renew_push_key(database, secrets, integration, "ana")
    assert key == secrets.get("integration/1/push key") != old
    assert office.get(Integration, integration).push_key_sha256 == token_digest(key)
    save(integration, name="Renamed", password="")
    assert secrets.get("integration/1/push key") == key


@pytest.mark.parametrize("minutes", [-1, 61])
def test_orders_are_refreshed_within_an_hour_or_not_by_themselves(save, office, minutes):
    with pytest.raises(UsageError, match="60 minutes"):
        save(refresh_minutes=minutes)
    assert office.get(Integration, save(refresh_minutes=0)).refresh_minutes == 0


def test_a_revoked_token_is_worth_nothing_and_the_crew_stays(database, office):
    add_crew(database, "One", "one", "ana")
    revoke_token(database, 1, "ana")
    assert (office.get(Crew, 1).token_sha256, office.get(Crew, 1).active) == ("", True)
    change_crew(database, 1, "ana", name=" Uno ", active=False)
    assert (office.get(Crew, 1).name, office.get(Crew, 1).active) == ("Uno", False)
    with pytest.raises(UsageError, match="needs a name"):
        change_crew(database, 1, "ana", name=" ", active=True)
    assert [event.what for event in office.all(AuditEvent)] == ["crew added", "token revoked", "crew saved"]


def test_released_items_go_to_the_client_unless_the_integration_says_otherwise_and_somewhere_in_any_case(save, office):
    saved = save()
    assert office.get(Integration, saved).released_to == "client"
    save(saved, released_to=BOTH)
    assert office.get(Integration, saved).released_to == "client,downloader"
    with pytest.raises(UsageError, match="somewhere"):
        save(saved, released_to=frozenset())
