"""The history of the schema. ``HEAD`` is compared at every start without loading Alembic."""

HEAD = "0018"
