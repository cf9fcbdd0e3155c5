"""What a PostgreSQL database is made of, as it describes itself."""

from exchange.domain.address import Address
from exchange.store.postgres import READING, engine_of

_ASKED = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name "
    "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
}


def database(address: Address) -> dict[str, list[tuple[object, ...]]]:
    """Its columns, constraints, indexes, triggers, views and functions, but for those of the table of the schema's number."""
    engine = engine_of(address)
    with engine.connect().execution_options(**READING) as connection:
        found = {name: [tuple(row) for row in connection.exec_driver_sql(asked)] for name, asked in _ASKED.items()}
    engine.dispose()
    return {name: [row for row in rows if "alembic" not in str(row[:2])] for name, rows in found.items()}
