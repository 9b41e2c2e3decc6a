"""The office's settings, as kept in the database for both processes."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.settings import Settings, setting_text, settings_from
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import SettingRow


def read_settings(session: Session) -> Settings:
    """The settings now."""
    return settings_from({row.name: row.value for row in session.scalars(select(SettingRow))})


def write_setting(writing: Writing, name: str, value: Any) -> None:
    """Changes one. Raises :class:`UsageError` for an unknown name or a value of the wrong kind."""
    writing.session.merge(SettingRow(name=name, value=setting_text(name, value)))
    writing.changed(settings=name)
