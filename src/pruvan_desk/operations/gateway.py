"""Where the field gateway listens, as a manager decides it, and the addresses that follow from it."""

from dataclasses import dataclass
from enum import StrEnum

from pruvan_desk.core.certificates import check_certificate
from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.core.settings import Settings
from pruvan_desk.store.database import Database
from pruvan_desk.store.history import record_event
from pruvan_desk.store.settings import write_setting
from pruvan_desk.wire.transport import check_service_url


class GatewayMode(StrEnum):
    """Who reaches the field gateway. Plain HTTP stays on this machine."""

    OFF = "off"
    MACHINE = "machine"
    NETWORK = "network"
    PROXY = "proxy"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            GatewayMode.OFF: "Off",
            GatewayMode.MACHINE: "This machine only",
            GatewayMode.NETWORK: "Local network, with a certificate",
            GatewayMode.PROXY: "Behind an external HTTPS address",
        }[self]


@dataclass(frozen=True, slots=True)
class GatewayForm:
    """What a manager enters. ``address``: how phones reach it, HTTPS; ``certificate`` and ``key``: files in PEM form."""

    mode: GatewayMode
    port: int
    address: str = ""
    certificate: str = ""
    key: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "GatewayForm":
        """As it is set."""
        mode = GatewayMode(settings.gateway_mode)
        return cls(
            mode, settings.gateway_port, settings.gateway_address, settings.gateway_certificate, settings.gateway_key
        )

    def check(self) -> None:
        """Raises :class:`UsageError` for what cannot work."""
        if self.mode in (GatewayMode.NETWORK, GatewayMode.PROXY):
            if not self.address.strip().lower().startswith("https://"):
                raise UsageError("The address for phones begins with https://.", "Enter it as a phone would.")
            check_service_url(self.address.strip())
        if self.mode is GatewayMode.NETWORK:
            check_certificate(self.certificate.strip(), self.key.strip())


def save_gateway(database: Database, form: GatewayForm, who: str) -> Changes:
    """Changes where the gateway listens; the engine moves at once. Raises :class:`UsageError`."""
    form.check()
    with database.write() as writing:
        values = {
            "gateway_mode": form.mode.value,
            "gateway_port": form.port,
            "gateway_address": form.address.strip().rstrip("/"),
            "gateway_certificate": form.certificate.strip(),
            "gateway_key": form.key.strip(),
        }
        for name, value in values.items():
            write_setting(writing, name, value)
        record_event(writing, who, "field gateway saved", mode=form.mode.value)
    return writing.changes


def push_url(settings: Settings, key: str) -> str:
    """The push address of an integration; empty while the client's system could not reach it."""
    form = GatewayForm.of(settings)
    if form.mode in (GatewayMode.OFF, GatewayMode.MACHINE) or not key or not form.address:
        return ""
    return f"{form.address}/push/{key}"
