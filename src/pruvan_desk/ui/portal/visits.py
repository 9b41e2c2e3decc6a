"""A visit to the portal of one integration: what all its tabs share. It leaves nothing on disk, and ends with *Sign out*."""

from PySide6.QtCore import QObject

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.store.views.portal import PortalOrder
from pruvan_desk.ui.portal.confinement import Bounds
from pruvan_desk.ui.portal.sign_in import SigningIn
from pruvan_desk.ui.portal.web import PortalProfile
from pruvan_desk.wire.credentials import Credentials


class Visit(QObject):
    """Cookies, bounds and sign-in of one integration: whoever is signed in at one is not at another."""

    def __init__(self, order: PortalOrder, credentials: Credentials | None) -> None:
        super().__init__()
        self.integration_id = order.integration_id
        self.profile = PortalProfile(Bounds.of(order, credentials))
        self.signing_in = SigningIn(order.access, credentials, self)

    def use(self, order: PortalOrder, credentials: Credentials | None) -> None:
        """The integration may be set up otherwise now."""
        self.profile.hold_to(Bounds.of(order, credentials))
        self.signing_in.use(order.access, credentials)

    def end(self) -> None:
        """Forgets everything; its pages are gone already, or Chromium complains."""
        self.profile.deleteLater()
        self.deleteLater()


def read_credentials(secrets: SecretStore, order: PortalOrder) -> Credentials | None:
    """What an integration signs in with; ``None`` where it signs nobody in, or the keyring is shut. Blocking."""
    if not order.access.sign_in:
        return None
    try:
        kept = [secrets.get(f"integration/{order.integration_id}/{name}") or "" for name in ("password", "token")]
    except DeskFault:
        return None  # the login form says the rest
    return Credentials(order.username, *kept)
