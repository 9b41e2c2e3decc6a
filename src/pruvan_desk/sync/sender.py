"""Sends one claimed job, whatever it is: an item or a status to the client, an item into the Downloader's folders."""

from collections.abc import Awaitable, Callable

from pruvan_desk.core.errors import IntegrationError
from pruvan_desk.domain.folder_trees import read_levels
from pruvan_desk.domain.statuses import Destination
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.store.views.tree_facts import tree_facts
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.downloader import Tree, deliver
from pruvan_desk.sync.outcomes import Outcome
from pruvan_desk.sync.parcels import Parcels
from pruvan_desk.sync.placing import placed_before
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.sync.transfer import Transfer


class Sender:
    """Knows the ways to all destinations. Each raises :class:`PruvanDeskError` when it fails."""

    def __init__(self, context: EngineContext, sources: OrderSources) -> None:
        self._context = context
        self._sources = sources
        self.parcels = Parcels(context, sources)

    async def send(self, job: ClaimedJob, transfer: Transfer) -> Outcome:
        """Sends it; returns when its destination has it."""
        try:
            return await self._way(job)(job, transfer)
        except IntegrationError as error:
            if job.job.destination == Destination.CLIENT:
                self._sources.refuse(job.project.integration_id, error)
            raise

    def _way(self, job: ClaimedJob) -> Callable[[ClaimedJob, Transfer], Awaitable[Outcome]]:
        if job.job.destination == Destination.DOWNLOADER:
            return self._download
        return self._send_status if job.item is None else self._send_item

    async def _send_item(self, job: ClaimedJob, transfer: Transfer) -> Outcome:
        source = await self._sources.get(job.project.integration_id)
        parcel = await self.parcels.of(job)
        transfer.said = parcel.file is None
        try:
            await source.upload(parcel.payload, parcel.file, transfer)
        finally:
            self.parcels.give_back(parcel)
        return Outcome(job.job.id, None, parcel.sha256)

    async def _send_status(self, job: ClaimedJob, transfer: Transfer) -> Outcome:
        """A system may answer its ``status`` call with an error every time: that is recorded, and nothing else."""
        source = await self._sources.get(job.project.integration_id)
        transfer.said = True
        word = job.job.status_word
        remark = await source.status([{"workOrderNumber": job.project.number, "status": word}])
        return Outcome(job.job.id, None, remark=remark)

    async def _download(self, job: ClaimedJob, transfer: Transfer) -> Outcome:
        transfer.said = True  # a file that is being written is finished: that takes no time
        return await self._context.run(lambda: self._put_into_tree(job))

    def _put_into_tree(self, job: ClaimedJob) -> Outcome:
        settings = self._context.settings
        root = self._context.folder.downloader_root(settings.downloader_folder)
        tree = Tree(root, read_levels(settings.downloader_levels), settings.downloader_sidecar)
        if job.item is None:
            raise AssertionError("a status has no folder")
        with self._context.database.read() as session:
            facts = tree_facts(session, job.item, job.project, settings.zone)
            before = placed_before(session, job.item.id)
        parcel = self.parcels.pack(job)
        placed = deliver(tree, facts, job, parcel, before)
        return Outcome(job.job.id, None, placed.sha256, place=placed.path)
