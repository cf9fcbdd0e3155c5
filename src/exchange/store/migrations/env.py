"""How alembic reaches the database: through the store's own connection, in the store's own transaction."""

from alembic import context

from exchange.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
