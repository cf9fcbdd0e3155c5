"""How alembic reaches the database: through the store's own connection, in the store's own transaction."""

from alembic import context

from exchange.store.dialects import FUNCTIONS, on_postgres
from exchange.store.tables import metadata

connection = context.config.attributes["connection"]
if on_postgres(connection):
    for function in FUNCTIONS:
        connection.exec_driver_sql(function.replace("%", "%%"))
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
