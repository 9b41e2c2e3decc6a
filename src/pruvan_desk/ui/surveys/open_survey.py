"""What the parts of the view share: the survey that is open."""

from collections.abc import Mapping
from typing import Protocol

from pruvan_desk.store.views.surveys import Photo
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.surveys.panel import SurveyPanel
from pruvan_desk.ui.surveys.session import FormSession


class OpenSurvey(Protocol):
    """The view, as those see it who do something in it."""

    desk: Desk
    panel: SurveyPanel
    loader: ThumbnailLoader
    session: FormSession | None
    """The form that is open, if one is."""
    photos: Mapping[str, Photo]
    """The photos of its project, by ``uuid``."""

    def say(self, title: str, advice: str = "") -> None:
        """Tells a person."""

    def open_task(self, task_id: int) -> None:
        """Shows the form of a task, read anew."""
