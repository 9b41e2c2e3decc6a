"""Somebody else at work on the same data: rows made in another thread, by other connections than the window's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy import select

from builders import Office
from pruvan_desk.store.models import Item
from pruvan_desk.store.thumbnails import ThumbnailCache

T = TypeVar("T")


class ElsewhereOffice:
    """The builder of rows, working in another thread and so by other connections than the window."""

    def __init__(self, office: Office, thumbnails: ThumbnailCache, pool: ThreadPoolExecutor) -> None:
        self._office = office
        self._thumbnails = thumbnails
        self._pool = pool
        self._shade = 0
        self.database = office.database

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._office, name)
        return lambda *args, **values: self.do(lambda: method(*args, **values))

    def do(self, work: Callable[[], T]) -> T:
        """Does ``work`` in the other thread and waits for it."""
        return self._pool.submit(work).result()

    def picture(self, project_id: int | None, **values: Any) -> int:
        """A photo whose bytes are a real JPEG, with its thumbnails made."""
        self._shade += 1
        data = jpeg((self._shade * 37 % 256, 90, 120))
        item_id: int = self.photo(project_id, data=data, **values)
        sha256 = self.do(lambda: self._office.keep(data).sha256)
        self.do(lambda: self._thumbnails.put({(sha256, 256): jpeg((self._shade * 37 % 256, 90, 120), (256, 192))}))
        return item_id

    def touch(self, project_id: int) -> None:
        """Tells every window of all items of a project, as an operation would."""

        def work() -> None:
            with self.database.write() as writing:
                found = writing.session.scalars(select(Item.id).where(Item.project_id == project_id))
                writing.changed(items=set(found), projects=project_id)

        self.do(work)

    def tell(self, **changes: int) -> None:
        """Tells every window that rows have changed, by the names of ``Changes``."""

        def work() -> None:
            with self.database.write() as writing:
                writing.changed(**changes)

        self.do(work)


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A plain picture."""
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()
