"""The views of the window, made when they are first shown: what one needs is not loaded before."""

from collections.abc import Callable
from dataclasses import dataclass

from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme

Factory = Callable[[Desk, Theme, WindowState], Page]


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A place in the rail: its name in the action map, its word, its sign, and what makes it."""

    name: str
    words: str
    icon: str
    make: Factory


def _projects(desk: Desk, theme: Theme, state: WindowState) -> Page:
    from pruvan_desk.ui.projects.view import ProjectsPage  # noqa: PLC0415 - when first shown, as all here

    return ProjectsPage(desk, theme, state)


def _gallery(desk: Desk, theme: Theme, state: WindowState) -> Page:
    from pruvan_desk.ui.gallery.view import GalleryPage  # noqa: PLC0415

    return GalleryPage(desk, theme, state)


def _surveys(desk: Desk, theme: Theme, state: WindowState) -> Page:
    from pruvan_desk.ui.surveys.view import SurveysPage  # noqa: PLC0415

    return SurveysPage(desk, theme, state)


def _integrations(desk: Desk, theme: Theme, state: WindowState) -> Page:
    from pruvan_desk.ui.integrations.view import IntegrationsPage  # noqa: PLC0415

    return IntegrationsPage(desk, theme, state)


def _activity(desk: Desk, theme: Theme, state: WindowState) -> Page:
    from pruvan_desk.ui.activity.view import ActivityPage  # noqa: PLC0415

    return ActivityPage(desk, theme, state)


def _portal(desk: Desk, theme: Theme, state: WindowState) -> Page:
    from pruvan_desk.ui.portal.view import PortalPage  # noqa: PLC0415

    return PortalPage(desk, theme, state)


PAGES: tuple[PageSpec, ...] = (
    PageSpec("projects", "Projects", "projects", _projects),
    PageSpec("gallery", "QA", "gallery", _gallery),
    PageSpec("surveys", "Surveys", "survey", _surveys),
    PageSpec("integrations", "Integrations", "integrations", _integrations),
    PageSpec("activity", "Activity", "activity", _activity),
    PageSpec("portal", "myFAStrack", "portal", _portal),
)
