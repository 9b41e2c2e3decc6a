"""The portal's address of an integration: kept, changed, emptied, and refused."""

import pytest

from builders import Office
from pruvan_desk.core.errors import UsageError
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.operations.integrations import IntegrationForm, save_integration
from pruvan_desk.store.models import Integration
from pruvan_desk.store.views.integrations import integration_rows
from pruvan_desk.store.views.portal import portal_order
from pruvan_desk.wire.portal import PortalAccess

NO_ACCESS = PortalAccess()
PAGE = "https://my.example/orders/{number}"


def save(
    office: Office,
    secrets: MemorySecrets,
    portal_url: str,
    integration_id: int | None = None,
    *,
    password: str = "good",
    access: PortalAccess = NO_ACCESS,
) -> int:
    names = ("AFS", "AFS", "https://fastrack.example/api", "office", password)
    form = IntegrationForm(*names, portal_url=portal_url, access=access)
    return save_integration(office.database, secrets, form, "mary", integration_id)[1]


def test_the_address_is_kept_and_may_be_taken_away(office: Office, secrets: MemorySecrets) -> None:
    integration_id = save(office, secrets, f" {PAGE} ")
    assert office.get(Integration, integration_id).portal_url == PAGE
    save(office, secrets, "", integration_id)
    assert office.get(Integration, integration_id).portal_url == ""


def test_an_address_without_the_number_is_refused(office: Office, secrets: MemorySecrets) -> None:
    with pytest.raises(UsageError, match="number goes"):
        save(office, secrets, "https://my.example/orders")
    assert not office.all(Integration)


def test_the_order_of_a_project_is_found_with_its_page(office: Office, secrets: MemorySecrets) -> None:
    project = office.project(save(office, secrets, PAGE), "88123", client_status="Open")
    with office.database.read() as session:
        order = portal_order(session, project)
        assert portal_order(session, 4711) is None
    assert order is not None
    assert (order.key, order.portal_url, order.client_status) == ("AFS::88123", PAGE, "Open")
    assert order.address == "12 Elm St, Austin TX"


def test_how_to_sign_in_is_kept_and_read_back(office: Office, secrets: MemorySecrets) -> None:
    access = PortalAccess(
        "form", "https://my.example/login", "#user", "#pass", "", "https://a.example", "https://b.example"
    )
    project = office.project(save(office, secrets, PAGE, access=access))
    with office.database.read() as session:
        order, (row,) = portal_order(session, project), integration_rows(session)
    assert order is not None
    assert order.access == row.access == access
    assert order.username == "office"


def test_a_login_at_another_site_wants_the_password_again(office: Office, secrets: MemorySecrets) -> None:
    integration = save(office, secrets, PAGE, access=PortalAccess("form", "https://my.example/login"))
    moved = PortalAccess("form", "https://evil.example/login")
    with pytest.raises(UsageError, match="password is needed"):
        save(office, secrets, PAGE, integration, password="", access=moved)
    assert office.get(Integration, integration).portal_login_url == "https://my.example/login"
    save(office, secrets, PAGE, integration, password="", access=PortalAccess("form", "https://my.example/sign-in"))
    save(office, secrets, PAGE, integration, password="again", access=moved)
    assert office.get(Integration, integration).portal_login_url == "https://evil.example/login"
