"""Run by Alembic for each migration, with the connection that :mod:`pruvan_desk.store.opening` hands it."""

from alembic import context

from pruvan_desk.store.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
