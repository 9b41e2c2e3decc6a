"""The portal's address of an integration: kept, changed, emptied, and refused."""

import pytest

from builders import Office
from pruvan_desk.core.errors import UsageError
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.operations.integrations import IntegrationForm, save_integration
from pruvan_desk.store.models import Integration
from pruvan_desk.store.views.portal import portal_order

PAGE = "https://my.example/orders/{number}"


def save(office: Office, secrets: MemorySecrets, portal_url: str, integration_id: int | None = None) -> int:
    form = IntegrationForm("AFS", "AFS", "https://fastrack.example/api", "office", "good", portal_url=portal_url)
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
