"""Pictures of myFAStrack in the window, on the sandbox's portal."""

from contextlib import closing
from typing import Any

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Integration
from pruvan_desk.store.opening import open_database

NUMBER = "88127"
SERVICES = ("Grass Cut", "Trim Shrubs")


def connect_portal(folder: DataFolder, sandbox: FastrackSandbox) -> None:
    """Lets the first integration of a folder use the sandbox's portal, which has one order of it."""
    order = {
        "workOrderNumber": NUMBER, "address1": "402 Shoal Creek Blvd", "city": "Austin", "state": "TX", "zip": "78664",
        "workType": "Grass Cut", "clientDueDate": "2099-12-01", "clientStatus": "Open", "reference": "LN-401223",
        "instructions": "<p><b>Cut all grass to 2 inches</b>, edge walks and drive.</p>",
        "services": [{"serviceName": name} for name in SERVICES],
    }  # fmt: skip
    sandbox.control("orders", {"orders": [order]})
    with closing(open_database(folder)) as database, database.write() as writing:
        integration = writing.session.get_one(Integration, 1)
        integration.portal_url, integration.portal_sign_in = sandbox.portal_url, "form"
        integration.portal_login_url, integration.username = sandbox.portal_login_url, sandbox.credentials.username


def portal_secrets(sandbox: FastrackSandbox) -> MemorySecrets:
    """The password of that integration."""
    secrets = MemorySecrets()
    secrets.set("integration/1/password", sandbox.credentials.password)
    return secrets


def portal_views(shots: Any, sandbox: FastrackSandbox, settle: Any, wait_until: Any) -> None:
    """The pane at work, and what it shows when the portal does not answer."""
    window = shots.window
    rows = window.show_page("projects").model.shown
    window.open_portal(next(row.id for row in rows if row.number == NUMBER))
    pane = window.pages["portal"]
    wait_until(lambda: pane.tabs.count() == 1)
    tab = pane.current_tab()
    wait_until(lambda: NUMBER in tab.page.title())
    settle(1500)
    tab.look()
    tab.find_bar.words.setText("grass")
    tab.find_bar.next.click()
    settle(500)
    shots.take("portal")
    tab.find_bar.end()
    tab.save_pdf()
    wait_until(lambda: bool(tab.downloads.lines) and tab.downloads.lines[0].is_over)
    tab.page.told.emit("The page says something.")
    shots.take("portal-download")
    tab.page.words_asked.emit("Why will it be late? The client reads this.", "rain until Friday")
    shots.take("portal-question")
    tab.notice.clear()
    sandbox.stop()
    tab.bar.reload.click()
    wait_until(tab.failure.isVisible)
    shots.take("portal-offline")
    sandbox.start()
