"""Integrations of an older version, in the schema of today."""

import pytest
from sqlalchemy import select

from pruvan_desk.store.models import Integration, SettingRow
from pruvan_desk.store.opening import open_database
from store.test_migrations import INTEGRATION, old_folder, whole_row

BY_0015 = {
    "portal_sign_in": "", "portal_login_url": "", "portal_username_field": "", "portal_password_field": "", "portal_header": "",
    "portal_origins": "", "portal_subresources": "", "refresh_minutes": 25, "push_key_sha256": "",
}  # fmt: skip
__all__ = ["old_folder"]


@pytest.mark.parametrize(("kept", "now"), [(None, 10), ("25.0", 25), ("0.0", 0), ("0.5", 1), ("240.0", 60)])
def test_the_interval_of_all_becomes_that_of_each_integration(old_folder, kept, now):
    setting = [f"INSERT INTO settings (name, value) VALUES ('refresh_minutes', '{kept}')"] if kept else []
    database = open_database(old_folder("0008", whole_row("integrations", INTEGRATION), *setting))
    with database.read() as session:
        row = session.scalars(select(Integration)).one()
        settings = session.scalars(select(SettingRow)).all()
    database.close()
    assert (row.code, row.refresh_minutes, row.push_key_sha256, settings) == ("AFS", now, "", [])


def test_released_items_of_an_integration_from_before_it_named_where_they_go_still_go_to_the_client(old_folder):
    database = open_database(old_folder("0015", whole_row("integrations", {**INTEGRATION, **BY_0015})))
    with database.read() as session:
        row = session.scalars(select(Integration)).one()
    database.close()
    assert (row.code, row.released_to, row.refresh_minutes) == ("AFS", "client", 25)
