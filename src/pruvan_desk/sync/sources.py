"""The order sources of all integrations, with one pool of connections."""

from pruvan_desk.core.errors import IntegrationError
from pruvan_desk.domain.conduct import Conduct
from pruvan_desk.store.models import Integration
from pruvan_desk.sync.client import OrderSource
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.http import Connections
from pruvan_desk.wire.credentials import Credentials


class OrderSources:
    """Hands out the order source of an integration, made anew when somebody changed it."""

    def __init__(self, context: EngineContext, connections: Connections | None = None) -> None:
        self._context = context
        self._connections = connections or Connections()
        self._conducts: dict[int, Conduct] = {}
        self._sources: dict[int, OrderSource] = {}
        self._refused: dict[int, IntegrationError] = {}
        self._codes: dict[int, str] = {}

    async def get(self, integration_id: int) -> OrderSource:
        """The order source of an integration. Raises :class:`IntegrationError` when its password is not known, or refused."""
        if refusal := self._refused.get(integration_id):
            raise IntegrationError(refusal.title, refusal.advice)
        if integration_id not in self._sources:
            self._sources[integration_id] = await self._context.run(lambda: self._open(integration_id))
        return self._sources[integration_id]

    def code(self, integration_id: int) -> str:
        """The code of an integration, which goes with each of its items. Blocking, the first time."""
        code = self._codes.get(integration_id)
        if code is None:
            with self._context.database.read() as session:
                code = self._codes[integration_id] = session.get_one(Integration, integration_id).code
        return code

    def refuse(self, integration_id: int, error: IntegrationError) -> None:
        """Asking again is of no use until the integration has changed: a wrong password, tried often, locks an account."""
        self._refused[integration_id] = error

    def forget(self, integration_ids: frozenset[int]) -> None:
        """These were changed: their address, credentials and code are read again at the next use."""
        for integration_id in integration_ids:
            self._sources.pop(integration_id, None)
            self._refused.pop(integration_id, None)
            self._codes.pop(integration_id, None)

    async def close(self) -> None:
        """Closes all connections; new ones are made when they are needed."""
        await self._connections.close()

    def _open(self, integration_id: int) -> OrderSource:
        with self._context.database.read() as session:
            row = session.get_one(Integration, integration_id)
        password = self._context.secrets.get(row.secret_reference("password"))
        if password is None:
            raise IntegrationError(
                f"The password of {row.code} is not in the keyring.", "Enter it in the integration, then Validate."
            )
        token = self._context.secrets.get(row.secret_reference("token")) or ""
        return OrderSource(
            self._connections,
            row.service_url,
            row.extension,
            Credentials(row.username, password, token),
            conduct=self._conducts.setdefault(integration_id, Conduct()),
            clock=self._context.clock,
        )
